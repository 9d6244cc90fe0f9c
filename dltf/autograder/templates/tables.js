// Sortable tables and a filter by name. Without this script the tables are complete, in file order.
(() => {
  "use strict";
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function compare(a, b) {
    const difference = Number(a) - Number(b); // NaN unless both are numbers
    return Number.isNaN(difference) ? collator.compare(a, b) : difference;
  }

  function sort(table, heads, column) {
    const head = heads[column];
    const ascending = head.getAttribute("aria-sort")
      ? head.getAttribute("aria-sort") === "descending"
      : head.dataset.first !== "descending";
    const sign = ascending ? 1 : -1;
    const key = ({ cells }) => cells[column].dataset.sort ?? cells[column].textContent.trim();
    const rows = Array.from(table.tBodies[0].rows);
    rows.sort((one, other) => sign * compare(key(one), key(other)));
    table.tBodies[0].append(...rows);
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, heads, column));
      head.append(button);
    });
  }

  for (const filter of document.querySelectorAll(".filter")) {
    const input = filter.querySelector("input");
    const status = filter.querySelector("[role=status]");
    const rows = Array.from(document.getElementById(filter.dataset.table).tBodies[0].rows);
    const texts = rows.map((row) => plain(`${row.cells[0].textContent} ${row.dataset.file ?? ""}`));
    filter.hidden = false;
    input.addEventListener("input", () => {
      const words = plain(input.value).split(/\s+/);
      rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
      const shown = rows.filter((row) => !row.hidden).length;
      status.textContent = input.value.trim() ? `${shown} of ${rows.length} shown` : "";
    });
  }
})();

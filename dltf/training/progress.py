"""Progress bar for terminals, notebooks and logs.

In a terminal one line is redrawn; in a notebook one output is replaced; anywhere else (a file, a
pipe, a CI log) a few plain lines are written, without carriage returns. Usage::

    with Progress(total=1500, unit="epoch") as progress:
        progress.update(done, "loss 0.31")
"""

from __future__ import annotations

import html
import shutil
import sys
import time
from types import TracebackType
from typing import Any, Literal, TextIO

from dltf.validation import check_choice, check_integer

Place = Literal["terminal", "notebook", "log"]

LOG_LINES = 10  # number of lines in a log, about,
LOG_SECONDS = 60.0  # and at least one per minute
REDRAW_SECONDS = 0.1


def where(stream: TextIO) -> Place:
    """Return the kind of output that ``stream`` is."""
    if "IPython" in sys.modules:  # not imported for this: in a kernel it is already loaded
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            return "notebook"
    return "terminal" if stream.isatty() else "log"


class Progress:
    """A progress bar for a terminal, a notebook or a log.

    Args:
        total: number of units of work, at least 0.
        unit: what is counted, in the singular ("epoch", "submission").
        stream: text stream to write to; the standard error stream if None, so that a program's
            output stays clean.
        place: "terminal", "notebook" or "log"; determined from the stream if None.
    """

    def __init__(
        self, total: int, unit: str = "", stream: TextIO | None = None, place: Place | None = None
    ) -> None:
        self.total, self.unit = check_integer("total", total, at_least=0), unit
        self.stream = sys.stderr if stream is None else stream
        if place is not None:
            check_choice("place", place, ("terminal", "notebook", "log"))
        self.place: Place = where(self.stream) if place is None else place
        self.done, self.text = 0, ""
        self._started: float | None = None
        self._pace: tuple[float, int] | None = None  # time and number of the first finished unit
        self._drawn = -float("inf")
        self._next_line = 0.0
        self._open = False
        self._display: Any = None

    def start(self, done: int = 0) -> Progress:
        """Start the clock; ``done`` units were finished earlier (a resumed job)."""
        self.done = done
        self._started = time.monotonic()
        self._next_line = done
        return self

    def update(self, done: int, text: str = "") -> None:
        """Set the number of finished units; ``text`` is a short status."""
        if self._started is None:
            self.start()
        self.done, self.text = done, text
        now, last = time.monotonic(), done >= self.total
        if (
            self._pace is None
        ):  # the first unit includes one-time costs, so it is not used to estimate the pace
            self._pace = (now, done)
        if self.place == "log":
            if last or done >= self._next_line or now - self._drawn >= LOG_SECONDS:
                self._write(self._words() + "\n")
                self._next_line = done + max(1.0, self.total / LOG_LINES)
                self._drawn = now
        elif last or now - self._drawn >= REDRAW_SECONDS:
            self._draw()
            self._drawn = now

    def close(self) -> None:
        """Draw the final state and end the line."""
        if self.place == "terminal" and self._open:
            self._draw()
            self._write("\n")
            self._open = False
        elif self.place == "notebook" and self._display is not None:
            self._draw()

    def __enter__(self) -> Progress:
        """Start the bar if necessary; it is closed at the end of the block."""
        return self if self._started is not None else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the bar."""
        self.close()

    # -- Rendering --------------------------------------------------------------------

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()

    def _seconds(self) -> str:
        now = time.monotonic()
        if self.done >= self.total:
            return _duration(now - (self._started or now))
        since, first = self._pace or (now, self.done)
        if self.done <= first:
            return ""
        return f"{_duration((now - since) / (self.done - first) * (self.total - self.done))} left"

    def _words(self) -> str:
        count = f"{self.done:>{len(str(self.total))}}/{self.total}"
        return "  ".join(
            part for part in (f"{self.unit} {count}".strip(), self.text, self._seconds()) if part
        )

    def _draw(self) -> None:
        share = self.done / self.total if self.total else 1.0
        if self.place == "notebook":
            self._draw_html(share)
            return
        try:
            "━╌".encode(self.stream.encoding or "ascii")
            full, rest = "━", "╌"
        except (UnicodeEncodeError, LookupError):
            full, rest = "#", "-"
        width = 24
        bar = full * int(share * width) + rest * (width - int(share * width))
        line = f"{bar}  {self._words()}"
        columns = shutil.get_terminal_size().columns
        # Truncate to the terminal width, since a wrapped line cannot be redrawn; erase the old
        # rest.
        self._write("\r" + line[: columns - 1] + "\x1b[K")
        self._open = True

    def _draw_html(self, share: float) -> None:
        from IPython.display import HTML, display

        row = "font-family:monospace;font-size:12px;display:flex;align-items:center;gap:1em"
        bar = "height:6px;border-radius:3px;background"
        image = HTML(
            f'<div style="{row}"><div style="width:12em;flex:none;{bar}:#8884">'
            f'<div style="width:{100 * share:.1f}%;{bar}:#0072B2"></div></div>'
            f'<span style="white-space:pre">{html.escape(self._words())}</span></div>'
        )
        if self._display is None:
            self._display = display(image, display_id=True)
        else:
            self._display.update(image)


def _duration(seconds: float) -> str:
    """Format a duration: 0.4 s, 12 s, 3:20 min, 1:05 h."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d} h"

"""Slicing: the statements of a notebook that a function needs, as they were when it was used.

A name may be bound several times. What counts for an answer is what its names meant where the
notebook first calls it: a later `pad_with = 3`, or `model = model(30)`, is another experiment.
If the notebook never calls it, what they meant where it is defined counts, and the last definition
of a function. Changes of what a name means (`table[k] = v`, `x += 1`, `np.random.seed(1)`) belong
to it, up to the same point.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from dltf.autograder.reading.names import SETTINGS, carried, root_of, setting
from dltf.autograder.reading.statements import Statement

END = 1 << 60
MANY = 100  # names at times, after which the times of others are not told apart


@dataclass
class Slice:
    """The statements that some functions need.

    Attributes:
        kept: their indices.
        last: name -> index of the statement that gives it the value with which it is used.
    """

    kept: set[int] = field(default_factory=set)
    last: dict[str, int] = field(default_factory=dict)


class Slicer:
    """Finds the statements that functions of a notebook need.

    Args:
        statements: the notebook's statements, in order.
        blank: whether a definition is an unchanged stub.
        aliases: exercise -> its name in the notebook.
    """

    def __init__(
        self,
        statements: Sequence[Statement],
        blank: Callable[[Statement], bool],
        aliases: dict[str, str],
    ) -> None:
        self.statements, self.aliases = statements, aliases
        self.definitions: dict[str, list[int]] = {}
        self.binders: dict[str, list[int]] = {}
        for index, statement in enumerate(statements):
            if statement.kind == "definition":
                for name in statement.binds:
                    self.definitions.setdefault(name, []).append(index)
        for name, found in self.definitions.items():  # a complete one, if there is one
            if len(found) > 1:
                complete = [i for i in found if not blank(statements[i])]
                self.definitions[name] = complete or found[-1:]
        self._known: dict[frozenset[str], frozenset[str]] = {}
        self._callers: dict[str, set[str]] = {}
        for name, found in self.definitions.items():
            for read in set().union(*(statements[i].reads for i in found)):
                self._callers.setdefault(read, set()).add(name)
        for index, statement in enumerate(statements):
            for name in self._touched(statement):
                repeated = statement.kind == "definition" and name in statement.binds
                if not repeated or index in self.definitions[name]:
                    self.binders.setdefault(name, []).append(index)

    def _reaching(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names, and the functions that call one of them, directly or not."""
        if names not in self._known:
            found, waiting = set(names), list(names)
            while waiting:
                new = self._callers.get(waiting.pop(), set()) - found
                found |= new
                waiting += new
            self._known[names] = frozenset(found)
        return self._known[names]

    def _touched(self, statement: Statement) -> set[str]:
        """Return the names that a statement binds or changes, also through functions it calls."""
        touched = {*statement.binds, *statement.changes}
        if statement.kind in ("expression", "assignment", "loop"):
            for name in statement.now & self.definitions.keys():
                for index in self.definitions[name]:
                    touched |= self.statements[index].effects
            touched |= self._passed_to_change(statement.node)
        return touched

    def _passed_to_change(self, node: ast.stmt) -> set[str]:
        """Return the names that a statement passes to a function which changes what it gets."""
        call = node.value if isinstance(node, ast.Expr) else None
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            return set()
        effects = {
            effect
            for index in self.definitions.get(call.func.id, ())
            for effect in self.statements[index].effects
        }
        return {root_of(arg) for i, arg in enumerate(call.args) if f"#{i}" in effects} - {""}

    def _replaces(self, index: int, name: str) -> bool:
        statement = self.statements[index]
        return name in statement.binds and name not in statement.changes

    def _uses(self, index: int, names: frozenset[str]) -> bool:
        """Return whether a statement calls one of the functions, directly or through others."""
        statement = self.statements[index]
        if statement.kind in ("definition", "import", "always"):
            return False
        if names & statement.binds & statement.changes:
            return False  # `f = jit(f)` makes the function what it is
        return not self._reaching(names).isdisjoint(statement.now)

    def definition(self, name: str) -> int | None:
        """Return the index of the definition to grade: the last that is not an unchanged stub."""
        return self.definitions.get(name, [None])[-1]

    def of(self, name: str, others: Collection[str] = (), *, late: bool = False) -> Slice:
        """Return what one function needs.

        Args:
            name: the function.
            others: functions that are graded too: what calls them is a use, not a preparation.
            late: whether names mean what they meant at the end of the notebook.
        """
        found = Slice({i for i, s in enumerate(self.statements) if s.kind == "always"})
        at = self.definition(name)
        names = frozenset({name, self.aliases.get(name, name)})
        limit: int | None = END
        if not late:
            first = -1 if at is None else at
            later = range(first + 1, len(self.statements))
            limit = next((i for i in later if self._uses(i, names)), None)
        graded = names.union(others)
        waiting: list[tuple[str, int | None]] = [(name, limit), (SETTINGS, limit)]
        seen: set[tuple[str, int | None]] = set()
        expanded: set[int] = set()
        while waiting:
            needed, until = waiting.pop()
            if len(self.binders.get(needed, ())) < 2 or len(seen) > MANY:
                until = limit
            if (needed, until) in seen:
                continue
            seen.add((needed, until))
            indices = self._meaning(needed, until, at, name, graded)
            if until == limit and indices:
                found.last[needed] = max(indices)
            for index in indices:
                if index in expanded:
                    continue
                expanded.add(index)
                found.kept.add(index)
                statement = self.statements[index]
                waiting += [(n, limit) for n in statement.reads - statement.now]
                definition = statement.kind == "definition"
                now = statement.now - statement.changes
                changed = statement.now & statement.changes - {needed}
                if changed:
                    now |= changed & carried(statement.node)
                waiting += [(n, limit if definition else index) for n in now]
        return found

    def _meaning(
        self, needed: str, until: int | None, at: int | None, name: str, graded: frozenset[str]
    ) -> list[int]:
        """Return the statements that give a name its meaning before an index.

        Args:
            needed: the name.
            until: the index; None: the function is never called, so where it is defined counts.
            at: index of the function's definition.
            name: the function.
            graded: functions of which a call is a use.
        """
        binders = self.binders.get(needed, [])
        if not binders:
            return []
        replacing = [i for i in binders if self._replaces(i, needed)]
        if needed == name and at is not None:
            start = at
        else:
            start = self._start(needed, replacing, until, at)
        after = [i for i in replacing if i > start]
        end = after[0] if after else END
        if until is not None and start < until:
            end = min(end, until)
        changing = [i for i in binders if start < i < end and not self._replaces(i, needed)]
        changing = [i for i in changing if self._prepares(i, needed, graded)]
        return [start, *changing] if start >= 0 else changing

    def _start(self, needed: str, replacing: list[int], until: int | None, at: int | None) -> int:
        """Return the index of the statement that gives a name its value, -1 if none does."""
        if not replacing:
            return -1
        defined = self.definitions.get(needed, [])
        if until is None and defined and set(replacing) <= set(defined):
            return defined[-1]
        bound = until if until is not None else at if at is not None else END
        before = [i for i in replacing if i < bound]
        return before[-1] if before else replacing[0]

    def _prepares(self, index: int, needed: str, graded: frozenset[str]) -> bool:
        """Return whether a statement that changes a name is set-up, not a use of an answer."""
        statement = self.statements[index]
        if statement.kind not in ("expression", "loop"):
            return True
        if not self._reaching(graded).isdisjoint(statement.now):
            return False
        # Of a library, only calls that change its settings.
        library = needed == SETTINGS or any(
            isinstance(self.statements[i].node, (ast.Import, ast.ImportFrom))
            for i in self.binders.get(needed, ())
            if self._replaces(i, needed)
        )
        return not library or setting(statement.node)

    def fits(self, slices: Iterable[Slice]) -> bool:
        """Return whether each name has the value that every slice needs, if all run together."""
        together = list(slices)
        kept = set().union(*(one.kept for one in together))
        final: dict[str, int] = {}
        for index in sorted(kept):
            for name in self.statements[index].binds:
                final[name] = index
        return all(
            final.get(name, index) == index
            for one in together
            for name, index in one.last.items()
            if name in self.statements[index].binds
        )

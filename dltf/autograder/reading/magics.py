"""IPython syntax in a cell: magics, shell lines and help requests become plain Python."""

from __future__ import annotations

import re

from dltf.autograder.reading.parsing import parses

# No pattern may backtrack over the same spaces: a student chooses how many there are.
_ODD = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
_MAGIC = re.compile(r"([ \t]*)(?:[%!?].*|[A-Za-z_][\w.*]*\?{1,2}[ \t]*)$")
_ASSIGNED = re.compile(r"([ \t]*[A-Za-z_][\w, ]*)=[ \t]*[%!].*$")
_OTHER_LANGUAGES = re.compile(
    r"%%(bash|sh|script|html|javascript|js|latex|markdown|svg|cmd|perl|ruby|sql|R)\b|"
    r"%%(writefile|file)\b(?!.*\.py[\"']?\s*$)"  # a Python file is read: see `exported`
)
_TIMED = re.compile(r"([ \t]*)%time[ \t]+(\S.*)$")
_TOKEN = re.compile(r"\"\"\"|\'\'\'|[\"\'#()\[\]{}]|\\.?")


def strip_magics(source: str) -> str:
    """Return a cell's text with IPython syntax replaced; line numbers do not change.

    A cell that is valid Python is returned unchanged. Otherwise only lines that begin a statement
    are considered: a ``%`` may also begin a line of a string or continue an expression.
    """
    first = next((line for line in source.splitlines() if line.strip()), "")
    if _OTHER_LANGUAGES.match(first.strip()):
        return ""
    if not _ODD.search(source) or parses(source):
        return source
    lines, state, shell = [], _Inside(), False
    for line in source.split("\n"):
        if shell:  # `!pip install a \` goes on, as it does in a shell
            shell = line.endswith("\\")
            lines.append("")
            continue
        if not state:
            assigned, magic, timed = _ASSIGNED.match(line), _MAGIC.match(line), _TIMED.match(line)
            shell = bool(assigned or magic) and line.endswith("\\")
            if assigned:
                line = f"{assigned[1]}= None"
            elif timed and parses(timed[2]):
                line = timed[1] + timed[2]
            elif magic:
                line = f"{magic[1]}pass"
        state.advance(line)
        lines.append(line)
    return "\n".join(lines)


class _Inside:
    """State of a line scanner: true inside a string, a bracket or a continued line."""

    def __init__(self) -> None:
        self.quote, self.depth, self.continued = "", 0, False

    def __bool__(self) -> bool:
        return bool(self.quote) or self.depth > 0 or self.continued

    def advance(self, line: str) -> None:
        self.continued = False
        for match in _TOKEN.finditer(line):
            token = match[0]
            if token[0] == "\\":
                self.continued = match.end() == len(line) and len(token) == 1
            elif self.quote:
                if token.startswith(self.quote):
                    self.quote = ""
            elif token == "#":
                break
            elif token[0] in "\"'":
                self.quote = token
            else:
                self.depth = max(0, self.depth + (1 if token in "([{" else -1))
        if len(self.quote) == 1 and not self.continued:
            self.quote = ""  # an unterminated string

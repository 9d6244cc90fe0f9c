"""Text of a file: byte order marks, coding lines, merge-conflict markers."""

from __future__ import annotations

import codecs
import re

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# As Python's: on the first line, or on the second below a comment (PEP 263).
_CODING = re.compile(
    rb"^(?:[ \t\f]*(?:#[^\r\n]*)?\r?\n)?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
_SLOW = {"idna", "punycode"}  # take quadratic time
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)


def decoded(data: bytes, *, script: bool) -> str:
    """Return the text of a file: UTF-8, or as its byte order mark or coding line says.

    Args:
        data: its content.
        script: whether a coding line counts: in a Python file, not in a notebook.

    Raises:
        ValueError: it is not text; the message is the reason, in one line.
    """
    name = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    said = _CODING.match(data) if script and name == "utf-8" else None
    if said and not _is_utf8(data):
        name = said[1].decode()
    try:
        if codecs.lookup(name).name in _SLOW:
            raise LookupError
        text = data.decode(name)
    except LookupError:
        raise ValueError(f"is not text: its coding line names {name!r}, which is none") from None
    except UnicodeDecodeError as error:
        named = "UTF-8" if name.startswith("utf-8") else name
        raise ValueError(f"is not text (byte {error.start} is not {named})") from error
    except UnicodeError as error:
        raise ValueError(f"is not text in {name} ({error})") from error
    if "\0" in text:
        raise ValueError("is not text (it contains null bytes)")
    return text


def _is_utf8(data: bytes) -> bool:
    """Return whether a file is UTF-8: editors save as that whatever the coding line says."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def conflict(text: str) -> tuple[int, str] | None:
    """Return line and text of the first merge-conflict marker, if there are any."""
    found = _CONFLICT.search(text)
    return (text.count("\n", 0, found.start()) + 1, found[0]) if found else None


CONFLICT = (
    "merge-conflict marker {marker!r}: keep one of the two versions, delete the lines that begin "
    "with <<<<<<<, ======= and >>>>>>>, and hand in again"
)

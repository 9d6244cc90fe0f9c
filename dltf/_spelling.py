"""Suggestions for misspelt names ("did you mean")."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known name closest to a misspelt one, else "".

    Ignores case and the difference between hyphens, spaces and underscores.
    """
    import difflib

    spelled = {_plain(one): one for one in known}
    near = difflib.get_close_matches(_plain(name), spelled, n=1, cutoff=0.7)
    return f" Did you mean {spelled[near[0]]!r}?" if near else ""


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")

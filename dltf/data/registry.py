"""Registry of the real data files, and where to find them on this machine.

The registry (`datasets/registry.json`) lists each file with its size, checksum, licence and URL.
Files are in the folder given by the environment variable `DLTF_DATA`, or in `~/.cache/dltf`, under
their names in the registry. Nothing is fetched automatically: a loader calls `find`, and if the
file is not available it uses a generated stand-in and says so. Files get there by `dltf data fetch`
and `dltf data import` (`dltf.data.fetching`), or by hand.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dltf._spelling import did_you_mean

FOLDER_VARIABLE = "DLTF_DATA"
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class DataFile:
    """A file in the registry.

    Attributes:
        file: its name, "<data set>/<path>".
        bytes: its size.
        sha256: its checksum, 64 hexadecimal digits.
        what: description of its contents, with the shapes of its arrays.
        licence: as stated by its owner.
        url: download URL; "" if there is none.
        made: how it was made, if it was made from other files.
    """

    file: str
    bytes: int
    sha256: str
    what: str
    licence: str
    url: str = ""
    made: str = ""

    @property
    def dataset(self) -> str:
        """The data set it belongs to."""
        return self.file.partition("/")[0]

    def matches(self, path: Path) -> bool:
        """Return whether the file at a path is this one: same size, same checksum."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


@functools.cache
def entries() -> tuple[DataFile, ...]:
    """Return all files in the registry, in order."""
    places = [folder / "datasets" / "registry.json" for folder in (_PACKAGE, _PACKAGE.parent)]
    path = next(place for place in places if place.is_file())
    return tuple(DataFile(**row) for row in json.loads(path.read_text(encoding="utf-8")))


def select(names: Iterable[str] = ()) -> list[DataFile]:
    """Return the registry entries of data sets or single files; all entries if none is named.

    Args:
        names: such as "signs" or "text/dinos.txt".

    Raises:
        ValueError: a name is neither a data set nor a file in the registry.
    """
    wanted = list(names)
    for name in wanted:
        if not any(name in (entry.file, entry.dataset) for entry in entries()):
            sets = list(dict.fromkeys(entry.dataset for entry in entries()))
            known = [*sets, *(entry.file for entry in entries())]
            suggestion = did_you_mean(name, known)
            listed = "" if suggestion else f" ({', '.join(sets)})"
            raise ValueError(
                f"{name}: expected a file in the registry or a data set{listed}, "
                f"got neither.{suggestion}"
            )
    return [e for e in entries() if not wanted or e.file in wanted or e.dataset in wanted]


def folders() -> list[Path]:
    """Return the folders that are searched, in order; they need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return [*([Path(named)] if named else []), Path.home() / ".cache" / "dltf"]


def find(file: str) -> Path | None:
    """Return the path of a real file, or None if it is not available.

    Args:
        file: its name in the registry, such as "football/data.mat". It is found without the folder
            too, as "data.mat".
    """
    names = (file, file.rpartition("/")[2])
    places = (folder / name for folder in folders() for name in names)
    return next((place for place in places if place.is_file()), None)


def announce_stand_in(dataset: str, file: str, instead: str) -> None:
    """Print one line to stderr: a real file is missing, and generated data are used instead.

    Args:
        dataset: its name, such as "football".
        file: the file that is missing, as in the registry.
        instead: what is used, a clause such as "these positions are generated".
    """
    print(
        f"{dataset}: {file} is not available (`dltf data fetch {dataset}` fetches it); {instead}",
        file=sys.stderr,
    )


def page() -> str:
    """Return the registry as a Markdown page (`datasets/README.md`)."""
    rows = "".join(
        f"| {e.file} | {e.bytes:,} | `{e.sha256[:12]}` | {e.what} | {e.licence} "
        f"| {f'[address]({e.url})' if e.url else e.made} |\n"
        for e in entries()
    )
    return _PAGE + rows


_PAGE = """\
# Data sets

This folder contains only the registry of the real data files that the course uses. The files stay
where their owners publish them; they are fetched by URL and verified by checksum. If a file is not
available, the loader says so in one line and generates a stand-in with the same schema. Synthetic
data (circles, moons, a flower, road scenes) are generated by `dltf.data`.

```
dltf data list                 # list every file, and which are available
dltf data fetch signs          # fetch a data set (interrupted downloads are resumed)
dltf data import ~/Downloads   # import files that you already have, recognized by checksum
dltf data where signs          # print the path of each file, and check its checksum
```

Files are stored in the folder `$DLTF_DATA`, or in `~/.cache/dltf`. This page is generated from
`registry.json` by `make datasets`.

| file | bytes | sha256 | contents | licence | source |
| --- | ---: | --- | --- | --- | --- |
"""

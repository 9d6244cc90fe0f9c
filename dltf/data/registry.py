"""Real data files: which there are, and where they lie on this machine.

The register (`datasets/registry.json`) names each file with its size, checksum, licence and
address. A file lies in the folder that the environment variable `DLTF_DATA` names, or in
`~/.cache/dltf`, under the name the register gives it. Nothing is fetched unasked: a loader calls
`find`, and where that finds nothing it uses a generated stand-in and says so. Files get there by
`dltf data fetch` and `dltf data import` (`dltf.data.fetching`), or by hand.
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
    """A file of the register.

    Attributes:
        file: its name, "<data set>/<path>".
        bytes: its size.
        sha256: its checksum, 64 hexadecimal digits.
        what: what is in it, with the shapes of its arrays.
        licence: what its owner says.
        url: where it can be fetched; "" if nowhere.
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

    def is_at(self, path: Path) -> bool:
        """Tell whether a path holds this very file: same size, same checksum."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


@functools.cache
def register() -> tuple[DataFile, ...]:
    """Return every file of the register, in its order."""
    places = [folder / "datasets" / "registry.json" for folder in (_PACKAGE, _PACKAGE.parent)]
    path = next(place for place in places if place.is_file())
    return tuple(DataFile(**row) for row in json.loads(path.read_text(encoding="utf-8")))


def select(names: Iterable[str] = ()) -> list[DataFile]:
    """Return the files of data sets, or single files; all if none is named.

    Args:
        names: such as "signs" or "text/dinos.txt".

    Raises:
        ValueError: a name is in the register neither as a data set nor as a file.
    """
    wanted = list(names)
    for name in wanted:
        if not any(name in (entry.file, entry.dataset) for entry in register()):
            sets = list(dict.fromkeys(entry.dataset for entry in register()))
            known = [*sets, *(entry.file for entry in register())]
            suggestion = did_you_mean(name, known)
            listed = "" if suggestion else f" ({', '.join(sets)})"
            raise ValueError(
                f"{name}: expected a file of the register or a data set{listed}, "
                f"got neither.{suggestion}"
            )
    return [e for e in register() if not wanted or e.file in wanted or e.dataset in wanted]


def folders() -> list[Path]:
    """Return the folders that are searched, the first one first; they need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return [*([Path(named)] if named else []), Path.home() / ".cache" / "dltf"]


def find(file: str) -> Path | None:
    """Return where a real file lies, or None if it is not at hand.

    Args:
        file: its name in the register, such as "football/data.mat". It is found without the folder
            too, as "data.mat".
    """
    names = (file, file.rpartition("/")[2])
    places = (folder / name for folder in folders() for name in names)
    return next((place for place in places if place.is_file()), None)


def announce_stand_in(dataset: str, file: str, instead: str) -> None:
    """Say in one line on the error stream that something generated takes the place of a real file.

    Args:
        dataset: its name, such as "football".
        file: the file that is missing, as in the register.
        instead: what is used, a clause such as "these positions are generated".
    """
    print(
        f"{dataset}: {file} is not at hand (`dltf data fetch {dataset}` brings it); {instead}",
        file=sys.stderr,
    )


def page() -> str:
    """Return the register as a page (`datasets/README.md`)."""
    rows = "".join(
        f"| {e.file} | {e.bytes:,} | `{e.sha256[:12]}` | {e.what} | {e.licence} "
        f"| {f'[address]({e.url})' if e.url else e.made} |\n"
        for e in register()
    )
    return _PAGE + rows


_PAGE = """\
# Data sets

Nothing is stored here but the register of the real files that the course uses: they stay where
their owners publish them, and are fetched by address and checked by checksum. Where one is not at
hand, the loader says so in one line and generates a stand-in with the same schema. What needs no
real file (circles, moons, a flower, road scenes) is generated by `dltf.data`.

```
dltf data list                 # every file, and which are at hand
dltf data fetch signs          # fetch a data set (interrupted downloads go on)
dltf data import ~/Downloads   # take what is there already; files are recognised by checksum
dltf data where signs          # where each file lies, and whether it is whole
```

Files lie in the folder that `$DLTF_DATA` names, or in `~/.cache/dltf`. This page is made from
`registry.json` by `make datasets`.

| file | bytes | sha256 | what | licence | from |
| --- | ---: | --- | --- | --- | --- |
"""

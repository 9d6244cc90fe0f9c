"""Real data files: which there are, where they lie on this machine, how they get here.

The register (`datasets/registry.json`) names each file with its size, checksum, licence and
address. A file lies in the folder that the environment variable `DLTF_DATA` names, or in
`~/.cache/dltf`, under the name the register gives it. Nothing is fetched unasked: a loader calls
`find`, and where that finds nothing it uses a generated stand-in and says so.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER_VARIABLE = "DLTF_DATA"


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

"""Deterministic wheel builder of the student edition, without network or build tools."""

from __future__ import annotations

import base64
import configparser
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from importlib import metadata

import dltf
from dltf.autograder.assignment.stubs import PACKAGE

_EPOCH = (1980, 1, 1, 0, 0, 0)
_TAKEN = (
    "Summary",
    "License",
    "License-Expression",
    "Classifier",
    "Requires-Python",
    "Provides-Extra",
)


def student_version() -> str:
    """Return the version of the student edition: this version with a local tag."""
    version = dltf.__version__
    return f"{version}.student" if "+" in version else f"{version}+student"


def wheel_name() -> str:
    """Return the file name of the student edition's wheel."""
    return f"{PACKAGE.name}-{student_version()}-py3-none-any.whl"


def build_wheel(files: Mapping[str, bytes]) -> bytes:
    """Return a wheel of the given package files, with the metadata of this installation.

    Args:
        files: path in the wheel (with slashes) -> content.
    """
    headers, entry_points = _described()
    info = f"{PACKAGE.name}-{student_version()}.dist-info"
    tags = "Wheel-Version: 1.0\nGenerator: dltf\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    every = dict(files)
    every[f"{info}/METADATA"] = headers.encode()
    every[f"{info}/WHEEL"] = tags.encode()
    if entry_points.strip():
        every[f"{info}/entry_points.txt"] = entry_points.encode()
    record = f"{info}/RECORD"
    lines = [f"{name},{_digest(every[name])},{len(every[name])}" for name in sorted(every)]
    every[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(every, key=lambda name: (name.startswith(info), name)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, every[name])
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"


def _described() -> tuple[str, str]:
    """Return METADATA and entry points, from the checkout or the installed package."""
    path = PACKAGE.parent / "setup.cfg"
    config = configparser.ConfigParser(interpolation=None)
    config.optionxform = str  # type: ignore[assignment,method-assign]
    if path.is_file():
        config.read(path, encoding="utf-8")
    if config.get("metadata", "name", fallback="") == PACKAGE.name:
        headers, entry_points = _from_checkout(config)
    else:
        headers, entry_points = _from_installation()
    top = [("Metadata-Version", "2.1"), ("Name", PACKAGE.name), ("Version", student_version())]
    return "".join(f"{key}: {value}\n" for key, value in [*top, *headers]), entry_points


def _from_checkout(config: configparser.ConfigParser) -> tuple[list[tuple[str, str]], str]:
    def lines(section: str, option: str) -> list[str]:
        listed = config.get(section, option, fallback="").splitlines()
        return [re.sub(r"(^|\s)#.*", "", line).strip() for line in listed]

    headers = [
        ("Summary", config.get("metadata", "description", fallback="")),
        ("License", config.get("metadata", "license", fallback="")),
        *(("Classifier", line) for line in lines("metadata", "classifiers")),
        ("Requires-Python", config.get("options", "python_requires", fallback="")),
        *(("Requires-Dist", line) for line in lines("options", "install_requires")),
    ]
    extras = "options.extras_require"
    for extra in config.options(extras) if config.has_section(extras) else []:
        headers.append(("Provides-Extra", extra))
        headers += [
            ("Requires-Dist", _in_extra(line, extra)) for line in lines(extras, extra) if line
        ]
    section = "options.entry_points"
    groups = config.options(section) if config.has_section(section) else []
    entry_points = "".join(
        f"[{group}]\n" + "\n".join(filter(None, lines(section, group))) + "\n\n" for group in groups
    )
    return [(key, value) for key, value in headers if value], entry_points


def _in_extra(requirement: str, extra: str) -> str:
    """Return a requirement that applies only if the extra is requested."""
    package, _, marker = map(str.strip, requirement.partition(";"))
    condition = f'({marker}) and extra == "{extra}"' if marker else f'extra == "{extra}"'
    return f"{package} ; {condition}"


def _from_installation() -> tuple[list[tuple[str, str]], str]:
    try:
        installed = metadata.distribution(PACKAGE.name)
    except metadata.PackageNotFoundError:
        raise ValueError(
            f"release: expected {PACKAGE.name!r} installed, or a checkout with its setup.cfg; "
            f"got {PACKAGE}"
        ) from None
    described = installed.metadata
    headers = [(key, value) for key in _TAKEN for value in described.get_all(key) or []]
    headers += [("Requires-Dist", one) for one in installed.requires or []]
    return headers, installed.read_text("entry_points.txt") or ""

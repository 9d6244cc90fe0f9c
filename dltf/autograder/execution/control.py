"""Messages between the grader and its fork servers, over their control sockets.

    grader ── Fork, Import, Replay, RunJobs, Kill ──► server           (msgpack)
           ◄── JobEnded ─────────────────────────────

Both sides are trusted: a child that runs a student's code has no control socket. The server loads
this module before it enters its sandbox: it imports no slow module.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Union

import msgpack

from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import (
    ProtocolError,
    expect,
    integer,
    mapping,
    text_of,
    texts,
    unpacked,
)

NEEDS_GRAPH = 71  # exit status of a warm child that was asked to run a graph


@dataclass(frozen=True)
class Fork:
    """To the first server: fork another one; its control socket is sent with the message.

    Attributes:
        warm: whether it executes operations before it forks children, which then refuse graphs.
    """

    warm: bool


@dataclass(frozen=True)
class RunJob:
    """To the server: fork a child for a job, or several; two pipes are sent with the message."""

    job: int
    limits: Limits


@dataclass(frozen=True)
class Kill:
    """To the server: kill the child of a job."""

    job: int


@dataclass(frozen=True)
class Import:
    """To the server: import modules, so that no child has to."""

    modules: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """To a warm server: execute operations, so that no child has to prepare them.

    Attributes:
        operations: in the form of `operations.Operation.to_json`.
    """

    operations: tuple[str, ...]


@dataclass(frozen=True)
class JobEnded:
    """From the server: how the child of a job ended.

    Attributes:
        job: number of the job.
        code: exit status, or the negative number of the signal that ended it.
        cpu: CPU time, in seconds.
        peak: peak memory, in bytes.
    """

    job: int
    code: int
    cpu: float
    peak: int


Control = Union[Fork, RunJob, Kill, Import, Replay, JobEnded]  # noqa: UP007 - at run time, in 3.10


def pack_control(message: Control) -> bytes:
    """Return a control message as bytes."""
    packed: bytes = msgpack.packb({"message": type(message).__name__, **asdict(message)})
    return packed


def unpack_control(data: bytes) -> Control:
    """Read a control message.

    Raises:
        ProtocolError: not a control message.
    """
    fields = mapping(unpacked(data), "control message")
    name = text_of(fields, "message")
    if name == "RunJob":
        return RunJob(integer(fields, "job"), _limits(fields.get("limits")))
    if name == "Kill":
        return Kill(integer(fields, "job"))
    if name == "Import":
        return Import(texts(fields, "modules"))
    if name == "Replay":
        return Replay(texts(fields, "operations"))
    if name == "Fork":
        expect(isinstance(fields.get("warm"), bool), "warm", "True or False", fields.get("warm"))
        return Fork(fields["warm"])
    if name == "JobEnded":
        cpu = fields.get("cpu")
        if not isinstance(cpu, float):
            raise ProtocolError(f"cpu: expected seconds, got {cpu!r:.80}")
        return JobEnded(
            integer(fields, "job"), integer(fields, "code"), cpu, integer(fields, "peak")
        )
    raise ProtocolError(f"control message: expected a known one, got {name!r:.80}")


def _limits(data: object) -> Limits:
    fields = mapping(data, "limits")
    seconds = fields.pop("seconds", None)
    if type(seconds) not in (int, float):
        raise ProtocolError(f"seconds: expected a number, got {seconds!r:.80}")
    names = ("cpu_seconds", "memory", "processes", "file_bytes", "output_bytes")
    return Limits(seconds, **{name: integer(fields, name) for name in names})


@dataclass(frozen=True)
class ServerConfig:
    """The configuration of a server.

    Attributes:
        control: descriptor of the control socket.
        namespaces: whether it enters a closed root, in its own namespaces.
        landlock: whether Landlock restricts its children.
        root: folder for the closed root, or without namespaces for the scratch folders.
        edition: folder of the student edition.
        visible: folders that the closed root contains.
        private: folders inside these that are empty.
        imports: modules to import at the start.
        own: inside the closed root, descriptor of the server's process namespace.
        statm: inside the closed root, descriptor of `/proc/self/statm` (the server's size).
    """

    control: int
    namespaces: bool
    landlock: bool
    root: str
    edition: str
    visible: tuple[str, ...]
    private: tuple[str, ...]
    imports: tuple[str, ...]
    own: int | None = None
    statm: int | None = None

    def to_json(self) -> str:
        """Return the configuration as a command-line argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ServerConfig:
        """Read the configuration.

        Raises:
            ProtocolError: not a configuration.
        """
        fields = mapping(json.loads(text), "configuration")
        for name in ("namespaces", "landlock"):
            expect(isinstance(fields.get(name), bool), name, "True or False", fields.get(name))
        for name in ("own", "statm"):
            value = fields.get(name)
            expect(value is None or type(value) is int, name, "a descriptor", value)
        return cls(
            integer(fields, "control"),
            fields["namespaces"],
            fields["landlock"],
            text_of(fields, "root"),
            text_of(fields, "edition"),
            texts(fields, "visible"),
            texts(fields, "private"),
            texts(fields, "imports"),
            fields.get("own"),
            fields.get("statm"),
        )

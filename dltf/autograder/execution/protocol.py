"""Messages between the grader and the processes that run submissions.

    grader ── jobs ───► child                          (msgpack, a pipe per child)
           ◄─ frames ──                                (msgpack, a pipe per child)

Every message is a dataclass and is validated on arrival. A `Job` comes from a trusted process;
frames come from a process that has run a student's code and may be arbitrary. `FrameReader` limits
their size and drops invalid ones; `JobResult` drops those that are out of order (unknown cases, a
second result for one case). A child that runs several jobs (never a student's) sends the frames of
one after those of another, each from its `Begin` to its `End`.

The server loads this module before it enters its sandbox: it imports neither NumPy nor any other
slow module. What the grader and the server say to each other is in `control`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Union

import msgpack

# Of all frames of a job together: one byte of input can become an object of a hundred bytes.
MAX_STREAM, MAX_FRAMES, MAX_PARTS = 256 * 2**20, 20_000, 500_000
MAX_LEVELS = 4  # nesting of a frame
MAX_CALLS = 100  # of recorded calls in one frame
MAX_NAMES, MAX_NAME, MAX_LINE, MAX_TEXT = 50, 100, 200, 1000
MAX_OPERATIONS = 2000

Reason = Literal["", "time", "memory", "output", "killed"]


class ProtocolError(ValueError):
    """A message that is not of the expected form."""


def unpacked(data: bytes) -> object:
    """Return decoded msgpack."""
    try:
        return msgpack.unpackb(data)
    except Exception as error:  # ValueError, and msgpack's own
        raise ProtocolError(f"message: expected msgpack, got {error!r:.80}") from error


def expect(condition: bool, what: str, expected: str, got: object) -> None:
    """Raise a ProtocolError unless a condition holds."""
    if not condition:
        raise ProtocolError(f"{what}: expected {expected}, got {got!r:.80}")


def mapping(data: object, what: str) -> dict[str, Any]:
    """Return data that must be a dictionary with text keys."""
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise ProtocolError(f"{what}: expected a dictionary, got {data!r:.80}")
    return data


def text_of(data: Mapping[str, Any], name: str) -> str:
    """Return a field that must be text."""
    value = data.get(name)
    if not isinstance(value, str):
        raise ProtocolError(f"{name}: expected text, got {value!r:.80}")
    return value


def integer(data: Mapping[str, Any], name: str) -> int:
    """Return a field that must be an integer."""
    value = data.get(name)
    if type(value) is not int:
        raise ProtocolError(f"{name}: expected an integer, got {value!r:.80}")
    return value


def texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a field that must be a list of texts."""
    value = data.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ProtocolError(f"{name}: expected a list of texts, got {value!r:.80}")
    return tuple(value)


# Jobs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """A compilation unit: source text, and the file name and line that errors in it name."""

    source: str
    filename: str
    line: int = 1

    @classmethod
    def from_wire(cls, data: object) -> Unit:
        """Read a unit."""
        fields = mapping(data, "unit")
        return cls(text_of(fields, "source"), text_of(fields, "filename"), integer(fields, "line"))


@dataclass(frozen=True)
class Replacement:
    """Definitions from another program that replace those of a submission."""

    names: tuple[str, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Job:
    """A program, and the cases to run on it.

    Attributes:
        units: the program.
        topic: module that provides the helpers of missing files.
        cases: source of the cases.
        exercises: exercise -> names of its cases, in execution order.
        seed: seed of the inputs.
        record: whether to send the arguments of the first calls.
        trace: whether to send the TensorFlow operations that run.
        replacement: definitions that replace those of the program.
        compatibility: whether code written for older libraries runs with the compatibility layer.
    """

    units: tuple[Unit, ...]
    topic: str
    cases: str
    exercises: Mapping[str, tuple[str, ...]]
    seed: int
    record: bool = False
    trace: bool = False
    replacement: Replacement | None = None
    compatibility: bool = True

    @classmethod
    def from_wire(cls, data: object) -> Job:
        """Read a job.

        Raises:
            ProtocolError: not a job.
        """
        fields = mapping(data, "job")
        exercises = mapping(fields.get("exercises"), "exercises")
        other = fields.get("replacement")
        if other is not None:
            other = mapping(other, "replacement")
            other = Replacement(texts(other, "names"), _units(other))
        for name in ("record", "trace", "compatibility"):
            expect(isinstance(fields.get(name), bool), name, "True or False", fields.get(name))
        return cls(
            _units(fields),
            text_of(fields, "topic"),
            text_of(fields, "cases"),
            {name: texts(exercises, name) for name in exercises},
            integer(fields, "seed"),
            fields["record"],
            fields["trace"],
            other,
            fields["compatibility"],
        )


def pack_jobs(jobs: Iterable[Job]) -> bytes:
    """Return the jobs of a child as bytes."""
    packed: bytes = msgpack.packb([asdict(job) for job in jobs])
    return packed


def unpack_jobs(data: bytes) -> list[Job]:
    """Read the jobs of a child.

    Raises:
        ProtocolError: not a list of jobs.
    """
    jobs = unpacked(data)
    if not isinstance(jobs, list):
        raise ProtocolError(f"jobs: expected a list, got {jobs!r:.80}")
    return [Job.from_wire(job) for job in jobs]


def _units(data: Mapping[str, Any]) -> tuple[Unit, ...]:
    units = data.get("units")
    if not isinstance(units, list):
        raise ProtocolError(f"units: expected a list, got {units!r:.80}")
    return tuple(map(Unit.from_wire, units))


# Frames: messages from a child --------------------------------------------------------------------


@dataclass(frozen=True)
class ErrorInfo:
    """An exception in a student's code, as data.

    Attributes:
        type: name of its class.
        message: its text.
        cell: file name of the student's last line in the traceback ('' if there is none).
        line: that line's number.
        function: name of the function that the line is in.
        not_attempted: whether it is a NotImplementedError.
        memory: whether memory ran out.
        size: whether the observation was too large.
        case_line: the last line of `cases.py` in the traceback (0 if there is none).
    """

    type: str
    message: str = ""
    cell: str = ""
    line: int = 0
    function: str = ""
    not_attempted: bool = False
    memory: bool = False
    size: bool = False
    case_line: int = 0

    @classmethod
    def from_wire(cls, data: object) -> ErrorInfo:
        """Read an exception; fields of another type are omitted, long texts are truncated."""
        fields = mapping(data, "error")

        def text(name: str, most: int) -> str:
            value = fields.get(name)
            return value[:most] if isinstance(value, str) else ""

        def flag(name: str) -> bool:
            return fields.get(name) is True

        def number(name: str) -> int:
            value = fields.get(name)
            return value if type(value) is int else 0

        return cls(
            text("type", MAX_NAME),
            text("message", MAX_TEXT),
            text("cell", MAX_LINE),
            number("line"),
            text("function", MAX_NAME),
            flag("not_attempted"),
            flag("memory"),
            flag("size"),
            number("case_line"),
        )


@dataclass(frozen=True)
class Begin:
    """The job has been read and the program is about to be built."""

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Begin:
        """Read the frame, which has no fields."""
        return cls()


@dataclass(frozen=True)
class Built:
    """The program has been built; the failures are those of its top level."""

    failures: tuple[ErrorInfo, ...] = ()

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Built:
        """Read the frame; failures that are not dictionaries are omitted."""
        failures = data.get("failures")
        if not isinstance(failures, list):
            raise ProtocolError(f"failures: expected a list, got {failures!r:.80}")
        return cls(tuple(ErrorInfo.from_wire(f) for f in failures[:MAX_NAMES] if _is_record(f)))


@dataclass(frozen=True)
class Started:
    """The cases of an exercise are about to run."""

    exercise: str

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Started:
        """Read the frame."""
        return cls(text_of(data, "exercise"))


@dataclass(frozen=True)
class CaseResult:
    """The result of one case: an encoded observation, or an exception.

    Attributes:
        exercise: the exercise.
        case: the case.
        observation: the encoded observation; see `judging.observation`.
        error: the exception, if there is no observation.
        calls: function and encoded arguments of the first calls, if recorded.
        given: the number that the answer returned, if the observation is another number, which the
            case has computed from it.
    """

    exercise: str
    case: str
    observation: bytes | None = None
    error: ErrorInfo | None = None
    calls: tuple[tuple[str, bytes], ...] = ()
    given: float | None = None

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> CaseResult:
        """Read the frame; an unreadable result becomes an exception."""
        result = cls(text_of(data, "exercise"), text_of(data, "case"))
        try:
            calls = tuple(map(_call, _list_of(data.get("calls", []), MAX_CALLS)))
            if _is_record(data.get("error")):
                return replace(result, error=ErrorInfo.from_wire(data["error"]), calls=calls)
            observation = data.get("observation")
            if not isinstance(observation, bytes):
                raise ProtocolError(f"observation: expected bytes, got {observation!r:.80}")
            given = data.get("given")
            number = given if isinstance(given, float) else None
            return replace(result, observation=observation, calls=calls, given=number)
        except ProtocolError as error:
            return replace(result, error=unreadable(error))


def unreadable(error: Exception) -> ErrorInfo:
    """Return the error of a case whose result cannot be read."""
    return ErrorInfo("ValueError", f"the result could not be read: {error}"[:MAX_TEXT])


def _call(item: object) -> tuple[str, bytes]:
    name, arguments = item if isinstance(item, list) and len(item) == 2 else (None, None)
    if not (isinstance(name, str) and isinstance(arguments, bytes)):
        raise ProtocolError(f"calls: expected a name and bytes, got {item!r:.80}")
    return name[:MAX_NAME], arguments


def _list_of(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ProtocolError(f"calls: expected a list of at most {most}, got {value!r:.80}")
    return value


def _is_record(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


@dataclass(frozen=True)
class Operations:
    """The TensorFlow operations that ran, in the form of `operations.Operation.to_json`."""

    operations: tuple[str, ...]

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Operations:
        """Read the frame; long texts are omitted."""
        found = texts(data, "operations")[:MAX_OPERATIONS]
        return cls(tuple(text for text in found if len(text) <= MAX_TEXT))


@dataclass(frozen=True)
class End:
    """The job is complete.

    Attributes:
        provided: names that the topic provided for missing files.
        spellings: exercise -> other names that the submission has for its parameters.
        generations: exercise -> generation of the course whose return values it has.
        compatibility: what was switched on for code written for older libraries.
    """

    provided: tuple[str, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    generations: Mapping[str, str] = field(default_factory=dict)
    compatibility: tuple[str, ...] = ()

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> End:
        """Read the frame; fields of another type are omitted, long texts are truncated."""
        return cls(
            _short_names(data.get("provided")),
            _short_texts(data.get("spellings")),
            _short_texts(data.get("generations")),
            _short_names(data.get("compatibility")),
        )


def _short_names(value: object) -> tuple[str, ...]:
    names = value[:MAX_NAMES] if isinstance(value, list) else []
    return tuple(name[:MAX_NAME] for name in names if isinstance(name, str))


def _short_texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {
        key[:MAX_NAME]: text[:MAX_LINE]
        for key, text in list(value.items())[:MAX_NAMES]
        if isinstance(key, str) and isinstance(text, str)
    }


@dataclass(frozen=True)
class Failed:
    """The child itself failed, outside the student's code."""

    text: str

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Failed:
        """Read the frame."""
        return cls(text_of(data, "text")[:MAX_TEXT])


Frame = Union[Begin, Built, Started, CaseResult, Operations, End, Failed]  # noqa: UP007 - at run time, in 3.10
_EVENTS: dict[str, type[Any]] = {
    "begin": Begin,
    "built": Built,
    "start": Started,
    "case": CaseResult,
    "operations": Operations,
    "end": End,
    "failed": Failed,
}
_NAMES = {kind: event for event, kind in _EVENTS.items()}


def pack_frame(frame: Frame) -> bytes:
    """Return a frame as bytes."""
    packed: bytes = msgpack.packb({"event": _NAMES[type(frame)], **asdict(frame)})
    return packed


def read_frame(data: object) -> Frame | None:
    """Return a decoded message as a frame, or None if it is not valid."""
    try:
        if not _is_flat(data, MAX_LEVELS):
            return None
        fields = mapping(data, "frame")
        kind = _EVENTS.get(text_of(fields, "event"))
        return None if kind is None else kind.from_wire(fields)
    except ProtocolError:
        return None


def _is_flat(value: object, levels: int) -> bool:
    """Return whether a value is nested at most as deeply as valid frames."""
    if not isinstance(value, (dict, list)):
        return True
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(part, levels - 1) for part in parts)


class FrameReader:
    """Decoder of the frames of one job, from untrusted bytes.

    The limits on bytes, frames and parts apply to all frames of the job together.
    """

    def __init__(self) -> None:
        self._bytes = self._frames = self._parts = 0
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=MAX_STREAM,
            strict_map_key=False,
            max_array_len=MAX_FRAMES,
            max_map_len=100,
            list_hook=self._count,
            object_hook=self._count,
        )

    def _count(self, part: Any) -> Any:
        self._parts += 1 + len(part)
        if self._parts > MAX_PARTS:
            raise ProtocolError("frames: expected a few parts, got too many")
        return part

    @property
    def full(self) -> bool:
        """Whether more was received than a job may send."""
        return self._bytes > MAX_STREAM or self._frames > MAX_FRAMES

    def feed(self, data: bytes) -> list[Frame]:
        """Decode bytes and return the frames that they complete; none once it is `full`.

        Raises:
            ProtocolError: the bytes are not readable.
        """
        self._bytes += len(data)
        if self.full:
            return []
        try:
            self._unpacker.feed(data)
            messages = list(self._unpacker)
        except Exception as error:  # any error of the decoder on malicious bytes
            raise ProtocolError(f"frames: expected msgpack, got {error}") from error
        self._frames += len(messages)
        return [frame for frame in map(read_frame, messages) if frame is not None]


@dataclass
class JobResult:
    """The result of one job, which may be incomplete.

    Attributes:
        job: the job.
        cases: (exercise, case) -> the first result received while its exercise was running.
        failures: exceptions at the program's top level.
        end: the last frame, if the job, or the rest of one that was stopped, is complete.
        exercise: the exercise that was started last.
        failed: why the child itself failed.
        reason: why the job was ended early; '' if it was not.
        detail: description of the reason.
        times: (exercise, case) -> wall time until its result arrived, in seconds.
        seconds: wall time.
        cpu: processor time, in seconds.
        begun: whether the child has read the job.
        built: whether it has built the program.
        operations: the TensorFlow operations that ran, if they were traced.
        needs_graph: whether a warm process ended because it was asked to run a graph.
        processes: exercise -> 'warm' or 'cold', the process that its results come from.
    """

    job: Job
    cases: dict[tuple[str, str], CaseResult] = field(default_factory=dict)
    failures: list[ErrorInfo] = field(default_factory=list)
    end: End | None = None
    exercise: str | None = None
    failed: str = ""
    reason: Reason = ""
    detail: str = ""
    times: dict[tuple[str, str], float] = field(default_factory=dict)
    seconds: float = 0.0
    cpu: float = 0.0
    begun: bool = False
    built: bool = False
    operations: tuple[str, ...] = ()
    needs_graph: bool = False
    processes: dict[str, str] = field(default_factory=dict)

    def add(self, frame: Frame) -> bool:
        """Add a frame; return False if it is unknown or out of order and was dropped."""
        fits = self.end is None and self._fits(frame)
        if not fits:
            return False
        if isinstance(frame, Begin):
            self.begun = True
        elif isinstance(frame, Built):
            self.built = True
            self.failures += frame.failures
        elif isinstance(frame, Started):
            self.exercise = frame.exercise
        elif isinstance(frame, CaseResult):
            self.cases[frame.exercise, frame.case] = frame
        elif isinstance(frame, Operations):
            self.operations = frame.operations
        elif isinstance(frame, End):
            self.end = frame
        else:
            self.failed = self.failed or frame.text
        return True

    def _fits(self, frame: Frame) -> bool:
        """Return whether a frame is in order."""
        if isinstance(frame, Begin):
            return not self.begun
        if isinstance(frame, Built):
            return not self.built
        if isinstance(frame, Started):
            return self.begun and frame.exercise == self._next()
        if isinstance(frame, CaseResult):
            known = frame.case in self.job.exercises.get(frame.exercise, ())
            first = (frame.exercise, frame.case) not in self.cases
            return known and first and frame.exercise == self.exercise
        if isinstance(frame, Operations):
            return self.job.trace
        return True

    def _next(self) -> str | None:
        """Return the exercise that must start next."""
        names = list(self.job.exercises)
        position = 0 if self.exercise is None else names.index(self.exercise) + 1
        return names[position] if position < len(names) else None

    @property
    def cold(self) -> set[str]:
        """The exercises whose results come from a cold process."""
        return {name for name, process in self.processes.items() if process == "cold"}

    def take(self, part: JobResult) -> None:
        """Add the result of a run of some of the exercises, but not how it ended."""
        self.cases |= part.cases
        self.processes |= part.processes
        self.times |= part.times
        self.failures = self.failures or part.failures
        self.failed = self.failed or part.failed
        self.begun, self.built = self.begun or part.begun, self.built or part.built
        self.operations = tuple(sorted({*self.operations, *part.operations}))
        self.exercise = part.exercise or self.exercise
        self.seconds, self.cpu = self.seconds + part.seconds, self.cpu + part.cpu
        if part.end is not None:
            before = self.end or End()
            self.end = End(
                tuple(dict.fromkeys((*before.provided, *part.end.provided))),
                {**before.spellings, **part.end.spellings},
                {**before.generations, **part.end.generations},
                tuple(dict.fromkeys((*before.compatibility, *part.end.compatibility))),
            )

    def replace(self, part: JobResult, exercises: list[str]) -> None:
        """Replace the results of some exercises by those of a cold run, with how that ended."""
        names = {*exercises}
        self.cases = {key: case for key, case in self.cases.items() if key[0] not in names}
        self.failures = []
        self.take(part)
        self.processes |= dict.fromkeys(exercises, "cold")
        self.exercise = part.exercise
        self.reason, self.detail, self.failed = part.reason, part.detail, part.failed

    def stop(self, reason: Reason, detail: str) -> JobResult:
        """Set the reason why the job was ended early."""
        self.reason, self.detail = reason, detail
        return self

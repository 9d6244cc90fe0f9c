"""Messages between grader, server and children: what is sent arrives, and nothing else does."""

import subprocess
import sys
from dataclasses import replace

import msgpack
import pytest

from dltf.autograder.execution import protocol
from dltf.autograder.execution.control import (
    Fork,
    Import,
    JobEnded,
    Kill,
    Replay,
    RunJob,
    ServerConfig,
    pack_control,
    unpack_control,
)
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import (
    Begin,
    Built,
    CaseResult,
    End,
    ErrorInfo,
    Failed,
    FrameReader,
    Job,
    JobResult,
    Operations,
    ProtocolError,
    Replacement,
    Started,
    Unit,
    pack_frame,
    pack_jobs,
    read_frame,
    unpack_jobs,
)

UNIT = Unit("x = 1", "<cell 3>", 7)
JOB = Job((UNIT,), "dltf.x", "cases", {"f": ("a", "b"), "g": ("c",)}, 2**32 - 1)
ERROR = ErrorInfo("ValueError", "no", "<cell 1>", 3, "f", True, False, True, 7)
FRAMES = [
    Begin(),
    Built((ERROR, ErrorInfo("NameError"))),
    Started("f"),
    CaseResult("f", "a", b"\x01", None, (("f", b"\x02"),)),
    CaseResult("f", "b", None, ERROR),
    Operations(("{}", "x")),
    End(("init_utils.relu",), {"f": "x for y"}, {"f": "v17"}),
    Failed("it did"),
]
CONTROL = [
    Fork(True),
    RunJob(3, Limits(seconds=1.5)),
    Kill(3),
    Replay(("{}", "x")),
    Import(("json", "math")),
    JobEnded(3, -9, 0.5, 7),
]
CONFIG = ServerConfig(5, True, False, "/root", "/edition", ("/usr",), ("/usr/x",), ("numpy",), 7, 8)


# What is sent arrives ---------------------------------------------------------------------------


@pytest.mark.parametrize("frame", FRAMES)
def test_frames_arrive_as_they_were_sent(frame):
    assert FrameReader().feed(pack_frame(frame)) == [frame]


@pytest.mark.parametrize("message", CONTROL)
def test_control_messages_arrive_as_they_were_sent(message):
    assert unpack_control(pack_control(message)) == message


def test_jobs_and_configurations_arrive_as_they_were_sent():
    other = replace(JOB, record=True, replacement=Replacement(("f",), (UNIT, UNIT)))
    third = replace(JOB, trace=True)
    assert unpack_jobs(pack_jobs([JOB, other, third])) == [JOB, other, third]
    assert list(unpack_jobs(pack_jobs([JOB]))[0].exercises) == ["f", "g"]
    for config in (CONFIG, replace(CONFIG, own=None, statm=None)):
        assert ServerConfig.from_json(config.to_json()) == config


def test_frames_arrive_in_any_pieces():
    data = b"".join(map(pack_frame, FRAMES))
    reader = FrameReader()
    assert [f for i in range(len(data)) for f in reader.feed(data[i : i + 1])] == FRAMES


# Nothing else does ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        3, None, [], {}, "begin", {"event": 3}, {"event": ["begin"]}, {"event": "points"},
        {"event": "start"}, {"event": "start", "exercise": ["f"]}, {3: 4, "event": "begin"},
        {"event": "built"}, {"event": "built", "failures": {"a": 1}}, {"event": "failed"},
        {"event": "case", "exercise": "f"}, {"event": "case", "case": [], "exercise": "f"},
        {"event": "begin", "more": [[[[1]]]]}, {"event": b"begin"},
    ],
)  # fmt: skip
def test_what_is_no_frame_is_dropped(message):
    assert read_frame(message) is None
    assert FrameReader().feed(msgpack.packb(message)) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "expected bytes, got None"),
        ({"observation": "text"}, "expected bytes, got 'text'"),
        ({"observation": [1]}, "expected bytes"),
        ({"observation": b"", "calls": 3}, "expected a list of at most 100, got 3"),
        ({"observation": b"", "calls": [["f", "x"]]}, "expected a name and bytes"),
        ({"observation": b"", "calls": [["f", b"", 3]]}, "expected a name and bytes"),
        ({"observation": b"", "calls": [["f", b""]] * 101}, "expected a list of at most 100"),
    ],
)
def test_a_case_that_cannot_be_read_is_an_error(more, words):
    found = read_frame({"event": "case", "exercise": "f", "case": "a", **more})
    assert (found.observation, found.calls) == (None, ())
    assert found.error.type == "ValueError"
    assert found.error.message.startswith("the result could not be read: ")
    assert words in found.error.message


def test_an_error_holds_no_more_than_belongs_there():
    sent = {"type": 3, "message": "x" * 10**5, "cell": ["a"], "line": True, "function": "f" * 999,
            "not_attempted": 1, "memory": "yes", "size": True,
            "case_line": "7", "points": 99}  # fmt: skip
    assert ErrorInfo.from_wire(sent) == ErrorInfo(
        "", "x" * 1000, "", 0, "f" * 100, False, False, True
    )
    failures = [3, {"type": "E"}, {3: 4}, *[{"type": "F"}] * 100]
    built = read_frame({"event": "built", "failures": failures})
    assert built.failures[0] == ErrorInfo("E")
    assert len(built.failures) < 50


def test_what_was_recognised_is_short_text():
    sent = {"event": "end", "provided": ["a" * 500, 3, *["b"] * 100], "generations": 3,
            "spellings": {"f": "x" * 500, "g": 3, "k" * 500: "y"}}  # fmt: skip
    found = read_frame(sent)
    assert found.provided[0] == "a" * 100
    assert len(found.provided) == 49
    assert found.spellings == {"f": "x" * 200, "k" * 100: "y"}
    assert found.generations == {}


@pytest.mark.parametrize(
    "data",
    [b"\xc1", b"\xd9\xff" + b"\xff" * 255, b"\xdd\xff\xff\xff\xff",
     b"\xdc\xff\xff" + b"\x90" * 65535, (b"\xdc\x40\x00" + b"\x90" * 2**14) * 40,
     b"\x80" * 600_000],
)  # fmt: skip
def test_bytes_that_are_not_readable_are_refused(data):
    with pytest.raises(ProtocolError, match="frames: expected msgpack, got"):
        FrameReader().feed(data)


def test_a_reader_is_full_at_its_limits(monkeypatch):
    reader = FrameReader()
    assert reader.feed(pack_frame(Begin()) * 20_000) == [Begin()] * 20_000
    assert not reader.full
    reader.feed(b"\x01")  # what is dropped counts, too
    assert reader.full
    assert reader.feed(pack_frame(Begin())) == []
    monkeypatch.setattr(protocol, "MAX_STREAM", 10)
    small = FrameReader()
    assert small.feed(b"\x01" * 11) == []
    assert small.full


# A job's result ---------------------------------------------------------------------------------


def result_of(*frames):
    result = JobResult(JOB)
    return result, [result.add(frame) for frame in frames]


A, B, C = (CaseResult(*key, b"\x01") for key in (("f", "a"), ("f", "b"), ("g", "c")))


def test_an_honest_job_is_taken_in_whole():
    end = End()
    frames = [Begin(), Built((ERROR,)), Started("f"), A, B, Started("g"), C, end]
    result, taken = result_of(*frames)
    assert all(taken)
    assert result.cases == {("f", "a"): A, ("f", "b"): B, ("g", "c"): C}
    assert (result.failures, result.exercise, result.end) == ([ERROR], "g", end)


@pytest.mark.parametrize(
    ("frames", "taken"),
    [
        ([Started("f")], [False]),  # before the program has begun
        ([Begin(), Begin()], [True, False]),
        ([Begin(), Built(), Built((ERROR,))], [True, True, False]),
        ([Begin(), Started("g")], [True, False]),  # out of order
        ([Begin(), Started("f"), Started("f")], [True, True, False]),  # would restart its clock
        ([Begin(), Started("f"), Started("g"), Started("f")], [True, True, True, False]),
        ([Begin(), Started("h"), Started("f")], [True, False, True]),
        ([Begin(), A], [True, False]),  # its exercise has not started
        ([Begin(), Started("f"), C], [True, True, False]),
        ([Begin(), Started("f"), Started("g"), A], [True, True, True, False]),
        ([Begin(), Started("f"), A, replace(A, observation=b"\x02")], [True, True, True, False]),
        ([Begin(), Started("f"), replace(A, case="unknown")], [True, True, False]),
        ([Begin(), Started("f"), End(), A, Started("g")], [True, True, True, False, False]),
        ([Begin(), End(), End(("a",))], [True, True, False]),
    ],
)  # fmt: skip
def test_what_no_honest_child_sends_is_dropped(frames, taken):
    result, found = result_of(*frames)
    assert found == taken
    assert result.cases.get(("f", "a"), A) == A
    assert result.failures == []
    assert result.end in (None, End())


# Trusted messages are checked, too --------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": 3}, "units: expected a list, got 3"),
        ({"units": [{"source": 1}]}, "source: expected text, got 1"),
        ({"units": [{"source": "", "filename": "", "line": 1.5}]}, "line: expected an integer"),
        ({"topic": None}, "topic: expected text, got None"),
        ({"exercises": ["f"]}, r"exercises: expected a dictionary, got \['f'\]"),
        ({"exercises": {"f": [1]}}, r"f: expected a list of texts, got \[1\]"),
        ({"seed": "1"}, "seed: expected an integer, got '1'"),
        ({"record": 1}, "record: expected True or False, got 1"),
        ({"trace": None}, "trace: expected True or False, got None"),
        ({"replacement": {"names": 3, "units": []}}, "names: expected a list of texts, got 3"),
    ],
)
def test_a_job_that_is_none_is_named(change, message):
    fields = msgpack.unpackb(pack_jobs([JOB]))[0] | change
    with pytest.raises(ProtocolError, match=message):
        unpack_jobs(msgpack.packb([fields]))


@pytest.mark.parametrize(
    ("message", "change", "words"),
    [
        (Kill(3), {"job": None}, "job: expected an integer, got None"),
        (Kill(3), {"message": "Stop"}, "control message: expected a known one, got 'Stop'"),
        (Import(("a",)), {"modules": "a"}, "modules: expected a list of texts, got 'a'"),
        (Replay(("a",)), {"operations": [1]}, r"operations: expected a list of texts, got \[1\]"),
        (Fork(True), {"warm": 1}, "warm: expected True or False, got 1"),
        (RunJob(1, Limits()), {"limits": 3}, "limits: expected a dictionary, got 3"),
        (RunJob(1, Limits()), {"limits": {"seconds": "1"}}, "seconds: expected a number, got '1'"),
        (RunJob(1, Limits()), {"limits": {"seconds": 1}}, "cpu_seconds: expected an integer, got"),
        (JobEnded(1, 0, 0.0, 0), {"cpu": "0"}, "cpu: expected seconds, got '0'"),
    ],
)
def test_a_control_message_that_is_none_is_named(message, change, words):
    fields = msgpack.unpackb(pack_control(message)) | change
    with pytest.raises(ProtocolError, match=words):
        unpack_control(msgpack.packb(fields))


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x93\x01", b"\x01\x01"])
def test_a_message_that_is_not_readable_is_named(data):
    for unpack in (unpack_control, unpack_jobs):
        with pytest.raises(ProtocolError, match="message: expected msgpack, got"):
            unpack(data)


def test_a_configuration_that_is_none_is_named():
    text = CONFIG.to_json()
    with pytest.raises(ProtocolError, match="namespaces: expected True or False, got 1"):
        ServerConfig.from_json(text.replace('"namespaces": true', '"namespaces": 1'))
    with pytest.raises(ProtocolError, match="own: expected a descriptor, got '7'"):
        ServerConfig.from_json(text.replace('"own": 7', '"own": "7"'))


def test_the_server_needs_no_numpy_to_enter_its_sandbox():
    program = (
        "import sys, dltf.autograder.execution.worker, dltf.autograder.execution.protocol\n"
        "print([m for m in ('numpy', 'keras', 'tensorflow', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")

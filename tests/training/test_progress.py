"""The progress bar's output in a terminal, a notebook and a log."""

from __future__ import annotations

import io
import sys
import types

import pytest

from dltf.training import progress as module
from dltf.training.progress import Progress


class Stream(io.StringIO):
    def __init__(self, terminal=False, encoding="utf-8"):
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    def isatty(self):
        return self._terminal

    @property
    def encoding(self):
        return self._encoding


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when told."""
    now = types.SimpleNamespace(time=100.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: now.time)
    return now


def run(stream, clock, total=1000, seconds=0.01, text=""):
    with Progress(total, "epoch", stream) as bar:
        for done in range(1, total + 1):
            clock.time += seconds
            bar.update(done, text)
    return stream.getvalue()


def test_a_log_gets_few_lines_and_no_carriage_return(clock):
    written = run(Stream(), clock, text="loss 0.5")
    lines = written.splitlines()
    assert "\r" not in written
    assert "\x1b" not in written
    assert 10 <= len(lines) <= 12
    assert lines[0] == "epoch    1/1000  loss 0.5"
    assert lines[-1] == "epoch 1000/1000  loss 0.5  10 s"


def test_a_slow_log_gets_a_line_a_minute(clock):
    written = run(Stream(), clock, total=100, seconds=30)
    assert 45 <= len(written.splitlines()) <= 60


def test_a_terminal_gets_one_line_redrawn(clock):
    written = run(Stream(terminal=True), clock)
    assert written.count("\n") == 1
    assert written.endswith("\n")
    assert 90 <= written.count("\r") <= 110  # ten seconds, ten times a second
    assert "1000/1000" in written.rsplit("\r", 1)[1]


def test_a_terminal_line_fits_the_terminal(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    written = run(Stream(terminal=True), clock, total=5, seconds=1, text="x" * 200)
    assert max(len(line.split("\x1b")[0]) for line in written.split("\r")) <= 49


def test_a_terminal_without_unicode_gets_plain_characters(clock):
    written = run(Stream(terminal=True, encoding="ascii"), clock, total=4, seconds=1)
    assert written.isascii()
    assert "######" in written


def test_the_time_left_does_not_count_the_first_unit(clock):
    stream = Stream()
    with Progress(11, "epoch", stream, "log") as bar:
        clock.time += 50  # building the graph
        bar.update(1)
        clock.time += 2
        bar.update(3)
        assert stream.getvalue().splitlines()[-1] == "epoch  3/11  8.0 s left"


def test_a_resumed_job_starts_where_it_was(clock):
    stream = Stream()
    bar = Progress(10, "epoch", stream, "log").start(8)
    for done in (9, 10):
        clock.time += 1
        bar.update(done)
    assert stream.getvalue().splitlines() == ["epoch  9/10", "epoch 10/10  2.0 s"]


def test_the_line_is_closed_when_the_work_fails(clock):
    stream = Stream(terminal=True)

    def work():
        with Progress(10, "epoch", stream) as bar:
            bar.update(1)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        work()
    assert stream.getvalue().endswith("\n")


def test_a_notebook_gets_one_output_that_is_replaced(clock, monkeypatch):
    shown = []

    class Handle:
        def update(self, image):
            shown.append(("update", image.data))

    def display(image, display_id):
        shown.append(("display", image.data))
        return Handle()

    import IPython.display

    monkeypatch.setattr(IPython.display, "display", display)
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: shell)
    stream = Stream()
    run(stream, clock, total=50, seconds=1, text="a < b")
    assert stream.getvalue() == ""
    assert [kind for kind, _ in shown].count("display") == 1
    assert shown[0][0] == "display"
    assert "width:100.0%" in shown[-1][1]
    assert "a &lt; b" in shown[-1][1]


def test_nothing_to_do(clock):
    stream = Stream(terminal=True)
    with Progress(0, "file", stream) as bar:
        bar.update(0)
    assert "0/0" in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.44, "0.4 s"), (12, "12 s"), (200, "3:20 min"), (3900, "1:05 h")],
)
def test_durations(seconds, words):
    assert module._duration(seconds) == words

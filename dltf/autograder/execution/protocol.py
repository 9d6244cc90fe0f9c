"""What a run may use, and what came of it: plain data, for every system that Python runs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        seconds: wall time of one exercise.
        cpu_seconds: CPU time of one submission, all its threads together.
        memory: address space beyond what the server has, in bytes.
        processes: processes and threads (TensorFlow starts some thirty).
        file_bytes: size of one file, and of all files in the scratch folder.
        output_bytes: what one case may return, in bytes.
    """

    seconds: float = 10.0
    cpu_seconds: int = 120
    memory: int = 2 * 2**30
    processes: int = 256
    file_bytes: int = 64 * 2**20
    output_bytes: int = 32 * 2**20


@dataclass
class Run:
    """What came of one job.

    Attributes:
        frames: what the child sent (see `worker.run`), decoded from msgpack; not trusted.
        reason: '' if it ran to its end, else 'time', 'memory', 'output' or 'killed'.
        detail: what the reason means, in words.
        seconds: wall time.
        exercise: the exercise it was at when it ended.
    """

    frames: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    seconds: float = 0.0
    exercise: str | None = None

"""Resource limits of one submission: plain data, for every system that Python runs on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        seconds: wall time of one exercise.
        cpu_seconds: CPU time of one submission, all its threads together.
        memory: address space beyond what the server has, in bytes.
        processes: processes and threads (TensorFlow starts some thirty).
        file_bytes: size of one file, and of all files in the scratch folder.
        output_bytes: size of one observation, in bytes.
    """

    seconds: float = 10.0
    cpu_seconds: int = 120
    memory: int = 2 * 2**30
    processes: int = 256
    file_bytes: int = 64 * 2**20
    output_bytes: int = 32 * 2**20

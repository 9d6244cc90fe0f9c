"""Resource limits of a submission, as plain data without platform-specific imports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Resource limits of a submission.

    Attributes:
        seconds: wall time of one exercise.
        cpu_seconds: CPU time of one submission, summed over its threads.
        memory: address space in addition to the server's, in bytes.
        processes: processes and threads (TensorFlow starts about thirty).
        file_bytes: size of one file, and of all files in the scratch folder.
        output_bytes: size of one observation, in bytes.
    """

    seconds: float = 10.0
    cpu_seconds: int = 120
    memory: int = 2 * 2**30
    processes: int = 256
    file_bytes: int = 64 * 2**20
    output_bytes: int = 32 * 2**20

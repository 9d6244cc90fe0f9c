"""Record the TensorFlow operations of all references, which warm servers execute in advance.

    python -m dltf.authoring.record

Writes `autograder/execution/operations.jsonl`. Run it after a change of references or cases, or of
TensorFlow's version. Operations that are missing there cost time and nothing else: the grader
records those of an assignment again when it runs the reference.
"""

from __future__ import annotations

from collections.abc import Iterable

from dltf.autograder.assignment.loading import available, load
from dltf.autograder.execution.operations import RECORDED
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of


def operations(pool: Pool, names: Iterable[str]) -> list[str]:
    """Return the operations that the references of assignments execute, as one sorted list."""
    grader = Grader(pool, seed=1)
    found: set[str] = set()
    for name in names:
        assignment = load(name)
        pool.preload(modules_of(assignment))
        found.update(grader.known.run_reference(assignment, 1).operations)
    return sorted(found)


def main() -> None:
    """Write the file."""
    with Pool() as pool:
        found = operations(pool, available())
    RECORDED.write_text("".join(f"{one}\n" for one in found), encoding="utf-8")
    print(f"{RECORDED}: {len(found)} operations")


if __name__ == "__main__":
    main()

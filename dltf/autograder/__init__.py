"""The autograder: read, run, judge, report. It knows nothing of a particular topic.

What an assignment's author needs is exported here; `architecture` in the README shows the way of
a submission through the modules.
"""

from dltf.autograder.declarations import accepted, case, equivalent, exercise, helpers, mistake
from dltf.autograder.judge import close, exactly, same_scale, same_set

__all__ = [
    "accepted",
    "case",
    "close",
    "equivalent",
    "exactly",
    "exercise",
    "helpers",
    "mistake",
    "same_scale",
    "same_set",
]

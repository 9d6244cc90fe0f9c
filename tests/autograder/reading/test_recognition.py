"""Recognition: which assignments a submission answers."""

import pytest
from conftest import FOLDERS

from dltf.autograder.assignment import loading
from dltf.autograder.reading.formats import SubmissionError, from_source
from dltf.autograder.reading.recognition import recognise


@pytest.fixture(scope="module")
def known():
    return [loading.load(FOLDERS / name) for name in ("chain", "generations", "network")]


def names(source, known, **metadata):
    work = from_source(source)
    work.metadata = metadata
    return [a.name for a in recognise(work, known)]


def test_the_assignment_is_recognised(known):
    assert names("def relu(z): pass", known) == ["chain"]
    assert names("class Momentum: pass", known) == ["network"]
    assert names("def relu(z): pass\ndef he(d): pass", known) == ["chain", "network"]
    whole = "def relu(z): pass\ndef layer(a, W, b): pass\ndef network(x, p): pass\n"
    assert names(f"{whole}def he(d): pass", known) == ["chain", "network"]
    assert names(f"{whole}def tour(n): pass", known) == ["chain"]  # it came with a helper file
    assert names("def tour(n): pass", known) == ["network"]
    assert names("def start_parameters(d): pass", known) == ["generations"]  # its older name
    assert names("def relu(z): pass", known, dltf={"assignment": "network"}) == ["network"]
    assert names("def relu(z): pass", known, dltf={"assignment": "unknown"}) == ["chain"]
    assert names("def relu(z): pass", known, dltf=["nonsense"]) == ["chain"]
    assert names("def relu(z: pass", known) == ["chain"]
    with pytest.raises(SubmissionError) as caught:
        names("def other(): pass\nclass Another: pass", known)
    said = str(caught.value)
    assert said.startswith(
        "answers no known assignment: expected exercises of chain, generations, network; "
    )
    assert said.endswith("got Another, other.")
    with pytest.raises(SubmissionError, match=r"got no function at all\.$"):
        names("x = 1", known)
    with pytest.raises(SubmissionError, match=r"got layr\. Did you mean 'layer'\?$"):
        names("def layr(a, W, b): pass", known)

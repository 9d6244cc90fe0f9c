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


@pytest.fixture(scope="module")
def course():
    return [loading.load(name) for name in loading.available()]


@pytest.mark.parametrize(
    ("source", "assignments"),
    [
        ("def zero_pad(X, pad): return 1", ["convnet"]),
        ("zero_pad = lambda X, pad: 1", ["convnet"]),
        ("def identity_block(X, f, filters, stage, block): return X", ["resnet"]),
        (
            "def model(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size): return 1",
            ["seq2seq"],
        ),
        ("def verify(image_path, identity, database, model): return 1", ["face_verification"]),
        ("def forward_propagation(x, theta): return 1", ["gradient_checking"]),
        ("zero_pad = partial(pad, 0)", ["convnet"]),
        ("def gram_matrix(A): return 1", ["style_transfer"]),
        ("def iou(box1, box2): return 1", ["yolo"]),
        ("def rnn_forward(x, a0, parameters): return 1", ["rnn"]),
        ("def identity_block(X, f, filters, training=True): return 1", ["resnet"]),
        ("import torch\ndef zero_pad(X, pad): return 1", ["convnet"]),
        ("import torch\nfrom nst_utils import *\ndef gram_matrix(A): return 1", ["style_transfer"]),
        ("from tf_utils import *\ndef sigmoid(z): return z", ["signs"]),
        ("from opt_utils_v1a import *\ndef initialize_adam(q, r): return z", ["optimization"]),
        ("try:\n    def zero_pad(X, pad): return 1\nexcept Exception:\n    pass", ["convnet"]),
    ],
)
def test_one_name_with_a_signature_of_its_own_is_enough(course, source, assignments):
    assert names(source, course) == assignments


@pytest.mark.parametrize(
    "source",
    [
        "def sigmoid(z): return z",
        "def model(X_train, Y_train, X_test, Y_test): return 1",
        "def predict(w, b, X): return 1\ndef optimize(w, b, X, Y, num_iterations): return 1",
        "def forward_propagation(X, parameters): return 1\ndef compute_cost(A2, Y): return 1\n"
        "def initialize_parameters(n_x, n_h, n_y): return 1\ndef layer_sizes(X, Y): return 1",
        "from cs231n.rnn_layers import *\ndef rnn_forward(x, h0, Wx, Wh, b): return 1",
        "def rnn_forward(x, h0, Wx, Wh, b): return 1\ndef rnn_backward(dh, cache): return 1\n"
        "def lstm_forward(x, h0, Wx, Wh, b): return 1",
        "import torch\ndef gram_matrix(input): return 1",
        "import torch\ndef triplet_loss(y_true, y_pred, alpha=0.2): return 1",
        "def gram_matrix(x): return 1\ndef style_loss(a, b): return 1",
        "def gram_matrix(A): return 1\n" + "\n".join(f"def f{i}(x): return 1" for i in range(3)),
        "def iou(box1, box2): return 1\n" + "\n".join(f"def f{i}(x): return 1" for i in range(3)),
        "def train_step(images): return 1",
        "iou = MeanIoU(3)\nmodel = Sequential()\ntriplet_loss = Loss()",
        "def identity_block(input_tensor, kernel_size, filters, stage, block): return 1\n"
        "def ResNet50(include_top=True, weights=None, input_shape=None, classes=9): return 1",
        "def conv_forward(X, W, b, stride=1, padding=1): return 1",
        "def computeCost(X, y, theta): return 1\ndef forward_propagation(X, theta): return 1",
    ],
)
def test_names_that_many_courses_use_are_not_enough(course, source):
    with pytest.raises(SubmissionError, match=r"^answers no known assignment"):
        names(source, course)


def test_the_nearest_assignment_is_named(course):
    words = r"The nearest is signs \(sigmoid\), but .*; --assignment signs grades it as that\.$"
    with pytest.raises(SubmissionError, match=words):
        names("def sigmoid(z): return z", course)


def test_the_metadata_of_cells_is_believed(known):
    work = from_source("def relu(z): pass")
    work.named = ["network", "unknown"]
    assert [a.name for a in recognise(work, known)] == ["network"]

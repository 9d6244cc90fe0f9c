"""The compatibility layer: what a program asks for, and what it gets."""

import ast

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf.autograder.assignment.declarations import Exercise
from dltf.autograder.execution.compatibility import detection
from dltf.autograder.execution.compatibility.layer import Layer
from dltf.autograder.execution.implementation import Answer, build
from dltf.autograder.execution.protocol import Unit


def answer_of(source, *names, topic="dltf.signs", **options):
    """Return the implementation of a program as cases call it, and its layer."""
    layer = Layer([source], **options)
    namespace, failures, _ = build([Unit(source, "<cell 1>")], topic, layer)
    assert failures == []
    return Answer(namespace, {name: Exercise(name) for name in names}, layer=layer), layer


# What is asked for


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ("import numpy as np\nnp.float64(1)", []),
        ("import tensorflow as tf\ntf.constant(1)", []),
        ("from keras.layers import Dense\nDense(3)", []),
        ("import keras\nkeras.optimizers.Adam(learning_rate=0.1)", []),
        ("import numpy as np\nnp.float(1)", ["numpy 1"]),
        ("import numpy as np\nnp.sum(x for x in [1, 2])", ["numpy 1"]),
        ("import scipy.misc\nscipy.misc.imread", ["scipy 1"]),
        ("import keras.backend as K\nK.argmax", ["keras 2"]),
        ("from keras.layers.normalization import BatchNormalization", ["keras 2"]),
        ("from keras.layers import AveragePooling2D\nAveragePooling2D()", ["keras 2"]),
        ("from keras.optimizers import Adam\nAdam(lr=0.1)", ["keras 2"]),
        ("from keras.layers import *\nDense(3, init='normal')", ["keras 2"]),
        ("import tensorflow as tf\ntf.placeholder(tf.float32)", ["tensorflow 1"]),
        ("import tensorflow as tf\ntf.reduce_sum(3, keep_dims=True)", ["tensorflow 1"]),
        ("import tensorflow.compat.v1 as tf", ["tensorflow 1"]),
        ("import tensorflow as tf\ntf.compat.v1.Session()", ["tensorflow 1"]),
        ("def f(): return Session()", []),  # nobody knows whose
        ("def f(:", []),
    ],
)
def test_a_program_gets_what_it_asks_for(source, used):
    assert Layer([source]).used == used
    assert Layer([source], enabled=False).used == []


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("s = tf.Session()", True),
        ("s.run(y, feed_dict={x: 1})", True),
        ("y.eval()", True),
        ("y.eval(session=s)", True),
        ("tf.disable_v2_behavior()", True),
        ("from tensorflow import placeholder\nplaceholder()", True),
        ("# a placeholder, and a Session", False),
        ("model.eval(x)", False),
        ("tf.constant(1)", False),
    ],
)
def test_graphs_are_found_without_running_anything(source, needed):
    assert detection.needs_graph(source) is needed


def test_only_functions_that_reach_a_session_need_a_graph():
    source = (
        "import tensorflow as tf\n"
        "sess = tf.InteractiveSession()\n"
        "def f(): return g()\n"
        "def g(): return tf.placeholder(tf.float32)\n"
        "def h(): return sess.run(tf.constant(1))\n"
        "def k(): return tf.constant(1)\n"
    )
    trees = detection.parsed([source])
    asked = detection.asked(trees, detection.aliases(trees))
    assert asked.graph == {"sess", "f", "g", "h"}
    assert asked.global_graph == {"sess", "h"}


# TensorFlow 1

SIGMOID = """
def sigmoid(z):
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as sess:
        return sess.run(tf.sigmoid(x), feed_dict={x: z})
"""


@pytest.mark.parametrize(
    "first",
    [
        "import tensorflow as tf",
        "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()",
        "from tensorflow import compat\ntf = compat.v1",
        "import tensorflow as tf\nfrom tf_utils import *",
    ],
)
def test_a_placeholder_is_fed_with_what_comes_in(first):
    answer, _ = answer_of(first + SIGMOID, "sigmoid")
    assert answer.sigmoid(z=0.0) == 0.5
    assert answer.sigmoid(z=tf.constant([0.0])) == [0.5]
    assert tf.executing_eagerly()


def test_tensors_and_variables_of_a_graph_come_out_with_their_values():
    answer, layer = answer_of(
        "import tensorflow as tf\n"
        "def initialize():\n"
        "    tf.set_random_seed(1)\n"
        "    xavier = tf.contrib.layers.xavier_initializer(seed=1)\n"
        "    W = tf.get_variable('W', [300, 200], initializer=xavier)\n"
        "    b = tf.get_variable('b', [3, 1], initializer=tf.zeros_initializer())\n"
        "    return {'W': W, 'more': [tf.add(b, 1), (W.shape[0], None)]}\n",
        "initialize",
    )
    for _ in range(2):  # a graph of its own each time
        found = answer.initialize()
    assert isinstance(found["W"], tf.Variable)
    assert float(np.std(found["W"])) == pytest.approx((2 / 500) ** 0.5, rel=0.02)
    np.testing.assert_array_equal(found["more"][0], [[1]] * 3)
    assert found["more"][1] == (300, None)
    assert layer.used == ["tensorflow 1"]


def test_tensors_and_variables_that_come_in_belong_to_the_graph():
    answer, _ = answer_of(
        "import tensorflow as tf\n"
        "def f(X, parameters):\n"
        "    y = tf.get_variable('y', [], initializer=tf.zeros_initializer())\n"
        "    return tf.reduce_sum(tf.multiply(X, parameters['W']), reduction_indices=1) + y\n",
        "f",
    )
    X, W = tf.constant([[1.0, 2.0]]), tf.Variable([[3.0, 4.0]])
    assert answer.f(X=X, parameters={"W": W}).numpy() == [11]


def test_a_session_of_top_level_is_the_one_that_is_used():
    answer, _ = answer_of(
        "import tensorflow as tf\n"
        "tf.reset_default_graph()\n"
        "sess = tf.InteractiveSession()\n"
        "v = tf.Variable(3.0)\n"
        "sess.run(tf.global_variables_initializer())\n"
        "sess.run(v.assign(5.0))\n"
        "def f(): return v + 1, v.eval()\n",
        "f",
    )
    total, value = answer.f()
    assert (float(total), value) == (6, 5)


def test_training_in_a_session():
    answer, _ = answer_of(
        "import tensorflow as tf\n"
        "from tensorflow.python.framework import ops\n"
        "def train():\n"
        "    ops.reset_default_graph()\n"
        "    w = tf.Variable(0, dtype=tf.float32)\n"
        "    cost = tf.square(w - 5)\n"
        "    step = tf.train.GradientDescentOptimizer(0.1).minimize(cost)\n"
        "    with tf.Session() as session:\n"
        "        session.run(tf.global_variables_initializer())\n"
        "        for _ in range(100): session.run(step)\n"
        "        return session.run(w)\n",
        "train",
    )
    assert answer.train() == pytest.approx(5)


def test_a_function_of_today_beside_one_of_2017_runs_as_today():
    answer, _ = answer_of(
        "import tensorflow as tf\n"
        + SIGMOID
        + "def today(x):\n    return tf.nn.dropout(x, rate=0.0).numpy()\n",
        "sigmoid",
        "today",
    )
    assert answer.today(x=tf.constant([3.0])) == [3]


def test_a_case_can_run_the_results_of_a_function_itself():
    answer, _ = answer_of(
        "import tensorflow as tf\ndef f(model): return sess.run(model['a']) - model['a']\n", "f"
    )
    with answer.graph("f") as session:
        a = tf.compat.v1.Variable(3.0)
        vars(answer)["_namespace"]["sess"] = session
        session.run(a.initializer)
        difference = answer.f(model={"a": a})
        session.run(a.assign(1.0))
        assert session.run(difference) == 2
    assert tf.executing_eagerly()


def test_numpy_takes_tensors_of_a_graph():
    answer, _ = answer_of(
        "import numpy as np\nimport tensorflow as tf\n"
        "def f(x):\n"
        "    tf.placeholder(tf.float32)\n"
        "    return np.multiply(x, 2.0) + np.maximum.reduce([1, 2])\n",
        "f",
    )
    assert answer.f(x=tf.constant(3.0)).numpy() == 8


# Keras 2


def test_the_old_backend():
    answer, _ = answer_of(
        "from keras import backend as K\n"
        "import tensorflow as tf\n"
        "K.set_learning_phase(1)\n"
        "def f(x):\n"
        "    best = K.variable(K.max(x), dtype='float32')\n"
        "    K.get_session().run(tf.variables_initializer([best]))\n"
        "    return K.argmax(x), best, K.greater_equal(x, 2)\n"
        "def g(x): return K.mean(K.square(x), axis=-1)\n",
        "f",
        "g",
    )
    where, best, mask = answer.f(x=tf.constant([1.0, 3.0]))
    assert (int(where), float(best), mask.numpy().tolist()) == (1, 3, [False, True])
    assert answer.g(x=keras.Input((3, 2))).shape == (None, 3)


def test_modules_and_arguments_of_older_versions():
    answer, _ = answer_of(
        "from keras.layers.core import Dense, Flatten\n"
        "from keras.layers.convolutional import Convolution2D\n"
        "from keras.layers import AveragePooling2D, Input, merge\n"
        "from keras.engine import Model\n"
        "from keras.optimizers import Adam\n"
        "import keras.utils.np_utils as np_utils\n"
        "def f():\n"
        "    x = Input((6, 6, 2))\n"
        "    y = Convolution2D(2, 3, 3, border_mode='same', init='uniform', bias=False)(x)\n"
        "    y = AveragePooling2D()(merge([x, y], mode='sum'))\n"
        "    y = Dense(output_dim=4)(Flatten()(y))\n"
        "    return Model(input=x, output=y), Adam(lr=0.1, decay=0.5)\n"
        "def g(): return np_utils.to_categorical([1], 2)\n",
        "f",
        "g",
    )
    model, optimizer = answer.f()
    assert [type(layer).__name__ for layer in model.layers] == [
        "InputLayer", "Conv2D", "Add", "AveragePooling2D", "Flatten", "Dense",
    ]  # fmt: skip
    assert model.output_shape == (None, 4)
    assert model.count_params() == 3 * 3 * 2 * 2 + 18 * 4 + 4
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
    assert answer.g().tolist() == [[0, 1]]


def test_names_of_a_missing_file_are_found_if_they_can_mean_only_one_thing():
    answer, layer = answer_of(
        "from resnets_utils import *\n"
        "def f(): return BatchNormalization, glorot_uniform, AveragePooling2D()\n"
        "def g(): return no_such_name\n",
        "f",
        "g",
        topic="dltf.resnet",
    )
    found = answer.f()
    assert found[0] is keras.layers.BatchNormalization
    assert found[2].pool_size == (2, 2)
    assert "keras.layers.BatchNormalization" in layer.used
    with pytest.raises(NameError, match="no_such_name"):
        answer.g()


def test_names_are_not_looked_for_without_a_star_import_of_a_missing_file():
    answer, _ = answer_of("def f(): return BatchNormalization\n", "f")
    with pytest.raises(NameError, match="BatchNormalization"):
        answer.f()


# Functions of TensorFlow in a functional model


@pytest.mark.parametrize(
    "line",
    [
        "x = tf.nn.relu(x)",
        "x = nn.relu(features=x)",
        "x = tf.concat([tf.maximum(x, 0.0), x], axis=-1)[:, :2]",
    ],
)
def test_a_function_of_tensorflow_may_be_a_layer_of_a_model(line):
    answer, layer = answer_of(
        "import tensorflow as tf\nfrom tensorflow import nn\nfrom tensorflow import keras\n"
        f"def f(x):\n    x = keras.layers.ReLU(negative_slope=1.0)(x)\n    {line}\n    return x",
        "f",
    )
    x = keras.Input((2,))
    model = keras.Model(x, answer.f(x=x))
    np.testing.assert_array_equal(model(np.array([[-1.0, 2.0]])), [[0, 2]])
    assert layer.used == ["keras 2"]


def test_other_calls_of_tensorflow_are_as_ever():
    source = (
        "import tensorflow as tf\nfrom keras import layers\n"
        "def f(x): return layers.ReLU()(x) + tf.nn.relu(x)\n"
        "def g(x): return tf.nn.relu(x, no_such=1)\n"
        "def h(x): return tf.reshape(layers.ReLU()(x), (5, 7))\n"
    )
    answer, layer = answer_of(source, "f", "g", "h")
    assert answer.f(x=tf.constant([-1.0, 2.0])).numpy().tolist() == [0, 4]
    with pytest.raises(TypeError, match="no_such"):
        answer.g(x=tf.constant([1.0]))
    with pytest.raises(tf.errors.InvalidArgumentError):
        answer.h(x=tf.constant([1.0]))
    assert layer.used == []
    strict, _ = answer_of(source, "f", enabled=False)
    with pytest.raises(ValueError, match="KerasTensor"):
        strict.f(x=keras.Input((2,)))


# NumPy 1


def test_removed_names_of_numpy():
    answer, layer = answer_of(
        "import numpy as np\n"
        "def f(x):\n"
        "    return [np.float(x), np.zeros(1, np.int).dtype.kind, np.product([2, 3]), np.Inf,\n"
        "            np.in1d([1, 2], [2]).tolist(), np.trapz([1, 1]), np.sum(i for i in [1, 2]),\n"
        "            np.linalg.norm([3, 4]), np.asscalar(np.ones(1))]\n",
        "f",
    )
    assert answer.f(x=np.ones((1, 1))) == [1, "i", 6, np.inf, [False, True], 1, 3, 5, 1]
    assert "numpy 1" in layer.used


NUMBERS = """
import math
import numpy as np
def f(b):
    Z = np.zeros((2, 2))
    Z[0, 0] = b
    Z[0, 1] += b
    Z[1, :] = b[0]
    table = {}
    table[0] = b
    return Z, float(b), int(b), math.sqrt(b), "%.1f" % b, table[0]
"""


def test_an_array_of_one_element_is_a_number_where_one_is_asked_for():
    answer, _ = answer_of(NUMBERS, "f")
    b = np.full((1, 1, 1), 4.0)
    Z, *numbers, kept = answer.f(b=b)
    assert Z.tolist() == [[4, 4], [4, 4]]
    assert numbers == [4, 4, 2, "4.0"]
    assert kept is b


def test_other_errors_are_those_of_python():
    answer, layer = answer_of(
        "import numpy as np\n"
        "def f(): return float(np.ones(2))\n"
        "def g(): Z = np.zeros(2); Z[0] = np.ones(2)\n"
        "def h(): return float('x')\n"
        "def k(): (1, 2)[0] = 3\n",
        *"fghk",
    )
    for name, error in zip("fghk", (TypeError, ValueError, ValueError, TypeError), strict=True):
        with pytest.raises(error):
            getattr(answer, name)()
    assert layer.used == []


def test_a_layer_that_is_off_changes_nothing():
    answer, _ = answer_of(NUMBERS, "f", enabled=False)
    tree = ast.parse(NUMBERS)
    assert ast.dump(Layer(enabled=False).rewritten(ast.parse(NUMBERS))) == ast.dump(tree)
    assert not [name for name in vars(answer)["_namespace"] if name.startswith("_dltf")]


def test_images_of_scipy(tmp_path):
    pytest.importorskip("PIL")
    answer, _ = answer_of(
        "import scipy.misc\n"
        "import scipy\n"
        "def f(path):\n"
        "    scipy.misc.imsave(path, [[0, 255], [255, 0]])\n"
        "    return scipy.misc.imresize(scipy.misc.imread(path), (4, 6))\n",
        "f",
    )
    image = answer.f(path=str(tmp_path / "a.png"))
    assert image.shape == (4, 6)
    assert image.dtype == np.uint8

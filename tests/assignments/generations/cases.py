from dltf.autograder import case, exercise, helpers

exercise(
    "initialize_parameters",
    spellings={"layers_dims": ("layer_dims", "dims")},
    names=("start_parameters",),
)
exercise("update_parameters_with_adam", returns={2: "v17", 3: "v21"})
exercise("yolo_filter_boxes")
helpers("init_utils", "testCases")


@case("initialize_parameters")
def shapes(answer, rng):
    """Biases are columns of zeros."""
    return answer.initialize_parameters(layers_dims=[int(n) for n in rng.integers(2, 9, size=4)])


@case("update_parameters_with_adam")
def one_step(answer, rng):
    """One step."""
    shape = {"W1": (2, 3), "b1": (2, 1)}
    parameters = {key: rng.normal(size=size) for key, size in shape.items()}
    grads = {"d" + key: rng.normal(size=size) for key, size in shape.items()}
    v = {"d" + key: rng.normal(size=size) for key, size in shape.items()}
    return answer.update_parameters_with_adam(parameters=parameters, grads=grads, v=v, beta1=0.7)


@case("yolo_filter_boxes")
def above_the_threshold(answer, rng):
    """Boxes above the threshold stay."""
    return answer.yolo_filter_boxes(
        boxes=rng.uniform(size=(19, 19, 5, 4)),
        box_confidence=rng.uniform(size=(19, 19, 5, 1)),
        box_class_probs=rng.uniform(size=(19, 19, 5, 8)),
        threshold=0.5,
    )

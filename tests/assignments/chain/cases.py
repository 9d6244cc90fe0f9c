from dltf.autograder import case, exercise

exercise("relu")
exercise("layer")
exercise("network")
exercise("mean_square")


@case("relu", points=0.1)
def of_numbers(answer, rng):
    """Negative numbers become zero."""
    return answer.relu(z=rng.normal(size=(3, 4)))


@case("layer", points=0.2)
def of_a_batch(answer, rng):
    """One layer, several examples."""
    a, W, b = rng.normal(size=(3, 5)), rng.normal(size=(4, 3)), rng.normal(size=(4, 1))
    return answer.layer(a=a, W=W, b=b)


@case("network")
def of_two_layers(answer, rng):
    """Two layers, the last activation first."""
    shapes = {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1)}
    parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return answer.network(x=rng.normal(size=(3, 5)), parameters=parameters)


@case("mean_square", points=0.7)
def with_an_offset(answer, rng):
    """The offset is an argument."""
    return answer.mean_square(x=rng.normal(size=7), offset=rng.uniform(3, 4))


@case("mean_square", points=1)
def with_the_default(answer, rng):
    """The offset has a default."""
    return answer.mean_square(x=rng.normal(size=7))

from dltf.autograder import mistake

mistake("relu", "np.maximum", "np.minimum", id="minimum", hint="Which half should stay?")
mistake("layer", "W @ a + b", "W @ a", id="no_bias", hint="Something is not added.")
mistake(
    "network",
    "activations[::-1]",
    "activations",
    id="first_first",
    hint="In which order are they asked for?",
)
mistake("mean_square", "np.mean", "np.sum", id="sum", hint="A mean, hunter2 in the mistakes.")
mistake("mean_square", "$mean + offset", "$mean + 1", id="deaf", hint="An argument is not heard.")
mistake("mean_square", "np.mean(x * x)", "undefined", id="name", hint="That name is not defined.")

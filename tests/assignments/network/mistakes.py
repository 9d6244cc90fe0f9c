from dltf.autograder import mistake

mistake(
    "he",
    "np.sqrt(2 / $fan_in)",
    "np.sqrt(1 / $fan_in)",
    id="xavier",
    hint="What does ReLU do to the variance?",
)

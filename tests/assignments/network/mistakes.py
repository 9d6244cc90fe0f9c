from dltf.autograder import mistake

mistake(
    "he", "np.sqrt(2 / ", "np.sqrt(1 / ", id="xavier", hint="What does ReLU do to the variance?"
)

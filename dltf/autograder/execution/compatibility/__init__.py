"""Compatibility layer: programs written for the libraries of their time.

It is switched on only where a program asks for a name or an argument that today's libraries dropped
(read from its syntax tree), and changes what that program sees and no library itself: `import`
gives out a module in front of the real one. What was switched on is reported.

    detection     what a program asks for
    facade        modules in front of others, and the import of them
    tensorflow1   names of TensorFlow 1; functions written for its graphs are called inside one
    keras2        names, arguments and the backend of Keras 1 and 2
    symbolic      functions of TensorFlow on the symbolic tensors of Keras
    numpy1        names of NumPy 1 and scipy.misc; arrays of one element as numbers
    missing       names that the star import of a missing helper file would have brought
"""

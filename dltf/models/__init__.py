"""Models that several topics use: a three-layer network in NumPy, and SqueezeNet."""

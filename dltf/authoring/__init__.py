"""Tools for instructors: notebooks, releases, sample classes, verification of assignments."""

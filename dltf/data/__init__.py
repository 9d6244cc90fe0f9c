"""Data sets of the course: loaders of real files, and generators of synthetic data.

A loader reads the real files if they are available (see `dltf.data.registry`; `dltf data fetch`
fetches them) and otherwise prints one line and returns generated data. Heavy dependencies are
imported only when needed, nothing is downloaded automatically, and no global random state is used:
a generator takes a seed or a `numpy.random` generator.
"""

from dltf.data.dates import load_date_vocabulary, make_dates, write_date
from dltf.data.faces import load_face_photos, make_faces, make_people
from dltf.data.images import make_image
from dltf.data.names import load_names, load_sonnets, make_names, split_names
from dltf.data.paintings import (
    load_content_image,
    load_style_image,
    make_painting,
    make_scene,
    read_image,
)
from dltf.data.photos import load_cats, load_happy
from dltf.data.points import (
    Layout,
    load_circles,
    load_football,
    load_moons,
    make_circles,
    make_flower,
    make_football,
    make_moons,
)
from dltf.data.roads import ROAD_CLASSES, Scenes, make_roads
from dltf.data.sequences import (
    make_blanks,
    make_brackets,
    make_opinions,
    make_recall,
    make_waves,
)
from dltf.data.shapes import hide_labels, make_shape_scenes, make_shapes
from dltf.data.signs import load_signs, make_signs, signs_in_both, write_signs_h5
from dltf.data.translation import (
    load_sentence_pairs,
    make_sentence_pairs,
    split_pairs,
)

__all__ = [
    "ROAD_CLASSES",
    "Layout",
    "Scenes",
    "hide_labels",
    "load_cats",
    "load_circles",
    "load_content_image",
    "load_date_vocabulary",
    "load_face_photos",
    "load_football",
    "load_happy",
    "load_moons",
    "load_names",
    "load_sentence_pairs",
    "load_signs",
    "load_sonnets",
    "load_style_image",
    "make_blanks",
    "make_brackets",
    "make_circles",
    "make_dates",
    "make_faces",
    "make_flower",
    "make_football",
    "make_image",
    "make_moons",
    "make_names",
    "make_opinions",
    "make_painting",
    "make_people",
    "make_recall",
    "make_roads",
    "make_scene",
    "make_sentence_pairs",
    "make_shape_scenes",
    "make_shapes",
    "make_signs",
    "make_waves",
    "read_image",
    "signs_in_both",
    "split_names",
    "split_pairs",
    "write_date",
    "write_signs_h5",
]

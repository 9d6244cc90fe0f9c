"""Plots of the course. Each function draws into Matplotlib axes and returns them; none shows them.

Matplotlib is imported when the first plot is drawn. Labels and colours are the same everywhere:
blue and orange for the labels 0 and 1 (distinguishable with colour blindness), a solid line for
training, a dashed one for validation.
"""

from dltf.plotting.attention import plot_attention
from dltf.plotting.boxes import (
    draw_boxes,
    generate_colors,
    get_colors_for_classes,
    plot_boxes,
)
from dltf.plotting.classes import plot_confusion, plot_photos, plot_runs
from dltf.plotting.curves import (
    plot_check_errors,
    plot_histories,
    plot_history,
    plot_layer_scales,
)
from dltf.plotting.faces import plot_encodings, plot_pairs, plot_roc
from dltf.plotting.filters import plot_feature_maps, plot_filters, plot_window_map
from dltf.plotting.look import COLOURS, STYLE, current_axes, new_axes
from dltf.plotting.paintings import plot_costs, plot_gallery
from dltf.plotting.photos import plot_images
from dltf.plotting.plane import plot_decision_boundary, plot_points, plot_trajectories
from dltf.plotting.sequences import plot_gradient_norms, plot_gradients_by_lag, plot_waves

__all__ = [
    "COLOURS",
    "STYLE",
    "current_axes",
    "draw_boxes",
    "generate_colors",
    "get_colors_for_classes",
    "new_axes",
    "plot_attention",
    "plot_boxes",
    "plot_check_errors",
    "plot_confusion",
    "plot_costs",
    "plot_decision_boundary",
    "plot_encodings",
    "plot_feature_maps",
    "plot_filters",
    "plot_gallery",
    "plot_gradient_norms",
    "plot_gradients_by_lag",
    "plot_histories",
    "plot_history",
    "plot_images",
    "plot_layer_scales",
    "plot_pairs",
    "plot_photos",
    "plot_points",
    "plot_roc",
    "plot_runs",
    "plot_trajectories",
    "plot_waves",
    "plot_window_map",
]

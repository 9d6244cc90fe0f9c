"""Plots: contents, labels, returned axes, and no window."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from dltf import data, plotting

mpl.use("Agg")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def ys(ax):
    return {line.get_label(): np.asarray(line.get_ydata()) for line in ax.get_lines()}


def test_history_draws_training_full_and_validation_dashed_in_one_colour():
    ax = plotting.plot_history({"loss": [3, 2, 1], "val_loss": [4, 3, 2], "mae": [9, 9, 9]})
    drawn = ys(ax)
    assert list(drawn) == ["loss", "loss, validation"]
    np.testing.assert_array_equal(drawn["loss"], [3, 2, 1])
    np.testing.assert_array_equal(ax.get_lines()[0].get_xdata(), [1, 2, 3])
    full, dashed = ax.get_lines()
    assert (full.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert full.get_color() == dashed.get_color()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(drawn)


def test_history_of_one_epoch_is_visible_and_names_are_chosen():
    ax = plotting.plot_history({"loss": [3], "mae": [1]}, names=["mae"])
    assert list(ys(ax)) == ["mae"]
    assert ax.get_lines()[0].get_marker() == "o"
    assert ax.get_legend() is None
    with pytest.raises(ValueError, match=r"names: expected some of \['loss'\], got 'acc'"):
        plotting.plot_history({"loss": [1]}, names=["acc"])


def test_histories_are_compared_in_the_axes_given():
    ax = plotting.new_axes()
    same = plotting.plot_histories({"a": {"mae": [1, 2]}, "b": {"mae": [3, 4]}}, "mae", ax)
    assert same is ax
    np.testing.assert_array_equal(ys(ax)["b"], [3, 4])
    assert len({line.get_color() for line in ax.get_lines()}) == 2
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "mae")


def test_points_are_drawn_each_in_the_colour_of_its_label():
    x, y = data.make_circles(21, rng=0)
    ax = plotting.plot_points(x, y)
    zeros, ones = ax.collections
    np.testing.assert_array_equal(np.asarray(zeros.get_offsets()), x[y[:, 0] == 0])
    np.testing.assert_array_equal(np.asarray(ones.get_offsets()), x[y[:, 0] == 1])
    assert [zeros.get_label(), ones.get_label()] == ["label 0", "label 1"]
    with pytest.raises(
        ValueError, match=r"x: expected shape \(21, 2\) for 21 labels, got \(2, 21\)"
    ):
        plotting.plot_points(x.T, y)


def test_the_boundary_is_where_the_prediction_changes():
    x, y = data.make_circles(40, rng=0)
    ax = plotting.plot_decision_boundary(lambda points: points[:, 0] > 0.25, x, y, steps=200)
    line = next(
        c for c in ax.collections if type(c).__name__.endswith("ContourSet") and not c.filled
    )
    vertices = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(vertices[:, 0], 0.25, atol=0.01)
    low, high = x.min(axis=0), x.max(axis=0)
    assert vertices[:, 1].min() < low[1]
    assert vertices[:, 1].max() > high[1]


def test_probabilities_are_cut_at_one_half_and_a_constant_has_no_boundary():
    x, y = data.make_circles(40, rng=0)
    ax = plotting.plot_decision_boundary(lambda p: 1 / (1 + np.exp(-p[:, 1])), x, y, steps=201)
    line = next(
        c for c in ax.collections if type(c).__name__.endswith("ContourSet") and not c.filled
    )
    heights = np.concatenate([path.vertices for path in line.get_paths()])[:, 1]
    np.testing.assert_allclose(heights, 0, atol=0.01)
    flat = plotting.plot_decision_boundary(lambda p: np.zeros(len(p)), x, y)
    assert all(c.filled for c in flat.collections if type(c).__name__.endswith("ContourSet"))


def test_a_prediction_of_the_wrong_size_is_refused():
    x, y = data.make_circles(40, rng=0)
    with pytest.raises(ValueError, match=r"a value for each of 25 points, got shape \(3,\)"):
        plotting.plot_decision_boundary(lambda p: np.zeros(3), x, y, steps=5)


def test_layer_scales_vanish_and_explode_out_of_the_axes():
    scales = {"good": [1, 1.5, 2], "small": [1e-2, 1e-8, 1e-14], "large": [1, 1e9, 1e30]}
    scales["none"] = [0, 0, 0]
    ax = plotting.plot_layer_scales(scales, ylabel="spread")
    drawn = ys(ax)
    assert list(drawn) == ["good", "small", "large", "none (all 0)"]
    assert np.isnan(drawn["none (all 0)"]).all()
    np.testing.assert_array_equal(drawn["small"], [1e-2, 1e-8, 1e-14])
    assert ax.get_yscale() == "log"
    assert ax.get_ylim() == pytest.approx((1e-10, 1e10))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("layer", "spread")


def test_layer_scales_of_nothing_but_zeros_draw():
    ax = plotting.plot_layer_scales({"zeros": [0.0, 0.0]})
    ax.figure.canvas.draw()
    assert list(ys(ax)) == ["zeros (all 0)"]


def test_axes_side_by_side_and_the_look_does_not_leak():
    before = dict(mpl.rcParams)
    axes = plotting.new_axes(3, width=2.0, height=1.5)
    assert len(axes) == 3
    np.testing.assert_allclose(axes[0].figure.get_size_inches(), (6.0, 1.5))
    assert not axes[0].spines["top"].get_visible()
    assert dict(mpl.rcParams) == before


def test_current_axes_are_made_once():
    plt.close("all")
    first = plotting.current_axes()
    assert plotting.current_axes() is first


def test_the_first_figure_of_a_notebook_leaves_interactive_mode_on(monkeypatch):
    """A notebook's backend turns it on when it makes its first figure."""
    subplots = plt.subplots

    def first(*args, **settings):
        mpl.interactive(True)
        return subplots(*args, **settings)

    monkeypatch.setattr(plt, "subplots", first)
    monkeypatch.setitem(mpl.rcParams, "interactive", False)
    plotting.new_axes()
    assert mpl.is_interactive()


def test_class_names_are_as_large_as_asked():
    image = np.zeros((200, 300, 3), np.uint8)
    drawn = [
        plotting.draw_boxes(image, [[100, 10, 190, 290]], [0], ["car"], font_size=size)
        for size in (12, 30)
    ]
    heights = [np.flatnonzero(one[:100].any(axis=(1, 2))).size for one in drawn]
    assert heights[1] > 1.8 * heights[0]

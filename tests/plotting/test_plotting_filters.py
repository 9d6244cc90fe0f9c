"""Plots of filters, feature maps and sliding windows."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dltf import plotting


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def visible(axes):
    return [ax for ax in axes[0].figure.axes if ax.get_visible()]


def test_feature_maps_have_a_scale_each_around_zero():
    maps = np.random.default_rng(0).normal(size=(5, 7, 6)) * [1, 10, 0.1, 1, 1, 0]
    axes = plotting.plot_feature_maps(maps, columns=4)
    assert len(axes) == len(visible(axes)) == 6
    for c, ax in enumerate(axes):
        (image,) = ax.get_images()
        low, high = image.get_clim()
        assert low == -high
        assert high == pytest.approx(np.abs(maps[..., c]).max() or 1)
        np.testing.assert_array_equal(image.get_array(), maps[..., c])
        assert ax.get_title() == str(c)
    with pytest.raises(ValueError, match=r"maps: expected shape \(n_H, n_W, n_C\), got \(2, 3\)"):
        plotting.plot_feature_maps(np.zeros((2, 3)))


def test_filters_over_colours_are_colours_and_zero_is_grey():
    W = np.random.default_rng(0).normal(size=(3, 3, 3, 5))
    W[0, 0] = 0
    axes = plotting.plot_filters(W, titles=list("abcde"))
    assert [ax.get_title() for ax in axes] == list("abcde")
    for ax in axes:
        pixels = ax.get_images()[0].get_array()
        assert pixels.shape == (3, 3, 3)
        assert pixels.min() >= 0
        assert pixels.max() <= 1
        np.testing.assert_allclose(pixels[0, 0], 0.5)
    deep = plotting.plot_filters(np.ones((3, 4, 8, 2)))
    assert deep[0].get_images()[0].get_array().shape == (3, 4)
    with pytest.raises(ValueError, match=r"W: expected shape \(f_H, f_W, n_C_prev, n_C\)"):
        plotting.plot_filters(W[0])


def test_the_map_is_at_the_centers_of_the_windows():
    image, scores = np.zeros((30, 42, 3)), np.zeros((4, 7))
    scores[1, 2] = 1
    ax = plotting.plot_window_map(image, scores, window=18, stride=4, title="disc")
    assert ax.get_title() == "disc"
    _, overlay = ax.get_images()
    left, right, bottom, top = overlay.get_extent()
    assert (right - left) / 7 == (bottom - top) / 4 == 4
    # the window in row 1, column 2 covers rows 4 to 21 and columns 8 to 25
    assert top + 1.5 * 4 == pytest.approx((4 + 21) / 2)
    assert left + 2.5 * 4 == pytest.approx((8 + 25) / 2)
    alpha = overlay.get_array()[..., 3]
    assert alpha[1, 2] > 0.5
    assert alpha.sum() == alpha[1, 2]
    assert ax.get_ylim() == (29.5, -0.5)

"""Pictures, judged by the artists on them: the data that was handed in, labelled, not crowded."""

import itertools
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from own_parts import batch_for, small_net

import tinynet as tn
from tinynet import plots
from tinynet._internal.progress import Silent
from tinynet.studies.initialization import at_initialization


@pytest.fixture
def ax():
    return Figure().subplots()


# ---------------------------------------------------------------------------- manners


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("tinynet", ["matplotlib", "multiprocessing.pool", "concurrent.futures.process"]),
        ("tinynet.studies.comparison", ["matplotlib"]),
        ("tinynet.plots", ["matplotlib.pyplot"]),
    ],
)
def test_importing_loads_no_more_than_is_needed(module, kept_out):
    code = f"import sys, {module}; print([m for m in {kept_out} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


DRAWINGS = {
    "images": lambda ax: plots.images(np.zeros((2, 16)), ["a", "b"], ax=ax),
    "densities": lambda ax: plots.densities([0, 1, 2], [[1, 2]], ["a"], ax=ax),
    "curves": lambda ax: plots.curves([0, 1], {"a": [1, 2]}, ax=ax),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_function_draws_on_the_axes_it_is_given_and_on_nothing_else(draw):
    figure = Figure()
    left, right = figure.subplots(1, 2)
    untouched = len(right.get_children())
    style = dict(mpl.rcParams)
    assert draw(left) is left
    assert left.has_data()
    assert not right.has_data()
    assert len(right.get_children()) == untouched
    assert figure.axes == [left, right]
    assert dict(mpl.rcParams) == style


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_without_axes_a_figure_is_made(draw):
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    made = draw(None)
    assert made.has_data()
    plt.close(made.figure)


# ---------------------------------------------------------------------------- data


def test_images_stand_side_by_side_on_one_scale_of_grey(ax):
    x = np.random.default_rng(0).uniform(-1, 1, (3, 16))
    plots.images(x, ["one", "two", "three"], ax=ax)
    (image,) = ax.images
    strip = np.asarray(image.get_array().filled(np.nan))
    for k in range(3):
        np.testing.assert_array_equal(strip[:, 6 * k : 6 * k + 4], x[k].reshape(4, 4))
    assert np.isnan(strip[:, 4:6]).all()  # the gap
    assert image.get_clim() == (-1, 1)
    assert image.get_cmap().name == "gray"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["one", "two", "three"]
    assert list(ax.get_xticks()) == [1.5, 7.5, 13.5]  # under the middle of each


def test_images_in_colour_hold_red_green_and_blue_on_a_white_ground(ax):
    x = np.random.default_rng(0).uniform(-1, 1, (3, 48))
    plots.images(x, columns=2, colour=True, ax=ax)
    (image,) = ax.images
    sheet = np.asarray(image.get_array())
    assert sheet.shape == (10, 10, 3)
    for k, (top, left) in enumerate([(0, 0), (0, 6), (6, 0)]):
        for channel in range(3):
            grey = x[k, 16 * channel : 16 * (channel + 1)].reshape(4, 4)
            shown = sheet[top : top + 4, left : left + 4, channel]
            np.testing.assert_allclose(shown, (grey + 1) / 2)
    assert (sheet[4:6] == 1).all()
    assert (sheet[6:, 6:] == 1).all()


def test_densities_are_lines_over_the_middles_of_the_bins(ax):
    plots.densities([0, 1, 2, 4], [[1, 2, 3], [4, 5, 6]], ["layer 1", "layer 2"], ax=ax)
    first, second = ax.lines
    assert list(first.get_xdata()) == [0.5, 1.5, 3]
    assert list(second.get_ydata()) == [4, 5, 6]
    assert [line.get_label() for line in ax.lines] == ["layer 1", "layer 2"]
    assert ax.get_ylim()[0] == 0


def test_layers_differ_in_line_style_and_colour(ax):
    names = [f"layer {k}" for k in range(5)]
    plots.densities([0, 1], [[1]] * 5, names, ax=ax)
    for a, b in itertools.combinations(ax.lines, 2):
        assert not same_color(a.get_color(), b.get_color())
        assert a._unscaled_dash_pattern != b._unscaled_dash_pattern


def test_runs_differ_in_marker_and_colour_and_hold_their_values(ax):
    runs = {f"run {k}": [k, k + 1] for k in range(7)}
    plots.curves([0, 10], runs, ax=ax)
    assert {line.get_label(): list(line.get_ydata()) for line in ax.lines} == runs
    assert all(list(line.get_xdata()) == [0, 10] for line in ax.lines)
    assert len({line.get_marker() for line in ax.lines}) == 7
    assert len({line.get_color() for line in ax.lines}) == 7


def test_there_is_a_name_for_each_density(ax):
    with pytest.raises(ValueError, match="names: expected .*1, got 2"):
        plots.densities([0, 1], [[1]], ["one", "two"], ax=ax)


# ---------------------------------------------------------------------------- the main picture


def result(runs, depth):
    """What the main job hands to the picture, from small networks."""
    found = {}
    for k, name in enumerate(runs):
        net = small_net(tn.Tanh, [6] + [20] * depth + [9], rng=k)
        found[name] = {
            **at_initialization(net, *batch_for(net, 30), jacobians=3, progress=Silent),
            **{"activation": "tanh", "init": "standard"},
            **{"lr": 0.03, "grid": [0.03], "validation_cost": [2.0]},
            **{"updates": [0, 40_000, 80_000], "test_error": [0.9, 0.5 + k / 50, 0.4 - k / 50]},
        }
    return {
        "settings": {"width_at_initialization": 20, "width_in_training": 20},
        "chance": {"cost": 2.117, "error": 0.8348},
        "runs": found,
    }


CASES = {
    "one run, depth 2": (["tanh"], 2),
    "two runs, depth 1": (["standard", "normalized"], 1),
    "two runs, depth 5": (["standard", "normalized"], 5),
    "five runs, depth 2": (["softsign", "softsign_n", "tanh", "tanh_n", "sigmoid"], 2),
}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def drawn(request):
    """A result, its picture after it was drawn, and the renderer."""
    names, depth = request.param
    found = result(names, depth)
    x, _ = tn.Shapeset(rng=0).draw(9)
    style = dict(mpl.rcParams)
    figure = plots.comparison(found, x, tn.Shapeset.class_names)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert dict(mpl.rcParams) == style
    return found, figure, canvas.get_renderer()


def test_no_axes_is_empty_or_without_labels(drawn):
    found, figure, _ = drawn
    sample, *panels, below = figure.axes
    assert len(panels) == 3 * len(found["runs"])
    assert sample.get_xlabel()
    for ax in [*panels, below]:
        assert ax.has_data() or ax.texts
        assert ax.get_xlabel()
    for ax in [ax for ax in [*panels, below] if ax.lines]:
        assert ax.get_ylabel()
        assert ax.get_legend() is not None


def test_each_run_has_a_column_under_its_name_with_a_line_for_each_layer(drawn):
    found, figure, _ = drawn
    _, *panels, _ = figure.axes
    columns = np.array(panels).reshape(3, -1).T
    for column, (name, run) in zip(columns, found["runs"].items(), strict=True):
        assert column[0].get_title().startswith(f"{name}: untrained, width 20,")
        for ax, key in zip(column, ["activation", "gradient", "singular_value"], strict=True):
            densities = run["histograms"][key]["densities"]
            assert [list(line.get_ydata()) for line in ax.lines] == densities


def test_a_network_without_a_square_layer_says_so(drawn):
    found, figure, _ = drawn
    depth = len(next(iter(found["runs"].values()))["activation_std"])
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert texts == (["no square layer"] * len(found["runs"]) if depth == 1 else [])


def test_the_last_panel_has_the_test_errors_in_per_cent_and_the_class_frequencies(drawn):
    found, figure, _ = drawn
    *lines, stuck = figure.axes[-1].lines
    for line, (name, run) in zip(lines, found["runs"].items(), strict=True):
        assert line.get_label() == f"{name}, lr 0.03"
        np.testing.assert_allclose(line.get_ydata(), 100 * np.array(run["test_error"]))
        assert list(line.get_xdata()) == run["updates"]
    assert list(stuck.get_ydata()) == [83.48, 83.48]
    assert "83.5 %" in stuck.get_label()


def visible_texts(figure):
    """Titles, axis labels, tick labels within the limits, legends and free texts."""
    for ax in figure.axes:
        yield from (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts)
        if ax.get_legend():
            yield from ax.get_legend().get_texts()
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high and tick.label1.get_visible():
                    yield tick.label1
            yield axis.get_offset_text()


def test_no_two_texts_overlap_and_none_is_cut_off(drawn):
    _, figure, renderer = drawn
    texts = [text for text in visible_texts(figure) if text.get_visible() and text.get_text()]
    assert len(texts) > 30
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), f"{one!r} and {two!r} overlap"
    width, height = figure.canvas.get_width_height()
    for text, box in boxes:
        assert 0 <= box.x0 < box.x1 <= width, text
        assert 0 <= box.y0 < box.y1 <= height, text


def test_a_matrix_is_drawn_with_0_in_the_middle_of_its_colours():
    array = np.array([[1.0, -3.0], [0.0, 2.0]])
    figure = Figure()
    ax = plots.matrix(array, label="dW", ax=figure.subplots())
    (picture,) = ax.images
    assert picture.get_clim() == (-3, 3)
    np.testing.assert_array_equal(picture.get_array(), array)
    assert figure.axes[1].get_ylabel() == "dW"


def test_images_fill_a_sheet_row_by_row():
    x = np.linspace(-1, 1, 5)[:, None] * np.ones((5, 4))
    ax = plots.images(x, columns=3, ax=Figure().subplots())
    sheet = ax.images[0].get_array().filled(np.nan)
    assert sheet.shape == (2 + 2 + 2, 3 * 2 + 2 * 2)
    assert sheet[0, 0] == -1
    assert sheet[0, 8] == 0
    assert sheet[5, 5] == 1
    assert np.isnan(sheet[5, 9])


def test_a_surface_has_w1_along_x_and_w2_along_y():
    W = np.array([-1.0, 0.0, 1.0])
    cost = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
    ax = plots.surface(W, {"cost": cost}, ax=Figure().add_subplot(projection="3d"))
    (net,) = ax.collections
    points = {tuple(point) for line in net._segments3d for point in line}
    assert points == {(W[j], W[k], cost[j, k]) for j in range(3) for k in range(3)}
    assert "W1" in ax.get_xlabel()
    assert "W2" in ax.get_ylabel()


def test_without_a_screen_a_picture_is_saved_and_its_path_printed(tmp_path, monkeypatch, capsys):
    import matplotlib.pyplot as plt

    monkeypatch.setenv("TINYNET_PICTURES", str(tmp_path / "new"))
    figure, ax = plt.subplots()
    ax.plot([1, 2])
    with plt.rc_context():
        plt.switch_backend("agg")
        plots.show("name")
    plt.close(figure)
    assert (tmp_path / "new" / "name.png").stat().st_size > 1000
    assert str(tmp_path / "new" / "name.png") in capsys.readouterr().out


def test_a_small_matrix_has_its_numbers_in_its_cells_and_no_scale():
    array = np.ma.masked_equal([[1.0, 0.0], [-2.0, 3.0]], 0)
    figure = Figure()
    ax = plots.matrix(array, decimals=1, reach=5, ax=figure.subplots())
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "1.0", (0, 1): "-2.0", (1, 1): "3.0"}
    assert ax.images[0].get_clim() == (-5, 5)
    assert figure.axes == [ax]

"""Pictures, judged by the artists on them: the data that was handed in, labelled, not crowded."""

import itertools
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from own_parts import batch_for, small_net

import tinynet as tn
from tinynet import plots
from tinynet._internal.progress import Silent
from tinynet.plots import diagram
from tinynet.studies import figure11, figure12, race
from tinynet.studies.initialization import at_initialization


@pytest.fixture
def ax():
    return Figure().subplots()


# ---------------------------------------------------------------------------- manners


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("tinynet", ["matplotlib", "PIL", "multiprocessing.pool", "concurrent.futures.process"]),
        ("tinynet", ["ssl", "http.client"]),  # only a download needs them
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
    "network": lambda ax: plots.network([2, 1], ax=ax),
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


def looks(lines):
    """The colour and line style of each line."""
    return [(line.get_color(), str(line._unscaled_dash_pattern)) for line in lines]


def contrast(colour):
    """The contrast with white, from 1 to 21, as WCAG defines it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (0.05 + linear @ [0.2126, 0.7152, 0.0722])


def test_contrast_is_that_of_wcag():
    assert contrast("white") == pytest.approx(1)
    assert contrast("black") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)  # known for just passing 4.5


def test_every_colour_of_a_line_is_seen_on_white():
    for colour in (*plots.COLOURS, *plots.SHADES, *(diagram.FORWARD, diagram.BACKWARD)):
        assert contrast(colour) >= 3, colour
    for colour in plots.AREAS:
        assert contrast(colour) < 3, f"{colour} could be a line's"


def test_layers_differ_in_line_style_and_colour(ax):
    names = [f"layer {k}" for k in range(35)]
    plots.densities([0, 1], [[1]] * 35, names, ax=ax)
    shades, styles = zip(*looks(ax.lines), strict=True)
    assert len(set(looks(ax.lines))) == 35
    assert len(set(shades[:5])) == 5
    assert len(set(styles[:7])) == 7  # in grey


@given(layers=st.integers(1, 12), first=st.integers(1, 40))
def test_a_layer_looks_the_same_whatever_is_drawn_with_it(layers, first):
    names = [f"layer {first + k}" for k in range(layers)]
    ax, later, both = (Figure().subplots() for _ in range(3))
    plots.densities([0, 1], [[1]] * (first + layers - 1), ["layer"] * (first + layers - 1), ax=ax)
    plots.densities([0, 1], [[1]] * layers, names, first=first, ax=later)
    plots.over_time([0, 1], np.ones((2, layers)), names, first=first, ax=both)
    assert looks(ax.lines)[first - 1 :] == looks(later.lines) == looks(both.lines)


def test_a_spread_is_a_band_with_an_edge_in_the_colour_of_its_layer(ax):
    values, spread = np.array([[1.0, 5.0], [2.0, 6.0]]), np.array([[0.5, 0.1], [0.25, 0.2]])
    plots.over_time([0, 10], values, ["layer 3", "layer 4"], spread=spread, first=3, ax=ax)
    assert len(ax.collections) == 2
    for k, band in enumerate(ax.collections):
        line, low, high = ax.lines[3 * k : 3 * k + 3]
        np.testing.assert_array_equal(line.get_ydata(), values[:, k])
        np.testing.assert_array_equal(low.get_ydata(), values[:, k] - spread[:, k])
        np.testing.assert_array_equal(high.get_ydata(), values[:, k] + spread[:, k])
        corners = {tuple(corner) for corner in band.get_paths()[0].vertices}
        assert corners >= {tuple(corner) for edge in (low, high) for corner in edge.get_xydata()}
        assert same_color(band.get_facecolor()[0, :3], line.get_color())
        assert low.get_color() == high.get_color() == line.get_color()
    _, names = ax.get_legend_handles_labels()
    assert names == ["layer 3", "layer 4"]


def test_a_legend_shows_the_markers_of_points_and_the_line_has_none(ax):
    plots.over_time([0, 1], np.ones((2, 2)), ["a", "b"], points=np.zeros((2, 2)), ax=ax)
    for line, points in (ax.lines[:2], ax.lines[2:]):
        assert line.get_marker() == points.get_marker()
        assert line.get_markevery() == []
    (handle, _) = ax.legend().legend_handles
    assert (handle.get_marker(), handle.get_linestyle()) == ("o", "-")


# ---------------------------------------------------------------------------- a network


@given(sizes=st.lists(st.integers(1, 1000), min_size=2, max_size=5))
@example(sizes=[4, 5, 4, 3])
@example(sizes=[1000] * 5)
@settings(max_examples=5)
def test_a_network_has_the_names_of_its_arrays_and_none_lies_on_another(sizes):
    figure = Figure(figsize=(plots.WIDE, 3.6), layout="constrained")
    ax = plots.network(sizes, ax=figure.subplots())
    written = [text.get_text() for text in ax.texts if text.get_text()]
    words = " ".join(written).split()
    for k, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        assert f"W{k} ({n_in}, {n_out})\nb{k} ({n_out},)" in written
        assert {f"{d}{name}{k}" for d in ("", "d") for name in ("z", "s", "W", "b")} <= {*words}
    assert words.count("Linear") == len(sizes) - 1
    assert words.count("Tanh") == words.count("tanh.dy") == len(sizes) - 2
    assert {"linear.x", "linear.dx", "linear.y", "linear.dy", "cost", "loss"} <= {*words}
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [(text, text.get_window_extent()) for text in ax.texts if text.get_text()]
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), f"{one} and {two} overlap"
    width, height = canvas.get_width_height()
    for text, box in boxes:
        assert 0 <= box.x0 < box.x1 <= width, text
        assert 0 <= box.y0 < box.y1 <= height, text


def test_a_small_network_has_all_its_units_and_a_large_one_a_gap(ax):
    def columns(sizes):
        ax = plots.network(sizes, ax=Figure().subplots())
        return [len(line.get_xdata()) for line in ax.lines if line.get_markersize() == 9]

    assert columns([4, 5, 3]) == [4, 5, 5, 3]
    assert columns([6, 1]) == [4, 1]


def test_the_arrows_go_forward_and_back(ax):
    plots.network([2, 3, 1], ax=ax)
    ways = [text.xy[0] - text.xyann[0] for text in ax.texts if isinstance(text, Annotation)]
    assert len(ways) == 8  # two Linears, a Tanh and the loss, each both ways
    assert sum(way > 0 for way in ways) == 4


@pytest.mark.parametrize(
    ("sizes", "kind", "said"),
    [
        ([4], ValueError, "sizes: expected at least two, .* got \\[4\\]"),
        ([4] * 6, ValueError, "sizes: expected at most 5, .* got 6"),
        ([4, 0], ValueError, "sizes\\[1\\]: expected at least 1, got 0"),
        ("net", TypeError, "sizes: expected a list such as .*, got 'net'"),
    ],
)
def test_a_network_that_cannot_be_drawn_is_refused(sizes, kind, said):
    with pytest.raises(kind, match=said):
        plots.network(sizes)


# ---------------------------------------------------------------------------- races


def test_a_row_is_named_in_words_and_its_markers_are_not_covered():
    figure = Figure(figsize=(plots.NARROW, 5), layout="constrained")
    ax = plots.figure11(race.kept("shapeset"), figure11.PAPER, ax=figure.subplots())
    FigureCanvasAgg(figure).draw()
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "tanh, normalized, lr 0.01" in labels
    assert not any("_" in label for label in labels)
    assert not ax.get_legend().get_window_extent().overlaps(ax.bbox)


def test_a_row_of_ones_own_keeps_its_name():
    assert plots.words("mine_n") == "mine_n"


def test_rows_above_the_picture_are_not_in_its_legend():
    kept, paper = race.kept("cifar10"), figure12.PAPER["cifar10"]
    ax = plots.figure12(kept, paper, 4000, highest=78, ax=Figure().subplots())
    handles, labels = ax.get_legend_handles_labels()
    assert min(kept["sigmoid"]["test_error"]) > 0.78
    (alone,) = [h for h, label in zip(handles, labels, strict=True) if "sigmoid" in label]
    assert list(alone.get_ydata()) == [paper["sigmoid"]]
    assert ax.get_ylim()[1] == 78
    lowest = plots.figure12(kept, paper, 4000, highest=57, ax=Figure().subplots())
    assert not any("sigmoid" in label for label in lowest.get_legend_handles_labels()[1])


def test_the_papers_open_markers_stand_side_by_side():
    kept, paper = race.kept("mnist"), figure12.PAPER["mnist"]
    ax = plots.figure12(kept, paper, 5000, ax=Figure().subplots())
    *markers, _ = [line for line in ax.lines if line.get_fillstyle() == "none"]
    places = [marker.get_xdata()[0] for marker in markers]
    assert len(places) == len(kept)
    assert min(np.diff(places)) > 0.02 * max(places)
    assert "side by side" in ax.get_legend_handles_labels()[1][-1]


def test_runs_differ_in_marker_and_colour_and_hold_their_values(ax):
    runs = {f"run {k}": [k, k + 1] for k in range(7)}
    plots.curves([0, 10], runs, ax=ax)
    assert {line.get_label(): list(line.get_ydata()) for line in ax.lines} == runs
    assert all(list(line.get_xdata()) == [0, 10] for line in ax.lines)
    assert len({line.get_marker() for line in ax.lines}) == 7
    assert len({line.get_color() for line in ax.lines}) == 7


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
    for ax in [below, *panels[:: len(found["runs"])]]:
        assert ax.get_ylabel()
    for ax in (below, panels[len(found["runs"]) - 1]):
        assert ax.get_legend() is not None


def test_the_panels_of_a_row_have_the_same_axes(drawn):
    found, figure, _ = drawn
    _, *panels, _ = figure.axes
    for row in np.array(panels).reshape(3, -1):
        assert len({ax.get_xlim() for ax in row}) == len({ax.get_ylim() for ax in row}) == 1


def test_layer_k_looks_the_same_in_all_panels(drawn):
    found, figure, _ = drawn
    _, *panels, _ = figure.axes
    for z, ds, J in np.array(panels).reshape(3, -1).T:
        assert looks(z.lines) == looks(ds.lines)
        assert looks(z.lines)[1:] == looks(J.lines)


def test_each_run_has_a_column_with_a_title_and_a_line_for_each_layer(drawn):
    found, figure, _ = drawn
    _, *panels, _ = figure.axes
    columns = np.array(panels).reshape(3, -1).T
    for column, run in zip(columns, found["runs"].values(), strict=True):
        z, ds = run["activation_std"], run["gradient_std"]
        where = f"in layer {len(z)}"
        assert column[0].get_title() == (
            f"{run['activation']}, {run['init']} weights\n"
            f"std of z: {z[0]:.2g} in layer 1, {z[-1]:.2g} {where}"
        )
        assert column[1].get_title() == f"std of ds: {ds[0]:.2g} in layer 1, {ds[-1]:.2g} {where}"
        if J := run["mean_singular_value"]:
            assert column[2].get_title() == f"mean: {J[0]:.2g} in layer 2, {J[-1]:.2g} {where}"
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
        assert line.get_label() == f"{plots.words(name)}, lr 0.03"
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
    (red, _, blue), (more_red, _, less_blue) = picture.to_rgba([-3, 3])[:, :3]
    assert blue > red  # below 0
    assert more_red > less_blue  # above 0


def test_a_surface_has_w1_along_x_and_w2_along_y(monkeypatch):
    W = np.array([-1.0, 0.0, 1.0])
    cost = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
    ax = Figure().add_subplot(projection="3d")
    drawn = []
    monkeypatch.setattr(ax, "plot_surface", lambda *arrays, **look: drawn.append(arrays))
    plots.surface(W, cost, ax=ax)
    points = set(zip(*(array.ravel() for array in drawn[0]), strict=True))
    assert points == {(W[j], W[k], cost[j, k]) for j in range(3) for k in range(3)}
    assert "W1" in ax.get_xlabel()
    assert "W2" in ax.get_ylabel()


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """A figure to show, and the list to which each window is added."""
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TINYNET_PICTURES", raising=False)
    plots._say_once.cache_clear()
    plt.switch_backend("agg")
    figure, ax = plt.subplots(figsize=(2, 1))
    ax.plot([1, 2])
    windows = []
    monkeypatch.setattr(plt, "show", lambda: windows.append(figure))
    yield figure, windows
    plt.close(figure)


def at_a_screen(monkeypatch, figure, framework="tk"):
    monkeypatch.setattr(mpl, "get_backend", lambda: "TkAgg")
    monkeypatch.setattr(figure.canvas, "required_interactive_framework", framework, raising=False)


def test_without_a_screen_a_picture_is_saved_and_its_path_printed(shown, capsys):
    plots.show("name")
    file = Path("tinynet-pictures", "name.png")
    assert pixels(file) == (400, 200)  # 200 dots an inch
    assert capsys.readouterr().out == f"Picture: {file}\n"
    assert shown[1] == []


def test_at_a_screen_the_first_window_says_to_close_it(shown, monkeypatch, capsys):
    figure, windows = shown
    at_a_screen(monkeypatch, figure)
    plots.show("name")
    assert "close the window to go on" in capsys.readouterr().out
    plots.show("name")
    assert capsys.readouterr().out == ""
    assert windows == [figure, figure]
    assert list(Path().iterdir()) == []


def test_a_notebook_has_no_window_to_close(shown, monkeypatch, capsys):
    figure, windows = shown
    at_a_screen(monkeypatch, figure, framework=None)
    plots.show("name")
    assert capsys.readouterr().out == ""
    assert windows == [figure]


@pytest.mark.parametrize("screen", [False, True])
def test_a_folder_that_is_named_gets_the_picture_at_a_screen_too(shown, monkeypatch, screen):
    figure, windows = shown
    if screen:
        at_a_screen(monkeypatch, figure)
    monkeypatch.setenv("TINYNET_PICTURES", "new/folder")
    plots.show("name")
    assert pixels(Path("new/folder/name.png")) == (400, 200)
    assert windows == []


def pixels(file):
    """Width and height of a picture."""
    return mpl.image.imread(file).shape[1::-1]


def test_a_small_matrix_has_its_numbers_in_its_cells_and_no_scale():
    array = np.ma.masked_equal([[1.0, 0.0], [-2.0, 3.0]], 0)
    figure = Figure()
    ax = plots.matrix(array, decimals=1, reach=5, ax=figure.subplots())
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "1.0", (0, 1): "-2.0", (1, 1): "3.0"}
    assert ax.images[0].get_clim() == (-5, 5)
    assert figure.axes == [ax]

"""Arrays to pictures. Each function draws on the axes it is given, and on nothing else.

Layers differ in shade and line style, runs in colour and marker, so that the pictures can be read
in grey, and by readers who do not see all colours.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tinynet._internal import checks, contracts
from tinynet._internal.replacing import inside, replacing
from tinynet.plots import diagram
from tinynet.plots.page import page as page

NARROW, WIDE = 6.4, 9.6  # widths of a figure, in inches
# Of runs, by Okabe & Ito and by Tol, for everyone: each has a contrast of at least 3 on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#882255", "#7F6000")
AREAS = ("#E69F00", "#56B4E9")  # too light for a line: give an area an edge
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# Of layers: viridis, up to where it grows too light. Five shades, seven styles: 35 layers differ.
SHADES = tuple(mpl.colors.to_hex(mpl.colormaps["viridis"](k * 0.149)) for k in range(5))
STYLES: Any = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (9, 4)), (0, (1, 4)))
FOUND = (  # what the main job finds of each run
    *("histograms", "activation_std", "gradient_std", "mean_singular_value"),
    *("activation", "init", "lr", "updates", "test_error"),
)
WORDS = {
    "softsign_n": "softsign, normalized",
    "tanh_n": "tanh, normalized",
    "relu_he": "relu, he",
}
WITHOUT_SCREEN = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")


def images(
    x: np.ndarray,
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    colour: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw square images side by side.

    Parameters
    ----------
    x : ndarray, shape (examples, side * side), or (examples, 3 * side * side) in colour
        From -1 (black) to 1 (white), or, where no number is below 0, from 0 (black) to 1 (white).
    titles : sequence of str, optional
        One under each image of the lowest row.
    columns : int, optional
        Images in a row; by default all of them.
    colour : bool, optional
        Whether x holds all of red, then green, then blue, as CIFAR-10 does.
    ax : Axes, optional
    """
    channels = 3 if checks.flag("colour", colour) else 1
    x = checks.numbers("x", x, [None, None])
    side = math.isqrt(x.shape[1] // channels)
    if channels * side**2 != x.shape[1]:
        wanted = "3 * side * side in a row, in colour" if colour else "side * side in a row"
        raise ValueError(f"x: expected square images, {wanted}, got shape {x.shape}")
    black = 0 if x.min() >= 0 else -1
    if not np.abs(x).max() <= 1 + 1e-6:  # which NaN is not
        wanted = "numbers from -1 to 1, or from 0 to 1"
        raise ValueError(f"x: expected {wanted}, got {x.min():g} to {x.max():g}")
    titles = [] if titles is None else checks.names("titles", titles)
    columns = len(x) if columns is None else checks.size("columns", columns)
    ax = _axes(ax)
    step = side + 2
    rows = -(-len(x) // columns)
    sheet = np.full((rows * step - 2, columns * step - 2, channels), np.nan)
    for k, image in enumerate(x):
        top, left = k // columns * step, k % columns * step
        pixels = image.reshape(channels, side, side).transpose(1, 2, 0)
        sheet[top : top + side, left : left + side] = pixels
    if colour:
        shown = (sheet - black) / (1 - black)
        ax.imshow(np.nan_to_num(shown, nan=1).clip(0, 1), interpolation="nearest")
    else:
        ax.imshow(sheet[:, :, 0], cmap="gray", vmin=black, vmax=1, interpolation="nearest")
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    if titles:
        middles = [k * step + side / 2 - 0.5 for k in range(len(titles))]
        ax.set_xticks(middles, titles, fontsize="small")
    ax.tick_params(length=0)
    return ax


def matrix(
    array: np.ndarray,
    *,
    symmetric: bool = True,
    label: str = "",
    reach: float | None = None,
    decimals: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an array as a map of colours, with a scale beside it or the numbers in it.

    Parameters
    ----------
    array : ndarray, shape (rows, columns)
    symmetric : bool, optional
        For weights and gradients: red is above 0, white is 0, blue is below, and both signs have
        the same reach. Otherwise dark is low and light is high.
    label : str, optional
        For the scale: the name of the array.
    reach : float, optional
        Where the symmetric scale ends, for several maps on one scale; by default at the entry
        that is farthest from 0.
    decimals : int, optional
        Write each entry into its cell, with so many decimals, and draw no scale: for small arrays.
    ax : Axes, optional
    """
    mask = array.mask if isinstance(array, np.ma.MaskedArray) else False
    plain = array.data if isinstance(array, np.ma.MaskedArray) else array
    array = np.ma.array(checks.numbers("array", plain, [None, None]), mask=mask)
    if not np.isfinite(array.compressed()).all():
        hint = "write np.ma.masked_invalid(array) to leave out the others"
        raise ValueError(f"array: expected finite numbers, got NaN or infinity; {hint}")
    symmetric, label = checks.flag("symmetric", symmetric), checks.text("label", label, empty=True)
    if decimals is not None:
        decimals = checks.whole("decimals", decimals, most=20)
    largest = float(np.abs(array.compressed()).max(initial=0)) or 1.0
    reach = largest if reach is None else checks.positive("reach", reach)
    ax = _axes(ax)
    colours: dict[str, Any] = {"cmap": "viridis"}
    if symmetric:
        colours = {"cmap": "RdBu_r", "vmin": -reach, "vmax": reach}
    picture = ax.imshow(array, aspect="auto", interpolation="nearest", **colours)
    if decimals is None:
        ax.figure.colorbar(picture, ax=ax, label=label)
        return ax
    ax.set_xticks(range(array.shape[1]))
    ax.set_yticks(range(array.shape[0]))
    for (row, column), value in np.ma.ndenumerate(array):  # none where masked
        brightness = np.dot(picture.to_rgba(value)[:3], [0.299, 0.587, 0.114])
        ink = "black" if brightness > 0.5 else "white"
        text = f"{value:z.{decimals}f}"  # z: no minus before a 0
        ax.text(column, row, text, color=ink, ha="center", va="center", fontsize="small")
    return ax


def densities(
    edges: Sequence[float],
    densities: Sequence[Sequence[float]],
    names: Sequence[str],
    *,
    first: int = 1,
    ax: Axes | None = None,
) -> Axes:
    """Draw histograms of several layers as lines over the middles of their common bins.

    Parameters
    ----------
    edges : sequence of float
        Edges of the bins, one more than there are bins.
    densities : sequence of sequences of float
        One per layer.
    names : sequence of str
        Names of the layers.
    first : int, optional
        The number of the first of these layers: layer k looks the same in every picture.
    ax : Axes, optional
    """
    bins = checks.rising("edges", edges)
    checks.numbers("densities", densities, [None, len(bins) - 1])
    names, first = checks.names("names", names, len(densities)), checks.size("first", first)
    ax = _axes(ax)
    middles = (bins[1:] + bins[:-1]) / 2
    for k, (name, density) in enumerate(zip(names, densities, strict=True), first):
        shade, style = _layer(k)
        ax.plot(middles, density, color=shade, linestyle=style, label=name)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("density")
    return ax


def network(sizes: Sequence[int], *, ax: Axes | None = None) -> Axes:
    """Draw a network of Linear and Tanh layers with the names of its arrays, forward and back.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, input first, as for :func:`tinynet.mlp`: at most five sizes.
    ax : Axes, optional
        By default those of a figure of the width WIDE, for which the texts are made.
    """
    sizes = diagram.drawable(sizes)
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=(WIDE, 3.6), layout="constrained")[1]
    return diagram.draw(sizes, _axes(ax))


def curves(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], *, ax: Axes | None = None
) -> Axes:
    """Draw one line per run.

    Parameters
    ----------
    x : sequence of float
    lines : mapping
        From the name of a run to its values at x.
    ax : Axes, optional
    """
    checks.numbers("x", x, [None])
    for name, values in checks.mapping("lines", lines).items():
        checks.numbers(f"lines[{name!r}]", values, [len(x)])
    ax = _axes(ax)
    for k, (name, values) in enumerate(lines.items()):
        colour, marker = _look(k)
        ax.plot(x, values, color=colour, marker=marker, markersize=4, label=name)
    return ax


def over_time(
    updates: Sequence[int],
    values: np.ndarray,
    names: Sequence[str],
    *,
    spread: np.ndarray | None = None,
    points: np.ndarray | None = None,
    first: int = 1,
    ax: Axes | None = None,
) -> Axes:
    """Draw one line per layer over the updates: what a monitor recorded.

    Parameters
    ----------
    updates : sequence of int, length T
    values : ndarray, shape (T, layers)
    names : sequence of str
        Names of the layers.
    spread : ndarray, shape (T, layers), optional
        A light band from so much below the line to so much above it: a std around a mean.
    points : ndarray, shape (T, layers), optional
        Markers in the colour of each layer, at some twenty moments: another array beside the first.
    first : int, optional
        The number of the first of these layers: layer k looks the same in every picture.
    ax : Axes, optional
    """
    after = checks.numbers("updates", updates, [None])
    values = checks.numbers("values", values, [len(after), None])
    names, first = checks.names("names", names, values.shape[1]), checks.size("first", first)
    if spread is not None:
        spread = checks.numbers("spread", spread, values.shape).astype(float)
        if (spread < 0).any():
            raise ValueError(f"spread: expected none below 0, got {np.nanmin(spread):g}")
    points = None if points is None else checks.numbers("points", points, values.shape)
    ax = _axes(ax)
    step = max(1, len(after) // 20)
    for k, name in enumerate(names):
        shade, style = _layer(first + k)
        (line,) = ax.plot(after, values[:, k], color=shade, linestyle=style, label=name)
        if spread is not None:
            low, high = values[:, k] - spread[:, k], values[:, k] + spread[:, k]
            ax.fill_between(after, low, high, color=shade, alpha=0.1, linewidth=0)
            for edge in (low, high):
                ax.plot(after, edge, color=shade, linestyle=style, linewidth=0.6)
        if points is not None:
            some = slice(k * step // len(names), None, step)  # the layers' markers side by side
            marker = MARKERS[(first + k - 1) % len(MARKERS)]
            line.set(marker=marker, markersize=4, markevery=[])  # seen in a legend only
            ax.plot(after[some], points[some, k], marker, color=shade, markersize=4)
    ax.set_xlabel("updates")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    return ax


def surface(W: np.ndarray, cost: np.ndarray, *, ax: Any | None = None) -> Any:
    """Draw a cost over two weights, low dark and high light: a panel of Figure 5.

    Parameters
    ----------
    W : ndarray, shape (points,)
        The axis of both weights.
    cost : ndarray, shape (points, points)
        The mean cost, indexed [W1, W2].
    ax : Axes3D, optional
        Axes with ``projection="3d"``.
    """
    W = checks.rising("W", W)
    cost = checks.numbers("cost", cost, [len(W), len(W)])
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.figure(layout="constrained").add_subplot(projection="3d")
    checks.has_methods("ax", ax, ("plot_surface",), "one with projection='3d'")
    W1, W2 = np.meshgrid(W, W, indexing="ij")
    step = max(1, len(W) // 20)
    ax.plot_surface(
        W1, W2, cost, rstride=step, cstride=step,
        cmap="viridis", edgecolor="white", linewidth=0.3,
    )  # fmt: skip
    ax.set_box_aspect(None, zoom=0.92)  # room for the label of the cost
    ax.set_xlabel("W1, first layer")
    ax.set_ylabel("W2, second layer")
    ax.set_zlabel("mean cost")
    return ax


def figure11(
    results: Mapping[str, Mapping[str, Any]],
    paper: Mapping[str, Sequence[float]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw test error against images seen: our lines, and open markers for the paper's Figure 11.

    Where markers would lie on each other, they stand side by side.

    Parameters
    ----------
    results : mapping
        From the name of a row to its result, see :mod:`tinynet.studies.race`.
    paper : mapping
        ``images``, and for each row the errors in %, see :mod:`tinynet.studies.figure11`.
    ax : Axes, optional
    """
    contracts.races("results", results)
    contracts.published("paper", paper, results)
    ax = _axes(ax)
    last = 0
    for k, (name, result) in enumerate(results.items()):
        images = 10 * np.array(result["updates"])
        _row(ax, k, name, result, images)
        last = max(last, images[-1])
    for k, name in enumerate(results):
        points = [(n, e) for n, e in zip(paper["images"], paper[name], strict=True) if n <= last]
        if points:
            seen, errors = np.transpose(points)
            gap = np.minimum(0.015 * last, 0.1 * seen)  # the first stay near where they were
            aside = gap * (k - (len(results) - 1) / 2)
            _published(ax, k, seen + aside, errors)
    if last >= paper["images"][0]:
        _published(ax, None, [], [], label="the paper's, side by side")
    ax.set_xlabel("images seen")
    ax.locator_params(axis="x", nbins=5)  # long numbers: more would run into each other
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylabel("test error (%)")
    _legend_below(ax)
    return ax


def figure12(
    results: Mapping[str, Mapping[str, Any]],
    paper: Mapping[str, float],
    epoch: int,
    *,
    highest: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw test error against epochs: our lines, and at the right the paper's Table 1.

    Parameters
    ----------
    results : mapping
        From the name of a row to its result, see :mod:`tinynet.studies.race`.
    paper : mapping
        For each row the error in %. It does not say after how many epochs.
    epoch : int
        The updates of an epoch.
    highest : float, optional
        Where the axis ends, in %. A row that is above it throughout is not in the legend.
    ax : Axes, optional
    """
    contracts.races("results", results)
    checks.mapping("paper", paper, results)
    epoch = checks.size("epoch", epoch)
    top = math.inf if highest is None else float(checks.positive("highest", highest))
    ax = _axes(ax)
    last = max((result["updates"][-1] / epoch for result in results.values()), default=1)
    for k, (name, result) in enumerate(results.items()):
        in_view = 100 * min(result["test_error"]) <= top
        if in_view:
            _row(ax, k, name, result, np.array(result["updates"]) / epoch)
        if paper[name] <= top:
            label = None if in_view else f"{words(name)}: the paper's (ours is above {top:g} %)"
            _published(ax, k, [(1.05 + 0.03 * k) * last], [paper[name]], label)
    _published(ax, None, [], [], label="the paper's Table 1, side by side")
    ax.set_xlabel("epochs")
    ax.set_ylim(max(0, ax.get_ylim()[0]), None if highest is None else top)
    ax.set_ylabel("test error (%)")
    _legend_below(ax)
    return ax


def table1(
    rows: Mapping[str, Mapping[str, Any]], paper: Mapping[str, float], *, ax: Axes | None = None
) -> Axes:
    """Draw Table 1: of each row the test error of every seed, their mean and its interval.

    Parameters
    ----------
    rows : mapping
        From the name of a row to its ``test_errors``, ``mean`` and ``interval`` (or None), as
        :func:`tinynet.studies.table1.summary` gives them.
    paper : mapping
        For each row the paper's error in %.
    ax : Axes, optional
    """
    keys = ("test_errors", "mean", "interval")
    checks.mapping("paper", paper, checks.mappings("rows", rows, keys))
    for name, row in rows.items():
        checks.numbers(f"rows[{name!r}]['test_errors']", row["test_errors"], [None])
        checks.real(f"rows[{name!r}]['mean']", row["mean"])
        if row["interval"] is not None:
            checks.numbers(f"rows[{name!r}]['interval']", row["interval"], [2])
    ax = _axes(ax)
    for k, (name, row) in enumerate(rows.items()):
        colour, marker = _look(k)
        errors, mean = 100 * np.array(row["test_errors"]), 100 * row["mean"]
        if row["interval"] is not None:
            low, high = 100 * np.array(row["interval"])
            ax.plot([low, high], [k, k], color=colour, linewidth=2)
        ax.plot(mean, k, marker, color=colour, markersize=8)
        ax.plot(errors, np.full(len(errors), k + 0.25), "|", color=colour)
        _published(ax, k, [paper[name]], [k])
    _published(ax, None, [], [], label="the paper's")
    ax.plot([], [], "o-", color="0.4", label="ours: mean of the seeds, 95 %")
    ax.plot([], [], "|", color="0.4", label="each seed", linestyle="none")
    ax.set_yticks(range(len(rows)), [words(name) for name in rows])
    ax.invert_yaxis()
    ax.set(xlabel="test error (%)", ylabel="row of Table 1")
    _legend_below(ax)
    return ax


def words(row: str) -> str:
    """Name a row of Table 1 in words; another name is returned as it is."""
    return WORDS.get(checks.text("row", row), row)


def _row(ax: Axes, k: int, name: str, result: Mapping[str, Any], x: np.ndarray) -> None:
    """Draw the test errors of row k of Table 1."""
    label = f"{words(name)}, lr {result['settings']['lr']:g}"
    label += "" if result["finished"] else " (unfinished)"
    colour, marker = _look(k)
    errors = 100 * np.array(result["test_error"])
    ax.plot(x, errors, color=colour, marker=marker, markersize=3, label=label)


def _published(ax: Axes, k: int | None, x: Any, errors: Any, label: str | None = None) -> None:
    """Draw the paper's numbers in the colour and with the marker of row k; of no row, in grey."""
    colour, marker = ("0.4", "o") if k is None else _look(k)
    ax.plot(
        x, errors, marker, color=colour,
        markersize=9, fillstyle="none", linestyle="none", label=label,
    )  # fmt: skip


def _legend_below(ax: Axes) -> None:
    """Draw the legend under the label of the x axis, where it covers nothing."""
    below = mpl.transforms.ScaledTranslation(0, -0.45, ax.figure.dpi_scale_trans)
    ax.legend(
        loc="upper center", ncols=2, fontsize="small",
        bbox_to_anchor=(0.5, 0), bbox_transform=ax.transAxes + below,
    )  # fmt: skip


def _layer(k: int) -> tuple[str, Any]:
    """Return the colour and the line style of layer k, the first being layer 1."""
    return SHADES[(k - 1) % len(SHADES)], STYLES[(k - 1) % len(STYLES)]


def _look(k: int) -> tuple[str, str]:
    """Return the colour and the marker of row k."""
    return COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)]


def show(name: str) -> None:
    """Show the current figure in its window or notebook; without a screen, save it.

    Who names a folder in the environment variable TINYNET_PICTURES wants files: then the figure
    is saved there, at a screen too, and no window opens.

    Parameters
    ----------
    name : str
        The picture is saved as ``name.png``, in the folder ``tinynet-pictures`` if no other is
        named.
    """
    import matplotlib.pyplot as plt

    named = os.environ.get("TINYNET_PICTURES")
    folder = checks.path("TINYNET_PICTURES", "tinynet-pictures" if named is None else named)
    file = inside(folder, name, ".png")
    if named is None and mpl.get_backend().lower() not in WITHOUT_SCREEN:
        if plt.gcf().canvas.required_interactive_framework and not plt.isinteractive():
            _say_once("A picture has its window: close the window to go on.")
        plt.show()
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as out:
        plt.savefig(out, format="png", dpi=200)
    print(f"Picture: {file}")


@functools.cache
def _say_once(text: str) -> None:
    print(text, flush=True)


def comparison(result: Mapping[str, Any], x: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Draw the picture of the main job, from what it found and one image of each class."""
    checks.mapping("result", result, ("runs", "settings", "chance"))
    runs = checks.mappings("result['runs']", result["runs"], FOUND)
    checks.names("class_names", class_names)
    checks.numbers("x", x, [len(class_names), None])
    figure = Figure(figsize=(max(WIDE, 4.4 * len(runs)), 13.5), layout="constrained")
    rows: Any = figure.subfigures(3, 1, height_ratios=[1.4, 9, 3.8])

    sample = images(x, class_names, ax=rows[0].subplots())
    sample.set_xlabel("Shapeset-3x2: an image of each class (triangle, parallelogram, ellipse)")

    width = result["settings"]["width_at_initialization"]
    rows[1].suptitle(f"before training, width {width}; each row of panels has one scale")
    panels = rows[1].subplots(3, len(runs), sharex="row", sharey="row", squeeze=False)
    for column, run in zip(panels.T, runs.values(), strict=True):
        _layers(column, run)
    panels[0, -1].legend()  # of all panels: layer k looks the same in each
    for ax, label in zip(panels[:, 0], ("density", "density, log scale", "density"), strict=True):
        ax.set_ylabel(label)
    gradients = [run["histograms"]["gradient"]["densities"] for run in runs.values()]
    panels[1, 0].set_yscale("log")
    panels[1, 0].set_ylim(bottom=max(max(line) for lines in gradients for line in lines) / 1e4)

    below = curves(
        next(iter(runs.values()))["updates"],
        {
            f"{words(name)}, lr {run['lr']:g}": [100 * error for error in run["test_error"]]
            for name, run in runs.items()
        },
        ax=rows[2].subplots(),
    )
    stuck = 100 * result["chance"]["error"]
    below.axhline(
        stuck,
        color="0.4",
        linestyle="--",
        label=f"predicting only the class frequencies: {stuck:.1f} %",
    )
    below.set_xlabel("updates of 10 images")
    below.xaxis.set_major_formatter("{x:,.0f}")
    below.set_ylabel("test error (%)")
    narrow = result["settings"]["width_in_training"]
    below.set_title(f"in training, width {narrow}: share of test images misclassified")
    _legend_below(below)
    return figure


def _layers(column: Sequence[Axes], run: Mapping[str, Any]) -> None:
    """Draw the three histograms of one run, one under the other."""
    top, middle, bottom = column
    found = run["histograms"]
    z, ds, means = run["activation_std"], run["gradient_std"], run["mean_singular_value"]
    layers = _few([f"layer {k + 1}" for k in range(len(z))])
    densities(**found["activation"], names=layers, ax=top)
    top.set_title(f"{run['activation']}, {run['init']} weights\nstd of z: {_from_to(z)}")
    top.set_xlabel("activation z after each hidden layer")
    densities(**found["gradient"], names=layers, ax=middle)
    middle.set_title(f"std of ds: {_from_to(ds)}")
    middle.set_xlabel("back-propagated gradient ds of one image")
    if means:
        densities(**found["singular_value"], names=layers[1:], first=2, ax=bottom)
        bottom.set_title(f"mean: {_from_to(means, first=2)}")
    else:
        bottom.text(0.5, 0.5, "no square layer", ha="center", transform=bottom.transAxes)
    bottom.set_xlabel("singular value of the layer Jacobian J")
    for ax in column:
        ax.set_ylabel("")
        ax.locator_params(axis="x", nbins=5)


def _from_to(values: Sequence[float], first: int = 1) -> str:
    """Say where the numbers of layers begin and end."""
    last = first + len(values) - 1
    return f"{values[0]:.2g} in layer {first}, {values[-1]:.2g} in layer {last}"


def _few(names: list[str]) -> list[str]:
    """Keep at most six names; the others begin with _, which keeps them out of a legend."""
    kept = {round(k * (len(names) - 1) / 5) for k in range(6)}
    return [name if k in kept else f"_{name}" for k, name in enumerate(names)]


def _axes(ax: Any) -> Axes:
    if ax is not None:
        return checks.has_methods("ax", ax, ("plot", "imshow"), "plt.subplots()[1]")
    import matplotlib.pyplot as plt  # only here: a caller with its own axes needs no pyplot

    return plt.subplots(layout="constrained")[1]

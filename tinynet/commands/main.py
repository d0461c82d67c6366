"""The command line: ``python -m tinynet compare``, ``python -m tinynet data``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import tinynet as tn
from tinynet import activations
from tinynet._internal import checks
from tinynet._internal.replacing import replacing
from tinynet._internal.versions import versions
from tinynet.commands import outputs, typed
from tinynet.commands.assignment import commands_of_assignments
from tinynet.datasets.overview import overview
from tinynet.studies import comparison, figure11, figure12, race, seeded, tables
from tinynet.studies.watched import BATCH

ACTIVATIONS = sorted(name.lower() for name in checks.defined_in(activations))


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the number is the exit code of the process."""
    options = parser().parse_args(arguments)
    try:
        return options.command(options)
    except KeyboardInterrupt:
        print("\ninterrupted: nothing was written", file=sys.stderr)
        return 130
    except MemoryError:
        print("tinynet: error: not enough memory: try a smaller --width", file=sys.stderr)
    except BrokenProcessPool:
        print(
            "tinynet: error: a child process was killed, probably for lack of memory: try a"
            " smaller --width",
            file=sys.stderr,
        )
    except (OSError, ValueError, RuntimeError, FloatingPointError) as error:
        print(f"tinynet: error: {error}", file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    top = argparse.ArgumentParser(prog="python -m tinynet", description=tn.__doc__.split("\n")[0])
    commands = top.add_subparsers(title="commands", required=True)
    default = comparison.Settings()

    p = commands.add_parser(
        "compare",
        help="standard against normalized initialization, on Shapeset-3x2",
        description="Two deep networks from the same draws, one scaled by the standard and one by"
        " the normalized initialization: what theory says of them, what is measured, and how they"
        " learn. Takes 50 to 90 seconds on two cores.",
    )
    p.set_defaults(command=compare)
    p.add_argument(
        "--activation",
        type=_activation,
        default=default.activation,
        help=f"{', '.join(ACTIVATIONS)}; or all: the five rows of Table 1, which takes about"
        " three times as long (default: %(default)s)",
    )
    p.add_argument(
        "--depth",
        type=typed.size,
        default=default.depth,
        help="hidden layers (default: %(default)s)",
    )
    p.add_argument(
        "--width",
        type=typed.size,
        help="units of a hidden layer, in both parts (default:"
        f" {default.width_at_initialization} at initialization, {default.width_in_training} in"
        " training)",
    )
    p.add_argument(
        "--updates",
        type=typed.size,
        default=default.updates,
        help="of 10 images each (default: %(default)s)",
    )
    grid = ", ".join(f"{lr:g}" for lr in race.GRID)
    p.add_argument(
        "--lr",
        type=typed.positive,
        help=f"learning rate (default: the best of {grid} for each network)",
    )
    p.add_argument(
        "--seed", type=typed.seed, default=default.seed, help="of all draws (default: %(default)s)"
    )
    p.add_argument(
        "--out",
        type=typed.folder,
        default=Path("tinynet-compare"),
        help="folder for the results (default: %(default)s)",
    )
    p.add_argument("--overwrite", action="store_true", help="replace an earlier result there")

    p = commands.add_parser(
        "figure11",
        help="test error against images seen, for the rows of the paper's Table 1",
        description="Figure 11 of the paper: each row tries three learning rates for a quarter of"
        " the images, and goes on with the best. Says first how long it will take. Ctrl-C keeps"
        " what was done; the same command goes on from there.",
    )
    p.set_defaults(command=race_on_shapeset)
    p.add_argument(
        "--size",
        choices=figure11.SIZES,
        default="quick",
        help="quick: width 100, 200,000 images, about a minute; medium: width 1000, 2 million,"
        " hours; paper: width 1000, 25 million, days (default: %(default)s)",
    )
    _race_options(p, "tinynet-figure11")

    p = commands.add_parser(
        "figure12",
        help="test error on MNIST or CIFAR-10, for the rows of the paper's Table 1",
        description="Figure 12 of the paper, and two columns of its Table 1: each row tries three"
        " learning rates for the first epochs, and goes on with the best. Downloads the data"
        " where they are not here. Says first how long it will take. Ctrl-C keeps what was done;"
        " the same command goes on from there.",
    )
    p.set_defaults(command=race_on_files)
    p.add_argument("--data", choices=figure12.SIZES, required=True)
    p.add_argument(
        "--size",
        choices=figure12.SIZES["mnist"],
        default="quick",
        help="quick: width 100, 5 epochs, minutes; medium: width 1000, 20 epochs of mnist or 10 of"
        " cifar10, an hour or two (default: %(default)s)",
    )
    _race_options(p, "tinynet-figure12")

    p = commands.add_parser(
        "picture",
        help="a page to step through one pass, every array and the line that made it",
        description="Makes one HTML file, for any browser: a pass through a small network, forward"
        " and back, with the numbers of every array and the lines of NumPy that made them.",
    )
    p.set_defaults(command=picture)
    p.add_argument(
        "--seed", type=typed.seed, default=0, help="of the weights (default: %(default)s)"
    )
    p.add_argument(
        "--out",
        type=typed.folder,
        default=Path("tinynet-backprop.html"),
        help="the file (default: %(default)s)",
    )
    p.add_argument("--overwrite", action="store_true", help="replace an earlier file")

    commands_of_assignments(commands)

    p = commands.add_parser(
        "data",
        help="which files of MNIST and CIFAR-10 are here, and where they are looked for",
        description="Which files of the paper's finite data sets are here, which are missing, and"
        " where they are looked for. Nothing is downloaded.",
    )
    p.set_defaults(command=data)
    p.add_argument(
        "--folder",
        type=typed.folder,
        help="look here first, as tn.mnist(folder) does (default: TINYNET_DATA, then the cache)",
    )
    return top


def _race_options(p: argparse.ArgumentParser, folder: str) -> None:
    p.add_argument(
        "--row",
        action="append",
        choices=race.ROWS,
        help="one of the rows; may be given several times (default: all five)",
    )
    p.add_argument("--seed", type=typed.seed, default=0, help="of all draws (default: %(default)s)")
    p.add_argument(
        "--lr", type=typed.positive, help="learning rate (default: the best of three for each row)"
    )
    p.add_argument("--workers", type=typed.size, help="processes at a time (default: one a core)")
    p.add_argument(
        "--out",
        type=typed.folder,
        default=Path(folder),
        help="folder for the runs and the results (default: %(default)s)",
    )


def picture(options: argparse.Namespace) -> int:
    """Trace one pass of two examples through a network of 3, 4 and 2 units, and write its page."""
    from tinynet.plots.page import page  # with Matplotlib: other commands do without

    outputs.is_new(options.out, overwrite=options.overwrite)
    x = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    net = tn.mlp([3, 4, 2], rng=options.seed)
    html = page(tn.trace(net, x, np.array([0, 1]), tn.SoftmaxCrossEntropy()))
    with replacing(options.out) as file:
        file.write(html.encode())
    print(f"Written: {options.out}. Open it in a browser; the arrow keys step through the pass.")
    return 0


def race_on_shapeset(options: argparse.Namespace) -> int:
    """Figure 11."""
    outputs.can_write(options.out)
    return _race(
        "shapeset",
        figure11.SIZES[options.size],
        options,
        lambda results: tables.figure11(results, figure11.PAPER),
        lambda results, ax: _plots().figure11(results, figure11.PAPER, ax=ax),
    )


def race_on_files(options: argparse.Namespace) -> int:
    """Figure 12."""
    epoch, paper = figure12.EPOCH[options.data], figure12.PAPER[options.data]
    outputs.can_write(options.out)
    seeded.FINITE[options.data]()  # downloads what is not here
    return _race(
        options.data,
        figure12.SIZES[options.data][options.size],
        options,
        lambda results: (
            tables.figure12(results, epoch) + "\n" + tables.table1(results, paper, epoch)
        ),
        lambda results, ax: _plots().figure12(results, paper, epoch, ax=ax),
    )


def _race(
    data: str,
    size: race.Size,
    options: argparse.Namespace,
    table: Callable[[dict], str],
    draw: Callable[[dict, Any], Any],
) -> int:
    """Say how long it will take, choose the rates, train, print and write what came."""
    rows = {row: race.ROWS[row] for row in options.row or race.ROWS}
    grid = race.GRID if options.lr is None else (options.lr,)
    study = race.Race(data, size, options.out, rows, options.seed, options.workers, grid)
    print(
        f"{', '.join(rows)}: width {size.width}, {size.updates:,} updates of {BATCH} images; about"
        f" {_duration(study.seconds_left())} to go on this machine, as busy as it is now"
    )
    stopped = False
    try:
        _, rates = _choose_rates(study)
        study.learn(rates)
    except KeyboardInterrupt:  # what there is is written as far as it got
        stopped = True
    results = study.results()
    if results:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8, 6), layout="constrained")
        draw(results, figure.subplots())
        name = f"{data}-{size.name}"
        files = {f"{name}-{row}": result for row, result in results.items()}
        outputs.write(options.out, files, name, figure)
    print(f"Written to {options.out}: the results of {', '.join(results) or 'no row yet'}")
    print(table(results))
    if stopped:
        print(f"stopped: {options.out} keeps the runs; the same command goes on from there")
    return 130 if stopped else 0


def _choose_rates(study: race.Race) -> tuple[dict[str, list], dict[str, float]]:
    """Try the rates and print what they cost; the trials of each row, and its best rate."""
    grids = study.choose_rates()
    rates = {row: race.best_rate(row, grid) for row, grid in grids.items()}
    print(tables.trials(grids, rates))
    return grids, rates


def _duration(seconds: float) -> str:
    """In words that a person plans with."""
    minutes = seconds / 60
    if minutes < 1.5:
        return f"{seconds:.0f} seconds"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def compare(options: argparse.Namespace) -> int:
    """Draw Shapeset, compare the networks, print what was found, write it to a folder."""
    settings = comparison.Settings(
        activation=options.activation,
        depth=options.depth,
        updates=options.updates,
        lr=options.lr,
        seed=options.seed,
        **({} if options.width is None else _both_widths(options.width)),
    )
    started = time.monotonic()
    files = [options.out / f"compare.{kind}" for kind in ("json", "png")]
    outputs.is_new(*files, overwrite=options.overwrite)
    outputs.can_write(options.out)
    x, labels = seeded.stream(settings.seed, seeded.TEST).draw(seeded.IMAGES)
    classes = tn.Shapeset.class_names
    chance = tn.chance(labels, len(classes))
    print(
        f"Shapeset-3x2, {len(classes)} classes, seed {settings.seed}. Predicting their frequencies"
        f" costs {chance.cost:.3f} nats and errs in {chance.error:.1%}: a stuck network is here."
    )

    runs = comparison.initialize(settings)
    for row, run in runs.items():
        print(tables.initialization(row, run, settings.width_at_initialization))
    print(tables.legend())

    if settings.lr is None:
        grids, rates = _choose_rates(settings.race)
    else:
        grids, rates = dict.fromkeys(runs, []), dict.fromkeys(runs, settings.lr)
    learnt = settings.race.learn(rates)
    for row, run in runs.items():
        run["lr"] = rates[row]
        run["grid"] = [trial["lr"] for trial in grids[row]]
        run["validation_cost"] = [trial["validation_cost"] for trial in grids[row]]
        run["updates"] = learnt[row]["updates"].tolist()
        run["test_error"] = learnt[row]["test_error"].tolist()
    print(tables.learning(runs, settings.width_in_training, chance.error))

    result = {
        "settings": {
            **asdict(settings),
            "grid": list(race.GRID),
            "batch": BATCH,
            "test_images": seeded.IMAGES,
            "validation_images": seeded.IMAGES,
            "images_at_initialization": seeded.LOOKED_AT,
            "jacobians": comparison.JACOBIANS,
        },
        "versions": versions(),
        "chance": chance._asdict(),
        "runs": runs,
        "seconds": round(time.monotonic() - started, 1),
    }
    first_of_each = [int(np.argmax(labels == k)) for k in range(len(classes))]
    figure = _plots().comparison(result, x[first_of_each], classes)
    outputs.write(options.out, {"compare": result}, "compare", figure)
    print(f"{result['seconds']} s. Written: {', '.join(map(str, files))}")
    return 0


def data(options: argparse.Namespace) -> int:
    """Say which files of the data sets are here."""
    print(overview(options.folder))
    return 0


def _both_widths(width: int) -> dict[str, int]:
    return {"width_at_initialization": width, "width_in_training": width}


def _plots() -> Any:
    """Matplotlib takes half a second to load: only when it is needed."""
    from tinynet import plots

    return plots


@typed.option
def _activation(text: str) -> str:
    if text not in (*ACTIVATIONS, "all"):
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)} or all, got {text!r}")
    return text


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tinynet figure11`` and ``figure12``: the races of the paper."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from tinynet._internal.progress import duration
from tinynet.commands import outputs, shared, typed
from tinynet.studies import figure11, figure12, race, seeded, tables
from tinynet.studies.watched import BATCH
from tinynet.training.interrupts import exit_status

HOW = (
    "Says first how long it will take. Ctrl-C keeps what was done; the same command goes on from"
    " there."
)


def add(commands: Any) -> None:
    """Add both commands."""
    p = commands.add_parser(
        "figure11",
        help="test error against images seen, for the rows of the paper's Table 1",
        description="Figure 11 of the paper: each row tries three learning rates for a quarter of"
        f" the images, and goes on with the best. {HOW}",
    )
    p.set_defaults(command=race_on_shapeset, interrupted="the runs saved so far are kept")
    p.add_argument(
        "--size",
        choices=figure11.SIZES,
        default="quick",
        help="quick: width 100, 200,000 images, about a minute; medium: width 1000, 2 million,"
        " hours; long: width 300, 25 million, hours; paper: width 1000, 25 million, days (default:"
        " %(default)s)",
    )
    _options(p, "tinynet-figure11")

    p = commands.add_parser(
        "figure12",
        help="test error on MNIST or CIFAR-10, for the rows of the paper's Table 1",
        description="Figure 12 of the paper, and two columns of its Table 1: each row tries three"
        " learning rates for the first epochs, and goes on with the best. Downloads the data if"
        f" they are not here. {HOW}",
    )
    p.set_defaults(command=race_on_files, interrupted="the runs saved so far are kept")
    p.add_argument("--data", choices=figure12.SIZES, required=True)
    p.add_argument(
        "--size",
        choices=figure12.SIZES["mnist"],
        default="quick",
        help="quick: width 100, 5 epochs, minutes; medium: width 1000, 20 epochs of mnist or 10 of"
        " cifar10, an hour or two (default: %(default)s)",
    )
    _options(p, "tinynet-figure12")


def _options(p: argparse.ArgumentParser, folder: str) -> None:
    shared.rows(p, race.ROWS, "all five")
    shared.seed(p)
    shared.lr(p, "the best of three for each row")
    p.add_argument("--workers", type=typed.size, help="processes at a time (default: one a core)")
    shared.out(p, "folder for the runs and the results", folder)


def race_on_shapeset(options: argparse.Namespace) -> int:
    """Run Figure 11."""
    from tinynet import plots  # loads Matplotlib, which other commands do without

    paper = figure11.PAPER
    return _race(
        "shapeset",
        figure11.SIZES[options.size],
        options,
        lambda results: tables.figure11(results, paper),
        lambda results, ax: plots.figure11(results, paper, ax=ax),
    )


def race_on_files(options: argparse.Namespace) -> int:
    """Run Figure 12."""
    from tinynet import plots

    epoch, paper = figure12.EPOCH[options.data], figure12.PAPER[options.data]
    with outputs.folder(options.out):  # before anything is downloaded
        seeded.FINITE[options.data]()
    return _race(
        options.data,
        figure12.SIZES[options.data][options.size],
        options,
        lambda results: (
            tables.figure12(results, epoch) + "\n" + tables.table1(results, paper, epoch)
        ),
        lambda results, ax: plots.figure12(results, paper, epoch, ax=ax),
    )


def _race(
    data: str,
    size: race.Size,
    options: argparse.Namespace,
    table: Callable[[dict], str],
    draw: Callable[[dict, Any], Any],
) -> int:
    """Say how long it will take, choose the rates, train; print and write the results."""
    rows = {row: race.ROWS[row] for row in options.row or race.ROWS}
    grid = race.GRID if options.lr is None else (options.lr,)
    study = race.Race(data, size, options.out, rows, options.seed, options.workers, grid)
    with outputs.folder(options.out):
        print(
            f"{', '.join(rows)}: width {size.width}, {size.updates:,} updates of {BATCH} images;"
            f" about {duration(study.seconds_left())} to go on this machine, as busy as it is now"
        )
        stopped = None
        try:
            _, rates = shared.choose_rates(study)
            study.learn(rates)
        except KeyboardInterrupt as stop:  # the results so far are written
            stopped = stop
        results = study.results()
        if results:
            _write(f"{data}-{size.name}", results, draw, options.out)
            print(table(results))
    if stopped is None:
        return 0
    kept = f"{options.out} keeps the runs; the same command goes on from there"
    print(f"stopped: {kept if results else 'nothing was kept yet'}")
    return exit_status(stopped)


def _write(
    name: str, results: dict[str, dict], draw: Callable[[dict, Any], Any], folder: Any
) -> None:
    """Write a file for each row, and the picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    draw(results, figure.subplots())
    outputs.write(
        folder, {f"{name}-{row}": result for row, result in results.items()}, name, figure
    )
    print(f"Written to {folder}: the results of {', '.join(results)}")

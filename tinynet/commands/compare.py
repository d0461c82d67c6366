"""``python -m tinynet compare``: the main job."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

import numpy as np

import tinynet as tn
from tinynet import activations
from tinynet._internal import checks
from tinynet._internal.versions import versions
from tinynet.commands import outputs, shared, typed
from tinynet.studies import comparison, race, seeded, tables
from tinynet.studies.watched import BATCH

ACTIVATIONS = sorted(name.lower() for name in checks.defined_in(activations))
TAKES = "50 to 90 seconds"


def add(commands: Any) -> None:
    """Add the command."""
    default = comparison.Settings()
    p = commands.add_parser(
        "compare",
        help="standard against normalized initialization, on Shapeset-3x2",
        description="Compares two deep networks that start from the same random draws, one scaled"
        " by the standard and one by the normalized initialization: what theory says of them, what"
        f" is measured, and how they learn. Takes {TAKES} on two idle cores.",
    )
    p.set_defaults(
        command=compare,
        interrupted=f"nothing was kept; with the default settings it takes {TAKES} from the start",
    )
    which = p.add_mutually_exclusive_group()
    which.add_argument(
        "--activation",
        type=_activation,
        default=default.activation,
        help=f"{', '.join(ACTIVATIONS)}; or all: the five rows of Table 1, which takes about"
        " three times as long (default: %(default)s)",
    )
    shared.rows(which, comparison.ROWS, "the two of --activation")
    p.add_argument(
        "--depth",
        type=typed.size,
        default=default.depth,
        help="hidden layers (default: %(default)s)",
    )
    p.add_argument(
        "--width",
        type=typed.size,
        help="units in a hidden layer, in both parts (default:"
        f" {default.width_at_initialization} at initialization, {default.width_in_training} in"
        " training)",
    )
    p.add_argument(
        "--updates",
        type=typed.size,
        default=default.updates,
        help=f"in training, of {BATCH} images each (default: %(default)s)",
    )
    grid = ", ".join(f"{lr:g}" for lr in race.GRID)
    shared.lr(p, f"the best of {grid} for each network")
    shared.seed(p)
    shared.out(p, "folder for the results", "tinynet-compare")
    shared.overwrite(p, "earlier results there")


def compare(options: argparse.Namespace) -> int:
    """Draw Shapeset, compare the networks, print the results, write them to a folder."""
    settings = comparison.Settings(
        activation="all" if options.row else options.activation,
        row=options.row,
        depth=options.depth,
        updates=options.updates,
        lr=options.lr,
        seed=options.seed,
        **({} if options.width is None else _both_widths(options.width)),
    )
    files = [options.out / f"compare.{kind}" for kind in ("json", "png")]
    outputs.is_new(*files, overwrite=options.overwrite)
    with outputs.folder(options.out):
        result, figure = _compared(settings)
        outputs.write(options.out, {"compare": result}, "compare", figure)
    print(f"{result['seconds']} s. Written: {', '.join(map(str, files))}")
    return 0


def _compared(settings: comparison.Settings) -> tuple[dict[str, Any], Any]:
    """Print what is found, step by step; return all of it, and its picture."""
    from tinynet import plots  # loads Matplotlib, which other commands do without

    started = time.monotonic()
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
        grids, rates = shared.choose_rates(settings.race)
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
    return result, plots.comparison(result, x[first_of_each], classes)


def _both_widths(width: int) -> dict[str, int]:
    return {"width_at_initialization": width, "width_in_training": width}


@typed.option
def _activation(text: str) -> str:
    if text not in (*ACTIVATIONS, "all"):
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)} or all, got {text!r}")
    return text

"""``python -m tinynet study``: the studies that take long, as the kept results were made."""

from __future__ import annotations

import argparse
import inspect
from typing import Any

from tinynet import studies
from tinynet.commands import outputs, shared

STUDIES = (
    "batch_sizes",
    "curriculum",
    "curvature",
    "dropout",
    "fifty_layers",
    "landscape",
    "larger_rates",
    "plateau",
    "pre_training",
    "private",
    "rates_by_width",
    "rectifiers",
    "marked_digits",
    "transfer",
    "ways_off",
)


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "study",
        help="one of the studies whose results come with tinynet",
        description="Runs a study with its usual settings, and writes what it found. Lessons draw\n"
        "the results that come with tinynet; this is how each of them was made.",
        epilog=overview(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.set_defaults(command=study)
    p.add_argument("name", choices=STUDIES, metavar="name", help="one of those below")
    shared.seed(p)
    shared.out(p, "the file", "tinynet-study.npz")
    shared.overwrite(p, "an earlier file")


def overview() -> str:
    """Return the studies, each with the first line of its docstring."""
    lines = ["studies:"]
    for name in STUDIES:
        first = (inspect.getdoc(getattr(studies, name)) or "").partition("\n")[0]
        lines.append(f"  {name:14}  {first.replace('``', '')}".rstrip())
    return "\n".join(lines)


def study(options: argparse.Namespace) -> int:
    """Run a study, and write its result."""
    outputs.is_new(options.out, overwrite=options.overwrite)
    found = getattr(studies, options.name)(seed=options.seed)
    seed = f" --seed {options.seed}" if options.seed else ""
    found.settings["command"] = f"python -m tinynet study {options.name}{seed}"
    found.save(options.out)
    print(f"Written: {options.out}")
    return 0

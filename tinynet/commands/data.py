"""``python -m tinynet data``: which files of the data sets are here."""

from __future__ import annotations

import argparse
from typing import Any

from tinynet.commands import typed
from tinynet.datasets.overview import overview


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "data",
        help="which files of MNIST and CIFAR-10 are here, and where they are looked for",
        description="Lists which files of the paper's finite data sets are here, which are"
        " missing, and where they are looked for. Downloads nothing.",
    )
    p.set_defaults(command=data)
    p.add_argument(
        "--folder",
        type=typed.folder,
        help="look here first, as tn.mnist(folder) does (default: TINYNET_DATA, then the cache)",
    )


def data(options: argparse.Namespace) -> int:
    """Print which files are here."""
    print(overview(options.folder))
    return 0

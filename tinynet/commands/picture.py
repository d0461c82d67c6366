"""``python -m tinynet picture``: a page to step through one pass."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import tinynet as tn
from tinynet._internal.replacing import replacing
from tinynet.commands import outputs, shared


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "picture",
        help="a page to step through one pass, every array and the line that made it",
        description="Writes one HTML file, for any browser: a pass through a small network, forward"
        " and back, with the numbers in every array and the lines of NumPy that made them.",
    )
    p.set_defaults(command=picture)
    shared.seed(p, "the weights")
    shared.out(p, "the file", "tinynet-backprop.html")
    shared.overwrite(p, "an earlier file")


def picture(options: argparse.Namespace) -> int:
    """Trace one pass of two examples through a network of 3, 4 and 2 units, and write its page."""
    from tinynet.plots.page import page  # loads Matplotlib, which other commands do without

    outputs.is_new(options.out, overwrite=options.overwrite)
    x = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    net = tn.mlp([3, 4, 2], rng=options.seed)
    html = page(tn.trace(net, x, np.array([0, 1]), tn.SoftmaxCrossEntropy()))
    with replacing(options.out) as file:
        file.write(html.encode())
    print(f"Written: {options.out}. Open it in a browser; the arrow keys step through the pass.")
    return 0

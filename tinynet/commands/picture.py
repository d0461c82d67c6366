"""``python -m tinynet picture``: a page to step through one pass."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import tinynet as tn
from tinynet import activations, initializers
from tinynet._internal import checks
from tinynet._internal.replacing import replacing
from tinynet.commands import outputs, shared, typed


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "picture",
        help="a page to step through one pass, every array and the line that made it",
        description="Writes one HTML file, for any browser: a pass through a small network, forward"
        " and back, with the numbers in every array and the lines of NumPy that made them.",
    )
    p.set_defaults(command=picture)
    p.add_argument(
        "--sizes",
        type=typed.sizes,
        default=[3, 4, 2],
        help="inputs, hidden units, outputs (default: 3,4,2)",
    )
    for name, module, default in (
        ("activation", activations, "tanh"),
        ("init", initializers, "normalized"),
    ):
        choices = sorted(key.lower() for key in checks.defined_in(module))
        p.add_argument(
            f"--{name}",
            choices=choices,
            default=default,
            help=f"{', '.join(choices)} (default: %(default)s)",
            metavar=name.upper(),
        )
    shared.seed(p, "the weights")
    shared.out(p, "the file", "tinynet-backprop.html")
    shared.overwrite(p, "an earlier file")


def picture(options: argparse.Namespace) -> int:
    """Trace one pass of two examples through a small network, and write its page."""
    from tinynet.plots.page import page  # loads Matplotlib, which other commands do without

    outputs.is_new(options.out, overwrite=options.overwrite)
    n_in, *_, classes = options.sizes
    if classes < 2:
        raise ValueError(f"--sizes: expected 2 outputs or more, a class each, got {classes}")
    x = np.array([np.resize([1.0, 0.0, -1.0], n_in), np.resize([0.0, 1.0, 1.0], n_in)])
    net = tn.mlp(options.sizes, activation=options.activation, init=options.init, rng=options.seed)
    html = page(tn.trace(net, x, np.array([0, 1]), tn.SoftmaxCrossEntropy()))
    with replacing(options.out) as file:
        file.write(html.encode())
    print(f"Written: {options.out}. Open it in a browser; the arrow keys step through the pass.")
    return 0

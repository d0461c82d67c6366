"""``python -m tinynet live``: a page on which an untrained network is changed by hand."""

from __future__ import annotations

import argparse
from typing import Any

import tinynet as tn
from tinynet._internal.replacing import replacing
from tinynet.commands import outputs, shared
from tinynet.studies.variance import NODES, WEIGHTS

IMAGES = 50


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "live",
        help="a page to play with: drag the scale of random weights, see what it does",
        description="Writes one HTML file, for any browser: drag the scale of an untrained"
        " network's weights, and see its activations, its gradients and the singular values of"
        " its Jacobians at once, with theory over them.",
    )
    p.set_defaults(command=live)
    shared.out(p, "the file", "tinynet-live.html")
    shared.overwrite(p, "an earlier file")


def live(options: argparse.Namespace) -> int:
    """Write the page, with the first images of the lessons."""
    from tinynet.plots.live import live_page  # loads Matplotlib, which other commands do without

    outputs.is_new(options.out, overwrite=options.overwrite)
    x, labels = tn.Shapeset(rng=0).draw(IMAGES)
    html = live_page(x, labels, NODES, WEIGHTS)
    with replacing(options.out) as file:
        file.write(html.encode())
    print(f"Written: {options.out}. Open it in a browser; its address keeps what you choose.")
    return 0

"""A page on which an untrained network is changed by hand, and shows at once what comes of it.

The page computes in the browser what ``tn.mlp``, ``tn.singular_values`` and
:func:`tinynet.studies.mean_field` compute in NumPy; a test holds the two beside each other.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import matplotlib as mpl
import numpy as np

from tinynet._internal import checks
from tinynet.plots import SHADES

PIXELS, CLASSES = 1024, 9  # of a Shapeset image
DARK = tuple(mpl.colors.to_hex(mpl.colormaps["viridis"](0.4 + k * 0.149)) for k in range(5))
# Of the lessons' styles those that differ at this size.
STYLES = ("none", "7 4", "7 3 2 3", "2 3", "7 2 2 2 2 2", "10 5")


def live_page(x: np.ndarray, labels: np.ndarray, nodes: np.ndarray, weights: np.ndarray) -> str:
    """Make one HTML file that needs nothing else.

    Parameters
    ----------
    x : ndarray, shape (examples, 1024)
        Images of a few grey levels each: what the page holds are runs of equal pixels.
    labels : ndarray of int, shape (examples,)
        From 0 to 8.
    nodes, weights : ndarray, shape (n,)
        For the mean of a function of a standard Gaussian: ``f(nodes) @ weights``.
    """
    x = checks.finite("x", checks.batch("x", x, PIXELS))
    labels = checks.labels("labels", labels, len(x), CLASSES)
    nodes = checks.numbers("nodes", nodes, [None])
    weights = checks.numbers("weights", weights, nodes.shape)
    content = {
        **runs(x),
        "labels": labels.tolist(),
        "nodes": nodes.tolist(),
        "weights": weights.tolist(),
        "shades": len(SHADES),
        "styles": STYLES,
    }
    template = (resources.files("tinynet.plots") / "live.html").read_text(encoding="utf-8")
    for place, shades in (('"LIGHT"', SHADES), ('"DARK"', DARK)):
        colours = " ".join(f"--layer-{k}: {shade};" for k, shade in enumerate(shades))
        template = template.replace(place, colours)
    return template.replace('"CONTENT"', json.dumps(content, separators=(",", ":")))


def runs(x: np.ndarray) -> dict[str, Any]:
    """Write pixels as runs of equal ones: the number of the level, how many, and so on."""
    levels, pixels = np.unique(x.ravel(), return_inverse=True)
    starts = np.flatnonzero(np.diff(pixels, prepend=-1))
    lengths = np.diff(starts, append=len(pixels))
    pairs = np.stack([pixels[starts], lengths], axis=1)
    return {"levels": levels.astype(float).tolist(), "runs": pairs.ravel().tolist()}

"""How large a batch the norms need: the same images, cut into larger batches.

Berger & Uc Cetina (2022), at the size of a lesson. A norm stands behind each activation.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import mnist
from tinynet.later import Natural
from tinynet.studies import seeded
from tinynet.studies.normalizing import DEPTH, LAYERS, NEED_A_BATCH, START, with_norm
from tinynet.studies.rates import errors_of, shuffled, when_to_look
from tinynet.studies.result import Result


def batch_sizes(
    *,
    folder: str | os.PathLike | None = None,
    norms: Sequence[str] = ("none", "batch", "layer", "batch-layer", "batchless"),
    batches: Sequence[int] = (1, 2, 10, 50),
    images: int = 10_000,
    width: int = 100,
    seed: int = 0,
) -> Result:
    """Train five sigmoid layers under ``standard`` on the same images, cut into larger batches.

    The rate is 0.01 times the batch, but at most 0.1. The norm stands behind the sigmoid, as in
    Berger & Uc Cetina's code.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    norms : sequence of str, optional
        'none', 'batch', 'layer', 'batch-layer', 'weight', 'batchless'.
    batches : sequence of int, optional
        Images in a batch.
    images : int, optional
        How many are seen, as near as the largest batch allows.
    width : int, optional
        Units of a hidden layer.
    seed : int, optional

    Returns
    -------
    Result
        ``images``, shape (T,), and ``error``, shape (norms, batches, T): the share of test images
        misclassified after so many. NaN where a norm needs a larger batch, and once a run has
        broken.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    norms = checks.names("norms", norms, known=LAYERS)
    batches = checks.sizes("batches", batches, least=1)
    images, width = checks.size("images", images), checks.size("width", width)
    seed = checks.seed("seed", seed)
    data = mnist(folder, download=False)
    for k, batch in enumerate(batches):
        checks.whole(f"batches[{k}]", batch, 1, len(data.train[0]))
    largest = max(batches)
    seen = largest * when_to_look(max(1, images // largest))

    def errors(norm: str, batch: int) -> np.ndarray:
        if norm in NEED_A_BATCH and batch == 1:
            return np.full(len(seen), np.nan)
        net = seeded.network("sigmoid", "standard", width, DEPTH, seed, "mnist")
        net = with_norm(net, norm, behind=True, start=data.train[0][:START])
        sgd, source = Natural(net, min(0.01 * batch, 0.1)), shuffled(data.train, seed)
        return errors_of(net, sgd, source, data.test, batch, seen // batch)

    arrays = {
        "images": seen,
        "error": np.array([[errors(norm, batch) for batch in batches] for norm in norms]),
    }
    settings = {"norms": norms, "batches": batches, "images": images, "width": width}
    return Result("batch_sizes", settings | {"seed": seed}, arrays)

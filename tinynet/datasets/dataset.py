"""What every finite data set is: three parts and the names of the classes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tinynet._internal import checks

Part = tuple[np.ndarray, np.ndarray]  # (images, labels)


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A finite data set, in the paper's three parts.

    Attributes
    ----------
    name : str
    train, valid, test : tuple
        Each ``(images, labels)``: images ``(n, inputs)``, float32 from 0 (black) to 1 (white),
        labels ``(n,)``, int64. ``train`` is to learn from, ``valid`` to choose a learning rate
        by, ``test`` for the end.
    class_names : tuple of str
        The names of labels 0, 1, 2, ...
    shape : tuple of int
        The shape of one image: ``images[0].reshape(data.shape)``.

    Notes
    -----
    The paper does not say how its inputs were scaled. All finite sets are scaled alike here: grey
    levels and colours of 0 to 255 are divided by 255, as in code that the paper's first author
    published in the same year (github.com/glorotxa/DeepANN). Shapeset goes from -1 to 1; for that
    range here too, write ``2 * images - 1``.
    """

    name: str
    train: Part
    valid: Part
    test: Part
    class_names: tuple[str, ...]
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        checks.text("name", self.name)
        checks.names("class_names", self.class_names)
        inputs = math.prod(checks.sizes("shape", self.shape, least=1))
        for part in ("train", "valid", "test"):
            pair = getattr(self, part)
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                got = checks.describe(pair)
                raise TypeError(f"{part}: expected a pair (images, labels), got {got}")
            images = checks.batch(f"{part}[0]", pair[0], inputs)
            checks.labels(f"{part}[1]", pair[1], len(images), len(self.class_names))

    def __repr__(self) -> str:
        parts = ((key, len(getattr(self, key)[1])) for key in ("train", "valid", "test"))
        sizes = ", ".join(f"{n:,} {key}" for key, n in parts)
        inputs = " x ".join(map(str, self.shape))
        return f"Dataset({self.name}: {sizes}, {inputs} inputs, {len(self.class_names)} classes)"


def scaled(pixels: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Scale pixels of 0 to 255 to float32 from 0 to 1."""
    return np.divide(pixels, np.float32(255), out=out, dtype=np.float32)

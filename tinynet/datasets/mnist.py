"""MNIST: 70,000 handwritten digits of 28 x 28 grey pixels."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tinynet._internal.progress import bar
from tinynet.datasets import files
from tinynet.datasets.dataset import Dataset, Part, scaled
from tinynet.datasets.files import Published
from tinynet.datasets.idx import header, read_idx

FOLDER = "mnist"
SIDE = 28  # pixels
TRAIN, TEST = 60_000, 10_000  # images in the files
VALID = 10_000  # the last of TRAIN
CLASSES = 10

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
PUBLISHED = (
    Published(
        "train-images-idx3-ubyte.gz",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        MIRRORS,
    ),
    Published(
        "train-labels-idx1-ubyte.gz",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        MIRRORS,
    ),
    Published(
        "t10k-images-idx3-ubyte.gz",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        MIRRORS,
    ),
    Published(
        "t10k-labels-idx1-ubyte.gz",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        MIRRORS,
    ),
)
TORCHVISION = ("MNIST/raw", "raw")  # where it puts the files, in its folder and in that of MNIST
FASHION_LABELS = (9, 0, 0, 3, 0, 2, 7, 2, 5, 5), (9, 2, 1, 1, 6, 1, 4, 6, 5, 7)  # train, test
FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
# MD5 of the unpacked files, however they were compressed.
MD5 = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
}


def mnist(
    folder: str | os.PathLike | None = None,
    *,
    download: bool = True,
    progress: Callable[..., Any] | None = bar,
) -> Dataset:
    """Read MNIST [1]_ in the paper's split: 50,000 to train, 10,000 to validate, 10,000 to test.

    Parameters
    ----------
    folder : path, optional
        Where the four files are, if not in one of the usual places: the folder that the variable
        ``TINYNET_DATA`` names, ``$XDG_CACHE_HOME/tinynet``, ``~/.cache/tinynet``, or ``mnist`` in
        one of these. ``MNIST/raw`` in one of them, where torchvision puts the files, will do too.
        Downloads go to ``folder``, or to ``mnist`` in the first of these that is
        set.
    download : bool, optional
        Whether to download missing files, 12 MB in all.
    progress : function, optional
        Makes a progress bar like ``tqdm``, from ``total``, ``desc`` and ``unit``; None shows
        nothing.

    Returns
    -------
    data : Dataset
        ``data.train``, ``data.valid`` and ``data.test`` are each ``(images, labels)``: images
        ``(n, 784)``, float32 from 0 to 1, row by row from the top; labels ``(n,)``, int64.

    Raises
    ------
    FileNotFoundError
        A file is missing and was not downloaded. The message says which, and where to put it.
    ValueError
        A file is not what it should be: cut short, damaged, of another format or size.

    Warns
    -----
    UserWarning
        A file is valid but not MNIST's. Other sets of the same form can be read, too: then
        ``data.name`` and ``data.class_names`` are Fashion-MNIST's, or say no more than that it is
        another set.

    Notes
    -----
    Files may be unpacked or recompressed: MNIST is known by its unpacked content. The files have
    no validation set: it is the last 10,000 of the 60,000 training images, as is common; the
    paper gives only the sizes.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86 (1998), 2278-2324.
    """
    target = files.folders(FOLDER, folder)[0]
    paths = files.complete("MNIST", PUBLISHED, locate(folder), target, download, progress)
    others: list[str] = []  # the files that are not MNIST's
    x, labels = _part(paths, "train", TRAIN, others)
    test = _part(paths, "t10k", TEST, others)
    name, class_names = "MNIST", tuple("0123456789")
    if others:
        name, class_names = _other(labels, test[1])
    learnt = TRAIN - VALID
    return Dataset(
        name=name,
        train=(x[:learnt], labels[:learnt]),
        valid=(x[learnt:], labels[learnt:]),
        test=test,
        class_names=class_names,
        shape=(SIDE, SIDE),
    )


def locate(folder: str | os.PathLike | None = None) -> dict[str, Path | None]:
    """Find where each of the four files is, by its published name."""
    places = files.folders(FOLDER, folder)
    where = [place / inside for place in places for inside in ("", *TORCHVISION)]
    return {file.name: files.find(_spellings(file.name), where) for file in PUBLISHED}


def _spellings(name: str) -> list[str]:
    """List names of a file: gzipped or not, with the dot that some programs put in the middle."""
    plain = name.removesuffix(".gz")
    return [name, plain, name.replace("-idx", ".idx"), plain.replace("-idx", ".idx")]


def _other(train: np.ndarray, test: np.ndarray) -> tuple[str, tuple[str, ...]]:
    """Name a set that is not MNIST, and its classes: Fashion-MNIST is known by its first labels."""
    if (tuple(train[:10]), tuple(test[:10])) == FASHION_LABELS:
        return "Fashion-MNIST", FASHION
    return "not MNIST", tuple(f"class {k}" for k in range(CLASSES))


def _part(paths: dict[str, Path], part: str, n: int, others: list[str]) -> Part:
    """Read the images and the labels from two files; add those that are not MNIST's to a list."""
    pixels = _read(paths, f"{part}-images-idx3-ubyte.gz", (n, SIDE, SIDE), others)
    images = scaled(pixels.reshape(n, SIDE * SIDE))
    name = f"{part}-labels-idx1-ubyte.gz"
    labels = _read(paths, name, (n,), others)
    if labels.max() >= CLASSES:
        raise ValueError(
            f"{paths[name]}: expected labels 0 to {CLASSES - 1}, got {labels.max()}"
            f" at position {labels.argmax()}"
        )
    return images, labels.astype(np.int64)


def _read(
    paths: dict[str, Path], name: str, shape: tuple[int, ...], others: list[str]
) -> np.ndarray:
    """Read the array of one file; if it is not MNIST's, warn and add it to a list."""
    array = read_idx(paths[name], shape)
    content = hashlib.md5(header(shape), usedforsecurity=False)
    content.update(array.data)
    if content.hexdigest() != MD5[name]:
        others.append(name)
        warnings.warn(
            f"{paths[name]}: is a valid file, but its content is not that of MNIST's {name}",
            stacklevel=4,  # the line that called mnist
        )
    return array

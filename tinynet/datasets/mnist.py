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
VALID = 10_000  # of the former, the last
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
# MD5 of the files unpacked: it holds however they were compressed.
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
    progress: Callable[..., Any] = bar,
) -> Dataset:
    """MNIST [1]_, split as in the paper: 50,000 to train, 10,000 to validate, 10,000 to test.

    Parameters
    ----------
    folder : path, optional
        Where the four files are, if not in one of the usual places: the folder that the variable
        ``TINYNET_DATA`` names, ``$XDG_CACHE_HOME/tinynet``, ``~/.cache/tinynet``, or ``mnist`` in
        one of these. Downloads go to ``folder``, or to ``mnist`` in the first of these that is
        set.
    download : bool, optional
        Whether to download the files that are not there, 12 MB in all.
    progress : function, optional
        Makes a progress bar as ``tqdm`` does, from ``total``, ``desc`` and ``unit``.

    Returns
    -------
    data : Dataset
        ``data.train``, ``data.valid`` and ``data.test`` are each ``(images, labels)``: images
        ``(n, 784)``, float32 from 0 to 1, row by row from the top; labels ``(n,)``, int64.

    Raises
    ------
    FileNotFoundError
        A file is not there and was not downloaded. It says which, and where to put them.
    ValueError
        A file is not what it should be: cut short, damaged, of another format or size.

    Warns
    -----
    UserWarning
        A file is a good one, and yet not MNIST's. Sets of the same form can be read so.

    Notes
    -----
    Files may be gzipped or not, and compressed anew: MNIST is known by its unpacked content.
    There is no validation set among the files. The last 10,000 of the 60,000 training images
    are taken for it, as is common; the paper gives the sizes only.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86 (1998), 2278-2324.
    """
    target = files.folders(FOLDER, folder)[0]
    paths = files.complete("MNIST", PUBLISHED, locate(folder), target, download, progress)
    x, labels = _part(paths, "train", TRAIN)
    test = _part(paths, "t10k", TEST)
    learnt = TRAIN - VALID
    return Dataset(
        name="MNIST",
        train=(x[:learnt], labels[:learnt]),
        valid=(x[learnt:], labels[learnt:]),
        test=test,
        class_names=tuple("0123456789"),
        shape=(SIDE, SIDE),
    )


def locate(folder: str | os.PathLike | None = None) -> dict[str, Path | None]:
    """Where each of the four files is, by its published name."""
    where = files.folders(FOLDER, folder)
    return {file.name: files.find(_spellings(file.name), where) for file in PUBLISHED}


def _spellings(name: str) -> list[str]:
    """Gzipped or not, and with the dot that some programs put in the middle."""
    plain = name.removesuffix(".gz")
    return [name, plain, name.replace("-idx", ".idx"), plain.replace("-idx", ".idx")]


def _part(paths: dict[str, Path], part: str, n: int) -> Part:
    """The images and labels of two files."""
    pixels = _read(paths, f"{part}-images-idx3-ubyte.gz", (n, SIDE, SIDE))
    images = scaled(pixels.reshape(n, SIDE * SIDE))
    name = f"{part}-labels-idx1-ubyte.gz"
    labels = _read(paths, name, (n,))
    if labels.max() >= CLASSES:
        raise ValueError(
            f"{paths[name]}: expected labels 0 to {CLASSES - 1}, got {labels.max()}"
            f" at position {labels.argmax()}"
        )
    return images, labels.astype(np.int64)


def _read(paths: dict[str, Path], name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The array of one file, with a warning where it is not MNIST's."""
    array = read_idx(paths[name], shape)
    content = hashlib.md5(header(shape), usedforsecurity=False)
    content.update(array.data)
    if content.hexdigest() != MD5[name]:
        warnings.warn(
            f"{paths[name]}: is in order, but its content is not that of MNIST's {name}",
            stacklevel=4,  # the line that called mnist
        )
    return array

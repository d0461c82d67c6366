"""Small-ImageNet, or any folder of pictures: small grey images, their classes by folder."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet._internal.progress import bar, checked, started
from tinynet.datasets.dataset import Dataset, Part, scaled

SIDE = 37  # pixels
ENDINGS = (".jpg", ".jpeg", ".png")
OTHERS = (  # of pictures that are not read
    *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".pbm", ".pgm", ".ppm"),
    *(".tif", ".tiff", ".webp"),
)
FORMATS = ("JPEG", "PNG")
MOST_PIXELS = 50_000_000  # of a picture: 200 MB while it is read
PARTS = 11  # of a class: nine to train, one to validate, one to test
TRAIN, VALID, TEST = range(3)


def small_imagenet(
    folder: str | os.PathLike,
    rng: int | Sequence[int] | np.random.Generator = 0,
    *,
    progress: Callable[..., Any] | None = bar,
) -> Dataset:
    """Read a folder of pictures as 37 x 37 grey images, split 9 : 1 : 1, as in the paper [1]_.

    Parameters
    ----------
    folder : path
        Holds a folder for each class, and these hold the pictures, ``.jpg``, ``.jpeg`` or
        ``.png``. Other files are skipped, and so are names that begin with a dot.
    rng : int, sequence of int or numpy.random.Generator, optional
        The seed of the split, or the generator to draw it from.
    progress : function, optional
        Makes a progress bar like ``tqdm``, from ``total``, ``desc`` and ``unit``; None shows
        nothing.

    Returns
    -------
    data : Dataset
        ``data.train``, ``data.valid`` and ``data.test`` are each ``(images, labels)``: images
        ``(n, 1369)``, float32 from 0 to 1, row by row from the top; labels ``(n,)``, int64.
        ``data.class_names`` are the names of the folders, sorted.

    Raises
    ------
    ImportError
        Pillow is not installed. (Matplotlib needs it, too.)
    OSError
        The folder does not exist, or a file cannot be opened.
    ValueError
        There are no class folders, a class has fewer than three pictures, or a file is not the
        JPEG or PNG that its name says, is damaged, has more than 50 million pixels, or 16 bits
        for a grey level.

    Warns
    -----
    UserWarning
        There are pictures of other kinds, such as ``.bmp``, which are skipped.

    Notes
    -----
    The paper's set has ten classes, reptiles, vehicles, birds, mammals, fish, furniture,
    instruments, tools, flowers and fruits, and is split 90,000 / 10,000 / 10,000. It is made of
    ImageNet pictures, which may not be passed on freely: from ten such folders of 11,000 pictures
    this function makes a similar set. Which pictures were in the paper's, and how they were
    shrunk, is not known. Here a picture is made grey, cropped to its central square, and resized,
    each new pixel an average of those it covers; then it is turned the way its camera was held.

    The split: all pictures, sorted by class and name, are put in a random order. In this order
    the first eleventh of each class (rounded, at least one) is for the test, the next for
    validation, and the rest to learn from. The order stays, so classes come mixed. The same files
    and the same seed give the same split.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
       neural networks", AISTATS 2010, section 2.3.
    """
    path = checks.folder("folder", folder)
    progress = checked(progress)
    if rng is None:
        raise TypeError("rng: expected a seed or a numpy.random.Generator, got None")
    rng = checks.generator("rng", rng)
    class_names, pictures = _listed(path)
    labels = np.array([label for label, _ in pictures], dtype=np.int64)
    order = rng.permutation(len(labels))
    part = _split(labels, order, len(class_names))
    with started(progress, total=len(pictures), desc="reading pictures", unit="pictures") as shown:

        def read(which: int) -> Part:
            chosen = order[part[order] == which]
            images = np.empty((len(chosen), SIDE * SIDE), np.float32)
            for row, n in enumerate(chosen):
                scaled(_small(pictures[n][1]).reshape(-1), out=images[row])
                shown.update(1)
            return images, labels[chosen]

        train, valid, test = read(TRAIN), read(VALID), read(TEST)
    return Dataset(path.resolve().name, train, valid, test, class_names, (SIDE, SIDE))


def _listed(folder: Path) -> tuple[tuple[str, ...], list[tuple[int, Path]]]:
    """List the names of the classes, and the label and the path of every picture, sorted."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    if not classes:
        raise ValueError(f"{folder}: expected a folder for each class, got none")
    pictures = []
    skipped = []
    for label, path in enumerate(classes):
        there = sorted(path.iterdir())
        found = [file for file in there if _is_picture(file, ENDINGS)]
        skipped += [file for file in there if _is_picture(file, OTHERS)]
        if len(found) < 3:
            hint = ""
            if any(file.is_dir() for file in there):
                one = path if not (folder / "train").is_dir() else folder / "train"
                hint = f"; if the classes are folders in it, write small_imagenet({str(one)!r})"
            raise ValueError(
                f"{path}: expected at least three pictures ({', '.join(ENDINGS)}), to train,"
                f" validate and test, got {len(found)}{hint}"
            )
        pictures += [(label, file) for file in found]
    if skipped:
        warnings.warn(
            f"{folder}: skipped {len(skipped):,} pictures that are not {', '.join(ENDINGS)}, such"
            f" as {skipped[0]}: convert them",
            stacklevel=3,  # the line that called small_imagenet
        )
    return tuple(path.name for path in classes), pictures


def _is_picture(path: Path, endings: Sequence[str]) -> bool:
    return path.suffix.lower() in endings and path.name[0] != "." and path.is_file()


def _split(labels: np.ndarray, order: np.ndarray, classes: int) -> np.ndarray:
    """Return which of TRAIN, VALID and TEST each picture is for, ``(n,)``."""
    part = np.full(len(labels), TRAIN)
    for label in range(classes):
        mine = order[labels[order] == label]
        few = max(1, round(len(mine) / PARTS))
        part[mine[:few]] = TEST
        part[mine[few : 2 * few]] = VALID
    return part


def _small(path: Path) -> np.ndarray:
    """Read a picture as ``(37, 37)`` grey levels, uint8."""
    from PIL import Image, ImageOps  # takes a while to load, and is needed only here

    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, about oddities that it can read anyway
        try:
            with Image.open(file, formats=FORMATS) as image:  # reads the header only
                pixels = image.width * image.height
                if pixels > MOST_PIXELS:
                    raise ValueError(f"expected at most {MOST_PIXELS:,} pixels, got {pixels:,}")
                if image.mode.startswith("I"):  # Pillow would clip it at 255
                    raise ValueError("expected 8 bits for a grey level, got 16")
                image.draft("L", (4 * SIDE, 4 * SIDE))  # a JPEG is read no larger than needed
                grey = image.convert("L")
                small = ImageOps.fit(grey, (SIDE, SIDE), Image.Resampling.BOX)
                return np.asarray(ImageOps.exif_transpose(small))
        except MemoryError:
            raise
        except Exception as error:  # Pillow raises many kinds
            raise ValueError(f"{path}: expected a picture, JPEG or PNG: {error}") from error

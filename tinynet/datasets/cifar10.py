"""CIFAR-10: 60,000 photographs of 32 x 32 colour pixels, in its binary version.

A record is a byte for the label, then 1,024 for red, 1,024 for green and 1,024 for blue, each
row by row from the top; a file is 10,000 records. (The version "for Python" is made of pickles,
which can run any code when they are opened: it is not read here.)
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np

from tinynet._internal.progress import bar
from tinynet.datasets import files
from tinynet.datasets.dataset import Dataset, scaled
from tinynet.datasets.files import Published
from tinynet.datasets.reading import exactly, unzipped

FOLDER = "cifar10"
SHAPE = (3, 32, 32)  # colours, rows, columns
INPUTS = 3 * 32 * 32
CLASS_NAMES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
RECORDS = 10_000  # in a file
SIZE = RECORDS * (1 + INPUTS)  # of a file, in bytes
UNPACKED = "cifar-10-batches-bin"  # the folder in the archive
BATCHES = (*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin")
ARCHIVE = Published(
    "cifar-10-binary.tar.gz",
    170_052_171,
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ("https://www.cs.toronto.edu/~kriz/",),
)
# Other versions, and another set: archives, and the folders that come out of them.
OTHERS = (
    *("cifar-10-python.tar.gz", "cifar-10-batches-py"),
    *("cifar-10-matlab.tar.gz", "cifar-10-batches-mat"),
    *("cifar-100-binary.tar.gz", "cifar-100-binary"),
    *("cifar-100-python.tar.gz", "cifar-100-python"),
    *("cifar-100-matlab.tar.gz", "cifar-100-matlab"),
)
MEMBERS = 100  # in an archive, at most; the published one has nine
HEADERS = 1 << 16  # bytes between the contents of two members, at most


def cifar10(
    folder: str | os.PathLike | None = None,
    *,
    download: bool = True,
    progress: Callable[..., Any] | None = bar,
) -> Dataset:
    """Read CIFAR-10 [1]_ in the paper's split: 40,000 to train, 10,000 to validate and to test.

    Parameters
    ----------
    folder : path, optional
        Where ``cifar-10-binary.tar.gz`` is, or the folder ``cifar-10-batches-bin`` that comes out
        of it, if not in one of the usual places: the folder that the variable ``TINYNET_DATA``
        names, ``$XDG_CACHE_HOME/tinynet``, ``~/.cache/tinynet``, or ``cifar10`` in one of these.
        A download goes to ``folder``, or to ``cifar10`` in the first of these that is set.
    download : bool, optional
        Whether to download the archive, 170 MB, if it is missing.
    progress : function, optional
        Makes a progress bar like ``tqdm``, from ``total``, ``desc`` and ``unit``; None shows
        nothing.

    Returns
    -------
    data : Dataset
        ``data.train``, ``data.valid`` and ``data.test`` are each ``(images, labels)``: images
        ``(n, 3072)``, float32 from 0 to 1, all of red, then green, then blue; labels ``(n,)``,
        int64. The arrays take 740 MB. As a picture:
        ``images[0].reshape(3, 32, 32).transpose(1, 2, 0)``.

    Raises
    ------
    FileNotFoundError
        The archive is missing and was not downloaded, or only another version of CIFAR is there.
        The message says what to do.
    ValueError
        A file is not what it should be: cut short, damaged, of another format or size.

    Notes
    -----
    The archive is read as it is, nothing is unpacked to disk. The paper says that 10,000 of the
    50,000 training images were for validation, but not which: here it is the last file of five.

    References
    ----------
    .. [1] A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
    """
    target = files.folders(FOLDER, folder)[0]
    there = locate(folder)
    if there[ARCHIVE.name] is None:
        _refuse_others(folder)
    found = files.complete("CIFAR-10", [ARCHIVE], there, target, download, progress)
    path = found[ARCHIVE.name]
    n = RECORDS * len(BATCHES)
    x, labels = np.empty((n, INPUTS), np.float32), np.empty(n, np.int64)
    for k, records in _unpacked(path) if path.is_dir() else _archived(path):
        rows = slice(RECORDS * k, RECORDS * (k + 1))
        labels[rows] = records[:, 0]
        scaled(records[:, 1:], out=x[rows])
    train, valid, test = slice(4 * RECORDS), slice(4 * RECORDS, 5 * RECORDS), slice(5 * RECORDS, n)
    return Dataset(
        name="CIFAR-10",
        train=(x[train], labels[train]),
        valid=(x[valid], labels[valid]),
        test=(x[test], labels[test]),
        class_names=CLASS_NAMES,
        shape=SHAPE,
    )


def locate(folder: str | os.PathLike | None = None) -> dict[str, Path | None]:
    """Find the archive, or the folder with all six files, by the archive's name."""
    for place in files.folders(FOLDER, folder):
        for unpacked in (place, place / UNPACKED):
            if all((unpacked / name).is_file() for name in BATCHES):
                return {ARCHIVE.name: unpacked}
        for name in (ARCHIVE.name, ARCHIVE.name.removesuffix(".gz")):
            if (place / name).is_file():
                return {ARCHIVE.name: place / name}
    return {ARCHIVE.name: None}


def _refuse_others(folder: str | os.PathLike | None) -> None:
    """Say so, before anything is downloaded, where there is another version of CIFAR."""
    places = files.folders(FOLDER, folder)
    for place in places if folder is None else places[:2]:
        for name in OTHERS:
            if (place / name).exists():
                raise FileNotFoundError(
                    f"{place / name}: expected the binary version of CIFAR-10, {ARCHIVE.name} or"
                    f" {UNPACKED}, got another one, which is not read here; write"
                    " tn.cifar10('cifar10') to download the binary one into that folder"
                )


def _unpacked(folder: Path) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the number and the records of each file in a folder."""
    for k, name in enumerate(BATCHES):
        with unzipped(folder / name) as file:
            yield k, _records(file)


def _archived(path: Path) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the number and the records of each file in the archive, as they come."""
    with unzipped(path) as file:
        stream = _Rationed(file)
        waiting = set(BATCHES)
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for count, member in enumerate(archive):
                _acceptable(member, count)
                stream.ration = member.size + HEADERS
                name = PurePosixPath(member.name).name
                if member.isdir() or name not in BATCHES:
                    continue
                if name not in waiting:
                    raise ValueError(f"holds {name} twice")
                waiting.remove(name)
                try:
                    records = _records(archive.extractfile(member))
                except ValueError as error:
                    raise ValueError(f"{member.name}: {error}") from error
                yield BATCHES.index(name), records
        if waiting:
            raise ValueError(f"lacks {', '.join(sorted(waiting))}")
        while stream.read(HEADERS // 4):
            pass  # to the end, where gzip's checksum is


def _acceptable(member: tarfile.TarInfo, count: int) -> None:
    """Refuse a member that does not belong in the archive: a ValueError."""
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts:
        raise ValueError(f"holds {member.name!r}, which climbs out of the folder")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise ValueError(f"holds {member.name!r}, a link or special file; expected plain files")
    if not 0 <= member.size <= SIZE:
        raise ValueError(
            f"holds {member.name!r} of {member.size:,} bytes; expected at most {SIZE:,}"
        )
    if count >= MEMBERS:
        raise ValueError(f"holds more than {MEMBERS} files; expected about nine")


class _Rationed(io.RawIOBase):
    """A stream from which only so much can be read before more is granted.

    A tar header can promise gigabytes of further headers, which tarfile would read into memory.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.ration = HEADERS

    def read(self, size: int = -1) -> bytes:
        self.ration -= size
        if size < 0 or self.ration < 0:
            raise ValueError(f"has more than {HEADERS:,} bytes between two files")
        return self.file.read(size)


def _records(file: IO[bytes]) -> np.ndarray:
    """Read the records ``(10,000, 3073)`` of a file, and check their labels."""
    records = exactly(file, SIZE).reshape(RECORDS, 1 + INPUTS)
    labels = records[:, 0]
    if labels.max() >= len(CLASS_NAMES):
        raise ValueError(
            f"expected labels 0 to {len(CLASS_NAMES) - 1}, got {labels.max()} in record"
            f" {labels.argmax()}"
        )
    return records

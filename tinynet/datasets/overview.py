"""Which files of the data sets are here, which are missing, and where they were looked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tinynet.datasets import files
from tinynet.datasets.cifar10 import ARCHIVE
from tinynet.datasets.cifar10 import FOLDER as CIFAR10
from tinynet.datasets.cifar10 import locate as locate_cifar10
from tinynet.datasets.mnist import FOLDER as MNIST
from tinynet.datasets.mnist import PUBLISHED
from tinynet.datasets.mnist import locate as locate_mnist


def overview(folder: str | os.PathLike | None = None) -> str:
    """Say for each data set which files are here and where, and which are missing.

    Only names and sizes are looked at: reading a data set checks the contents.
    """
    named = "" if folder is None else repr(os.fspath(folder))
    return "\n\n".join(
        [
            _one("MNIST", f"tn.mnist({named})", MNIST, PUBLISHED, locate_mnist, folder),
            _one("CIFAR-10", f"tn.cifar10({named})", CIFAR10, [ARCHIVE], locate_cifar10, folder),
            "Small-ImageNet, tn.small_imagenet(folder): any folder that holds a folder of pictures"
            "\n  for each class.",
        ]
    )


def _one(
    name: str,
    call: str,
    subfolder: str,
    published: Sequence[files.Published],
    locate: Callable[..., dict[str, Path | None]],
    folder: str | os.PathLike | None,
) -> str:
    """Return the lines on one data set."""
    found = locate(folder)
    places = files.folders(subfolder, folder)
    lines = [f"{name}, {call}: {'missing' if None in found.values() else 'here'}"]
    for file in published:
        path = found[file.name]
        if path is None:
            lines.append(f"  missing  {file.name}, {file.size:,} bytes")
        elif path.is_dir():
            lines.append(f"  here     {path}{os.sep}")
        else:
            lines.append(f"  here     {path}, {path.stat().st_size:,} bytes")
    if None in found.values():
        lines += [f"  from     {mirror}" for mirror in published[0].mirrors]
        lines += [f"  into     {places[0]} ({call} downloads them)"]
    lines += ["  looked for in", *(f"           {place}" for place in places)]
    return "\n".join(lines)

"""A file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """A file to write in that takes the place of ``path`` when it is complete, and never before.

    Whatever goes wrong, what was at ``path`` is still there, and nothing half-written is left.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {str(path.parent)!r} to write in")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_json(path: str | os.PathLike, value: Any) -> None:
    """Write what JSON can hold, whole or not at all; NaN, which it cannot, is a ValueError."""
    text = json.dumps(value, indent=1, allow_nan=False)
    with replacing(path) as file:
        file.write(text.encode())


def remove_halves(path: str | os.PathLike) -> None:
    """What processes left that were killed while they wrote ``path``."""
    path = Path(path)
    for half in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
        if half.name.removeprefix(f"{path.name}.").removesuffix(".part").isdigit():
            half.unlink(missing_ok=True)

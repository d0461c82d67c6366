"""Reading files without trusting them: never more than their format allows."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

GZIP = b"\x1f\x8b"  # how a gzipped file begins, whatever it is called
PAGES = (b"<!doctype", b"<html", b"<?xml")  # how a page begins that came in place of a file
CHUNK = 1 << 20  # bytes read at once


@contextlib.contextmanager
def unzipped(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, through gzip if it is gzipped.

    Any error in the ``with`` block becomes a ValueError that begins with the path; a file that
    cannot be opened is an OSError.
    """
    with open(path, "rb") as plain:
        start = plain.read(64)
        plain.seek(0)
        if start.strip().lower().startswith(PAGES):
            raise ValueError(
                f"{path}: expected data, got an HTML page, which a server sent in its place; delete"
                " it, and download the file again"
            )
        zipped = start.startswith(GZIP)
        file: Any = gzip.GzipFile(fileobj=plain) if zipped else plain
        try:
            yield file
        except MemoryError:
            raise
        except Exception as error:  # gzip, zlib and tarfile raise a dozen kinds
            raise ValueError(f"{path}: {str(error) or type(error).__name__}") from error


def exactly(file: IO[bytes], size: int) -> np.ndarray:
    """Read the next ``size`` bytes of a file, which must be its last.

    Returns
    -------
    content : ndarray, shape (size,), uint8

    Raises
    ------
    ValueError
        There are fewer, or more.
    """
    content = np.empty(size, np.uint8)
    done = 0
    while done < size:
        chunk = file.read(min(CHUNK, size - done))
        if not chunk:
            raise ValueError(f"is cut short: expected {size:,} bytes of data, got {done:,}")
        content[done : done + len(chunk)] = np.frombuffer(chunk, np.uint8)
        done += len(chunk)
    if file.read(1):
        raise ValueError(f"is too long: expected {size:,} bytes of data, got more")
    return content

"""IDX, the format of MNIST's files: a short header, then the bytes of an array.

The header is two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number of
dimensions, and each dimension in four bytes, the most significant first. In the array the last
dimension runs fastest.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from tinynet.datasets.reading import exactly, unzipped

UNSIGNED_BYTES = 8


def header(shape: tuple[int, ...]) -> bytes:
    """Return the header of an array of bytes of this shape."""
    return bytes([0, 0, UNSIGNED_BYTES, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read the array in an IDX file, gzipped or not, which must have the expected shape.

    Returns
    -------
    array : ndarray of the given shape, uint8

    Raises
    ------
    OSError
        The file cannot be opened.
    ValueError
        It is not an IDX file, of another shape, cut short, damaged, or too long.
    """
    wanted = header(shape)
    with unzipped(path) as file:
        found = file.read(len(wanted))
        if found[:4] != wanted[:4]:
            raise ValueError(
                f"expected IDX, bytes in {len(shape)} dimensions, which begins with"
                f" {wanted[:4].hex(' ')}, got {found[:4].hex(' ') or 'nothing'}"
            )
        if len(found) < len(wanted):
            raise ValueError(f"is cut short: it ends in its header, after {len(found)} bytes")
        if found != wanted:
            got = struct.unpack(f">{len(shape)}I", found[4:])
            raise ValueError(f"expected an array of shape {shape}, its header says {got}")
        return exactly(file, math.prod(shape)).reshape(shape)

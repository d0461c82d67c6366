"""Arrays by name and a record in one ``.npz`` file: a zip of ``.npy`` files, without pickle.

A file is read in two steps: first the record and the shapes, then those arrays that are wanted.
Nothing in it is compressed: so what is read is never larger than the file.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from tinynet._internal import checks
from tinynet._internal.replacing import replacing

RECORD = "record.json"  # the member that holds the record, as text
LONGEST = 4_000_000  # characters of a record: what is longer belongs in an array
KINDS = "biufcSUmM"  # of dtypes: numbers, text and dates
ZIP64 = b"\1\0"  # begins what is kept of a member larger than 4 GiB
RESERVED = (RECORD, "file", "allow_pickle")  # the last two are arguments of np.savez
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class Header(NamedTuple):
    """What is known of an array before it is read."""

    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def nbytes(self) -> int:
        """The memory that the array will take."""
        return math.prod(self.shape) * self.dtype.itemsize


def write_npz(
    path: str | os.PathLike,
    arrays: Mapping[str, np.ndarray],
    record: Any,
    check: Callable[[], None] | None = None,
) -> None:
    """Write named arrays and a record that JSON can hold; ``check`` is that of ``replacing``."""
    keepable(arrays)
    try:
        text = json.dumps(record, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise type(error)(f"record: expected what JSON can hold; {error}") from None
    if len(text) > LONGEST:
        wanted = f"at most {LONGEST:,} characters as JSON"
        raise ValueError(f"record: expected {wanted}, got {len(text):,}: keep long lists as arrays")
    members: Any = {RECORD: np.array(text), **arrays}
    with replacing(path, check) as file:
        np.savez(file, **members)


def keepable(arrays: Mapping[str, np.ndarray]) -> None:
    """Check that a file can hold arrays under their names."""
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in KINDS:
            got = array.dtype if isinstance(array, np.ndarray) else checks.describe(array)
            raise TypeError(f"{name}: expected an array of numbers or text, got {got}")
        if not isinstance(name, str) or not name.isprintable() or name in RESERVED:
            others = ", ".join(RESERVED)
            raise ValueError(f"arrays: expected printable names, but not {others}, got {name!r}")


def read_npz(
    path: str | os.PathLike, prefix: str = ""
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read the arrays whose names begin with a prefix, which is cut off, and the record."""
    with opened(path) as saved:
        return saved.arrays(prefix), saved.record


@contextlib.contextmanager
def opened(path: str | os.PathLike) -> Iterator[Saved]:
    """Open a file that :func:`write_npz` wrote; no array is read yet.

    Raises
    ------
    OSError
        It cannot be read.
    ValueError
        It is damaged, or of another kind; the message names it.
    """
    with open(checks.file("path", path), "rb") as file:
        yield Saved(path, file)


class Saved:
    """An open ``.npz`` file: its record, the headers of its arrays, and the arrays when asked."""

    def __init__(self, path: str | os.PathLike, file: BinaryIO) -> None:
        self.path = path
        with self._named():
            self._zip = zipfile.ZipFile(file)
            members = self._zip.infolist()
            size, held = os.fstat(file.fileno()).st_size, sum(m.file_size for m in members)
            if held > size:
                wanted = f"at most the {size:,} bytes of the file, since nothing is compressed"
                raise ValueError(f"expected {wanted}, got {held:,}")
            self._members = {}
            for member in members:
                # A wrong length in the zip's directory would make the next entries a comment.
                if member.comment or member.extra[:2] not in (b"", ZIP64):
                    raise ValueError(f"expected nothing but {member.filename!r} in its entry")
                self._members[member.filename.removesuffix(".npy")] = member
            if len(self._members) < len(members):
                raise ValueError("expected each name once")
            self.record = self._record()
            self.headers = {name: self._header(name) for name in self._members if name != RECORD}

    def _record(self) -> dict[str, Any]:
        header = self._header(RECORD)
        if header.shape != () or header.dtype.kind != "U" or header.nbytes > 4 * LONGEST:
            raise ValueError(f"expected a text of at most {LONGEST:,} characters: {RECORD!r}")
        record = json.loads(str(self._array(RECORD)), parse_constant=_refused)
        if not isinstance(record, dict):
            raise TypeError(f"expected a dict as record, got {checks.describe(record)}")
        return record

    def arrays(self, prefix: str = "") -> dict[str, np.ndarray]:
        """Read the arrays whose names begin with a prefix, by the rest of their names."""
        names = [name for name in self.headers if name.startswith(prefix)]
        with self._named():
            return {name.removeprefix(prefix): self._array(name) for name in names}

    def _header(self, name: str) -> Header:
        with self._zip.open(self._members[name]) as member:
            version = np.lib.format.read_magic(member)
            shape, _, dtype = HEADERS[version](member)
            header = Header(shape, dtype)
            rest = self._members[name].file_size - member.tell()
        if dtype.kind not in KINDS or header.nbytes != rest:
            raise ValueError(f"expected {rest:,} bytes of numbers or text: {name!r}")
        return header

    def _array(self, name: str) -> np.ndarray:
        with self._zip.open(self._members[name]) as member:
            return np.lib.format.read_array(member, allow_pickle=False)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Tell what goes wrong with the file's name."""
        try:
            yield
        except Exception as e:  # zipfile and NumPy have a dozen kinds for a damaged file
            raise ValueError(
                f"{self.path}: expected a file that tinynet saved, got one that is damaged, cut"
                f" short or of another kind: {e!r}"
            ) from e


def _refused(constant: str) -> None:
    raise ValueError(f"expected finite numbers in the record, got {constant}")

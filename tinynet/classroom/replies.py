"""What comes back from a call of a student's code: plain arrays, or what went wrong."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]
# All but tab and line feed; and what turns the direction of writing.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Reply:
    """What came back from a call: results and its arguments afterwards, or what went wrong."""

    results: Arrays | None = None
    arguments: Arrays | None = None
    error: str = ""
    loaded: bool = True  # or the file failed before any call


def reply(content: bytes, most: int) -> Reply:
    """Read the arrays of one reply."""
    try:
        arrays = _plain(content, most)
    except Exception as error:  # made by a student's code: it may be anything
        return Reply(error=f"what came back is not plain arrays: {text(error, 200)}")
    found: dict[str, dict[str, np.ndarray]] = {"result": {}, "argument": {}}
    for name, array in arrays.items():
        kind, _, rest = name.partition(" ")
        found.setdefault(kind, {})[rest] = array
    return Reply(found["result"], found["argument"])


def _plain(content: bytes, most: int) -> dict[str, np.ndarray]:
    """Read the arrays of an ``.npz`` that is not compressed and no larger than it says."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("they are compressed")
        if sum(member.file_size for member in members) > most:
            raise ValueError("they are too large")
        return {
            member.filename.removesuffix(".npy"): np.load(
                io.BytesIO(archive.read(member)), allow_pickle=False
            )
            for member in members
        }


def text(said: Any, most: int = 4000) -> str:
    """Turn what a student's code said into text that can be written to a file."""
    return plain(str(said)[:most])


def plain(text: str) -> str:
    """Write what is no letter as an escape: a terminal would obey it, or a file not take it."""
    text = text.replace("\r\n", "\n").encode(errors="backslashreplace").decode()
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)

"""What was handed in: whose each file is, and its text."""

from __future__ import annotations

import codecs
import io
import os
import tokenize
from pathlib import Path

from tinynet.classroom.running import MIB


def submissions(folder: Path, file: str) -> dict[str, Path]:
    """Find the students' files, by student."""
    if not folder.is_dir():
        raise FileNotFoundError(f"submissions: {folder} is not a folder")
    folder = folder.resolve()  # it may be a link, but what is in it may not
    entries = [entry for entry in _shown(folder) if _counts(entry)]
    if folder / file in entries:
        if len(entries) > 1:
            others = ", ".join(entry.name for entry in entries if entry.name != file)[:200]
            raise ValueError(f"submissions: {folder} has {file} beside {others}: whose is it?")
        return {_name(folder.name): folder / file}
    found: dict[str, Path] = {}
    for entry in entries:
        student = _name(entry.name if entry.is_dir() else entry.stem)
        if student in found:
            raise ValueError(f"submissions: {student} has a folder and a file: which counts?")
        found[student] = entry / file if entry.is_dir() else entry
    if not found:
        raise ValueError(
            f"submissions: expected STUDENT.py or STUDENT/{file} in {folder}, got neither"
        )
    return found


def not_graded(folder: Path) -> list[str]:
    """List what else is in the folder: archives, notebooks."""
    return [entry.name for entry in _shown(folder) if not _counts(entry)]


def _shown(folder: Path) -> list[Path]:
    """List the entries of a folder that are not hidden."""
    return [e for e in sorted(folder.iterdir()) if not e.name.startswith((".", "__"))]


def _counts(entry: Path) -> bool:
    """Tell whether an entry is a submission."""
    return entry.is_dir() or entry.suffix == ".py"


def _name(name: str) -> str:
    """Return a student's name as text that can be written, also as the name of a file."""
    name = os.fsencode(name).decode(errors="backslashreplace")
    if len(name.encode()) > 200:
        raise ValueError(f"submissions: expected names of at most 200 bytes, got {name}")
    return name


def read(path: Path, file: str) -> tuple[bytes, str | None, str]:
    """Read a submission; return its bytes, its text, and what to say if it cannot be read."""
    try:
        if path.is_symlink() or path.parent.is_symlink():
            return _nothing(f"{path.name} is a link: links are not followed")
        if not path.is_file():
            return _nothing(f"there is no {file}")
        if path.stat().st_size > MIB:
            return _nothing(f"{path.name} has more than {MIB:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        return _nothing(f"{path.name} cannot be read: {error}"[:300])
    try:
        return content, text_of(content), ""
    except (SyntaxError, UnicodeError) as error:
        return _nothing(f"{path.name} cannot be read: {error}"[:300], content)


def text_of(content: bytes) -> str:
    """Read Python's text in the encoding that its first lines name; also UTF-16, by its mark.

    Raises
    ------
    SyntaxError, UnicodeError
        It is not text in that encoding.
    """
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if content.startswith(mark):
            return content.decode("utf-16")
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding)


def _nothing(why: str, content: bytes = b"") -> tuple[bytes, None, str]:
    return content, None, why.encode(errors="backslashreplace").decode()

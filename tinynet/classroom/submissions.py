"""What was handed in: whose each file is, and its text."""

from __future__ import annotations

import codecs
import io
import os
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tinynet.classroom.replies import plain

MOST = 1 << 20  # bytes of a file
NOTHING = "nothing was handed in"
NAMES_OF_HOSTS = ("idna", "punycode")  # to read a long text as these takes minutes
ENTRIES = 200  # of one student's folder that are looked at
DOWNLOADED = (
    # Moodle: Ann Lee_12345_assignsubmission_file_, with or without the name of the file
    re.compile(r"(?P<who>.+)_(?P<id>\d+)_assignsubmission_file(?P<order>)_?(?P<file>.*)"),
    # Canvas: leeann_12345_678_linear-1.py, or leeann_LATE_12345_678_linear.py
    re.compile(r"(?P<who>[^_]+)(?:_LATE)?_(?P<id>\d+)_(?P<order>\d+)_(?P<file>.+\.\w+)"),
)


@dataclass(frozen=True)
class Submission:
    """A student's file, or why there is none."""

    student: str
    path: Path | None
    note: str = ""
    id: str = ""  # the number that a platform put in the name

    def read(self) -> tuple[bytes, str | None, str]:
        """Read the file; return its bytes, its text, and what to say of it."""
        if self.path is None:
            return b"", None, self.note
        content, source, why = _read(self.path)
        return content, source, "; ".join(filter(None, (self.note, why)))


def submissions(folder: Path, file: str) -> dict[str, Submission]:
    """Find the students' files, by student.

    The folder holds ``STUDENT.py`` or ``STUDENT/``, with the file in it, also under names that
    Canvas or Moodle gave it; or the file itself, and then it is one student's.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"submissions: {folder} is not a folder")
    folder = folder.resolve()  # it may be a link, but what is in it may not
    entries = [entry for entry in _shown(folder) if _counts(entry)]
    if folder / file in entries:
        if len(entries) > 1:
            others = ", ".join(entry.name for entry in entries if entry.name != file)[:200]
            raise ValueError(f"submissions: {folder} has {file} beside {others}: whose is it?")
        return {_name(folder.name): Submission(_name(folder.name), folder / file)}
    found: dict[str, list[_Entry]] = {}
    for path in entries:
        who, entry = _taken_apart(path)
        found.setdefault(who, []).append(entry)
    if not found:
        raise ValueError(
            f"submissions: expected STUDENT.py or STUDENT/{file} in {folder}, got neither"
        )
    return {who: _one(who, several, file) for who, several in found.items()}


def one_of(folder: Path, file: str) -> dict[str, Submission]:
    """Take a folder for the submission of one student, whatever is in it."""
    path, note = _found(folder, file)
    return {"submission": Submission("submission", path, note)}


def not_graded(folder: Path) -> list[str]:
    """List what else is in the folder: archives, notebooks."""
    return [plain(entry.name) for entry in _shown(folder) if not _counts(entry)]


def _shown(folder: Path) -> list[Path]:
    """List the entries of a folder that are not hidden."""
    return [e for e in sorted(folder.iterdir()) if not e.name.startswith((".", "__"))]


def _counts(entry: Path) -> bool:
    """Tell whether an entry is a submission."""
    return entry.is_dir() or entry.suffix.lower() == ".py"


@dataclass(frozen=True)
class _Entry:
    """An entry of the folder, and what a platform put in its name."""

    path: Path
    id: str = ""
    file: str = ""  # the student's own name for it
    order: tuple[int, int] | None = None  # the newest has the largest


def _taken_apart(entry: Path) -> tuple[str, _Entry]:
    """Return the student in the name of an entry, and what else is in it."""
    for form in DOWNLOADED:
        if match := form.fullmatch(entry.name):
            again = re.search(r"-(\d+)\.\w+$", match["file"])
            order = int(again[1]) if again else 0, int(match["order"] or 0)
            return _name(match["who"]), _Entry(entry, match["id"], match["file"], order)
    return _name(entry.name if entry.is_dir() else entry.stem), _Entry(entry)


def _one(who: str, several: list[_Entry], file: str) -> Submission:
    """Choose the newest of a student's downloads."""
    if len(several) > 1 and None in {entry.order for entry in several}:
        raise ValueError(f"submissions: {who} has a folder and a file: which counts?")
    ids = sorted({entry.id for entry in several})
    if len(ids) > 1:
        raise ValueError(f"submissions: {who} is the name of several students: {', '.join(ids)}")
    fits = [entry for entry in several if _is_meant(entry.file, file)] or several
    fits.sort(key=lambda entry: entry.order or (0, 0))
    if len(fits) > 1 and len({entry.order for entry in fits}) < len(fits):
        names = ", ".join(entry.file or entry.path.name for entry in fits)
        return Submission(who, None, plain(f"there is no one {file}; found: {names}"), ids[0])
    newest = fits[-1]
    note = f"the newest of {len(fits)} counts: {newest.path.name}" if len(fits) > 1 else ""
    path, why = newest.path, ""
    if path.is_dir():
        path, why = _found(path, file)
    return Submission(who, path, plain("; ".join(filter(None, (note, why)))), newest.id)


def _found(folder: Path, file: str) -> tuple[Path | None, str]:
    """Find the file in a student's folder, also under another name if no other could be meant."""
    if folder.is_symlink():
        return None, f"{folder.name} is a link: links are not followed"
    try:
        if (folder / file).is_symlink() or (folder / file).is_file():
            return folder / file, ""
        files = [path for _, path in zip(range(ENTRIES), _files(folder), strict=False)]
    except OSError as error:
        return None, f"{folder.name} cannot be read: {error}"[:300]
    handed_out = ("tests.py", f"test_{file}")
    python = [p for p in files if p.suffix.lower() == ".py" and p.name not in handed_out]
    meant = [path for path in python if _is_meant(path.name, file)]
    for fits in (meant, python):
        if len(fits) == 1:
            name = fits[0].relative_to(folder).as_posix()
            return fits[0], plain(f"there is no {file}: graded is {name}")
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    others = plain(f"; found: {', '.join(names)}"[:300]) if names else ""
    return None, f"there is no {file}{others}"


def _is_meant(name: str, file: str) -> bool:
    """Tell whether a name is that of the file but for its case, or a browser's number."""
    return re.sub(r"[ _-]*\(?\d*\)?\.py$", ".py", name.lower()) == file.lower()


def _files(folder: Path, depth: int = 4) -> Iterator[Path]:
    """Go through the files of a folder and of those in it; follow no links."""
    for entry in _shown(folder):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if depth:
                yield from _files(entry, depth - 1)
        elif entry.is_file():
            yield entry


def _name(name: str) -> str:
    """Return a student's name as text that can be written, also as the name of a file."""
    name = plain(os.fsencode(name).decode(errors="backslashreplace")).replace("\n", "\\n")
    if len(name.encode()) > 200:
        raise ValueError(f"submissions: expected names of at most 200 bytes, got {name}")
    return name


def _read(path: Path) -> tuple[bytes, str | None, str]:
    try:
        if path.is_symlink() or path.parent.is_symlink():
            return b"", None, plain(f"{path.name} is a link: links are not followed")
        if not path.is_file():
            return b"", None, plain(f"{path.name} is no file")
        if path.stat().st_size > MOST:
            return b"", None, plain(f"{path.name} has more than {MOST:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        return b"", None, plain(f"{path.name} cannot be read: {error}"[:300])
    try:
        return content, text_of(content), ""
    except (SyntaxError, UnicodeError) as error:
        return content, None, plain(f"{path.name} cannot be read: {error}"[:300])


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
    if codecs.lookup(encoding).name in NAMES_OF_HOSTS:
        raise SyntaxError(f"{encoding} is for names of hosts, not for Python")
    try:
        return content.decode(encoding)
    except LookupError as error:  # a codec that is not of text
        raise SyntaxError(str(error)) from None

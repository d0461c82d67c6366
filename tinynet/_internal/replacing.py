"""A file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tinynet._internal import checks

try:
    import fcntl
except ImportError:  # on Windows, where nobody can delete a file that another has open
    fcntl = None


@contextlib.contextmanager
def replacing(
    path: str | os.PathLike, check: Callable[[], None] | None = None
) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` once it is complete, and never before.

    Whatever goes wrong, what was at ``path`` is still there, and nothing half-written is left. The
    permissions stay. Of a symbolic link the target is replaced. ``check`` is called at the last
    moment; if it raises, nothing is replaced.
    """
    target = _target(path)
    part = _part(target)
    try:
        with open(part, "xb") as file:
            _lock(file)
            if target.exists() and target.stat().st_mode != part.stat().st_mode:
                part.chmod(stat.S_IMODE(target.stat().st_mode))  # before the first byte
            yield file
            file.flush()
            os.fsync(file.fileno())
            if check is not None:
                check()
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def can_be_replaced(path: str | os.PathLike) -> None:
    """Try whether :func:`replacing` could write a file, which is left alone; if not: OSError."""
    target = _target(path)
    part = _part(target)
    try:
        with open(part, "xb"):
            pass
    except OSError as error:
        folder = str(target.parent)
        raise type(error)(f"cannot write in {folder!r}: {error}") from error
    finally:
        with contextlib.suppress(OSError):  # the name may be too long
            part.unlink()


def _target(path: str | os.PathLike) -> Path:
    """Follow links to the regular file, there or not, that may be put in the place of a path."""
    path = checks.path("path", path)
    target = Path(os.path.realpath(path))
    if (os.path.lexists(target) or path.exists()) and not path.is_file():
        raise OSError(f"expected a file, got {str(path)!r}: a folder or a device is never replaced")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {str(target.parent)!r} to write {target.name!r} in"
        )
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(f"{path}: expected a file that may be written, got a read-only one")
    return target


def _part(target: Path) -> Path:
    """Name a file for one write, beside its target; no process or thread has the same."""
    return target.with_name(f"{target.name}.{secrets.randbits(32):010}.part")


def write_json(path: str | os.PathLike, value: Any) -> None:
    """Write what JSON can hold, whole or not at all; NaN is a ValueError."""
    text = json.dumps(value, indent=1, allow_nan=False)
    with replacing(path) as file:
        file.write(text.encode())


def inside(folder: Path, name: Any, ending: str) -> Path:
    """Return the path of a file in a folder; a name that leads out of it is a ValueError."""
    return folder / f"{checks.file_name('name', name)}{ending}"


def remove_halves(path: str | os.PathLike) -> None:
    """Delete partial files left by processes that were killed while writing ``path``.

    One that is written now, by another copy of this run, stays.
    """
    target = Path(os.path.realpath(path))
    for half in target.parent.glob(f"{glob.escape(target.name)}.*.part"):
        number = half.name.removeprefix(f"{target.name}.").removesuffix(".part")
        if number.isdigit() and half.is_file():
            with contextlib.suppress(OSError):
                with open(half, "rb") as file:
                    _lock(file)
                half.unlink()


@contextlib.contextmanager
def alone(path: str | os.PathLike) -> Iterator[bool]:
    """Tell whether nobody else has the lock file ``path``, and have it meanwhile.

    Where files cannot be locked, nobody is alone.
    """
    if fcntl is None:
        yield False
        return
    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _lock(file: BinaryIO) -> None:
    """Mark a file as being written; one that another writes is a BlockingIOError."""
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without locks
        return

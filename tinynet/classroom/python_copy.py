"""A copy of Python's standard library that a user without rights can read.

A Python installed in somebody's home can be run by its owner only. A submission that is run as
another user would have nothing to import from, so it gets a copy.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import stat
import tempfile
from pathlib import Path

LIBRARY = Path(os.__file__).parent
LEFT_OUT = ("site-packages", "test", "tests", "idlelib", "lib2to3", "ensurepip", "turtledemo")


@functools.cache
def copied_library() -> str | None:
    """Copy the library, once, until this process ends; None if everybody can read the original.

    A copy has some 40 MB.
    """
    if all(map(_is_open, (LIBRARY, *LIBRARY.parents))):
        return None
    place = Path(tempfile.mkdtemp(prefix=f"tinynet-{os.getpid()}-library-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shutil.copytree(LIBRARY, place / "python", ignore=shutil.ignore_patterns(*LEFT_OUT))
    place.chmod(0o755)
    return str(place / "python")


def _is_open(folder: Path) -> bool:
    """Tell whether everybody may read a folder and go through it."""
    return bool(folder.stat().st_mode & stat.S_IROTH and folder.stat().st_mode & stat.S_IXOTH)

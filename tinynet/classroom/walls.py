"""A room of its own for each submission, where bubblewrap (``bwrap``) is installed and works.

In it are Python's standard library, NumPy and the child's program, to be read only, the system's
shared libraries, and fresh, small /tmp and /dev/shm; no network, no other process, no other file.
It ends with its parent. An ordinary user's child has a user namespace made by bwrap. Root's has
none, because root would be its owner: it takes on a user number that no process has. Then, for
both, the child goes into a user namespace without any number: see ``child.shut_in``.
"""

from __future__ import annotations

import functools
import glob
import os
import shlex
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tinynet.classroom import child

PROGRAM = "/child.py"
NUMPY = "/numpy"
PLACE = "/tmp/work"  # made by the child, whose own it is
LARGEST = str(64 << 20)  # bytes of the files in memory
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
ALONE = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try"


@functools.cache
def why_not() -> str:
    """Say why there are no walls; an empty text if there are."""
    program = shutil.which("bwrap")
    if program is None:
        return "bwrap is not installed (Debian: apt-get install bubblewrap)"
    look = f"import sys; sys.path.append({NUMPY!r}); import numpy; open({PROGRAM!r}).close()"
    try:
        done = subprocess.run(
            [*_room(program), sys_executable(), "-I", "-S", "-c", look],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={},
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bwrap does not work here: {error}"
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
    return "" if done.returncode == 0 else f"bwrap does not work here: {said[-1][:200]}"


def unsafe() -> str:
    """Say what is not safe without walls; an empty text if they are there."""
    if os.name != "posix" or not why_not():
        return ""
    if os.geteuid() == 0:
        what = "submissions run as users without a name, and can read what anyone can read"
    else:
        what = "submissions run with your own permissions, and can read and end what you can"
    return f"{why_not()}: {what}. See grade --help"


def refuse_open(paths: Iterable[Path]) -> None:
    """Refuse files and folders that a submission could read: as root, without walls.

    Raises
    ------
    RuntimeError
        One can be read by all; with the command that closes it.
    """
    if os.name != "posix" or os.geteuid() != 0 or not why_not():
        return
    for path in paths:
        path = path.resolve()
        folder = path if path.is_dir() else path.parent
        if path.exists() and all(_lets_through(one) for one in (path, *path.parents)):
            raise RuntimeError(
                f"{folder}: anyone can read it, and so could a submission: chmod o-rwx"
                f" {shlex.quote(str(folder))}; or install bubblewrap"
            )


def _lets_through(path: Path) -> bool:
    mode = path.stat().st_mode
    return bool(mode & (stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH))


def room() -> list[str]:
    """Return the words that go before a command, so that it is run within the walls."""
    program = shutil.which("bwrap")
    assert program is not None
    return _room(program)


def sys_executable() -> str:
    """Return Python itself, not the link to it in a virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


@functools.cache
def _room(program: str) -> list[str]:
    library = os.path.dirname(os.__file__)
    compiled = f"{sys.base_exec_prefix}/{sys.platlibdir}/{os.path.basename(library)}"
    shown = {path: path for path in (*SYSTEM, library, compiled)}
    shown |= {path: path for path in _shared_libraries()} | {sys_executable(): sys_executable()}
    packages = str(Path(np.__file__).parents[1])
    for path in glob.glob(f"{packages}/numpy*"):
        if os.path.isdir(path):
            shown[path] = f"{NUMPY}/{os.path.basename(path)}"
    shown[child.__file__] = PROGRAM
    words = [program, *ALONE.split(), "--die-with-parent", "--new-session"]
    if os.geteuid() != 0:
        words += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    words += _fresh("/tmp")  # before what may lie in it, as Python can
    above = {str(one) for place in shown.values() for one in Path(place).parents}
    for folder in sorted(above - {"/", "/tmp"}):  # that another user may go through
        if folder not in shown.values() and not os.path.islink(folder):
            words += ["--perms", "0755", "--dir", folder]
    for path, place in sorted(shown.items(), key=lambda pair: len(pair[1])):
        if os.path.islink(path) and path in SYSTEM:
            words += ["--symlink", os.readlink(path), place]
        elif os.path.exists(path):
            words += ["--ro-bind", path, place]
    for name in ("site-packages", "dist-packages"):
        if os.path.isdir(f"{library}/{name}"):
            words += ["--tmpfs", f"{library}/{name}", "--remount-ro", f"{library}/{name}"]
    words += ["--dev", "/dev", *_fresh("/dev/shm"), "--remount-ro", "/dev"]
    return [*words, "--chdir", "/tmp", "--remount-ro", "/", "--"]


def _fresh(folder: str) -> list[str]:
    return ["--perms", "1777", "--size", LARGEST, "--tmpfs", folder]


def _shared_libraries() -> list[str]:
    """Find the library that Python itself is in, where it is not one of the system's."""
    folders = {sysconfig.get_config_var("LIBDIR"), f"{sys.base_prefix}/lib"}
    return [path for folder in folders if folder for path in glob.glob(f"{folder}/libpython*.so*")]

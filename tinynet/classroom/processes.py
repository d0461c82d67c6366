"""Child processes that leave nothing behind, whatever they started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PROC = Path("/proc")
# Systemd gives these numbers to services that need one for a moment.
UNNAMED = range(0xEF00, 0xFFED)
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, of Linux: orphans become our children

_lock = threading.Lock()
_ours: set[int] = set()  # children that are waited for elsewhere,
_others: set[int] = set()  # and those that were there before
_stopped = threading.Event()


def start(command: Sequence[str], *, always: bool = False, **keywords: Any) -> subprocess.Popen:
    """Start a child in its own group; after :func:`stop` only those that ``always`` must run."""
    with _lock:
        if not always:
            go_on()
        child = subprocess.Popen(command, start_new_session=os.name == "posix", **keywords)
        _ours.add(child.pid)
    return child


def end(child: subprocess.Popen) -> None:
    """Kill a child, its group, and any process that left the group and was adopted."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
    with _lock:
        _ours.discard(child.pid)
        while orphans := [pid for pid in _children() if pid not in _ours | _others]:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def stop() -> None:
    """Kill the children that are waited for, and start no more."""
    _stopped.set()
    with _lock:
        for pid in _ours:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def go_on() -> None:
    """Raise an error after :func:`stop`: what a child had just started may have survived it."""
    if _stopped.is_set():
        raise InterruptedError("told to stop")


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """Adopt processes when their parents end, where the system can do that.

    Linux can. Children that this process already has are not touched.
    """
    _stopped.clear()
    if sys.platform != "linux":
        yield
        return
    prctl = ctypes.CDLL(None).prctl
    with _lock:
        _others.update(_children())
    prctl(SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(SUBREAPER, 0, 0, 0, 0)
        _others.clear()


def tasks(user: int) -> int | None:
    """Count the processes and threads of a user; None if that cannot be known."""
    if not PROC.is_dir():
        return None
    count = 0
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == user:
                count += len(os.listdir(process / "task"))
    return count


def memory(pid: int, user: int | None = None) -> int:
    """Add up the memory of a process, of all that it started, and of all that a user runs."""
    parents, found = {}, 0
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            parents[int(process.name)] = int(parent)
    for one in parents:
        above, steps = one, 0
        while above in parents and above != pid and steps < 100:
            above, steps = parents[above], steps + 1
        if above == pid or (user is not None and _user(PROC / str(one)) == user):
            found += _share(one)
    return found


def _user(process: Path) -> int | None:
    """Return whose a process is; None if it has ended."""
    with contextlib.suppress(OSError):
        return process.stat().st_uid
    return None


def _share(pid: int) -> int:
    """Return the memory of a process, with its share of what it has together with others."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0


@contextlib.contextmanager
def users(count: int) -> Iterator[list[int]]:
    """Draw numbers of users that have no name and no process, and hold them."""
    used = {_user(process) for process in PROC.glob("[0-9]*")}
    free = [user for user in UNNAMED if user not in used]
    secrets.SystemRandom().shuffle(free)
    found: list[int] = []
    with contextlib.ExitStack() as until_the_end:
        while free and len(found) < count:
            if sign := hold(free[-1]):
                until_the_end.enter_context(sign)
                found.append(free[-1])
            free.pop()
        if len(found) < count:
            raise RuntimeError(f"{count} numbers of users are needed, and {len(found)} are free")
        yield found


def hold(user: int) -> socket.socket | None:
    """Return a sign that the number of a user is taken, until it is closed; None if it is already.

    On Linux that is a socket with a name but no file: it ends with this process.
    """
    sign = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform == "linux":
            sign.bind(f"\0tinynet user {user}")
    except OSError:
        sign.close()
        return None
    return sign


def end_all(user: int) -> None:
    """Kill all processes of a user without a name."""
    before: set[Path] = set()
    while (left := {p for p in PROC.glob("[0-9]*") if _user(p) == user}) != before:
        for process in left if user in UNNAMED else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
        before = left  # what was killed may stay, until its parent asks


def _children() -> list[int]:
    """List the processes that this one is the parent of."""
    found = []
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            # pid (name) state parent ...; the name may hold anything
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(process.name))
    return found

"""Empty folders for submissions, of which nothing stays, whatever was done to them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

from tinynet.classroom import processes

PREFIX = "tinynet-"
WRITABLE = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")


def make(user: int | None) -> Path:
    """Make a folder, in one that its user may not rename: the one around that is ours."""
    around = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder = around / "room" / "work"
    folder.mkdir(parents=True)
    if user is not None:
        around.chmod(0o711)
        for path in (folder, folder.parent):
            os.chown(path, user, user)
    return folder


def remove(folder: Path, user: int | None) -> None:
    """Remove a folder, even one that is locked, or deeper than Python can follow.

    What cannot be removed at once is opened first, as the user whose it is: so a link that was put
    there leads to nothing that is not this user's.
    """
    around = folder.parent.parent
    with contextlib.suppress(RecursionError):
        shutil.rmtree(around, ignore_errors=True)
    if os.name == "posix" and os.path.lexists(around):
        opened = [
            "find",
            "-P",
            str(folder.parent),
            "-type",
            "d",
            "-exec",
            "chmod",
            "u+rwx",
            "{}",
            ";",
        ]
        _run(opened, user)
        _run(["rm", "-rf", str(around)], None)


def remove_left(user: int) -> None:
    """Remove all that a user without a name left where anybody may write."""
    places = {*WRITABLE, tempfile.gettempdir()}
    found = [path for path in places if os.path.isdir(path) and not os.path.islink(path)]
    _run(["find", "-P", *found, "-xdev", "-uid", str(user), "-delete"], None)


def remove_forgotten() -> None:
    """Remove what a killed grading left: folders with the number of no process, and its own.

    With them go all processes of the users that they were made for, and their files.
    """
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            about = path.lstat()
            ours = stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid()
            if ours and number.isdigit() and not _runs(int(number)):
                user = about.st_uid
                with contextlib.suppress(FileNotFoundError):
                    user = (path / "room").lstat().st_uid
                if user != about.st_uid and (sign := processes.hold(user)):
                    with sign:  # no other grading has this number now
                        processes.end_all(user)
                        remove_left(user)
                _end_all_in(path)
                remove(path / "room" / "work", None)


def _end_all_in(folder: Path) -> None:
    """Kill the processes that are at work in a folder: what started them is gone."""
    for process in processes.PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(process / "cwd").startswith(f"{folder}/"):
                os.kill(int(process.name), signal.SIGKILL)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _run(command: list[str], user: int | None) -> None:
    as_user = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    child = processes.start(command, always=True, stderr=subprocess.DEVNULL, **as_user)
    child.wait()
    processes.end(child)

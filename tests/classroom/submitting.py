"""Submissions of two small tasks, run as the grader runs them, and ways to forge a reply."""

import atexit
import contextlib
import io
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from tinynet.classroom import processes
from tinynet.classroom.assignments import Case
from tinynet.classroom.marking import marks
from tinynet.classroom.python_copy import copied_library
from tinynet.classroom.running import Limits, run

copied_library()  # if a copy of Python's library is needed, it is made here, and not in a test
ONLY_POSIX = pytest.mark.skipif(os.name != "posix", reason="grading needs Linux or macOS")
AS_ROOT = os.name == "posix" and os.geteuid() == 0
HELD = contextlib.ExitStack()
USER = HELD.enter_context(processes.users(1))[0] if AS_ROOT else None
atexit.register(HELD.close)
# Two tasks: double a number of its argument, and halve it.
TESTS = """
def task9_1(student, x):
    return {"y": student.double(x)}

def task9_2(student, x):
    return {"y": student.half(x)}
"""
GOOD = "def double(x):\n    return 2 * x\n\n\ndef half(x):\n    return x / 2\n"
X = np.arange(1.0, 6.0)
CASES = [Case(task, f"case {k}", 1, {"x": X + k}) for k, task in enumerate(["9.1", "9.1", "9.2"])]
RIGHT = [{"y": 2 * X}, {"y": 2 * (X + 1)}, {"y": (X + 2) / 2}]
SHORT = Limits(seconds=1.5, in_all=6)
PATIENT = Limits(seconds=15, in_all=30)


def outcome(source, limits=SHORT):
    """Points, and everything that is said, of a submission run as the grader runs it."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        os.chmod(place, 0o1777)  # as a folder for temporary files is
        patch.setattr(tempfile, "tempdir", place)
        with processes.adopting():
            replies, printed = run("work.py", source, TESTS, CASES, limits, USER)
            assert [pid for pid in processes._children() if pid not in processes._others] == []
        assert time.monotonic() - started < limits.in_all + 3
        assert os.listdir(place) == []
        assert left(place) == []
    found = marks(CASES, replies, RIGHT)
    return sum(mark.earned for mark in found), "\n".join(mark.said for mark in found), printed


def left(place):
    """Processes in whose environment is a folder in this place."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"={place}/".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().decode())
    return found


def spoiled(line):
    """Good code, after a line that does harm when the file is loaded."""
    return f"{line}\n{GOOD}"


def inside(body):
    """Code that does harm in the first task, and is good in the second."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f"import os, sys, time\n\n\ndef double(x):\n{lines}    return x\n\n\n"
        + GOOD.split("\n\n\n")[1]
    )


def forged(*frames):
    """Code that writes to every open file what a child would say."""
    return inside(
        f"for fd in range(3, 64):\n    try:\n        os.write(fd, {b''.join(frames)!r})\n"
        "    except OSError:\n        pass\nos._exit(0)"
    )


def frame(message, content=b""):
    return json.dumps({**message, "bytes": len(content)}).encode() + b"\n" + content


def npz(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()

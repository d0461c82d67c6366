"""Submissions that mean harm: each ends in time, with a report, and leaves no process behind."""

import errno
import io
import os
import time

import numpy as np
import pytest
from submitting import (
    AS_ROOT,
    GOOD,
    ONLY_POSIX,
    PATIENT,
    forged,
    frame,
    inside,
    npz,
    outcome,
    spoiled,
)

from tinynet.classroom import walls
from tinynet.classroom.running import MIB, Limits

pytestmark = [ONLY_POSIX, pytest.mark.long]
NO_WALLS = walls.why_not()


@pytest.fixture(autouse=True, params=["walls", "none"])
def within(request, monkeypatch):
    """Within the walls of bwrap, if it is there; and without them."""
    if request.param == "none":
        monkeypatch.setattr(walls, "why_not", lambda: "it is not wanted")


def test_good_code_earns_everything():
    assert outcome(GOOD) == (5, "\n" * 4, "")


SOCKET = """import ctypes, struct
c = ctypes.CDLL(None, use_errno=True)
s = c.socket(2, 1, 0)
address = struct.pack('=HHI8x', 2, 9 << 8, {})
"""
# What is done in the first task, and what is said of it; the second task is right.
HARM = {
    "an end": ("os._exit(0)", "the process ended before an answer came back (exit code 0)"),
    "an end with a code": ("os._exit(3)", "(exit code 3)"),
    "a crash": ("import ctypes\nctypes.string_at(0)", "(signal 11)"),
    "a stop": ("import signal\nos.kill(os.getpid(), signal.SIGSTOP)", "not done after 2 seconds"),
    "a large file": ("with open('big', 'wb') as f:\n    f.write(bytes(10**8))", "File too large"),
    "a breakpoint": ("breakpoint()", "a breakpoint() was left in"),
    "no return": ("return", "y: expected an array, got None: is there a return?"),
    "objects": ("return [x, 'a', None]", "inhomogeneous"),
    "a locked folder": (
        "os.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\nos.chmod('a', 0)",
        "",
    ),
    # Where another user has no other processes, the count is exact.
    "a fork bomb": (
        "for _ in range(50):\n    if os.fork() == 0:\n        time.sleep(60)",
        "BlockingIOError" if AS_ROOT else "",
    ),
    "forks of forks": (
        "for _ in range(8):\n    os.fork()\n    os.setpgid(0, 0)\ntime.sleep(60)",
        "",
    ),
    "a daemon that left its session": (
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.closerange(0, 64)\n        time.sleep(60)\n    os._exit(0)",
        "",
    ),
    "all files closed": ("os.closerange(0, 64)\ntime.sleep(60)", "the pipe" if NO_WALLS else ""),
    "a socket that listens": (
        SOCKET.format(0) + "c.listen(s, 1)\nc.accept(s, None, None)\ntime.sleep(60)",
        "not done after",
    ),
}


@pytest.mark.parametrize(("body", "what"), HARM.values(), ids=HARM)
def test_harm_in_a_task_costs_that_task_only_and_is_told(body, what):
    points, said, _ = outcome(inside(body))
    assert points == 2
    assert what in said


def test_an_endless_loop_costs_its_task_only_and_is_waited_for_once():
    started = time.monotonic()
    points, said, _ = outcome(inside("while True:\n    pass"))
    assert points == 2
    assert said.count("not done after 2 seconds") == 1
    assert said.count("not tried: another test of this task hung") == 1
    assert time.monotonic() - started < 4


def test_an_endless_loop_when_loaded_is_waited_for_once():
    started = time.monotonic()
    points, said, _ = outcome(spoiled("while True: pass"))
    assert points == 0
    assert "not done after 2 seconds\nwhen the file was loaded" in said
    assert time.monotonic() - started < 5


def test_sleeping_in_every_call_ends_at_the_limit_for_all():
    points, said, _ = outcome(inside("time.sleep(60)"), Limits(seconds=5, in_all=2))
    assert points == 0
    assert "not tried: all 2 seconds were used up" in said


def test_a_memory_hog_costs_its_task_only():
    hog = "hog = []\nwhile True:\n    hog.append(bytearray(10**8))"
    points, said, _ = outcome(inside(hog), PATIENT)
    assert points == 2
    assert "MemoryError" in said


def test_a_flood_of_output_is_cut_off():
    points, said, printed = outcome(inside("while True:\n    print('x' * 1000)"))
    assert points == 2
    assert "File too large" in said
    assert len(printed) < 3000


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def broken(:", "SyntaxError"),
        ("import tinynet", "No module named 'tinynet'"),
        ("import matplotlib", "'matplotlib'\nOnly NumPy and Python's standard library"),
        ("1 / 0", "work.py, line 1, in <module>: 1 / 0"),
        ("x = '\0'", "null bytes"),
        ("x = " + "(" * 5000, "SyntaxError: too many nested parentheses"),
    ],
)
def test_an_error_at_import_is_told(line, what):
    points, said, _ = outcome(spoiled(line))
    assert points == 0
    assert what in said
    assert "when the file was loaded" in said


def test_code_can_read_its_own_file():
    line = "import os; print(os.path.basename(__file__), open(__file__).readline().strip())"
    points, _, printed = outcome(spoiled(line))
    assert points == 5
    assert printed.strip() == f"work.py {line}"


HARMLESS = ["import os, shutil; shutil.rmtree(os.getcwd())"]
HARMLESS += [f"import {name}" for name in ("csv", "logging.handlers", "numpy.polynomial")]


@pytest.mark.parametrize("line", HARMLESS)
def test_code_that_deletes_its_folder_or_imports_what_python_and_numpy_have_is_graded(line):
    assert outcome(spoiled(line))[0] == 5


@pytest.mark.skipif(not AS_ROOT, reason="a process of the same user can do what the user can")
def test_writing_outside_and_ending_the_grader_are_not_allowed(tmp_path):
    target = tmp_path / "grades.csv"
    target.write_text("mine")
    kill = f"os.kill({os.getpid()}, 9)"
    for body in (f"open({str(target)!r}, 'w')", f"os.remove({str(target)!r})", kill):
        points, said, _ = outcome(inside(body))
        assert points == 2
        assert any(name in said for name in ("Permission", "FileNotFound", "ProcessLookup"))
    assert target.read_text() == "mine"


def test_nothing_of_the_environment_can_be_seen(monkeypatch):
    monkeypatch.setenv("MY_PASSWORD", "hunter2")
    _, _, printed = outcome(spoiled("import os; print(sorted(os.environ), os.listdir())"))
    assert "MY_PASSWORD" not in printed
    assert printed.rstrip().endswith("['work.py']")


def test_patching_numpy_changes_nothing_for_the_grader():
    patch = (
        "import numpy as np, numpy.testing\n"
        "np.array_equal = np.allclose = lambda *a, **k: True\n"
        "np.abs = lambda *a: np.zeros(1)\n"
        "numpy.testing.assert_allclose = lambda *a, **k: None\n"
        "class Everything:\n"
        "    def __eq__(self, other): return True\n"
    )
    points, _, _ = outcome(
        patch + "def double(x):\n    return 0 * x\n\n\ndef half(x):\n    return x\n"
    )
    assert points == 0
    assert np.abs(-3) == 3


def test_there_are_no_answers_to_be_found():
    search = """
import sys
import numpy as np

def inside(thing, depth):
    if isinstance(thing, np.ndarray):
        yield thing
    elif depth and isinstance(thing, (dict, list, tuple)):
        for value in thing.values() if isinstance(thing, dict) else thing:
            yield from inside(value, depth - 1)

def find(right, otherwise):
    frame, seen = sys._getframe(), 0
    while frame:
        for array in inside([*frame.f_locals.values(), *frame.f_globals.values()], 4):
            seen += 1
            if array.shape == right.shape and np.array_equal(array, right):
                if array is not right:
                    return array
        frame = frame.f_back
    print(seen)
    return otherwise

def double(x):
    return find(2 * x, x)

def half(x):
    return find(x / 2, x)
"""
    points, _, printed = outcome(search)
    assert points == 0
    assert int(printed.split()[0]) >= 5  # it did look, and found its arguments


def test_the_paths_lead_to_no_reference():
    look = "import os, sys\nprint([p for p in sys.path if os.path.exists(p + '/tinynet')])\n"
    _, _, printed = outcome(look + GOOD)
    assert printed.strip() == "[]"


@pytest.mark.skipif(not AS_ROOT, reason="only root can take the network away")
def test_a_socket_reaches_nothing():
    body = SOCKET.format("0x0100007f") + "print(c.connect(s, address, 16), ctypes.get_errno())"
    points, _, printed = outcome(inside(body))
    assert points == 2
    assert printed.split()[0] == "-1"
    assert int(printed.split()[1]) in (errno.ENETUNREACH, errno.ECONNREFUSED)


# ---------------------------------------------------------------------------- forged replies


def compressed(**arrays):
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (npz(**{"result y": np.array([{"any": "thing"}], dtype=object)}), "allow_pickle"),
        (compressed(**{"result y": np.zeros(10**7)}), "they are compressed"),
        (
            npz(**{"result y": np.zeros(5)}).replace(b"(5,)", b"(9" + b"9" * 11 + b",)"),
            "not plain arrays",
        ),
    ],
    ids=["pickled", "compressed", "promises more than it has"],
)
def test_a_reply_that_is_not_plain_arrays_is_refused(content, what):
    points, said, _ = outcome(forged(frame({"at": 0, "done": True}, content)))
    assert points == 2
    assert what in said


@pytest.mark.parametrize(
    "junk",
    [
        b"not json\n",
        b"[]\n",
        b'{"at": 0}\n',
        b'{"at": 0, "bytes": -1}\n',
        b'{"at": 0, "bytes": 1e9}\n',
        b'{"at": [], "bytes": 0}\n',
        b'{"at": 7, "done": true, "bytes": 0}\n',
        b'{"at": "end", "bytes": 0}\n',
        b'{"at": 0, "bytes": 99999999999}\n',
        b"x" * (2 * MIB),
    ],
    ids=range(10),
)
def test_junk_in_place_of_a_reply_costs_the_call(junk):
    points, _, _ = outcome(forged(junk))
    assert points == 2


def test_forged_answers_to_later_calls_earn_nothing():
    answers = [frame({"at": k, "done": True}, npz(**{"result y": np.ones(5)})) for k in range(3)]
    points, _, _ = outcome(forged(*answers))
    assert points == 0  # they took the place of its own right answers


ENDLESS = """import os
while True:
    for fd in range(3, 64):
        try:
            os.write(fd, {line!r})
        except OSError:
            pass
"""


def test_replies_without_end_are_not_waited_for():
    points, said, _ = outcome(ENDLESS.format(line=frame({"at": "import"}) * 1000))
    assert points == 0
    assert "form of a reply" in said


def test_a_reply_that_is_too_long_costs_the_call():
    points, said, _ = outcome(
        inside("import numpy\nreturn numpy.zeros(10**6)"), Limits(1.5, 6, reply=4 * MIB)
    )
    assert points == 2
    assert "form of a reply" in said

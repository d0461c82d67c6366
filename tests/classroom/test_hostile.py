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

from tinynet.classroom.running import MIB, Limits

pytestmark = ONLY_POSIX


def test_good_code_earns_everything():
    assert outcome(GOOD) == (5, "\n" * 4, "")


def test_an_endless_loop_costs_its_task_only():
    points, said, _ = outcome(inside("while True:\n    pass"))
    assert points == 2
    assert "not done after 2 seconds" in said


def test_only_one_endless_loop_per_task_is_waited_for():
    started = time.monotonic()
    _, said, _ = outcome(inside("while True:\n    pass"))
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


def test_a_fork_bomb_costs_its_task_only():
    points, said, _ = outcome(
        inside("for _ in range(50):\n    if os.fork() == 0:\n        time.sleep(60)")
    )
    assert points == 2
    if AS_ROOT:  # another user has no other processes: the count is exact
        assert "BlockingIOError" in said


def test_forks_of_forks_are_ended():
    body = "for _ in range(8):\n    os.fork()\n    os.setpgid(0, 0)\ntime.sleep(60)"
    points, _, _ = outcome(inside(body))
    assert points == 2


def test_a_daemon_that_left_its_session_is_ended():
    body = (
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.closerange(0, 64)\n        time.sleep(60)\n    os._exit(0)"
    )
    points, _, _ = outcome(inside(body) + "\n")
    assert points == 2


def test_a_memory_hog_costs_its_task_only():
    points, said, _ = outcome(
        inside("hog = []\nwhile True:\n    hog.append(bytearray(10**8))"), PATIENT
    )
    assert points == 2
    assert "MemoryError" in said


def test_a_flood_of_output_is_cut_off():
    points, said, printed = outcome(inside("while True:\n    print('x' * 1000)"))
    assert points == 2
    assert "File too large" in said
    assert len(printed) < 3000


def test_a_large_file_costs_its_task_only():
    points, said, _ = outcome(inside("with open('big', 'wb') as f:\n    f.write(bytes(10**8))"))
    assert points == 2
    assert "File too large" in said


@pytest.mark.parametrize("code", [0, 3])
def test_ending_the_process_costs_its_task_only(code):
    points, said, _ = outcome(inside(f"os._exit({code})"))
    assert points == 2
    assert f"the process ended before an answer came back (exit code {code})" in said


def test_a_crash_is_told():
    points, said, _ = outcome(inside("import ctypes\nctypes.string_at(0)"))
    assert points == 2
    assert "(signal 11)" in said


def test_a_child_that_stops_itself_is_not_waited_for():
    points, _, _ = outcome(inside("import signal\nos.kill(os.getpid(), signal.SIGSTOP)"))
    assert points == 2


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def broken(:", "SyntaxError"),
        ("import tinynet", "No module named 'tinynet'"),
        ("1 / 0", "work.py, line 1, in <module>: 1 / 0"),
        ("x = '\0'", "null bytes"),
    ],
)
def test_an_error_at_import_is_told(line, what):
    points, said, _ = outcome(spoiled(line))
    assert points == 0
    assert what in said
    assert "when the file was loaded" in said


def test_code_that_deletes_its_folder_is_graded():
    points, _, _ = outcome(spoiled("import os, shutil; shutil.rmtree(os.getcwd())"))
    assert points == 5


def test_a_locked_folder_is_deleted():
    body = "os.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\nos.chmod('a', 0)"
    points, _, _ = outcome(inside(body))
    assert points == 2


@pytest.mark.skipif(not AS_ROOT, reason="a process of the same user can write what the user can")
def test_writing_outside_is_not_allowed(tmp_path):
    target = tmp_path / "grades.csv"
    target.write_text("mine")
    for body in (f"open({str(target)!r}, 'w')", f"os.remove({str(target)!r})"):
        points, said, _ = outcome(inside(body))
        assert points == 2
        assert "PermissionError" in said
    assert target.read_text() == "mine"


@pytest.mark.skipif(not AS_ROOT, reason="a process of the same user can end what the user can")
def test_ending_the_grader_is_not_allowed():
    points, said, _ = outcome(inside(f"os.kill({os.getpid()}, 9)"))
    assert points == 2
    assert "PermissionError" in said


def test_nothing_of_the_environment_can_be_seen(monkeypatch):
    monkeypatch.setenv("MY_PASSWORD", "hunter2")
    _, _, printed = outcome(spoiled("import os; print(sorted(os.environ), os.listdir())"))
    assert "MY_PASSWORD" not in printed
    assert printed.rstrip().endswith("[]")


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


@pytest.mark.parametrize("name", ["csv", "logging.handlers", "json.tool", "numpy.polynomial"])
def test_pythons_library_and_numpy_can_be_imported(name):
    assert outcome(spoiled(f"import {name}"))[0] == 5


def test_another_module_is_refused_with_the_reason():
    _, said, _ = outcome(spoiled("import matplotlib"))
    assert "No module named 'matplotlib'\nOnly NumPy and Python's standard library" in said


def test_a_breakpoint_is_not_waited_at():
    points, said, _ = outcome(inside("breakpoint()"))
    assert points == 2
    assert "a breakpoint() was left in" in said


def test_a_forgotten_return_is_told():
    points, said, _ = outcome(inside("return"))
    assert points == 2
    assert "y: expected an array, got None: is there a return?" in said


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


SOCKET = """import ctypes, struct
c = ctypes.CDLL(None, use_errno=True)
s = c.socket(2, 1, 0)
address = struct.pack('=HHI8x', 2, 9 << 8, {})
"""


@pytest.mark.skipif(not AS_ROOT, reason="only root can take the network away")
def test_a_socket_reaches_nothing():
    body = SOCKET.format("0x0100007f") + "print(c.connect(s, address, 16), ctypes.get_errno())"
    points, _, printed = outcome(inside(body))
    assert points == 2
    assert printed.split()[:2] == ["-1", str(errno.ENETUNREACH)]


def test_a_socket_that_listens_is_gone_afterwards():
    body = SOCKET.format(0) + "c.listen(s, 1)\nc.accept(s, None, None)\ntime.sleep(60)"
    points, said, _ = outcome(inside(body))
    assert points == 2
    assert "not done after" in said


# ---------------------------------------------------------------------------- forged replies


def test_a_pickled_reply_is_refused():
    content = npz(**{"result y": np.array([{"any": "thing"}], dtype=object)})
    points, said, _ = outcome(forged(frame({"at": 0, "done": True}, content)))
    assert points == 2
    assert "not plain arrays" in said
    assert "allow_pickle" in said


def test_object_arrays_are_told_as_such():
    points, said, _ = outcome(inside("return [x, 'a', None]"))
    assert points == 2
    assert "objects" in said or "inhomogeneous" in said


def test_a_compressed_reply_is_refused():
    content = io.BytesIO()
    np.savez_compressed(content, **{"result y": np.zeros(10**7)})
    points, said, _ = outcome(forged(frame({"at": 0, "done": True}, content.getvalue())))
    assert points == 2
    assert "they are compressed" in said


def test_a_reply_that_promises_more_than_it_has_is_refused():
    content = npz(**{"result y": np.zeros(5)}).replace(b"(5,)", b"(9" + b"9" * 11 + b",)")
    points, said, _ = outcome(forged(frame({"at": 0, "done": True}, content)))
    assert points == 2
    assert "not plain arrays" in said


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


def test_a_reply_that_is_too_long_costs_the_call():
    points, said, _ = outcome(
        inside("import numpy\nreturn numpy.zeros(10**6)"), Limits(1.5, 6, reply=4 * MIB)
    )
    assert points == 2
    assert "form of a reply" in said

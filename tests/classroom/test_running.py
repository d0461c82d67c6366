"""Submissions that mean harm to the grader's own process: it neither waits for ever nor fails."""

import inspect
import sys
import tempfile
import threading
import time

import pytest
from submitting import (
    CASES,
    GOOD,
    ONLY_POSIX,
    SHORT,
    TESTS,
    USER,
    forged,
    frame,
    inside,
    outcome,
    spoiled,
)

from tinynet.classroom import places, processes, running

pytestmark = ONLY_POSIX


def test_a_forged_end_is_not_waited_for():
    end = forged(frame({"at": "end"})).replace("os._exit(0)", "time.sleep(60)")
    points, _, _ = outcome(end)
    assert points == 2


def test_if_no_process_can_be_started_nothing_is_left(monkeypatch, tmp_path):
    def full(*_, **__):
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(processes, "start", full)
    with pytest.raises(BlockingIOError):
        running.run("work.py", GOOD, TESTS, CASES, SHORT, USER)
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_survives_its_first_process_is_not_waited_for_after_a_stop(monkeypatch):
    monkeypatch.setattr(processes, "_ours", set())  # so that stop() kills nobody
    monkeypatch.setattr(processes, "_stopped", threading.Event())
    threading.Timer(0.5, processes._stopped.set).start()
    begun = time.monotonic()
    with pytest.raises(InterruptedError, match="told to stop"):
        running.run("work.py", "import time\ntime.sleep(60)", TESTS, CASES, user=USER)
    assert time.monotonic() - begun < 5


def test_a_folder_deeper_than_python_can_follow_is_removed(tmp_path):
    deepest = tmp_path / "top" / "room" / "work" / "/".join("a" * 200)
    deepest.mkdir(parents=True)
    (deepest / "file").touch()
    deepest.chmod(0)
    limit, here = sys.getrecursionlimit(), len(inspect.stack())
    sys.setrecursionlimit(here + 150)
    try:
        places.remove(tmp_path / "top" / "room" / "work", None)
    finally:
        sys.setrecursionlimit(limit)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "source",
    [spoiled(r"raise ValueError('\ud800')"), inside(r"raise ValueError('\ud800')")],
    ids=["loaded", "called"],
)
def test_an_error_can_be_written_to_a_file(source):
    _, said, _ = outcome(source)
    assert r"ValueError: \ud800" in said
    said.encode()


@pytest.mark.parametrize("end", ["", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_output_is_not_lost_at_the_end(end):
    _, _, printed = outcome(inside(f"print('a line')\nprint('no line', end='')\n{end}"))
    assert printed.startswith("a line\nno line")


def test_an_argument_that_is_changed_before_an_error_costs_its_point():
    """The other test of the task is right, and leaves its argument alone."""
    source = GOOD.replace("return 2 * x", "return 2 * x if x[0] == 1 else {} 1 / 0")
    assert outcome(source.format(""))[0] == 4
    points, said, _ = outcome(source.format("x.fill(0) or"))
    assert points == 3
    assert "x was changed in place, in the test 'case 1': work on a copy" in said


def test_output_can_be_written_to_a_file():
    points, _, printed = outcome(f"import os\nos.write(1, bytes(range(128, 256)))\n{GOOD}")
    assert points == 5
    printed.encode()

"""Several calls at the same time: in order, on one thread each, and stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import sweep_jobs
from own_parts import telling_bar

from tinynet.training import sweep


def run(calls, **keywords):
    """The results, and what the parent's bar was told."""
    bar, told = telling_bar()
    keywords = {"total": 1, "desc": "d", "unit": "u", "workers": 2, "progress": bar} | keywords
    return sweep.run(calls, **keywords), told


def test_results_come_in_the_order_of_the_calls_and_their_counts_add_up():
    sleeps = [0.3, 0, 0.1, 0]  # so the first is not the first to end
    calls = [(sweep_jobs.square, {"n": n, "seconds": s}) for n, s in enumerate(sleeps, start=3)]
    results, (made, *counts) = run(calls, total=18, desc="squares", unit="steps")
    assert results == [9, 16, 25, 36]
    assert made == {"total": 18, "desc": "squares", "unit": "steps"}
    assert sum(counts) == 3 + 4 + 5 + 6


def test_children_have_one_blas_thread_and_the_parents_environment_is_restored(monkeypatch):
    first, *others = sweep.THREADS
    monkeypatch.setenv(first, "7")
    for name in others:
        monkeypatch.delenv(name, raising=False)
    before = dict(os.environ)
    (found,), _ = run([(sweep_jobs.environment, {"names": sweep.THREADS})])
    assert "OPENBLAS_NUM_THREADS" in found
    assert set(found.values()) == {"1"}
    assert dict(os.environ) == before


def test_calls_run_in_other_processes_and_give_the_same_bits_in_any_number_of_them():
    calls = [(sweep_jobs.product_in_float32, {})] * 2 + [(sweep_jobs.process, {})]
    (one, two, child), _ = run(calls, workers=1)
    (three, four, _), _ = run(calls, workers=3)
    assert one == two == three == four
    assert child != os.getpid()


def test_an_exception_in_a_call_is_raised_and_stops_the_others(monkeypatch):
    before = dict(os.environ)
    calls = [(sweep_jobs.a_minute, {}), (sweep_jobs.fail, {})] + [(sweep_jobs.a_minute, {})] * 3
    started = time.monotonic()
    with pytest.raises(ArithmeticError, match="a rate that was too large"):
        run(calls)
    assert time.monotonic() - started < 20
    assert dict(os.environ) == before


def test_a_child_that_is_killed_ends_the_others_soon():
    started = time.monotonic()
    with pytest.raises(BrokenProcessPool):
        run([(sweep_jobs.a_minute, {}), (sweep_jobs.be_killed, {}), (sweep_jobs.a_minute, {})])
    assert time.monotonic() - started < 20


def test_there_are_as_many_processes_as_cores_but_no_more_than_calls(monkeypatch):
    asked = []

    class EnoughError(Exception):
        pass

    def pool(workers, *_, **__):
        asked.append(workers)
        raise EnoughError

    monkeypatch.setattr(sweep, "ProcessPoolExecutor", pool)
    monkeypatch.setattr(sweep, "cores", lambda: 3)
    for count, workers in [(2, None), (5, None), (5, 4), (5, 9)]:
        with pytest.raises(EnoughError):
            run([(sweep_jobs.process, {})] * count, workers=workers)
    assert asked == [2, 3, 4, 5]


SCRIPT = """
import sys
import sweep_jobs
from tinynet.training import sweep
from tinynet._internal.progress import Silent

if __name__ == "__main__":
    calls = [(sweep_jobs.a_minute, {"started": name}) for name in sys.argv[1:]]
    try:
        sweep.run(calls, total=1, desc="", unit="", workers=2, progress=Silent)
    except KeyboardInterrupt:
        print("stopped")
"""


def start(tmp_path):
    """A script in a process group of its own, two of whose three calls have started."""
    script, started = tmp_path / "script.py", [tmp_path / name for name in "abc"]
    script.write_text(SCRIPT)
    folders = [str(Path(sweep_jobs.__file__).parent), *filter(None, sys.path)]
    process = subprocess.Popen(
        [sys.executable, script, *started],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not (started[0].exists() and started[1].exists()):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    return process, started


def all_it_prints(process):
    """The pipe ends when the last process that holds it has ended: children too."""
    try:
        return process.communicate(timeout=20)[0]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="process groups are different there")


@POSIX
def test_ctrl_c_ends_all_processes_soon(tmp_path):
    process, started = start(tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # it reaches the whole group, as at a terminal
    assert all_it_prints(process) == "stopped\n"
    assert not started[2].exists()


@POSIX
def test_children_end_with_a_parent_that_is_killed(tmp_path):
    process, started = start(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    all_it_prints(process)
    assert not started[2].exists()

"""Many jobs: in order, each once, on any executor; kept, gone on with, and stopped together."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import sweep_jobs
from own_parts import telling_bar

from tinynet._internal.replacing import alone
from tinynet.training import sweep as module
from tinynet.training.sweep import Processes, sweep


def in_processes(function, jobs, workers=2, **keywords):
    with Processes(workers, len(jobs)) as pool:
        return sweep(function, jobs, executor=pool, progress=None, **keywords)


def in_threads(function, jobs, **keywords):
    with ThreadPoolExecutor(2) as pool:
        return sweep(function, jobs, executor=pool, progress=None, **keywords)


def in_order(function, jobs, **keywords):
    return sweep(function, jobs, progress=None, **keywords)


EVERYWHERE = pytest.mark.parametrize("run", [in_order, in_threads, in_processes])


def roots(*numbers, **others):
    return [{"n": n, **others} for n in numbers]


# ---------------------------------------------------------------------------- results, progress


@EVERYWHERE
def test_results_come_in_the_order_of_the_jobs(run):
    jobs = [{"n": n, "seconds": s} for n, s in enumerate([0.3, 0, 0.1, 0], start=3)]
    assert run(sweep_jobs.square, jobs) == [9, 16, 25, 36]  # the first is not the first to end


@EVERYWHERE
@pytest.mark.parametrize("total", [None, 12])
def test_the_bar_counts_jobs_or_what_they_count(run, total):
    bar, (told) = telling_bar()
    run = {in_threads: ThreadPoolExecutor, in_processes: Processes, in_order: None}[run]
    with run(2) if run else contextlib.nullcontext() as pool:
        jobs = roots(3, 4, 5)
        sweep(
            *(sweep_jobs.square, jobs), executor=pool, progress=bar, total=total, desc="d", unit="u"
        )
    made, *counts = told
    assert made == {"total": total or 3, "desc": "d", "unit": "u"}
    assert sum(counts) == (total or 3)


def test_a_note_is_shown_of_each_result_also_of_those_that_were_there(tmp_path):
    shown = []

    class Bar(module.Silent):
        def set_postfix_str(self, text, refresh=True):
            shown.append(text)

    def note(job, result):
        return f"{job['n']}: {result:g}"

    for numbers in [(4,), (4, 9)]:
        sweep(sweep_jobs.root, roots(*numbers), folder=tmp_path, progress=Bar, note=note)
    assert shown == ["4: 2", "4: 2", "9: 3"]


# ---------------------------------------------------------------------------- the same bits


def test_children_have_one_blas_thread_and_the_parents_environment_is_restored(monkeypatch):
    first, *others = module.THREADS
    monkeypatch.setenv(first, "7")
    for name in others:
        monkeypatch.delenv(name, raising=False)
    before = dict(os.environ)
    (found,) = in_processes(sweep_jobs.environment, [{"names": list(module.THREADS)}])
    assert "OPENBLAS_NUM_THREADS" in found
    assert set(found.values()) == {"1"}
    assert dict(os.environ) == before


def test_jobs_run_in_other_processes_and_give_the_same_bits_in_any_number_of_them():
    jobs = [{"seed": 0}, {"seed": 0}]
    one, two = in_processes(sweep_jobs.product_in_float32, jobs, workers=1)
    three, four = in_processes(sweep_jobs.product_in_float32, jobs, workers=2)
    assert one == two == three == four
    assert in_processes(sweep_jobs.process, [{"k": 0}]) != [os.getpid()]


def test_there_are_as_many_processes_as_cores_but_no_more_than_jobs(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 3)
    made = [Processes(*given)._max_workers for given in [(None, 2), (None, 5), (4, 5), (9, 5)]]
    assert made == [2, 3, 4, 5]
    with pytest.raises(ValueError, match="workers: expected at least 1, got 0"):
        Processes(0)


def test_results_of_machines_that_round_differently_are_told(tmp_path):
    in_order(sweep_jobs.root, roots(1, 4), folder=tmp_path)
    in_order(sweep_jobs.root, roots(1, 4), folder=tmp_path)
    file = next(tmp_path.glob("*.json"))
    file.write_text(file.read_text().replace(module.rounding(), "another"))
    with pytest.warns(RuntimeWarning, match="2 kinds of machine or numbers of BLAS threads"):
        in_order(sweep_jobs.root, roots(1, 4, 9), folder=tmp_path)


# ---------------------------------------------------------------------------- failures


@EVERYWHERE
def test_a_job_that_fails_is_told_with_its_settings_and_the_others_go_on(run, tmp_path):
    folder = tmp_path / "kept"
    with pytest.raises(ArithmeticError, match=r"^-1 has no root\n") as error:
        run(sweep_jobs.root, roots(4, -1, 9, -2, folder=str(tmp_path)), folder=folder)
    assert sorted((tmp_path / "called").read_text().split()) == ["-1", "-2", "4", "9"]
    notes = error.value.__notes__
    assert notes[0] == "2 of 4 jobs failed; their settings:"
    assert notes[1] == f"  n=-1, folder={tmp_path}"
    assert notes[2] == f"  n=-2, folder={tmp_path}: ArithmeticError: -2 has no root"
    assert len(list(folder.glob("*.json"))) == 2


def test_a_child_that_is_killed_ends_the_others_soon_and_what_is_kept_is_told(tmp_path):
    started = time.monotonic()
    jobs = [{"then": ""}, {"then": "be killed"}, {"then": ""}]
    with pytest.raises(BrokenProcessPool) as error:
        in_processes(sweep_jobs.a_minute, jobs, folder=tmp_path)
    assert time.monotonic() - started < 20
    (note,) = error.value.__notes__
    assert (
        note == f"stopped: {tmp_path} keeps 0 of 3 results; start again, and it goes on from there"
    )


def test_an_executor_that_gives_up_is_told_and_what_was_done_is_kept(tmp_path):
    class GivesUp(ThreadPoolExecutor):
        def submit(self, function, *args):
            future = super().submit(function, *args)
            if args[1]["n"] == 9:
                future.result()
                future = module.Future()
                future.cancel()
                future.set_running_or_notify_cancel()
            return future

    with GivesUp(1) as pool, pytest.raises(ConnectionError, match="1 of 2 results") as error:
        sweep(sweep_jobs.root, roots(4, 9), executor=pool, folder=tmp_path, progress=None)
    assert "is the cluster gone?" in str(error.value)
    assert str(tmp_path) in str(error.value)
    assert in_order(sweep_jobs.root, roots(4, 9), folder=tmp_path) == [2, 3]


# ---------------------------------------------------------------------------- kept in a folder


@EVERYWHERE
def test_what_is_in_the_folder_is_not_done_again(run, tmp_path):
    folder = tmp_path / "results"
    first = run(sweep_jobs.root, roots(2, 4, folder=str(tmp_path)), folder=folder)
    again = run(sweep_jobs.root, roots(4, 9, 2, folder=str(tmp_path)), folder=folder)
    assert again == [first[1], 3, first[0]]
    assert sorted((tmp_path / "called").read_text().split()) == ["2", "4", "9"]
    assert len(list(folder.iterdir())) == 3


def test_a_file_is_named_by_the_settings_and_holds_them(tmp_path):
    in_order(sweep_jobs.root, [{"n": 4}], folder=tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("n-4-")
    content = json.loads(file.read_text())
    assert content["settings"] == {"n": 4}
    assert content["result"] == 2
    assert content["function"] == "sweep_jobs.root"
    in_order(sweep_jobs.square, [{"n": 4}], folder=tmp_path)  # another function
    in_order(sweep_jobs.root, [{"n": 4, "folder": None}], folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    in_order(sweep_jobs.root, [{"folder": None, "n": 4}], folder=tmp_path)  # in another order
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("damage", [lambda text: text[: len(text) // 2], lambda text: "[1, 2]"])
def test_a_file_cut_in_half_is_told_and_its_job_is_done_again(damage, tmp_path):
    in_order(sweep_jobs.root, roots(2, 4), folder=tmp_path)
    file = next(tmp_path.glob("n-4-*.json"))
    whole = json.loads(file.read_text())
    file.write_text(damage(file.read_text()))
    with pytest.warns(RuntimeWarning, match=f"{file.name}: is damaged .*done again"):
        assert in_order(sweep_jobs.root, roots(2, 4), folder=tmp_path) == [2**0.5, 2]
    assert json.loads(file.read_text()) | {"seconds": 0} == whole | {"seconds": 0}


def test_two_sweeps_into_one_folder_at_once_do_not_spoil_each_other(tmp_path):
    jobs = roots(*range(40))
    with ThreadPoolExecutor(2) as both:
        runs = [both.submit(in_threads, sweep_jobs.root, jobs, folder=tmp_path) for _ in "ab"]
        for run in runs:
            assert run.result() == [n**0.5 for n in range(40)]
    assert len(list(tmp_path.iterdir())) == 40


def test_a_job_has_a_checkpoint_of_its_own_where_there_is_a_folder(tmp_path):
    assert in_order(sweep_jobs.with_checkpoint, [{"n": 1}]) == [None]
    (name,) = in_order(sweep_jobs.with_checkpoint, [{"n": 1}], folder=tmp_path)
    (file,) = tmp_path.iterdir()  # the checkpoint of a job that is done is deleted
    assert name == file.with_suffix(".npz").name
    file.unlink()
    if sys.platform != "win32":
        with alone(file.with_suffix(".lock")) as held:  # another sweep has this job
            assert held
            assert in_order(sweep_jobs.with_checkpoint, [{"n": 1}], folder=tmp_path) == [None]


def test_a_worker_that_does_not_see_the_folder_does_without_a_checkpoint(tmp_path):
    file = str(tmp_path / "elsewhere" / "n-1.npz")
    assert module.do(sweep_jobs.with_checkpoint, {"n": 1}, file).result is None
    assert list(tmp_path.iterdir()) == []


def test_what_json_cannot_hold_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"jobs\[1\]: expected settings that JSON can hold"):
        in_order(sweep_jobs.root, [{"n": 4}, {"n": 1j}], folder=tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        in_order(sweep_jobs.root, roots(float("inf"), 4), folder=tmp_path)
    with pytest.raises(TypeError, match="JSON"):  # a complex number
        in_order(divmod_complex, roots(1, 2), folder=tmp_path)
    assert in_order(divmod_complex, [{"n": 1}]) == [1j]


def divmod_complex(n):
    return n * 1j


def test_a_function_of_the_script_itself_is_refused_where_children_could_not_find_it(monkeypatch):
    monkeypatch.setattr(divmod_complex, "__module__", "__main__")
    said = (
        "function: expected one that child processes can import, got divmod_complex of the script"
    )
    with pytest.raises(ValueError, match=said):
        in_processes(divmod_complex, [{"n": 1}])
    assert in_order(divmod_complex, [{"n": 1}]) == in_threads(divmod_complex, [{"n": 1}]) == [1j]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"jobs": [{"n": 1}, 3]}, r"jobs\[1\]: expected a dict"),
        ({"jobs": {"n": 1}}, "jobs: expected a list"),
        ({"function": 3}, "function: expected a function"),
        ({"executor": 3}, "executor: expected a concurrent.futures.Executor or None, got 3"),
        ({"folder": __file__}, "folder: expected a folder, got the file"),
    ],
)
def test_a_wrong_call_is_refused(given, said):
    with pytest.raises((TypeError, ValueError, OSError), match=said):
        sweep(**{"function": sweep_jobs.root, "jobs": [{"n": 1}], "progress": None} | given)


# ---------------------------------------------------------------------------- stopped


def test_ctrl_c_cancels_what_has_not_begun_and_says_what_is_kept_and_runs(tmp_path, monkeypatch):
    rounds = []

    def interrupted(pending, timeout):
        rounds.append(pending)
        if len(rounds) > 1:
            raise KeyboardInterrupt
        return wait(pending, timeout=0.3)

    wait = module.wait
    monkeypatch.setattr(module, "wait", interrupted)
    jobs = [{"n": 1}, {"n": 2, "seconds": 1.5}, {"n": 3}, {"n": 4}]
    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt) as stop:
        sweep(sweep_jobs.square, jobs, executor=pool, folder=tmp_path, progress=None)
    assert "stopped" in str(stop.value)
    assert "1 of 4 results" in str(stop.value)
    assert str(tmp_path) in str(stop.value)
    assert "jobs cancelled: 2, running: 1" in str(stop.value)
    assert [file.name[:3] for file in tmp_path.glob("*.json")] == ["n-1"]


SCRIPT = """
import sys
import sweep_jobs
from tinynet.training.sweep import Processes, sweep

jobs = [{"started": name} for name in sys.argv[1:]]
try:
    with Processes(2) as pool:
        sweep(sweep_jobs.a_minute, jobs, executor=pool, progress=None)
except KeyboardInterrupt:
    print("stopped")
"""


def start(tmp_path, script=SCRIPT):
    """A script in a process group of its own, two of whose three calls have started."""
    file, started = tmp_path / "script.py", [tmp_path / name for name in "abc"]
    file.write_text(script)
    folders = [str(Path(sweep_jobs.__file__).parent), *filter(None, sys.path)]
    process = subprocess.Popen(
        [sys.executable, file, *started],
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


# Two jobs that end at once, and then a minute each.
KEPT = """
import sys
from pathlib import Path
import sweep_jobs
from tinynet.training.sweep import Processes, sweep

folder = Path(sys.argv[1]).parent / "kept"
with Processes(2) as pool:
    sweep(sweep_jobs.root, [{"n": 4}, {"n": 9}], executor=pool, folder=folder, progress=None)
    jobs = [{"started": name} for name in sys.argv[1:]]
    sweep(sweep_jobs.a_minute, jobs, executor=pool, folder=folder, progress=None)
"""


@POSIX
def test_a_sweep_that_was_killed_goes_on(tmp_path):
    process, _ = start(tmp_path, KEPT)
    os.kill(process.pid, signal.SIGKILL)
    all_it_prints(process)
    jobs = roots(4, 9, 16)
    bar, told = telling_bar()
    with Processes(1) as pool:
        keywords = {"executor": pool, "folder": tmp_path / "kept", "progress": bar}
        assert sweep(sweep_jobs.root, jobs, **keywords) == [2, 3, 4]
    made, *counts = told
    assert (made["initial"], sum(counts)) == (2, 1)

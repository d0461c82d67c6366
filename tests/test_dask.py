"""A real Dask cluster: a scheduler and two workers, processes of their own on this machine."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sweep_jobs

from tinynet.__main__ import main
from tinynet.commands import table1 as command
from tinynet.training import sweep as sweeping
from tinynet.training.sweep import Processes, sweep

distributed = pytest.importorskip("distributed", reason='pip install "tinynet[cluster]"')

# What Dask warns of is not ours.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]


@contextlib.contextmanager
def cluster(folder, workers=2):
    """Start one; give its address and the process of its scheduler."""
    file, log = folder / "scheduler.json", os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
    paths = [str(Path(sweep_jobs.__file__).parent), *filter(None, sys.path)]
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    options = {
        "env": {**os.environ, **threads, "PYTHONPATH": os.pathsep.join(paths)},
        **{"stdout": log, "stderr": log, "cwd": folder, "start_new_session": True},
    }
    dask = [sys.executable, "-m", "dask"]
    known = ["--scheduler-file", str(file)]
    scheduler = subprocess.Popen(
        [*dask, "scheduler", *known, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        **options,
    )
    started = [scheduler]
    try:
        deadline = time.monotonic() + 60
        while not file.exists() or not file.read_text().strip():
            assert scheduler.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        worker = [*dask, "worker", *known, "--nthreads", "1", "--no-dashboard"]
        started += [subprocess.Popen(worker, **options) for _ in range(workers)]
        yield json.loads(file.read_text())["address"], scheduler
    finally:
        for process in started[::-1]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(log)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("dask")) as (address, _):
        yield address


@pytest.fixture
def executor(address):
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        yield client.get_executor(pure=False)


def on(executor, function, jobs, **keywords):
    return sweep(function, jobs, executor=executor, progress=None, **keywords)


def test_the_bits_are_those_of_jobs_in_order(executor, tmp_path):
    jobs = [{"seed": seed} for seed in range(4)]
    here = on(None, sweep_jobs.trained, jobs)
    assert len(set(here)) == 4
    assert on(executor, sweep_jobs.trained, jobs, folder=tmp_path) == here
    with Processes(2) as pool:
        assert on(pool, sweep_jobs.trained, jobs) == here
        # No warning of machines that round differently, which would be an error here.
        found = on(pool, sweep_jobs.trained, [*jobs, {"seed": 4}], folder=tmp_path)
    assert found[:4] == here


def test_equal_jobs_are_each_done(executor):
    pids = on(executor, sweep_jobs.process, [{"seconds": 0.3}] * 6)
    assert len(set(pids)) == 2


def test_a_job_that_raises_is_told_and_the_others_go_on(executor, tmp_path):
    jobs = [{"n": n} for n in (4, -1, 9)]
    with pytest.raises(ArithmeticError, match="-1 has no root") as error:
        on(executor, sweep_jobs.root, jobs, folder=tmp_path)
    assert error.value.__notes__ == ["1 of 3 jobs failed; their settings:", "  n=-1"]
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_the_jobs_of_a_worker_that_is_killed_run_elsewhere(executor, tmp_path):
    jobs = [{"k": k, "folder": str(tmp_path)} for k in range(8)]
    found = on(executor, sweep_jobs.killed_once, jobs, folder=tmp_path / "results")
    assert (tmp_path / "killed").exists()
    assert found == [k * k for k in range(8)]


def test_ten_seconds_of_jobs_take_at_most_half_as_long_again_as_in_processes(executor):
    jobs = [{"seconds": 1.0, "k": k} for k in range(10)]
    with Processes(2) as pool:
        on(pool, sweep_jobs.process, [{"k": k, "seconds": 0.5} for k in range(2)])  # both are up
        began = time.monotonic()
        on(pool, sweep_jobs.process, jobs)
        in_processes = time.monotonic() - began
    began = time.monotonic()
    on(executor, sweep_jobs.process, jobs)
    assert time.monotonic() - began < 1.5 * in_processes


def test_a_scheduler_that_is_gone_is_told_and_the_results_are_kept(tmp_path):
    jobs = [{"n": n, "seconds": 0.0 if n < 3 else 60.0} for n in range(1, 5)]
    (tmp_path / "cluster").mkdir()
    results = tmp_path / "results"

    def end_it(scheduler):
        deadline = time.monotonic() + 60
        while len(list(results.glob("*.json"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        scheduler.kill()

    with (
        cluster(tmp_path / "cluster") as (address, scheduler),
        distributed.Client(address, set_as_default=False) as client,
    ):
        client.wait_for_workers(2, timeout=60)
        killer = threading.Thread(target=end_it, args=(scheduler,))
        killer.start()
        executor = client.get_executor(pure=False)
        with pytest.raises(ConnectionError, match="2 of 4 results") as error:
            on(executor, sweep_jobs.square, jobs, folder=results)
        killer.join()
    assert "is the cluster gone?" in str(error.value)
    assert str(results) in str(error.value)
    assert on(None, sweep_jobs.square, jobs[:2], folder=results) == [1, 4]


def test_ctrl_c_keeps_the_results_and_cancels_the_rest(executor, tmp_path, monkeypatch):
    wait, deadline = sweeping.wait, time.monotonic() + 60

    def interrupted(pending, timeout):
        if len(list(tmp_path.glob("*.json"))) == 1 or time.monotonic() > deadline:
            raise KeyboardInterrupt
        return wait(pending, timeout=0.1)

    monkeypatch.setattr(sweeping, "wait", interrupted)
    jobs = [{"n": n, "seconds": 0.0 if n == 1 else 2.0} for n in range(1, 8)]
    with pytest.raises(KeyboardInterrupt, match="1 of 7 results") as stop:
        on(executor, sweep_jobs.square, jobs, folder=tmp_path)
    assert "jobs cancelled: 6" in str(stop.value)
    assert "a worker of a cluster ends what it has begun" in str(stop.value)
    monkeypatch.undo()
    began = time.monotonic()  # what was waiting is not done any more: 2 seconds at most are left
    assert on(executor, sweep_jobs.square, [{"n": 8}, {"n": 9}]) == [64, 81]
    assert time.monotonic() - began < 5


SMALL = ["--width", "4", "--updates", "20", "--row", "tanh"]


def test_the_command_gives_the_same_table_on_a_cluster(address, tmp_path, capsys):
    tables = []
    for where in (["--dask", address], ["--workers", "2"]):
        out = tmp_path / where[0].strip("-")
        assert main(["table1", *SMALL, *where, "--out", str(out)]) == 0
        tables.append(json.loads((out / "table1.json").read_text()))
    assert tables[0] == tables[1]
    assert "bits may differ" not in capsys.readouterr().out


def test_an_address_where_nobody_answers_is_told_before_anything_runs(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(command, "WAIT", 2)
    began = time.monotonic()
    for address in ("tcp://127.0.0.1:1", "nowhere", "ftp://x"):
        assert main(["table1", *SMALL, "--dask", address, "--out", str(tmp_path / "out")]) == 1
        said = capsys.readouterr().err
        assert f"--dask: nobody answers at '{address}'" in said
        assert not (tmp_path / "out").exists()
    assert time.monotonic() - began < 15  # a client that is half made waits long for its end


def test_a_cluster_without_workers_is_told_with_the_line_that_starts_one(tmp_path, capsys):
    with cluster(tmp_path, workers=0) as (address, _):
        assert main(["table1", *SMALL, "--dask", address, "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert f"has no workers: start one: dask worker {address} --nthreads 1" in said

"""What a sweep costs beside its runs, a Dask cluster beside processes, and a large folder.

    python tests/benchmarks/bench_sweep.py

Its own cost: jobs that do nothing, but keep a result as long as a run's of Table 1; as a share of
the shortest run there is, one of the quick size. Starting the processes is shared by all jobs, and
printed apart. Then ten jobs of a second each: on a cluster of two workers (if Dask is here), as a
multiple of what two processes take. Then the results of 10,000 runs, read and summed, as a multiple
of reading the files alone.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is loaded

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
import sweep_jobs

from tinynet._internal.progress import Silent
from tinynet.studies import figure11, seeded, table1
from tinynet.studies.watched import Run, prepared
from tinynet.training.sweep import Outcome, Processes, _Kept, rounding, sweep

QUICK = figure11.SIZES["quick"]


def timed(function, jobs, **keywords):
    """Measure the seconds of a sweep."""
    began = time.perf_counter()
    sweep(function, jobs, progress=None, **keywords)
    return time.perf_counter() - began


def own_cost(count=1000):
    """Compare a job's share of the sweep with the run of a quick network."""
    rounding()  # once a process
    length = len(table1.packed(np.ones(seeded.IMAGES, bool)))
    jobs = [{"k": k, "length": length} for k in range(count)]
    run = Run("tanh", "normalized", 0.03, 5, QUICK.width, 1000, 1000)
    train_on = prepared(run)[2]
    began = time.perf_counter()
    train_on(1000, progress=Silent)
    seconds = (time.perf_counter() - began) * QUICK.updates / 1000
    with tempfile.TemporaryDirectory() as folder:
        in_order = timed(sweep_jobs.text, jobs, folder=folder) / count
    with Processes(2) as pool, tempfile.TemporaryDirectory() as folder:
        starting = (
            timed(sweep_jobs.process, [{"k": k, "seconds": 0.5} for k in range(2)], executor=pool)
            - 0.5
        )
        side_by_side = timed(sweep_jobs.text, jobs, executor=pool, folder=folder) / count
    print(f"a run of the quick size: {seconds:.1f} s without its saves; a job's share of the sweep")
    for words, cost in (("in order", in_order), ("in processes", side_by_side)):
        print(f"  {words}: {1000 * cost:.2f} ms, {cost / seconds:.3%} of a run")
    print(f"  starting two processes, once: {starting:.1f} s, {starting / 15 / seconds:.2%} of 15")


def on_a_cluster():
    """Compare a cluster of two workers on this machine with two processes."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        print("distributed is not installed: no cluster")
        return
    jobs = [{"k": k, "seconds": 1.0} for k in range(10)]
    with Processes(2) as pool:
        timed(
            sweep_jobs.process, [{"k": k, "seconds": 0.5} for k in range(2)], executor=pool
        )  # both are up
        here = timed(sweep_jobs.process, jobs, executor=pool)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        there = timed(sweep_jobs.process, jobs, executor=client.get_executor(pure=False))
    print(f"ten jobs of a second: {there:.2f} s on two workers, {here:.2f} s in two processes:")
    print(f"  ratio {there / here:.2f}")


def large_folder():
    """Compare reading and summing a table with reading its files, in seconds of one core."""
    table = table1.Table1("shapeset", QUICK, seeds=667)
    rows, jobs = zip(*table.jobs(), strict=True)
    rng, order = np.random.default_rng(0), list(table.rows)
    with tempfile.TemporaryDirectory() as folder:
        kept = _Kept(table1.train_one, jobs, folder)
        for k in range(len(jobs)):
            wrong = rng.uniform(size=seeded.IMAGES) < 0.5 + 0.02 * order.index(rows[k])
            result = {"valid_error": float(wrong.mean()), "test_error": float(wrong.mean())}
            kept.keep(k, Outcome(result | {"wrong": table1.packed(wrong)}, 1, 9.5, "0123"))
        began = time.process_time()
        for file in Path(folder).iterdir():
            json.loads(file.read_bytes())
        alone = time.process_time() - began
        began = time.process_time()
        runs = table.run(folder, progress=None)
        text = table1.markdown(table1.summary(runs), "shapeset")
        seconds = time.process_time() - began
    assert "the means of 667 seeds" in text
    print(f"{len(jobs):,} results read and summed: {seconds:.1f} s of one core")
    print(f"  the files alone: {alone:.1f} s; ratio {seconds / alone:.1f}")


if __name__ == "__main__":
    own_cost()
    on_a_cluster()
    large_folder()

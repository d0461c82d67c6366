"""Many jobs: one after the other, side by side, or on a cluster.

``sweep(function, jobs)`` calls ``function(**job)`` for each job, in this process. Give it any
``concurrent.futures.Executor`` to call them elsewhere: :class:`Processes` is the one for the cores
of this machine, with one BLAS thread a process. One, because small matrix products gain nothing
from more, and because the last bits of float32 sums depend on the number of threads: the same job
gives the same bits on any number of cores.

On a Dask cluster (``pip install -e ".[cluster]"`` in the clone)::

    client = distributed.Client("tcp://127.0.0.1:8786")
    sweep(function, jobs, executor=client.get_executor(pure=False), folder="runs")

Without ``pure=False`` Dask would call equal jobs once only. To start a cluster on one machine, in
three terminals::

    dask scheduler --port 8786
    dask worker tcp://127.0.0.1:8786 --nthreads 1
    dask worker tcp://127.0.0.1:8786 --nthreads 1

One thread, because Dask runs a job in each. The workers need tinynet (and the files of MNIST or
CIFAR-10, if the jobs read them), the same versions of Python, NumPy and Dask, and no shared disk.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks
from tinynet._internal.cores import THREADS, cores
from tinynet._internal.progress import Silent, bar, started
from tinynet._internal.replacing import alone, inside, write_json
from tinynet.training.interrupts import StopRequest, Terminated, stop_requests

POLL = 0.5  # seconds between two looks at how far the jobs are


def sweep(
    function: Callable[..., Any],
    jobs: Sequence[Mapping[str, Any]],
    *,
    executor: Executor | None = None,
    folder: str | os.PathLike | None = None,
    progress: Callable[..., Any] | None = bar,
    total: int | None = None,
    desc: str = "sweep",
    unit: str = "jobs",
    note: Callable[[Mapping[str, Any], Any], str] | None = None,
) -> list:
    """Call ``function(**job)`` for each job; return the results in the order of the jobs.

    Parameters
    ----------
    function : function
        If it takes ``progress``, it is given one to make its bar with; what it counts there is
        counted on the bar of the sweep. If it takes ``checkpoint``, it is given a file of its own
        in the folder, or None where the folder cannot be seen, or if another sweep has that job.
        For an executor whose workers are processes it must be importable there.
    jobs : sequence of dict
        The settings of each.
    executor : concurrent.futures.Executor, optional
        Where the jobs run; without one in this process, one after the other.
    folder : path, optional
        Keeps each result as a small JSON file, named by the settings. What is there is not done
        again, so a sweep that was stopped goes on; several may use one folder at the same time.
        Settings and results are then what JSON can hold.
    progress : function, optional
        Makes a bar like ``tqdm``; None shows nothing.
    total, desc, unit : optional
        Arguments of that bar. By default it counts jobs.
    note : function, optional
        Of a job and its result: what the bar shows after it.

    Raises
    ------
    Exception
        The first that a job raised, once the other jobs have ended; its notes tell the settings of
        all jobs that failed.
    ConnectionError
        The executor gave up jobs: the cluster is gone.
    KeyboardInterrupt
        On Ctrl-C: jobs that have not begun are cancelled, and what is finished is kept.

    Warns
    -----
    RuntimeWarning
        A file is damaged and its job is done again; or the results come from machines (or numbers
        of BLAS threads) that round differently.
    """
    checks.function("function", function, "a function that takes the settings of a job")
    jobs = [checks.mapping(f"jobs[{k}]", job) for k, job in enumerate(checks.listed("jobs", jobs))]
    if executor is not None and not hasattr(executor, "submit"):
        got = checks.describe(executor)
        raise TypeError(f"executor: expected a concurrent.futures.Executor or None, got {got}")
    if function.__module__ == "__main__" and isinstance(executor, Processes):
        got = f"{function.__qualname__} of the script itself: put it into a module of its own"
        raise ValueError(f"function: expected one that child processes can import, got {got}")
    kept = _Kept(function, jobs, folder)
    work = _Work(function, jobs, kept, note, by_jobs=total is None)
    before = sum(map(work.counted, kept.outcomes.values()))
    initial = {"initial": before} if before else {}
    total = len(jobs) if total is None else total
    with started(progress, total=total, desc=desc, unit=unit, **initial) as work.shown:
        for k in kept.outcomes:
            work.tell_note(k)
        if executor is None:
            work.in_order()
        else:
            work.elsewhere(executor)
    kept.tell_machines()
    work.raise_failures()
    return [kept.outcomes[k].result for k in range(len(jobs))]


class Outcome(NamedTuple):
    """What came of a job: besides its result, what it counted and where it ran."""

    result: Any
    counted: int
    seconds: float
    machine: str | None


class _Work:
    """The jobs that are not done yet."""

    def __init__(
        self,
        function: Callable[..., Any],
        jobs: Sequence[Mapping[str, Any]],
        kept: _Kept,
        note: Callable[..., str] | None,
        by_jobs: bool,
    ) -> None:
        self.function, self.jobs, self.kept, self.note = function, jobs, kept, note
        self.by_jobs = by_jobs  # whether the bar counts jobs, and not what they count
        self.shown: Any = Silent()
        self.failures: dict[int, Exception] = {}

    def counted(self, outcome: Outcome) -> int:
        """Return how much the bar counts for an outcome."""
        return 1 if self.by_jobs else outcome.counted

    def tell_note(self, k: int) -> None:
        """Show the note on a job that is done."""
        if self.note:
            self.shown.set_postfix_str(self.note(self.jobs[k], self.kept.outcomes[k].result))

    def calls(self) -> Iterator[tuple[int, tuple[Any, Any, Any]]]:
        """Give the number and the arguments of :func:`do`, of each job that is not done."""
        for k, job in enumerate(self.jobs):
            if k not in self.kept.outcomes:
                yield k, (self.function, dict(job), self.kept.checkpoint(k))

    def in_order(self) -> None:
        """Do the jobs in this process."""
        tell: Callable[[int], Any] = (lambda n: None) if self.by_jobs else self.shown.update
        try:
            for k, call in list(self.calls()):
                if self.kept.found(k):  # by another sweep, meanwhile
                    self.ended(k, self.kept.outcomes[k])
                    continue
                try:
                    outcome = do(*call, tell)
                except Exception as error:
                    self.failures[k] = error
                else:
                    self.ended(k, outcome, told=not self.by_jobs)
        except KeyboardInterrupt as stop:
            raise type(stop)(self.kept.told()) from None

    def elsewhere(self, executor: Executor) -> None:
        """Hand the jobs to an executor, and wait for them."""
        live = executor if isinstance(executor, Processes) and not self.by_jobs else None
        futures: dict[Future, int] = {}
        count = 0
        try:
            for k, call in self.calls():
                futures[executor.submit(do, *call)] = k
            pending = set(futures)
            while pending:
                done, pending = wait(pending, timeout=POLL)
                for future in done:
                    self.take(future, futures[future], told=live is not None)
                if live:
                    now = live.counted()
                    self.shown.update(now - count)
                    count = now
        except BaseException as stop:
            left = self.stop(executor, futures)
            if isinstance(stop, KeyboardInterrupt):
                raise type(stop)(self.kept.told() + left) from None
            if isinstance(stop, CancelledError):
                why = "the executor gave up its jobs: is the cluster gone?"
                raise ConnectionError(self.kept.told(why)) from None
            if self.kept.folder:
                stop.add_note(self.kept.told())
            raise

    def stop(self, executor: Executor, futures: Mapping[Future, int]) -> str:
        """Stop what can be stopped, keep what has ended meanwhile; say what still runs."""
        if isinstance(executor, Processes):
            executor.stop()
        left = [future for future in futures if not future.done()]
        cancelled = sum(future.cancel() for future in left)
        running = sum(not future.done() for future in left)
        for future, k in futures.items():
            if future.done() and not future.cancelled() and not future.exception():
                with suppress(Exception):
                    self.kept.keep(k, future.result())
        if not left:
            return ""
        begun = " (a worker of a cluster ends what it has begun)" if cancelled else ""
        return f"; jobs cancelled: {cancelled}, running: {running}{begun}"

    def take(self, future: Future, k: int, told: bool) -> None:
        """Take what a job gave, or raised."""
        try:
            outcome = future.result()
        except (BrokenProcessPool, CancelledError):
            raise
        except Exception as error:
            self.failures[k] = error
        else:
            self.ended(k, outcome, told)

    def ended(self, k: int, outcome: Outcome, told: bool = False) -> None:
        """Keep an outcome, and show it; ``told`` if the job itself has told what it counted."""
        try:
            outcome = self.kept.keep(k, outcome)
        except (TypeError, ValueError) as error:  # JSON cannot hold it
            self.failures[k] = error
            return
        if not told:
            self.shown.update(self.counted(outcome))
        self.tell_note(k)

    def raise_failures(self) -> None:
        """Raise the first failure, with notes that tell the settings of all."""
        if not self.failures:
            return
        failures = dict(sorted(self.failures.items()))
        first = next(iter(failures.values()))
        first.add_note(f"{len(failures)} of {len(self.jobs)} jobs failed; their settings:")
        for k, error in failures.items():
            words = f"{type(error).__name__}: {error}".splitlines()[0]
            told = "" if error is first else f": {words}"
            first.add_note(f"  {_words(self.jobs[k])}{told}")
        raise first


class _Kept:
    """The outcomes of jobs, by number, and the folder that keeps them; without one, none is."""

    def __init__(
        self,
        function: Callable[..., Any],
        jobs: Sequence[Mapping[str, Any]],
        folder: str | os.PathLike | None,
    ) -> None:
        self.jobs, self.function = jobs, f"{function.__module__}.{function.__qualname__}"
        self.outcomes: dict[int, Outcome] = {}
        self.folder = None if folder is None else checks.path("folder", folder)
        if self.folder is None:
            return
        if self.folder.exists() and not self.folder.is_dir():
            raise NotADirectoryError(f"folder: expected a folder, got the file {str(folder)!r}")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings = [self._as_json(k) for k in range(len(jobs))]
        for k in range(len(jobs)):
            self.found(k)

    def _as_json(self, k: int) -> Any:
        try:
            return json.loads(json.dumps(dict(self.jobs[k]), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise type(error)(f"jobs[{k}]: expected settings that JSON can hold: {error}") from None

    def file(self, k: int) -> Path:
        """Name the result of a job: what can be read of its settings, and a hash of all."""
        settings = dict(sorted(self.settings[k].items()))
        text = json.dumps([self.function, settings], sort_keys=True)
        words = re.sub(r"[^A-Za-z0-9.]+", "-", _words(settings, "-")).strip("-.")
        name = f"{words[:100]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        return inside(self.folder, name, ".json")

    def checkpoint(self, k: int) -> str | None:
        """Name the file in which a job may keep its run."""
        return None if self.folder is None else str(self.file(k).with_suffix(".npz"))

    def found(self, k: int) -> bool:
        """Tell whether a job has a result in the folder, and read it; a damaged one is none."""
        if self.folder is None:
            return False
        file = self.file(k)
        try:
            content = json.loads(file.read_bytes())
            if (content["function"], content["settings"]) != (self.function, self.settings[k]):
                raise ValueError("the settings are of another job")
            self.outcomes[k] = Outcome(*(content[name] for name in Outcome._fields))
        except FileNotFoundError:
            return False
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            told = f"{file}: is damaged ({error!r}); its job is done again"
            warnings.warn(told, RuntimeWarning, stacklevel=4)
            return False
        return True

    def keep(self, k: int, outcome: Outcome) -> Outcome:
        """Write an outcome, if there is a folder; return it as it can be read again."""
        if self.folder is not None and k not in self.outcomes:
            record = {"function": self.function, "settings": self.settings[k], **outcome._asdict()}
            text = json.dumps(record, allow_nan=False)
            outcome = outcome._replace(result=json.loads(text)["result"])
            file = self.file(k)
            write_json(file, record)
            for left in (file.with_suffix(".npz"), file.with_suffix(".lock")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
        self.outcomes[k] = outcome
        return outcome

    def told(self, why: str = "stopped") -> str:
        """Say what is kept."""
        count = f"{len(self.outcomes)} of {len(self.jobs)} results"
        where = f"{self.folder} keeps {count}; start again, and it goes on from there"
        return f"{why}: {where if self.folder else 'nothing is kept'}"

    def tell_machines(self) -> None:
        """Say so if the results come from machines that round differently."""
        kinds = {outcome.machine for outcome in self.outcomes.values()} - {None}
        if len(kinds) > 1:
            told = (
                f"{self.folder}: these results come from {len(kinds)} kinds of machine or numbers"
                " of BLAS threads, which round differently: another sweep may differ in their bits"
            )
            warnings.warn(told, RuntimeWarning, stacklevel=3)


def do(
    function: Callable[..., Any],
    job: dict[str, Any],
    checkpoint: str | None,
    tell: Callable[[int], Any] | None = None,
) -> Outcome:
    """Do one job, wherever this is called."""
    began = time.monotonic()
    tally = _Tally(tell or _tell)
    takes = inspect.signature(function).parameters
    if "progress" in takes:
        job["progress"] = tally
    machine = None if checkpoint is None else rounding()
    with _own(checkpoint if "checkpoint" in takes else None) as file:
        if "checkpoint" in takes:
            job["checkpoint"] = file
        result = function(**job)
    return Outcome(result, tally.n, round(time.monotonic() - began, 3), machine)


@contextmanager
def _own(checkpoint: str | None) -> Iterator[Path | None]:
    """Give a checkpoint to one job only, and only where its folder can be seen."""
    file = None if checkpoint is None else Path(checkpoint)
    there = file is not None and file.parent.is_dir()
    with alone(file.with_suffix(".lock")) if there else nullcontext(False) as is_alone:
        yield file if is_alone else None


@functools.cache
def rounding() -> str:
    """Return a hash of a float32 product, whose last bits tell the machine and its threads."""
    a = np.random.default_rng(0).standard_normal((700, 700)).astype(np.float32)
    return hashlib.sha256((a @ a).tobytes()).hexdigest()[:16]


class _Tally(Silent):
    """The bar of a job, and what makes it: shows nothing, counts for the bar of the sweep."""

    def __init__(self, tell: Callable[[int], Any]) -> None:
        self.tell, self.n = tell, 0

    def __call__(self, initial: int = 0, **_: Any) -> _Tally:
        self.update(initial)  # what a job resumes from is done already
        return self

    def update(self, n: int = 1) -> None:
        self.n += n
        self.tell(n)


def _words(job: Mapping[str, Any], equal: str = "=") -> str:
    between = ", " if equal == "=" else "-"
    return between.join(f"{key}{equal}{value}" for key, value in job.items())


# ---------------------------------------------------------------------------- the cores here


class Processes(ProcessPoolExecutor):
    """Child processes with one BLAS thread each, as many as there are cores, or ``workers``.

    They need no ``if __name__ == "__main__"`` in the script, do not hear Ctrl-C, and end with the
    process that made them. ``most`` is how many jobs there are: more processes are not started.
    """

    def __init__(self, workers: int | None = None, most: int = 1000) -> None:
        context = multiprocessing.get_context("spawn")
        workers = max(1, min(processes(workers) or cores(), most))
        # How much each process has done so far, and at the end a 1 when all must stop.
        self._counts = context.RawArray("q", workers + 1)
        initial = (self._counts, context.Value("i", 0))
        super().__init__(workers, context, initializer=_start, initargs=initial)

    def submit(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Future:
        """Call a function in one of the processes; one is started here if all are busy."""
        with _one_thread_a_process(), _deaf_to_interrupts(), _without_the_script():
            return super().submit(_in_child, function, *args, **keywords)

    def counted(self) -> int:
        """Return what all jobs have counted so far."""
        return sum(self._counts[:-1])

    def stop(self) -> None:
        """Tell the jobs to stop at their next count, and wait for that."""
        self._counts[-1] = 1
        self.shutdown(cancel_futures=True)


class _Child:
    """What a child process of :class:`Processes` knows of the others."""

    def __init__(self, counts: Any, place: int) -> None:
        self.counts, self.place = counts, place
        self.request = StopRequest()


_child: _Child | None = None  # set once in each


def _start(counts: Any, places: Any) -> None:
    """Prepare a child process for its calls."""
    global _child
    with places.get_lock():
        place = places.value
        places.value += 1
    _child = _Child(counts, place)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """Wait for the parent to end, and end too: if killed, it cannot tell its children to stop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _in_child(function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    child = _child
    assert child is not None
    _tell(0)
    try:
        with stop_requests() as child.request:  # SIGTERM may come to all processes, as from Slurm
            return function(*args, **keywords)
    finally:
        if child.request.asked:
            os._exit(Terminated.code)  # the pool may be broken, and never hand out another call


def _tell(n: int) -> None:
    """Count for the parent, if this is a child of :class:`Processes`; stop if it says so."""
    if _child is None:
        return
    if _child.counts[-1] or _child.request.asked:
        raise InterruptedError("told to stop")
    _child.counts[_child.place] += n


def processes(workers: int | None) -> int | None:
    """Check how many processes there may be at a time; None is as many as there are cores."""
    return None if workers is None else checks.whole("workers", workers, 1, 1000)


@contextmanager
def _without_the_script() -> Iterator[None]:
    """Keep children that start now from running the main script: it needs no guard.

    A lesson calls studies between its paragraphs; what children need, they import.
    """
    before = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Hide Ctrl-C from children that start now: the parent hears it, and tells them to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set what a signal does
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _one_thread_a_process() -> Iterator[None]:
    """Set the variables that children read when they load NumPy."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

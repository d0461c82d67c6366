"""Several calls at the same time, each in its own process with one BLAS thread.

One thread, because small matrix products gain nothing from more, and because the last bits of
float32 sums depend on the number of threads: the same call gives the same bits on any number of
cores.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from tinynet._internal import checks
from tinynet._internal.cores import THREADS, cores
from tinynet._internal.progress import Silent, bar, started
from tinynet.training.interrupts import StopRequest, Terminated, stop_requests

# Shared between parent and children: how much each call has done so far, and at the end a 1 when
# all must stop. Set once in each child.
_shared: Any = None


def run(
    calls: Sequence[tuple[Callable[..., Any], Mapping[str, Any]]],
    *,
    total: int,
    desc: str,
    unit: str,
    workers: int | None = None,
    progress: Callable[..., Any] | None = bar,
) -> list:
    """Run the calls side by side; return their results in order.

    Parameters
    ----------
    calls : sequence of (function, keywords)
        Each becomes ``function(**keywords, progress=...)`` in a child process, so functions must
        be importable. What they count on their progress bars is added up on one bar.
    total, desc, unit
        Arguments of that bar.
    workers : int, optional
        Processes at a time; by default as many as there are cores.
    progress : function, optional
        Makes that bar, like ``tqdm``; None shows nothing.

    Raises
    ------
    Exception
        The first that a call raises; the others are stopped.
    """
    context = multiprocessing.get_context("spawn")
    shared = context.RawArray("q", len(calls) + 1)
    workers = min(processes(workers) or cores(), len(calls))
    with (
        _one_thread_a_process(),
        started(progress, total=total, desc=desc, unit=unit) as shown,
        ProcessPoolExecutor(workers, context, initializer=_start, initargs=(shared,)) as pool,
    ):
        try:
            with _deaf_to_interrupts(), _without_the_script():
                futures = [pool.submit(_call, k, *call) for k, call in enumerate(calls)]
            pending, count = set(futures), 0
            while pending:
                done, pending = wait(pending, timeout=0.5)
                for future in done:
                    future.result()  # raises what the call raised
                now = sum(shared[:-1])
                shown.update(now - count)
                count = now
        except BaseException:
            shared[-1] = 1
            pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _start(shared: Any) -> None:
    """Prepare a child process for its calls."""
    global _shared
    _shared = shared
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """Wait for the parent to end, and end too: if killed, it cannot tell its children to stop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _call(k: int, function: Callable[..., Any], keywords: Mapping[str, Any]) -> Any:
    def counter(initial: int = 0, **_: Any) -> _Counter:
        _shared[k] += initial  # what a call resumes from is done already
        return _Counter(k, stop)

    if _shared[-1]:
        raise InterruptedError("told to stop")
    try:
        with stop_requests() as stop:  # SIGTERM may come to all processes, as from Slurm
            return function(**keywords, progress=counter)
    finally:
        if stop.asked:
            os._exit(Terminated.code)  # the pool may be broken, and never hand out another call


class _Counter(Silent):
    """The bar of a child: shows nothing, counts for the parent's."""

    def __init__(self, k: int, stop: StopRequest) -> None:
        self.k, self.stop = k, stop

    def update(self, n: int = 1) -> None:
        if _shared[-1] or self.stop.asked:
            raise InterruptedError("told to stop")
        _shared[self.k] += n


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

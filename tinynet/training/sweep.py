"""Several calls at the same time, each in a process of its own with one BLAS thread.

One thread, because small matrix products gain nothing from more, and because float32 sums differ
in their last bits with the number of threads: the same call gives the same bits on any number
of cores.
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

from tinynet._internal.progress import Silent, bar

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

# Shared between parent and children: what each call has done so far, and at the end a 1 when all
# are to stop. Set once in each child.
_shared: Any = None


def run(
    calls: Sequence[tuple[Callable[..., Any], Mapping[str, Any]]],
    *,
    total: int,
    desc: str,
    unit: str,
    workers: int | None = None,
    progress: Callable[..., Any] = bar,
) -> list:
    """The results of the calls, in their order.

    Parameters
    ----------
    calls : sequence of (function, keywords)
        Each becomes ``function(**keywords, progress=...)`` in a child process, so functions must
        be importable. What they count on the bars they make is added up on the parent's.
    total, desc, unit
        Of the bar that is shown.
    workers : int, optional
        Processes at a time; as many as there are cores, if not said.
    progress : function, optional
        Makes that bar, as ``tqdm`` does.

    Raises
    ------
    Exception
        The first that a call raised; the others are stopped.
    """
    context = multiprocessing.get_context("spawn")
    shared = context.RawArray("q", len(calls) + 1)
    workers = min(workers or cores(), len(calls))
    with (
        _one_thread_a_process(),
        progress(total=total, desc=desc, unit=unit) as shown,
        ProcessPoolExecutor(workers, context, initializer=_start, initargs=(shared,)) as pool,
    ):
        with _deaf_to_interrupts(), _without_the_script():
            futures = [pool.submit(_call, k, *call) for k, call in enumerate(calls)]
        pending, count = set(futures), 0
        try:
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
    """In a child, before its first call."""
    global _shared
    _shared = shared
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """A parent that was killed can no longer tell its children to stop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _call(k: int, function: Callable[..., Any], keywords: Mapping[str, Any]) -> Any:
    def counter(initial: int = 0, **_: Any) -> _Counter:
        _shared[k] += initial  # what a call goes on from was done before
        return _Counter(k)

    if _shared[-1]:
        raise InterruptedError("told to stop")
    return function(**keywords, progress=counter)


class _Counter(Silent):
    """The bar of a child: shows nothing, counts for the parent's."""

    def __init__(self, k: int) -> None:
        self.k = k

    def update(self, n: int = 1) -> None:
        if _shared[-1]:
            raise InterruptedError("told to stop")
        _shared[self.k] += n


def cores() -> int:
    """How many this process may use, which can be fewer than are built in."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _without_the_script() -> Iterator[None]:
    """Children that start now do not run the script that was started: it needs no guard.

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
    """Children that start now never hear Ctrl-C: the parent does, and tells them to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _one_thread_a_process() -> Iterator[None]:
    """Children read these variables when they load NumPy."""
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

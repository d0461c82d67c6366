"""Ctrl-C and SIGTERM: whatever ends on the one ends on the other, and a run between two updates."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# What answers them where nobody has said otherwise.
USUAL = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


class Terminated(KeyboardInterrupt, SystemExit):
    """SIGTERM as an exception: who catches Ctrl-C catches it, uncaught the process ends with 143.

    SIGTERM is how Slurm, ``docker stop`` and ``kill`` ask a process to end.
    """

    code = 128 + signal.SIGTERM


def exit_status(stop: KeyboardInterrupt) -> int:
    """Return the exit status of a process that either signal ended."""
    return stop.code if isinstance(stop, Terminated) else 128 + signal.SIGINT


class StopRequest:
    """Whether, and as which exception, Ctrl-C or SIGTERM asked for an end; a second one raises."""

    def __init__(self) -> None:
        self.asked: type[KeyboardInterrupt] | None = None

    def ask(self, number: int, frame: Any) -> None:
        """Answer a signal."""
        kind = Terminated if number == signal.SIGTERM else KeyboardInterrupt
        if self.asked:
            raise kind
        self.asked = kind


@contextmanager
def stop_requests(*, wait: bool = True) -> Iterator[StopRequest]:
    """While this is open, a signal only sets ``asked``; without ``wait``, nothing is changed.

    At the end a request is raised, in case nobody has seen it.
    """
    request = StopRequest()
    if not wait:
        yield request
        return
    with _answered(dict.fromkeys(USUAL, request.ask)):
        yield request
        if request.asked:
            raise request.asked


@contextmanager
def sigterm_raises(*others: signal.Signals) -> Iterator[None]:
    """While this is open, SIGTERM raises at once, as Ctrl-C does anyway; so do ``others``."""

    def terminate(*_: Any) -> None:
        raise Terminated

    with _answered(dict.fromkeys((signal.SIGTERM, *others), terminate)):
        yield


@contextmanager
def _answered(answers: Mapping[signal.Signals, Callable[[int, Any], None]]) -> Iterator[None]:
    """Answer signals that nobody else does (a debugger, a parent process), in the main thread."""
    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number, answer in answers.items():
            if signal.getsignal(number) is USUAL.get(number, signal.SIG_DFL):
                before[number] = signal.signal(number, answer)
    try:
        yield
    except Terminated as error:  # Python ends without a word on it
        if signal.SIGTERM in before and str(error) and sys.stderr:
            print(error, file=sys.stderr)
        raise
    finally:
        for number, answer in before.items():
            signal.signal(number, answer)

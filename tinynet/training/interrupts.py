"""Ctrl-C that waits: a run is stopped between two updates, never within one."""

from __future__ import annotations

import signal
import threading
from typing import Any


class Deferred:
    """While this is open, Ctrl-C only sets ``asked``; a second one interrupts at once.

    Where something else than Python's own way answers Ctrl-C (a debugger, a parent process),
    outside the main thread, and with ``waits=False``, nothing is changed.
    """

    def __init__(self, *, waits: bool = True) -> None:
        self.waits = waits
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Deferred:
        in_main = threading.current_thread() is threading.main_thread()
        if self.waits and in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *exception: Any) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if self.asked and exception[0] is None:
            raise KeyboardInterrupt  # asked too late for anybody to see it

    def _ask(self, *_: Any) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

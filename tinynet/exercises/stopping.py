"""Ctrl-C in a lesson: one line, which says what was kept, in place of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def in_one_line(hook: Callable[..., Any]) -> Callable[..., Any]:
    """Make a ``sys.excepthook`` that leaves all other errors to the given one."""

    def say(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt) and sys.stderr:
            print(f"\n{str(error) or 'stopped'}", file=sys.stderr)
        else:
            hook(kind, error, trace)

    return say

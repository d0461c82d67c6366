"""How far a long piece of work is, and how long it will still take.

At a terminal one line is redrawn, and is gone when the work ends. So it is in a notebook, if there
is no ``tqdm`` to draw a bar. Anywhere else, such as in a log, a line is printed every 10 seconds.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from tinynet._internal import checks

LIKE_TQDM = "a function that makes a bar from total, desc and unit, such as tqdm, or None"


class Silent:
    """Shows nothing: for work that is part of other work.

    These are the calls of ``tqdm`` that are used here.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def update(self, n: int = 1) -> None:
        """Count ``n`` more as done."""

    def set_postfix_str(self, text: str, refresh: bool = True) -> None:
        """Show a text at the end of the line from now on."""

    def close(self) -> None:
        """End."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


class Lines(Silent):
    """Prints a line every 10 seconds, and a last one for work that took at least as long."""

    every = 10.0  # seconds

    def __init__(
        self, total: int, desc: str = "", unit: str = "it", initial: int = 0, file: Any = None
    ) -> None:
        self.total, self.desc, self.unit = total, desc, unit
        self.file = file or sys.stderr
        self.n = self.initial = initial
        self.postfix = ""
        self.started = self.shown = time.monotonic()

    def update(self, n: int = 1) -> None:
        """Count ``n`` more as done; show the line if it is time."""
        self.n += n
        now = time.monotonic()
        if now - self.shown >= self.every and self.n < self.total:
            self.shown = now
            self.show(self.text(now))

    def set_postfix_str(self, text: str, refresh: bool = True) -> None:
        """Show a text before the rate from now on."""
        self.postfix = text

    def close(self) -> None:
        """Print the last line."""
        now = time.monotonic()
        if now - self.started >= self.every:
            self.show(self.text(now))

    def text(self, now: float) -> str:
        """Write how much is done, when the rest will be, and how fast it goes."""
        seconds = max(now - self.started, 1e-9)
        rate = (self.n - self.initial) / seconds
        left = f"{duration((self.total - self.n) / rate)} left" if rate > 0 else "? left"
        if self.n >= self.total:
            left = f"done in {duration(seconds)}"
        share = self.n / self.total if self.total else 1.0
        words = [f"{self.desc}: {self.n:,} of {self.total:,} {self.unit} ({share:.0%})", left]
        words += [self.postfix] if self.postfix else []
        return ", ".join([*words, f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s"])

    def show(self, text: str) -> None:
        """Print the text as a line."""
        self.write(text + "\n")

    def write(self, text: str) -> None:
        """Write to the file; one that is closed meanwhile is no reason to stop the work."""
        with contextlib.suppress(OSError, ValueError):
            self.file.write(text)
            self.file.flush()


class OneLine(Lines):
    """Redraws one line of a terminal, and clears it when the work ends.

    Whatever else is printed at the terminal meanwhile starts on a line of its own: the line is
    cleared before, and drawn again below.
    """

    every = 0.2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drawn = 0  # characters on the screen
        self.others: list[_Other] = []

    def show(self, text: str) -> None:
        """Draw the text in place of the last one, unless others have begun a line."""
        if any(other.within_a_line for other in self.others):
            return
        # A line that wraps cannot be cleared; the terminal itself adds "^C".
        text = text[: shutil.get_terminal_size().columns - 1 - len("^C")]
        self.write("\r" + text.ljust(self.drawn))
        self.drawn = len(text)

    def clear(self) -> None:
        """Take the line from the screen."""
        if self.drawn:
            self.write("\r" + " " * (self.drawn + len("^C")) + "\r")
            self.drawn = 0

    def close(self) -> None:
        """Leave no trace."""
        self.clear()

    def __enter__(self) -> OneLine:
        for name in ("stdout", "stderr"):
            if is_terminal(getattr(sys, name)):
                self.others.append(_Other(name, self))
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()
        for other in self.others:
            other.give_back()


class _Other:
    """Stands in for a stream of the terminal: clears the line before others write to the stream."""

    def __init__(self, name: str, line: OneLine) -> None:
        self.name, self.line, self.stream = name, line, getattr(sys, name)
        self.within_a_line = False
        setattr(sys, name, self)

    def write(self, text: str) -> int:
        self.line.clear()
        if text:
            self.within_a_line = text[-1] not in "\r\n"
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def give_back(self) -> None:
        if getattr(sys, self.name) is self:
            setattr(sys, self.name, self.stream)


def checked(progress: Any) -> Callable[..., Any]:
    """Check that a value can make a bar; None makes one that shows nothing."""
    return Silent if progress is None else checks.function("progress", progress, LIKE_TQDM)


def started(progress: Callable[..., Any] | None, **of: Any) -> Any:
    """Make the bar that was asked for."""
    shown = checks.called("progress", LIKE_TQDM, checked(progress), **of)
    if not all(hasattr(shown, name) for name in ("update", "set_postfix_str", "__enter__")):
        got = f"one that makes {checks.describe(shown)}"
        raise TypeError(f"progress: expected {LIKE_TQDM}, got {got}")
    return shown


def bar(total: int, desc: str = "", unit: str = "it", initial: int = 0) -> Any:
    """Make the bar that suits where ``sys.stderr`` goes."""
    stream = sys.stderr
    if stream is None or getattr(stream, "closed", False):
        return Silent()
    in_notebook = type(stream).__module__.startswith("ipykernel")
    if in_notebook or not _has_file(stream):  # a notebook's cell, or the console of an editor
        with contextlib.suppress(ImportError):
            from tqdm.auto import tqdm

            return tqdm(total=total, desc=desc, unit=f" {unit}", initial=initial)
    kind = OneLine if in_notebook or is_terminal(stream) else Lines
    return kind(total, desc, unit, initial)


def _has_file(stream: Any) -> bool:
    """Tell whether a file or a terminal is behind a stream."""
    try:
        return stream.fileno() >= 0
    except (AttributeError, OSError, ValueError):
        return False


def is_terminal(stream: Any) -> bool:
    """Tell whether a person looks at a stream; it may be None, or a class with only ``write``."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def duration(seconds: float) -> str:
    """Write a time in the unit that a person plans with."""
    minutes = seconds / 60
    if minutes < 1.5:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"

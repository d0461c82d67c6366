"""How far a long piece of work is, and how long it will still take."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO


class Lines:
    """One printed line every two seconds, where ``tqdm`` is not installed.

    Understands the few calls of ``tqdm`` that are used here: ``update``, ``set_postfix_str``
    and ``close``.
    """

    def __init__(
        self,
        total: int,
        desc: str = "",
        unit: str = "it",
        initial: int = 0,
        file: TextIO | None = None,
    ) -> None:
        self.total, self.desc, self.unit = total, desc, unit
        self.file = file or sys.stderr
        self.n = self.initial = initial
        self.postfix = ""
        self.started = self.printed = time.monotonic()

    def update(self, n: int = 1) -> None:
        """``n`` more are done."""
        self.n += n
        now = time.monotonic()
        if now - self.printed >= 2 and self.n < self.total:  # the last line is that of close
            self.printed = now
            self._print(now)

    def set_postfix_str(self, text: str, refresh: bool = True) -> None:
        """A word to stand at the end of the line from now on."""
        self.postfix = text

    def close(self) -> None:
        """The last line."""
        self._print(time.monotonic())

    def _print(self, now: float) -> None:
        seconds = max(now - self.started, 1e-9)
        rate = (self.n - self.initial) / seconds
        left = f"{(self.total - self.n) / rate:.0f} s left" if rate > 0 else "? s left"
        if self.n >= self.total:
            left = f"done in {seconds:.0f} s"
        share = self.n / self.total if self.total else 1.0
        line = f"{self.desc}: {self.n:,} of {self.total:,} {self.unit} ({share:.0%}), "
        line += f"{rate:,.0f} a second, {left}"
        print(line + (f", {self.postfix}" if self.postfix else ""), file=self.file, flush=True)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


class Silent:
    """Says nothing: for work that is part of other work."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def update(self, n: int = 1) -> None:
        """Nothing."""

    def set_postfix_str(self, text: str, refresh: bool = True) -> None:
        """Nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *exception: Any) -> None:
        pass


def bar(total: int, desc: str = "", unit: str = "it", initial: int = 0) -> Any:
    """A ``tqdm`` bar where that is installed and a person is looking, otherwise :class:`Lines`."""
    if sys.stderr.isatty():
        try:
            from tqdm import tqdm
        except ImportError:
            pass
        else:
            return tqdm(total=total, desc=desc, unit=f" {unit}", initial=initial)
    return Lines(total, desc, unit, initial)

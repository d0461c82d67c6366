"""A lesson's headings in a terminal: each is printed above what its cells print."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

HEADING = re.compile(r"^#? ?(\S.*)\n#? ?([-=])\2+$", re.MULTILINE)


def with_headings(stream: Any) -> Any:
    """Return a stream that prints headings too, if what runs is a script in cells.

    Nothing changes in a notebook, in a debugger, and where there is no such script.
    """
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if script is None or sys.gettrace() is not None or not script.endswith(".py"):
        return stream
    try:
        text = Path(script).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return stream
    return Headed(stream, script, headings(text)) if "\n# %%" in text else stream


def headings(text: str) -> list[tuple[int, str]]:
    """Find the headings of a lesson, each with the number of its line."""
    return [(text.count("\n", 0, m.start()) + 1, m[1]) for m in HEADING.finditer(text)]


class Headed:
    """A text stream that writes a heading when the script begins to print below it."""

    def __init__(self, stream: Any, script: str, headings: list[tuple[int, str]]) -> None:
        self._stream = stream
        self._script = script
        self._headings = headings
        self._last = ""

    def write(self, text: str) -> int:
        """Write a text, and the heading above the script's line before it, if it is a new one."""
        heading = self._heading(sys._getframe(1))
        if heading not in ("", self._last) and text.strip():
            self._last = heading
            self._stream.write(f"\n-- {heading} {'-' * (75 - len(heading))}\n")
        return self._stream.write(text)

    def _heading(self, frame: FrameType | None) -> str:
        """Return the last heading above the line of the script that runs."""
        while frame is not None:
            if frame.f_code.co_name == "<module>" and frame.f_code.co_filename == self._script:
                above = [name for line, name in self._headings if line < frame.f_lineno]
                return above[-1] if above else ""
            frame = frame.f_back
        return ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

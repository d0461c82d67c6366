"""Rows that print as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


class Table(list):
    """A list of rows: ``print(rows)`` shows the table, a prompt only how many rows there are.

    Parameters
    ----------
    rows : iterable
    text : str
        The table.
    """

    def __init__(self, rows: Iterable[Any], text: str):
        super().__init__(rows)
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"


def aligned(lines: Sequence[Sequence[str]], left: int) -> list[str]:
    """Align cells in columns two spaces apart: the first ``left`` to the left, others right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = []
    for cells in lines:
        padded = [
            cell.ljust(width) if k < left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        texts.append("  ".join(padded).rstrip())
    return texts

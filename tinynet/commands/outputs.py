"""Where a command writes: tried before anything is computed, and written whole or not at all."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinynet._internal.replacing import replacing, write_json


def is_new(*files: Path, overwrite: bool) -> None:
    """Refuse ``--out`` where one of the files is there already, unless it may be replaced."""
    for file in files:
        if file.is_dir():
            raise IsADirectoryError(f"--out: {file} is a folder: name a file")
        if file.exists() and not overwrite:
            raise FileExistsError(f"--out: {file} is there: give another name, or --overwrite")


def can_write(folder: Path) -> None:
    """Make the folder ``--out`` where it is not there, and see that it can be written in."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"--out: {folder} is a file: name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write(folder: Path, results: Mapping[str, Any], picture: str, figure: Any) -> None:
    """Write a JSON file for each result, and a figure as a PNG file; first of all it is drawn.

    Parameters
    ----------
    folder : Path
    results : mapping
        From the name of a file, without its ending, to what JSON can hold.
    picture : str
        The name of the picture, without its ending.
    figure : matplotlib.figure.Figure
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100)
    for name, result in results.items():
        write_json(folder / f"{name}.json", result)
    with replacing(folder / f"{picture}.png") as file:
        file.write(drawn.getvalue())

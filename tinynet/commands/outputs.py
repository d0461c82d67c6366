"""Where a command writes: tested before anything is computed, and written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tinynet._internal.replacing import replacing, write_json


def is_new(*files: Path, overwrite: bool) -> None:
    """Refuse ``--out`` if one of the files exists already, unless it may be replaced."""
    for file in files:
        if file.is_dir():
            raise IsADirectoryError(f"--out: {file} is a folder: name a file")
        if file.exists() and not overwrite:
            raise FileExistsError(f"--out: {file} exists: give another name, or --overwrite")


@contextlib.contextmanager
def folder(path: Path) -> Iterator[None]:
    """Make the folder ``--out``, and see that it can be written in; remove it if it stays empty."""
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(f"--out: {path} is a file: name a folder")
    made = [new for new in (path, *path.parents) if not new.exists()]
    path.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=path):
            pass
        yield
    finally:
        for new in made:
            with contextlib.suppress(OSError):  # it is not empty
                new.rmdir()


def write(folder: Path, results: Mapping[str, Any], picture: str, figure: Any) -> None:
    """Draw a figure; then write a JSON file for each result, and the figure as a PNG file.

    Parameters
    ----------
    folder : Path
    results : mapping
        From the name of a file, without its suffix, to what JSON can hold.
    picture : str
        The name of the picture, without its suffix.
    figure : matplotlib.figure.Figure
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100)
    for name, result in results.items():
        write_json(folder / f"{name}.json", result)
    with replacing(folder / f"{picture}.png") as file:
        file.write(drawn.getvalue())

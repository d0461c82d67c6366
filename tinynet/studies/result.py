"""What a study found: plain arrays by name, and the settings that led to them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet._internal.npz import read_npz, write_npz


@dataclass
class Result:
    """Arrays by name, and settings that JSON can hold.

    ``result["z"]`` is the array of that name. A result is computed once, saved, and drawn as
    often as you like.
    """

    study: str
    settings: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def __post_init__(self) -> None:
        checks.text("study", self.study)
        for name, value in (("settings", self.settings), ("arrays", self.arrays)):
            if not isinstance(value, dict):
                raise TypeError(f"{name}: expected a dict, got {checks.describe(value)}")
        for name, array in self.arrays.items():
            if not isinstance(array, np.ndarray) or array.dtype.hasobject:
                got = checks.describe(array)
                raise TypeError(f"arrays[{name!r}]: expected an array of numbers, got {got}")

    def __getitem__(self, name: str) -> np.ndarray:
        if checks.text("name", name) not in self.arrays:
            known = ", ".join(repr(key) for key in self.arrays)
            raise KeyError(f"name: expected one of {known}, got {name!r}")
        return self.arrays[name]

    def save(self, path: str | os.PathLike) -> None:
        """Write to an ``.npz`` file, whole or not at all, without pickle."""
        write_npz(path, self.arrays, {"study": self.study, "settings": self.settings})

    @classmethod
    def load(cls, path: str | os.PathLike) -> Result:
        """Read what :meth:`save` wrote; a damaged file is a ValueError that names it."""
        arrays, record = read_npz(path)
        if record.keys() != {"study", "settings"}:
            got = checks.describe(record)
            raise ValueError(f"{path}: expected study and settings of a result, got {got}")
        try:
            return cls(**record, arrays=arrays)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}: is damaged: {error}") from error

    @classmethod
    def kept(cls, study: str) -> Result:
        """Read a result that comes with tinynet; ``settings["command"]`` is what made it."""
        folder = resources.files("tinynet.studies") / "kept"
        with resources.as_file(folder / f"{checks.file_name('study', study)}.npz") as path:
            if not path.is_file():
                known = sorted(file.stem for file in path.parent.glob("*.npz"))
                raise FileNotFoundError(f"study: expected one of {known}, got {study!r}")
            return cls.load(path)

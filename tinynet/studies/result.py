"""What a study found: plain arrays by name, and the settings that led to them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinynet.saving import read_npz, write_npz


@dataclass
class Result:
    """Arrays by name, and settings that JSON can hold.

    ``result["z"]`` is the array of that name. A result is computed once, saved, and drawn as
    often as you like.
    """

    study: str
    settings: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
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
            raise ValueError(f"{path}: expected the result of a study, got keys {list(record)}")
        return cls(record["study"], record["settings"], arrays)

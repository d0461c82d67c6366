"""A training run in a file: all that it is, so that it goes on as if it had never stopped."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet._internal.replacing import remove_halves
from tinynet._internal.states import Buffers, split
from tinynet._internal.versions import versions
from tinynet.looking.remembering import (
    unnamed_in_layers,
    unnamed_in_loss,
    unnamed_in_optimizer,
)
from tinynet.saving import classes, filling, read_npz, write_npz

FORMAT = "tinynet run 2"  # 1 had no buffers, and no count of the optimizer's steps


class Checkpoint:
    """Keeps a run in one ``.npz`` file, without pickle, which is replaced whole or not at all.

    ``tn.train(..., checkpoint=path)`` makes one. A run is known by how it starts: by its weights,
    its data, its optimizer and the size of its batches. A file of another run is refused.

    Parameters
    ----------
    path : path
        The file; where it is there already, the run goes on from it.
    net, optimizer, source, watch, loss
        Of the run. The state of optimizer and source, and that of watch where it has one, is
        kept through their attribute ``state``: a dict of arrays and of what JSON can hold.
    batch : int
    """

    def __init__(
        self, path: Any, net: Any, optimizer: Any, source: Any, watch: Any, loss: Any, batch: int
    ) -> None:
        self.path = Path(path)
        self.net, self.loss = net, loss
        self.parts = {"source": source, "optimizer": optimizer}  # in the order to set them
        for name, part in self.parts.items():
            if not hasattr(part, "state"):
                raise TypeError(
                    f"{name}: expected an attribute state, a dict, without which a checkpoint"
                    f" cannot go on with it, got {checks.describe(part)}"
                )
        contracts.keeps_all("net", net)
        contracts.carries("optimizer", optimizer)
        if hasattr(watch, "state"):
            self.parts["watch"] = watch
        self.settings = {
            "layers": classes(net),
            "shapes": {name: list(array.shape) for name, array in net.named_parameters().items()},
            "dtype": str(net.dtype),
            "loss": type(loss).__name__,
            "optimizer": type(optimizer).__name__,
            "batch": batch,
        }
        self._states()  # what cannot be kept is told now, not at the first save
        self.start = self._fingerprints()
        self.done: int | None = None  # updates that the file holds; None where there is no file
        self.seconds = 0.0  # that the updates took which were done before this call
        self.began = time.monotonic()

    # ------------------------------------------------------------------ going on

    def resume(self, updates: int) -> int:
        """Put the run where the file says; how many updates that is, 0 where there is no file.

        Raises
        ------
        OSError
            The file cannot be read, or none could be written to its folder; before any update.
        ValueError
            It is damaged, no run, of another run, or has more than ``updates`` of them. It is
            left alone, and so is the run.
        """
        self._can_be_written()
        remove_halves(self.path)
        if not self.path.exists():
            return 0
        arrays, record = read_npz(self.path)
        self._is_this_run(arrays, record)
        done = record["updates"]
        if done > updates:
            raise ValueError(
                f"{self.path}: holds {done:,} updates already; expected at most the {updates:,}"
                " asked for"
            )
        fill = filling(self.path, self.net, _under("net.", arrays), record["buffers"])
        before: dict[str, Any] = {}
        for name, part in self.parts.items():
            before[name] = part.state
            try:
                part.state = {**record["state"][name], **_under(f"{name}.", arrays)}
            except (KeyError, TypeError, ValueError) as error:
                for changed in before:
                    self.parts[changed].state = before[changed]
                raise ValueError(f"{self.path}: is of another run: {name}.{error}") from error
        fill()
        self.start, self.done, self.seconds = record["start"], done, record["seconds"]
        return done

    def tries(self, x: np.ndarray, targets: np.ndarray) -> None:
        """Refuse, before the first update, what remembers something that the file would lose.

        Raises
        ------
        ValueError
            A layer's next pass, the loss, or the optimizer's next step depends on more than it
            names.
        """
        optimizer = self.parts["optimizer"]
        found = unnamed_in_layers(self.net, x)
        found = found or unnamed_in_loss(self.loss, self.net.view().forward(x), targets)
        if found is None and getattr(optimizer, "net", None) is self.net:
            found = unnamed_in_optimizer(optimizer, self.loss, x, targets)
        if found is None:
            return
        owner, kind, attributes = found
        listed = ", ".join(f"{owner}.{name}" for name in attributes) or "a state outside it"
        names = ", ".join(f'"{name}"' for name in attributes) or '"rng"'
        kinds = "an array, a number or a Generator"
        if owner == "optimizer":
            kinds = "a number, a Generator or a dict of arrays by the parameters' names"
        hint = f"write buffers = ({names},) in the class, each set in __init__ to {kinds}"
        if owner == "loss":
            hint = "a loss remembers nothing: write a layer with buffers, or an optimizer"
        raise ValueError(
            f"{owner}: {kind} depends on {listed}, which a checkpoint would lose; {hint}"
        )

    def _is_this_run(self, arrays: dict[str, np.ndarray], record: dict) -> None:
        expected = f"{self.path}: expected a run that tn.train saved"
        if record.get("format") != FORMAT:
            raise ValueError(f"{expected}, {FORMAT!r}, got format {record.get('format')!r}")
        wanted: dict[str, type] = {"updates": int, "seconds": float}
        wanted |= dict.fromkeys(("settings", "start", "state", "buffers"), dict)
        for key, kind in wanted.items():
            if type(record.get(key)) is not kind:
                raise ValueError(f"{expected}, got {checks.describe(record.get(key))} for {key}")
        for key, value in self.settings.items():
            if record["settings"].get(key) != value:
                got = checks.describe(record["settings"].get(key))
                raise ValueError(
                    f"{self.path}: is of another run: {key} {got},"
                    f" expected {checks.describe(value)}; name another file"
                )
        if set(record["state"]) != set(self.parts):
            kept, parts = sorted(record["state"]), sorted(self.parts)
            raise ValueError(f"{self.path}: keeps the state of {kept}, expected {parts}")
        # The usual case: a script run again begins where the run began. In a notebook the objects
        # may also stand where the file ends.
        for moment in ("start", "now"):
            if record.get(moment) == self.start:
                return
        differ = [key for key, value in self.start.items() if record["start"].get(key) != value]
        causes = {
            "weights": "the weights",
            "buffers": "what the layers keep besides their weights",
            "optimizer": self._optimizer(record),
            "source": "the data",
        }
        listed = " and ".join(causes[key] for key in differ)
        raise ValueError(
            f"{self.path}: is of another run: {listed} at its start were others (another seed, or"
            " objects that were trained since?); make all as it was at the start or where the file"
            " ends, name another file, or delete this one to begin anew"
        )

    def _optimizer(self, record: dict) -> str:
        there = record["state"]["optimizer"].get("lr")
        here = getattr(self.parts["optimizer"], "lr", None)
        return (
            "the optimizer" if there == here else f"the learning rate ({there} there, {here} here)"
        )

    def _can_be_written(self) -> None:
        folder = self.path.parent
        if self.path.exists() and not self.path.is_file():
            raise OSError(f"checkpoint: expected a file, got {str(self.path)!r}")
        if not folder.is_dir():
            raise FileNotFoundError(f"checkpoint: there is no folder {str(folder)!r} to write in")
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise type(error)(f"checkpoint: cannot write in {str(folder)!r}: {error}") from error
        copies = 1 if self.path.exists() else 2
        needed = copies * sum(array.nbytes for array in self.net.named_parameters().values())
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise OSError(
                f"checkpoint: expected {needed / 1e6:.1f} MB of free space in {str(folder)!r} (a"
                f" new file beside the last one), got {free / 1e6:.1f} MB"
            )

    # ------------------------------------------------------------------ saving

    def save(self, updates: int) -> None:
        """Write the run as it is after so many updates.

        What goes wrong is a warning: the file that was there is kept, and the next save tries
        again.
        """
        arrays, state = self._states()
        held, buffers = split(Buffers(self.net).state)
        held |= self.net.named_parameters()
        arrays |= {f"net.{name}": array for name, array in held.items()}
        record = {
            "format": FORMAT,
            "updates": updates,
            "seconds": self.seconds + time.monotonic() - self.began,
            "settings": self.settings,
            "start": self.start,
            "now": self._fingerprints(),
            "state": state,
            "buffers": buffers,
            "versions": versions(),
        }
        try:
            write_npz(self.path, arrays, record)
        except OSError as error:
            last = f"that of {self.done:,} updates is kept" if self.done else "there is none yet"
            warnings.warn(
                f"{self.path}: not saved after {updates:,} updates ({error}); {last}; the next"
                " save, if there is one, tries again",
                stacklevel=4,  # where tn.train was called
            )
        else:
            self.done = updates

    def __str__(self) -> str:
        if self.done is None:
            return f"nothing is saved in {self.path} yet"
        return f"{self.path} holds the first {self.done:,}: the same call again goes on from there"

    # ------------------------------------------------------------------ what a run is known by

    def _fingerprints(self) -> dict[str, str]:
        """Of what differs from run to run."""
        weights = hashlib.sha256()
        for array in self.net.named_parameters().values():
            weights.update(array.tobytes())
        buffers = _hashed_state(Buffers(self.net).state)
        found = {"weights": weights.hexdigest(), "buffers": buffers}
        for name in ("optimizer", "source"):
            found[name] = _hashed_state(self.parts[name].state)
        return found

    def _states(self) -> tuple[dict[str, np.ndarray], dict[str, dict]]:
        """What the parts say of themselves: arrays, such as "source.x", and the rest by part."""
        arrays: dict[str, np.ndarray] = {}
        rest: dict[str, dict] = {}
        for name, part in self.parts.items():
            found, rest[name] = split(checks.keepable(f"{name}.state", part.state))
            arrays |= {f"{name}.{key}": array for key, array in found.items()}
        return arrays, rest


def read(path: str | os.PathLike) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in the file of a run: the state of its monitor, and the record of the run."""
    arrays, record = read_npz(path, "watch.")
    return {**record["state"]["watch"], **arrays}, record


def _hashed(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def _hashed_state(state: dict[str, Any]) -> str:
    text = json.dumps(state, sort_keys=True, default=_hashed)
    return hashlib.sha256(text.encode()).hexdigest()


def _under(prefix: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}

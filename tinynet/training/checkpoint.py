"""A training run in a file, from which it goes on as if it had never stopped."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import time
import warnings
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet._internal.npz import Saved, keepable, opened, write_npz
from tinynet._internal.replacing import can_be_replaced, remove_halves
from tinynet._internal.states import Buffers, split
from tinynet._internal.versions import versions
from tinynet.looking.remembering import (
    unnamed_in_layers,
    unnamed_in_loss,
    unnamed_in_optimizer,
)
from tinynet.saving import RUN, classes, filling, fits

KNOWN_BY = {  # what tells one run from another, and in words
    "weights": "the weights",
    "buffers": "what the layers keep besides their weights",
    "optimizer": "the optimizer",
    "source": "the data",
}


class Checkpoint:
    """Keeps a run in one ``.npz`` file, without pickle, which is replaced whole or not at all.

    ``tn.train(..., checkpoint=path)`` makes one. A run is known by how it starts: by its weights,
    its data, its optimizer and its batch size. A file of another run is refused.

    Parameters
    ----------
    path : path
        The file; if it exists, the run goes on from it.
    net, optimizer, source, watch, loss
        Those of the run. Optimizer, source and, if it has one, watch keep their state through an
        attribute ``state``: a dict of arrays and of what JSON can hold.
    batch : int
    """

    def __init__(
        self, path: Any, net: Any, optimizer: Any, source: Any, watch: Any, loss: Any, batch: int
    ) -> None:
        self.path = checks.path("checkpoint", path)
        self.net, self.loss = net, loss
        self.parts = {"source": source, "optimizer": optimizer}  # in the order to set them
        for name, part in self.parts.items():
            if not hasattr(part, "state"):
                raise TypeError(
                    f"{name}: expected an attribute state, a dict from which a checkpoint goes on,"
                    f" got {checks.describe(part)}"
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
        states = self._states()
        keepable(_parted(states)[0])  # refuses now, not at the first save, what cannot be kept
        self.start = _fingerprints(net.named_parameters(), Buffers(net).state, states)
        self.done: int | None = None  # updates that the file holds; None if there is no file
        self.known: tuple[int, ...] | None = None  # that file, as it was last read or written
        self.seconds = 0.0  # that the updates before this call took
        self.began = time.monotonic()

    # ------------------------------------------------------------------ going on

    def resume(self, updates: int) -> int:
        """Put the run where the file ends; return how many updates that is, 0 without a file.

        Raises
        ------
        OSError
            The file cannot be read, or its folder cannot be written to; before any update.
        ValueError
            It is damaged, no run, of another run, or holds more than ``updates``. It is left
            alone, and so is the run.
        """
        self._can_be_written()
        remove_halves(self.path)
        self.known = _which(self.path)
        if self.known is None:
            return 0
        with opened(self.path) as saved:
            record = _record(saved)
            self._is_this_run(record)
            done = record["updates"]
            if done > updates:
                raise ValueError(
                    f"{self.path}: already holds {done:,} updates; expected at most the"
                    f" {updates:,} asked for"
                )
            fits(saved, self.net, "net.")
            arrays = saved.arrays("net.")
            states = {n: {**record["state"][n], **saved.arrays(f"{n}.")} for n in self.parts}
        fill = filling(self.path, self.net, arrays, record["buffers"])
        parameters = {name: arrays[name] for name in self.net.named_parameters()}
        buffers = {name: array for name, array in arrays.items() if name not in parameters}
        found = _fingerprints(parameters, {**record["buffers"], **buffers}, states)
        changed = [words for key, words in KNOWN_BY.items() if found[key] != record["now"][key]]
        if changed:
            raise ValueError(
                f"{self.path}: is damaged: {' and '.join(changed)} differ from what was saved"
            )
        self._set(states)
        fill()
        self.start, self.done, self.seconds = record["start"], done, record["seconds"]
        return done

    def _set(self, states: dict[str, dict[str, Any]]) -> None:
        """Set the state of every part, or of none: only its setter can tell whether one fits."""
        before = {name: part.state for name, part in self.parts.items()}
        try:
            for name, part in self.parts.items():
                part.state = states[name]
        except Exception as error:  # a setter of your own raises what it likes
            for earlier, state in before.items():
                self.parts[earlier].state = state
            told = error if f"{error}".startswith("state") else f"state: {error!r}"
            raise ValueError(f"{self.path}: is of another run or damaged: {name}.{told}") from error

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
            hint = "a loss cannot remember: write a layer with buffers, or an optimizer"
        raise ValueError(
            f"{owner}: {kind} depends on {listed}, which a checkpoint would lose; {hint}"
        )

    def _is_this_run(self, record: dict[str, Any]) -> None:
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
        there = record["state"]["optimizer"].get("lr")
        here = getattr(self.parts["optimizer"], "lr", None)
        words = dict(KNOWN_BY)
        hint = (
            "make all as it was at the start or where the file ends, name another file, or delete"
            " this one to start over"
        )
        if there != here:
            words["optimizer"] = f"the learning rate ({checks.describe(there)} there, {here} here)"
            hint = (
                f"to go on with lr = {here}, call tn.load({str(self.path)!r}, into=net), make an"
                " optimizer and name another file"
            )
        differ = [key for key, value in self.start.items() if record["start"][key] != value]
        listed = " and ".join(words[key] for key in differ)
        raise ValueError(
            f"{self.path}: is of another run: {listed} differed at its start (another seed, or"
            f" objects trained since?); {hint}"
        )

    def _can_be_written(self) -> None:
        try:
            can_be_replaced(self.path)
        except OSError as error:
            raise type(error)(f"checkpoint: {error}") from error
        folder = os.path.dirname(os.path.realpath(self.path))
        copies = 1 if self.path.exists() else 2
        needed = copies * sum(array.nbytes for array in self.net.named_parameters().values())
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise OSError(
                f"checkpoint: expected {needed / 1e6:.1f} MB of free space in {folder!r} (a"
                f" new file beside the last one), got {free / 1e6:.1f} MB"
            )

    # ------------------------------------------------------------------ saving

    def save(self, updates: int) -> None:
        """Write the run as it is after so many updates.

        A failure is a warning: the last file is kept, and the next save tries again.

        Raises
        ------
        ValueError
            Another run has saved in this file meanwhile. It is left alone.
        """
        states, parameters = self._states(), self.net.named_parameters()
        arrays, rest = _parted(states)
        buffers = Buffers(self.net).state
        held, numbers = split(buffers)
        arrays |= {f"net.{name}": array for name, array in (held | parameters).items()}
        record = {
            "format": RUN,
            "updates": updates,
            "seconds": self.seconds + time.monotonic() - self.began,
            "settings": self.settings,
            "start": self.start,
            "now": _fingerprints(parameters, buffers, states),
            "state": rest,
            "buffers": numbers,
            "versions": versions(),
        }
        try:
            write_npz(self.path, arrays, record, check=self._is_ours)
        except OSError as error:
            last = f"that of {self.done:,} updates is kept" if self.done else "there is none yet"
            warnings.warn(
                f"{self.path}: not saved after {updates:,} updates ({error}); {last}; the next"
                " save, if there is one, tries again",
                stacklevel=4,  # where tn.train was called
            )
        else:
            self.done, self.known = updates, _which(self.path)

    def _is_ours(self) -> None:
        """Refuse to replace a file that another run has saved since this one began."""
        if _which(self.path) in (None, self.known):
            return
        try:
            with opened(self.path) as saved:
                self._is_this_run(_record(saved))
        except ValueError as error:
            raise ValueError(
                f"{self.path}: expected the file of this run, got one that was saved meanwhile;"
                f" name another file ({error})"
            ) from error

    def __str__(self) -> str:
        if self.done is None:
            return f"nothing is saved in {self.path} yet"
        return f"{self.path} holds the first {self.done:,}: the same call again goes on from there"

    def _states(self) -> dict[str, dict[str, Any]]:
        return {n: checks.keepable(f"{n}.state", part.state) for n, part in self.parts.items()}


def read(path: str | os.PathLike) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read from the file of a run the state of its monitor, and the record of the run."""
    with opened(path) as saved:
        record = _record(saved)
        return {**record["state"].get("watch", {}), **saved.arrays("watch.")}, record


def _parted(states: dict[str, dict[str, Any]]) -> tuple[dict[str, np.ndarray], dict[str, dict]]:
    """Part states into arrays by name, such as "source.x", and the rest by part."""
    arrays: dict[str, np.ndarray] = {}
    rest: dict[str, dict] = {}
    for name, state in states.items():
        found, rest[name] = split(state)
        arrays |= {f"{name}.{key}": array for key, array in found.items()}
    return arrays, rest


def _record(saved: Saved) -> dict[str, Any]:
    """Return the record of a run; check that it has every entry that is needed, of its kind."""
    record = saved.record
    expected = f"{saved.path}: expected a run that tn.train saved"
    if record.get("format") != RUN:
        got = checks.describe(record.get("format"))
        hint = "delete it, or name another file, if an earlier tinynet made it"
        raise ValueError(f"{expected}, {RUN!r}, got format {got}; {hint}")
    wanted = {
        "updates": lambda value: type(value) is int and value > 0,
        "seconds": lambda value: type(value) is float and 0 <= value < math.inf,
        **dict.fromkeys(
            ("start", "now"), lambda value: _holds(value, str) and value.keys() == KNOWN_BY.keys()
        ),
        "state": lambda value: _holds(value, dict),
        **dict.fromkeys(("settings", "buffers", "versions"), _holds),
    }
    for key, is_right in wanted.items():
        if not is_right(record.get(key)):
            got = checks.describe(record.get(key))
            raise ValueError(f"{expected}, got one that is damaged: {got} for {key}")
    return record


def _holds(value: Any, kind: type = object) -> bool:
    """Tell whether a value is a dict of values of one kind."""
    return isinstance(value, dict) and all(isinstance(entry, kind) for entry in value.values())


def _which(path: os.PathLike) -> tuple[int, ...] | None:
    """Return what tells a file from another in its place; None if there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _fingerprints(
    parameters: dict[str, np.ndarray], buffers: dict[str, Any], states: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Hash what differs from run to run, for each of ``KNOWN_BY``."""
    weights = hashlib.sha256()
    for array in parameters.values():
        weights.update(np.ascontiguousarray(array).data)  # tobytes() would copy it
    found = {"weights": weights.hexdigest(), "buffers": _hashed_state(buffers)}
    return found | {name: _hashed_state(states[name]) for name in ("optimizer", "source")}


def _hashed(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def _hashed_state(state: dict[str, Any]) -> str:
    text = json.dumps(state, sort_keys=True, default=_hashed)
    return hashlib.sha256(text.encode()).hexdigest()

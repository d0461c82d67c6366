"""Rows of networks on one data set, each trained at the best of several learning rates.

The paper does not give its learning rates. Here each row tries the rates of a grid for a part of
the updates, and the one with the lowest cost on validation images is taken to the end. In a folder
all runs are kept in checkpoints: whatever stopped them, called again they go on. Figures 11 and 12
of the paper are such races, of the rows of Table 1; the main job is a race that keeps no files.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from tinynet._internal.progress import Silent, bar
from tinynet._internal.replacing import write_json
from tinynet.studies import seeded
from tinynet.studies.result import Result
from tinynet.studies.watched import BATCH, Run, prepared, side_by_side, watch_one
from tinynet.training import checkpoint, sweep

# Table 1 of the paper: activation and initializer of each row.
ROWS = {
    "softsign": ("softsign", "standard"),
    "softsign_n": ("softsign", "normalized"),
    "tanh": ("tanh", "standard"),
    "tanh_n": ("tanh", "normalized"),
    "sigmoid": ("sigmoid", "standard"),
}
GRID = (0.01, 0.03, 0.1)  # learning rates to choose from
# What is kept of each layer, besides the errors.
LAYERS = ("z_mean", "z_std", "z_p98", "z_saturated", "ds_std", "dW_std", "update_ratio")
VALIDATION = ("valid_error", "valid_cost")  # of the finite sets
COMMANDS = {
    "shapeset": "figure11",
    "mnist": "figure12 --data mnist",
    "cifar10": "figure12 --data cifar10",
}


@dataclass(frozen=True)
class Size:
    """How wide and deep the networks are, how long they learn, and how often the monitor looks."""

    name: str
    width: int
    updates: int
    search: int  # the updates for which each rate of the grid is tried
    step: int
    depth: int = 5
    early: tuple[int, ...] = (1000, 2000, 5000, 10_000)

    @property
    def looks(self) -> tuple[int, ...]:
        """Some early moments, then every ``step`` updates, and the last."""
        early = [k for k in self.early if k < self.step]
        return (*early, *range(self.step, self.updates, self.step), self.updates)


@dataclass(frozen=True)
class Race:
    """Rows of networks at one size, and the folder that keeps their runs.

    ``data`` is "shapeset", "mnist" or "cifar10"; the files of the last two must be here. ``rows``
    are the activation and the initializer of each, by name. Without a folder nothing is kept:
    :meth:`learn` then begins anew, and what it gives is all that there is.
    """

    data: str
    size: Size
    folder: Path | None
    rows: Mapping[str, tuple[str, str]] = field(default_factory=lambda: ROWS)
    seed: int = 0
    workers: int | None = None
    rates: tuple[float, ...] = GRID

    def choose_rates(self, progress: Callable[..., Any] = bar) -> dict[str, list[dict[str, Any]]]:
        """Try each rate of the grid for the ``search`` updates of the size.

        Returns
        -------
        dict
            For each row a list of one dict a rate: ``lr``, ``updates``, and, both None where the
            rate is too large, ``validation_cost`` and ``test_error``. :func:`best_rate` chooses.
        """
        runs = {
            (row, lr): (self._trial(row, lr), self._file(row, lr))
            for row in self.rows
            for lr in self.rates
        }
        found = side_by_side(_try, runs, "learning rates", self.workers, progress)
        return {row: [found[row, lr] for lr in self.rates] for row in self.rows}

    def learn(
        self, rates: Mapping[str, float], progress: Callable[..., Any] = bar
    ) -> dict[str, Result]:
        """Train each row at its rate to the end; for each what :func:`tinynet.studies.watch` gives.

        In a folder the rows go on from where their trials ended, and :meth:`results` has all.
        """
        runs = {row: (self._run(row, lr), self._file(row, lr)) for row, lr in rates.items()}
        return side_by_side(watch_one, runs, "training", self.workers, progress)

    def seconds_left(self) -> float:
        """How long all of it will take, from the speed of some updates on this machine, now.

        As many processes take their time as will work at once: they share the memory.
        """
        workers = self.workers or sweep.cores()
        first = self._run(next(iter(self.rows)), self.rates[0])
        calls = [(_time, {"run": first})] * workers
        found = sweep.run(calls, total=workers, desc="timing", unit="trials", progress=Silent)
        update, look = np.mean(found, axis=0)
        search, end = self.size.search, self.size.updates
        files = [[self._file(row, lr) for lr in self.rates] for row in self.rows]
        trials = [search - _saved(file) for row in files for file in row if not _outcome(file)]
        ends = [end - max(search, *map(_saved, row)) for row in files]
        rounds = _rounds(trials, workers) + _rounds(ends, workers)
        return float(rounds * (update + look * len(self.size.looks) / end))

    def results(self) -> dict[str, dict[str, Any]]:
        """What the folder has of each row, finished or not: small enough to keep, without weights.

        Of the rate that the trials chose; if none has come to its end, of the one that went
        farthest. A row of which nothing was saved is left out.
        """
        found = {}
        for row in self.rows:
            outcomes = [_outcome(self._file(row, lr)) for lr in self.rates]
            grid = [outcome["trial"] for outcome in outcomes if outcome is not None]
            saved = {lr: _saved(self._file(row, lr)) for lr in self.rates}
            if any(trial["validation_cost"] is not None for trial in grid):
                found[row] = self._result(row, best_rate(row, grid), grid)
            elif any(saved.values()):
                found[row] = self._result(row, max(saved, key=saved.__getitem__), grid)
        return found

    def _result(self, row: str, lr: float, grid: list[dict[str, Any]]) -> dict[str, Any]:
        seen, record = checkpoint.read(self._file(row, lr))
        command = f"python -m tinynet {COMMANDS[self.data]} --size {self.size.name} --row {row}"
        command += f" --lr {lr:g}" if self.rates != GRID else ""
        return {
            "data": self.data,
            "size": self.size.name,
            "row": row,
            "command": command + (f" --seed {self.seed}" if self.seed else ""),
            "finished": len(grid) == len(self.rates) and record["updates"] == self.size.updates,
            "updates_done": record["updates"],
            "settings": {**asdict(self._run(row, lr)), "batch": BATCH},
            "grid": grid,
            "seconds": round(record["seconds"]),
            "watching_seconds": round(seen["seconds"]),
            "versions": record["versions"],
            "updates": seen["updates"].tolist(),
            "test_error": seen["test_error"].tolist(),
            "test_cost": _rounded(seen["test_cost"]),
            **{name: _rounded(seen[name]) for name in VALIDATION if name in seen},
            "layers": {name: _rounded(seen[name]) for name in LAYERS},
        }

    def _run(self, row: str, lr: float) -> Run:
        activation, init = self.rows[row]
        return Run(
            activation=activation,
            init=init,
            lr=lr,
            depth=self.size.depth,
            width=self.size.width,
            updates=self.size.updates,
            every=self.size.looks,
            seed=self.seed,
            test_images=seeded.IMAGES,
            data=self.data,
        )

    def _trial(self, row: str, lr: float) -> Run:
        """A run that ends with the search; where nothing goes on from it, it is seen at its end."""
        run = replace(self._run(row, lr), updates=self.size.search)
        return run if self.folder else replace(run, every=(run.updates,))

    def _file(self, row: str, lr: float) -> Path | None:
        """The checkpoint of a run; beside it, ending in .json, what its trial came to."""
        name = f"{self.data}-{self.size.name}-{row}-lr-{lr:g}.npz"
        return self.folder / name if self.folder else None


def best_rate(row: str, grid: Sequence[Mapping[str, Any]]) -> float:
    """The rate with the lowest validation cost of those that came to an end."""
    ended = [trial for trial in grid if trial["validation_cost"] is not None]
    if not ended:
        tried = tuple(trial["lr"] for trial in grid)
        raise ValueError(f"lr: every rate of {tried} is too large for {row}: give a smaller one")
    return min(ended, key=lambda trial: trial["validation_cost"])["lr"]


def best_look(result: Mapping[str, Any]) -> int:
    """Which look at a run found the lowest validation error: the first, if there are several."""
    return min(range(len(result["valid_error"])), key=result["valid_error"].__getitem__)


def kept(data: str, size: str = "medium") -> dict[str, dict[str, Any]]:
    """The results that come with tinynet, a dict a row, as :meth:`Race.results` gives them."""
    folder = resources.files("tinynet.studies") / "kept"
    files = {row: folder / f"{data}-{size}-{row}.json" for row in ROWS}
    return {
        row: json.loads(file.read_text(encoding="utf-8"))
        for row, file in files.items()
        if file.is_file()
    }


# What a child process does.


def _try(run: Run, file: Path | None, progress: Callable[..., Any]) -> dict[str, Any]:
    """The outcome of a trial; one that was done before is read."""
    before = _outcome(file)
    settings = json.loads(json.dumps(asdict(run)))
    if before is not None:
        if before["settings"] != settings:
            known = before["settings"]
            differ = [name for name, value in settings.items() if known.get(name) != value]
            raise ValueError(
                f"{file.with_suffix('.json')}: is of other settings ({', '.join(differ)}): name"
                " another folder"
            )
        progress(total=run.updates, initial=run.updates)
        return before["trial"]
    cost = error = None  # and they stay so where the rate is too large
    with contextlib.suppress(FloatingPointError):
        result = watch_one(run, file, progress)
        if np.isfinite(result["validation_cost"]):
            cost, error = float(result["validation_cost"]), float(result["test_error"][-1])
    trial = {"lr": run.lr, "updates": run.updates, "validation_cost": cost, "test_error": error}
    if file is not None:
        write_json(file.with_suffix(".json"), {"settings": settings, "trial": trial})
    return trial


def _time(run: Run, progress: Callable[..., Any]) -> tuple[float, float]:
    """The seconds that an update takes, and a look of the monitor."""
    _, monitor, train_on, _ = prepared(run)
    train_on(5, progress=Silent)
    started = time.perf_counter()
    train_on(100, progress=Silent)
    update = (time.perf_counter() - started) / 100
    monitor(0)
    return update, monitor.seconds


# Files, and numbers.


def _outcome(file: Path | None) -> dict[str, Any] | None:
    """Read the result of a trial; None where it was not done yet, or nothing is kept."""
    found = file and file.with_suffix(".json")
    return json.loads(found.read_text(encoding="utf-8")) if found and found.exists() else None


def _saved(file: Path | None) -> int:
    """Read how many updates a checkpoint holds."""
    return checkpoint.read(file)[1]["updates"] if file and file.exists() else 0


def _rounds(updates: list[int], workers: int) -> float:
    """For how many updates somebody works, when runs of so many each are shared out."""
    return max(max(updates, default=0), sum(updates) / workers)


def _rounded(array: np.ndarray) -> list:
    """Four digits are enough to draw."""
    if array.ndim > 1:
        return [_rounded(row) for row in array]
    return [float(f"{value:.4g}") for value in array]

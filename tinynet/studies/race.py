"""Rows of networks on one data set, each trained at the best of several learning rates.

The paper does not give its learning rates. Here each row tries the rates of a grid for part of
the updates, and goes to the end with the one that has the lowest cost on validation images. In a
folder all runs are kept in checkpoints: whatever stops them, called again they go on. Figures 11
and 12 of the paper are such races, of the rows of Table 1; the main job is a race without files.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from tinynet import activations, initializers
from tinynet._internal import checks
from tinynet._internal.progress import Silent, bar
from tinynet._internal.replacing import inside, write_json
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
NORMALIZED = "_n: normalized weights"  # said once with the tables, which have these names
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

    def __post_init__(self) -> None:
        checks.file_name("name", self.name)
        for name in ("width", "updates", "search", "step"):
            checks.size(name, getattr(self, name))
        checks.whole("depth", self.depth, 1, seeded.DEEPEST)
        checks.whole_numbers("early", self.early)

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
    :meth:`learn` then starts over, and what it returns is all there is.
    """

    data: str
    size: Size
    folder: Path | None
    rows: Mapping[str, tuple[str, str]] = field(default_factory=lambda: ROWS)
    seed: int = 0
    workers: int | None = None
    rates: tuple[float, ...] = GRID

    def __post_init__(self) -> None:
        checks.among("data", self.data, COMMANDS)
        if not isinstance(self.size, Size):
            raise TypeError(f"size: expected a Size, got {checks.describe(self.size)}")
        if self.folder is not None:
            object.__setattr__(self, "folder", checks.path("folder", self.folder))
        for row, parts in checks.mapping("rows", self.rows).items():
            checks.file_name(f"the name {row!r} in rows", row)
            if not isinstance(parts, (tuple, list)) or len(parts) != 2:
                wanted = "the names of an activation and an initializer"
                raise TypeError(f"rows[{row!r}]: expected {wanted}, got {checks.describe(parts)}")
            checks.name_in(f"rows[{row!r}][0]", parts[0], activations)
            checks.name_in(f"rows[{row!r}][1]", parts[1], initializers)
        checks.seed("seed", self.seed)
        sweep.processes(self.workers)
        checks.positives("rates", self.rates)

    def choose_rates(
        self, progress: Callable[..., Any] | None = bar
    ) -> dict[str, list[dict[str, Any]]]:
        """Try each rate of the grid for the ``search`` updates of the size.

        Returns
        -------
        dict
            For each row a list with one dict per rate: ``lr``, ``updates``, ``validation_cost``
            and ``test_error``, these None if the rate is too large. :func:`best_rate` chooses.
        """
        runs = {
            (row, lr): (self._trial(row, lr), self._file(row, lr))
            for row in self.rows
            for lr in self.rates
        }
        found = side_by_side(_try, runs, "learning rates", self.workers, progress)
        return {row: [found[row, lr] for lr in self.rates] for row in self.rows}

    def learn(
        self, rates: Mapping[str, float], progress: Callable[..., Any] | None = bar
    ) -> dict[str, Result]:
        """Train each row at its rate to the end; return what their monitors saw, as Results.

        In a folder the rows go on from where their trials ended, and :meth:`results` has all.
        """
        for row in checks.mapping("rates", rates):
            checks.among("the row of rates", row, self.rows)
        runs = {row: (self._run(row, lr), self._file(row, lr)) for row, lr in rates.items()}
        return side_by_side(watch_one, runs, "training", self.workers, progress)

    def seconds_left(self) -> float:
        """Estimate how long all of it will take, from some updates on this machine, now.

        As many processes are timed as will work at once, because they share the memory.
        """
        workers = self.workers or sweep.cores()
        first = self._run(next(iter(self.rows)), self.rates[0])
        with sweep.Processes(workers) as pool:
            found = sweep.sweep(_time, [{"run": first}] * workers, executor=pool, progress=Silent)
        update, look = np.mean(found, axis=0)
        search, end = self.size.search, self.size.updates
        files = [[self._file(row, lr) for lr in self.rates] for row in self.rows]
        trials = [
            search - _saved(self._file(row, lr))
            for row in self.rows
            for lr in self.rates
            if not _outcome(self._file(row, lr), self._trial(row, lr))
        ]
        ends = [end - max(search, *map(_saved, row)) for row in files]
        rounds = _rounds(trials, workers) + _rounds(ends, workers)
        return float(rounds * (update + look * len(self.size.looks) / end))

    def results(self) -> dict[str, dict[str, Any]]:
        """Read what the folder has of each row, finished or not: without weights, so it is small.

        The rate is the one that the trials chose or, if none has ended, the one that went
        farthest. A row with nothing saved is left out.
        """
        found = {}
        for row in self.rows:
            outcomes = [_outcome(self._file(row, lr), self._trial(row, lr)) for lr in self.rates]
            grid = [trial for trial in outcomes if trial is not None]
            saved = {lr: _saved(self._file(row, lr)) for lr in self.rates}
            if any(trial["validation_cost"] is not None for trial in grid):
                found[row] = self._result(row, best_rate(row, grid), grid)
            elif any(saved.values()):
                found[row] = self._result(row, max(saved, key=saved.__getitem__), grid)
        return found

    def _result(self, row: str, lr: float, grid: list[dict[str, Any]]) -> dict[str, Any]:
        file = self._file(row, lr)
        seen, record = checkpoint.read(file)
        command = f"python -m tinynet {COMMANDS[self.data]} --size {self.size.name} --row {row}"
        command += f" --lr {lr:g}" if self.rates != GRID else ""
        with _named(file):
            _are_curves([seen[name] for name in ("updates", "test_error", "test_cost", *LAYERS)])
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
        """Return a run that ends with the search; if nothing goes on from it, look at its end."""
        run = replace(self._run(row, lr), updates=self.size.search)
        return run if self.folder else replace(run, every=(run.updates,))

    def _file(self, row: str, lr: float) -> Path | None:
        """Name the checkpoint of a run; beside it, ending in .json, is the result of its trial."""
        name = f"{self.data}-{self.size.name}-{row}-lr-{lr:g}"
        return inside(self.folder, name, ".npz") if self.folder else None


def best_rate(row: str, grid: Sequence[Mapping[str, Any]]) -> float:
    """Choose the rate with the lowest validation cost among the trials that ended."""
    checks.text("row", row)
    checks.mappings("grid", dict(enumerate(checks.listed("grid", grid))), ["lr", "validation_cost"])
    ended = [trial for trial in grid if trial["validation_cost"] is not None]
    if not ended:
        tried = tuple(trial["lr"] for trial in grid)
        raise ValueError(f"lr: expected a smaller rate, got {tried}, all too large for {row}")
    return min(ended, key=lambda trial: trial["validation_cost"])["lr"]


def best_look(result: Mapping[str, Any]) -> int:
    """Return which look at a run found the lowest validation error, the first if there are more."""
    errors = checks.mapping("result", result, ["valid_error"])["valid_error"]
    checks.numbers("result['valid_error']", errors, [None])
    return min(range(len(result["valid_error"])), key=result["valid_error"].__getitem__)


def kept(data: str, size: str = "medium") -> dict[str, dict[str, Any]]:
    """Read the results that come with tinynet, as :meth:`Race.results` returns them."""
    checks.among("data", data, COMMANDS)
    checks.file_name("size", size)
    folder = resources.files("tinynet.studies") / "kept"
    files = {row: folder / f"{data}-{size}-{row}.json" for row in ROWS}
    return {row: _kept(file) for row, file in files.items() if file.is_file()}


# What a child process does.


def _try(run: Run, file: Path | None, progress: Callable[..., Any]) -> dict[str, Any]:
    """Return the outcome of a trial; read it if the trial was done before."""
    before = _outcome(file, run)
    if before is not None:
        progress(total=run.updates, initial=run.updates)
        return before
    cost = error = None  # which they stay if the rate is too large
    with contextlib.suppress(FloatingPointError):
        result = watch_one(run, file, progress)
        if np.isfinite(result["validation_cost"]):
            cost, error = float(result["validation_cost"]), float(result["test_error"][-1])
    trial = {"lr": run.lr, "updates": run.updates, "validation_cost": cost, "test_error": error}
    if file is not None:
        write_json(file.with_suffix(".json"), {"settings": asdict(run), "trial": trial})
    return trial


def _time(run: Run, progress: Callable[..., Any]) -> tuple[float, float]:
    """Measure the seconds that an update takes, and a look of the monitor."""
    _, monitor, train_on, _ = prepared(run)
    train_on(5, progress=Silent)
    started = time.perf_counter()
    train_on(100, progress=Silent)
    update = (time.perf_counter() - started) / 100
    monitor(0)
    return update, monitor.seconds


# Files, and numbers.


def _outcome(file: Path | None, run: Run) -> dict[str, Any] | None:
    """Read the result of a trial; None if it is not done yet, or nothing is kept."""
    found = file and file.with_suffix(".json")
    if not found or not found.exists():
        return None
    with _named(found):
        content = json.loads(found.read_text(encoding="utf-8"))
        known, trial = dict(content["settings"]), content["trial"]
    settings = json.loads(json.dumps(asdict(run)))
    differ = [key for key in {**settings, **known} if settings.get(key) != known.get(key)]
    if differ:
        raise ValueError(
            f"{found}: expected these settings, got others ({', '.join(differ)}); name another"
            " folder, or delete the file"
        )
    with _named(found):
        numbers = [trial["validation_cost"], trial["test_error"]]
        ended = all(type(number) is float and np.isfinite(number) for number in numbers)
        of_this = (trial["lr"], trial["updates"]) == (run.lr, run.updates)
        if not of_this or not (ended or numbers == [None, None]):
            raise ValueError(f"expected the result of a trial, got {checks.describe(trial)}")
    return trial


def _kept(file: Any) -> dict[str, Any]:
    """Read a result that comes with tinynet."""
    kinds = {"settings": dict, "layers": dict, "grid": list, "finished": bool, "command": str}
    with _named(file):
        result = json.loads(file.read_text(encoding="utf-8"))
        curves = [result[name] for name in ("updates", "test_error", "test_cost")]
        curves += [result[name] for name in VALIDATION if name in result]
        curves += [result["layers"][name] for name in LAYERS]
        if any(type(result[key]) is not kind for key, kind in kinds.items()):
            raise ValueError(f"expected a result, got {checks.describe(result)}")
        _are_curves(curves)
    return result


def _are_curves(found: Sequence[Any]) -> None:
    """Check that there are numbers for each look, and as many looks in one curve as in another."""
    for curve in map(np.array, found):
        if curve.shape[:1] != np.shape(found[0])[:1] or curve.dtype.kind not in "fi":
            raise ValueError(f"expected numbers for each look, got {checks.describe(curve)}")


@contextlib.contextmanager
def _named(file: Any) -> Iterator[None]:
    """Tell what is wrong in a file with its name."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{file}: is damaged ({error!r}): delete it, and start again") from error


def _saved(file: Path | None) -> int:
    """Read how many updates a checkpoint holds."""
    return checkpoint.read(file)[1]["updates"] if file and file.exists() else 0


def _rounds(updates: list[int], workers: int) -> float:
    """Return how many updates the busiest worker does, if runs of these lengths are shared out."""
    return max(max(updates, default=0), sum(updates) / workers)


def _rounded(array: np.ndarray) -> list:
    """Round to four digits, enough to draw."""
    if array.ndim > 1:
        return [_rounded(row) for row in array]
    return [float(f"{value:.4g}") for value in array]

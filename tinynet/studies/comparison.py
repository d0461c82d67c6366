"""The main job: deep networks that differ only in how their weights are drawn, side by side.

At initialization at the width of the paper, and in training at a width that a reader can wait
for. Every network of a comparison has the same draws, scaled its own way, and sees the same data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinynet import sweep
from tinynet.datasets import Shapeset
from tinynet.network import Network
from tinynet.progress import bar
from tinynet.studies import setup
from tinynet.studies.initialization import at_initialization
from tinynet.studies.learning import error_curve, validation_cost
from tinynet.studies.setup import GRID, IMAGES, LOOKED_AT, ROWS, TEST, TRAINING, VALIDATION

JACOBIANS = 20  # of the images looked at, in which singular values are computed


@dataclass(frozen=True)
class Settings:
    """What is compared. ``activation`` may be 'all': the five rows of Table 1."""

    activation: str = "tanh"
    depth: int = 5
    width_at_initialization: int = 1000
    width_in_training: int = 100
    updates: int = 80_000
    lr: float | None = None
    seed: int = 0

    @property
    def runs(self) -> dict[str, tuple[str, str]]:
        """The name of each run, with its activation and its initializer."""
        if self.activation == "all":
            return ROWS
        return {init: (self.activation, init) for init in ("standard", "normalized")}

    @property
    def search_updates(self) -> int:
        """How long each learning rate of the grid is tried: a quarter of the updates."""
        return max(1, self.updates // 4)

    def network(self, run: str, width: int) -> Network:
        """The network of one run, as it starts."""
        return setup.network(*self.runs[run], width, self.depth, self.seed)

    def stream(self, which: int) -> Shapeset:
        """One of the streams of images: TEST, VALIDATION or TRAINING."""
        return setup.stream(self.seed, which)


def initialize(settings: Settings, progress: Callable[..., Any] = bar) -> dict[str, dict]:
    """Every run at initialization, see :func:`tinynet.studies.initialization.at_initialization`."""
    calls = [(_initialize, {"settings": settings, "run": run}) for run in settings.runs]
    jacobians = len(calls) * (settings.depth - 1) * JACOBIANS
    found = sweep.run(
        calls, total=jacobians, desc="at initialization", unit="Jacobians", progress=progress
    )
    return dict(zip(settings.runs, found, strict=True))


def choose_rates(settings: Settings, progress: Callable[..., Any] = bar) -> dict[str, dict]:
    """For every run the rate of the grid with the lowest cost on the validation images.

    Returns
    -------
    dict
        For each run ``lr``, and ``grid`` and ``validation_cost``, two lists of the same length.
        A cost is None where the rate was too large for the network.

    Raises
    ------
    ValueError
        All of them were too large for one of the runs.
    """
    if settings.lr is not None:
        none: dict[str, Any] = {"lr": settings.lr, "grid": [], "validation_cost": []}
        return {run: none for run in settings.runs}
    calls = [
        (_search, {"settings": settings, "run": run, "lr": lr})
        for run in settings.runs
        for lr in GRID
    ]
    total = len(calls) * settings.search_updates
    found = sweep.run(calls, total=total, desc="learning rates", unit="updates", progress=progress)
    chosen = {}
    for k, run in enumerate(settings.runs):
        costs = found[k * len(GRID) : (k + 1) * len(GRID)]
        if all(cost is None for cost in costs):
            raise ValueError(f"lr: every rate of {GRID} is too large for {run}: give a smaller one")
        best = min(range(len(GRID)), key=lambda j: np.inf if costs[j] is None else costs[j])
        chosen[run] = {"lr": GRID[best], "grid": list(GRID), "validation_cost": costs}
    return chosen


def learn(
    settings: Settings, rates: dict[str, float], progress: Callable[..., Any] = bar
) -> dict[str, dict]:
    """The test error of every run as it learns, at its own learning rate."""
    calls = [
        (_learn, {"settings": settings, "run": run, "lr": rates[run]}) for run in settings.runs
    ]
    total = len(calls) * settings.updates
    found = sweep.run(calls, total=total, desc="training", unit="updates", progress=progress)
    return dict(zip(settings.runs, found, strict=True))


# What a child process does.


def _initialize(settings: Settings, run: str, progress: Callable[..., Any]) -> dict[str, Any]:
    x, labels = settings.stream(TEST).draw(LOOKED_AT)
    net = settings.network(run, settings.width_at_initialization)
    return at_initialization(net, x, labels, jacobians=JACOBIANS, progress=progress)


def _search(settings: Settings, run: str, lr: float, progress: Callable[..., Any]) -> float | None:
    source = settings.stream(TRAINING)
    validation = settings.stream(VALIDATION).draw(IMAGES)
    net = settings.network(run, settings.width_in_training)
    return validation_cost(net, lr, source, validation, settings.search_updates, progress=progress)


def _learn(
    settings: Settings, run: str, lr: float, progress: Callable[..., Any]
) -> dict[str, list]:
    source = settings.stream(TRAINING)
    test = settings.stream(TEST).draw(IMAGES)
    net = settings.network(run, settings.width_in_training)
    return error_curve(net, lr, source, test, settings.updates, progress=progress)

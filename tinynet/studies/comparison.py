"""The main job: deep networks that differ only in how their weights are drawn, side by side.

At initialization at the width of the paper, and in a race at a width that a reader can wait for.
Every network of a comparison has the same draws, scaled its own way, and sees the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tinynet._internal.progress import bar
from tinynet.studies import race, seeded
from tinynet.studies.initialization import at_initialization
from tinynet.studies.race import Race, Size
from tinynet.training import sweep

ROWS = race.ROWS | {"relu_he": ("relu", "he")}  # with what came after the paper
JACOBIANS = 20  # images at which singular values are computed
LOOKS = 40  # at the test error, about so many


@dataclass(frozen=True)
class Settings:
    """What is compared.

    The two initializations with one ``activation``; if that is "all", the five rows of Table 1; or
    those of ROWS that ``row`` names.
    """

    activation: str = "tanh"
    row: Sequence[str] | None = None
    depth: int = 5
    width_at_initialization: int = 1000
    width_in_training: int = 100
    updates: int = 80_000
    lr: float | None = None
    seed: int = 0

    @property
    def rows(self) -> dict[str, tuple[str, str]]:
        """The activation and the initializer of each network, by name."""
        if self.row:
            return {row: ROWS[row] for row in self.row}
        if self.activation == "all":
            return race.ROWS
        return {init: (self.activation, init) for init in ("standard", "normalized")}

    @property
    def race(self) -> Race:
        """The race of the rows: it keeps no files, and tries rates for a quarter of the updates."""
        size = Size(
            "compare",
            width=self.width_in_training,
            depth=self.depth,
            updates=self.updates,
            search=max(1, self.updates // 4),
            step=-(-self.updates // LOOKS),
            early=(0,),
        )
        return Race("shapeset", size, None, self.rows, self.seed)


def initialize(settings: Settings, progress: Callable[..., Any] = bar) -> dict[str, dict]:
    """Look at every row before it learns: what it is, and what :func:`at_initialization` finds."""
    jobs = [{"settings": settings, "row": row} for row in settings.rows]
    with sweep.Processes(most=len(jobs)) as pool:
        found = sweep.sweep(
            _initialize,
            jobs,
            executor=pool,
            progress=progress,
            total=len(jobs) * (settings.depth - 1) * JACOBIANS,
            desc="at initialization",
            unit="Jacobians",
        )
    return dict(zip(settings.rows, found, strict=True))


def _initialize(settings: Settings, row: str, progress: Callable[..., Any]) -> dict[str, Any]:
    """Look at one row, in a child process."""
    activation, init = settings.rows[row]
    width, depth, seed = settings.width_at_initialization, settings.depth, settings.seed
    net = seeded.network(activation, init, width, depth, seed)
    x, labels = seeded.stream(seed, seeded.TEST).draw(seeded.LOOKED_AT)
    found = at_initialization(net, x, labels, jacobians=JACOBIANS, progress=progress)
    return {"activation": activation, "init": init, **found}

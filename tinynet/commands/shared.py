"""What several commands share: options, and the choice of learning rates."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tinynet.commands import typed
from tinynet.studies import race, tables


def rows(p: Any, names: Iterable[str], default: str) -> None:
    """Add ``--row``."""
    p.add_argument(
        "--row",
        action="append",
        choices=list(names),
        help=f"one of these networks ({race.NORMALIZED}); may be given several times (default:"
        f" {default})",
    )


def lr(p: argparse.ArgumentParser, default: str) -> None:
    """Add ``--lr``."""
    p.add_argument("--lr", type=typed.positive, help=f"learning rate (default: {default})")


def seed(p: argparse.ArgumentParser, of: str = "all random draws") -> None:
    """Add ``--seed``."""
    p.add_argument("--seed", type=typed.seed, default=0, help=f"for {of} (default: %(default)s)")


def out(p: argparse.ArgumentParser, what: str, default: str) -> None:
    """Add ``--out``."""
    p.add_argument(
        "--out", type=typed.folder, default=Path(default), help=f"{what} (default: %(default)s)"
    )


def overwrite(p: argparse.ArgumentParser, what: str) -> None:
    """Add ``--overwrite``."""
    p.add_argument("--overwrite", action="store_true", help=f"replace {what}")


def choose_rates(study: race.Race) -> tuple[dict[str, list], dict[str, float]]:
    """Try the rates and print what they cost; return the trials of each row, and its best rate."""
    grids = study.choose_rates()
    rates = {row: race.best_rate(row, grid) for row, grid in grids.items()}
    print(tables.trials(grids, rates))
    return grids, rates

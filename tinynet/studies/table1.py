"""Table 1 of the paper: the test errors of its rows, over several seeds, and what is chance.

Every row is trained at every learning rate (and every depth, if there are several to choose from)
with every seed. The rate with the lowest mean error on the validation images is chosen, as in the
paper; what the table shows is the test error of the networks that learnt with it, after the last
update. With one seed all rows begin with the same draws and see the same images.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet._internal.progress import bar
from tinynet._internal.versions import versions
from tinynet.looking.scores import error_rate, mean_cost, predict
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.studies import figure12, seeded
from tinynet.studies.race import GRID, NORMALIZED, ROWS, Race, Size
from tinynet.studies.significance import LEVEL, holm, interval, mcnemar, seeds_needed, sign_test
from tinynet.studies.watched import BATCH, Run, prepared
from tinynet.training.sweep import sweep

# Test error in %, of networks with five hidden layers (or as many as validation chose).
PAPER = {
    "shapeset": {
        "softsign": 16.27,
        "softsign_n": 16.06,
        "tanh": 27.15,
        "tanh_n": 15.60,
        "sigmoid": 82.61,
    },
    **figure12.PAPER,
}
# What the paper prints in bold: the rows that differ from those which are not.
BOLD = {
    "shapeset": ("softsign", "softsign_n", "tanh_n"),
    "mnist": ("softsign", "softsign_n", "tanh", "tanh_n"),
    "cifar10": ("softsign_n", "tanh_n"),
}
RUN = ("row", "depth", "lr", "seed", "valid_error", "test_error")


@dataclass(frozen=True)
class Table1:
    """What is in the table: a data set, a size, how many seeds, and what is to be chosen from."""

    data: str
    size: Size
    seeds: int = 1
    depths: tuple[int, ...] = (5,)
    rows: Mapping[str, tuple[str, str]] = field(default_factory=lambda: ROWS)
    rates: tuple[float, ...] = GRID

    def __post_init__(self) -> None:
        Race(self.data, self.size, None, self.rows, rates=self.rates)  # which checks these
        checks.whole("seeds", self.seeds, 1, 10_000)
        depths = checks.listed("depths", self.depths)
        for k, depth in enumerate(depths):
            checks.whole(f"depths[{k}]", depth, 1, seeded.DEEPEST)
        for name, values in (("depths", depths), ("rates", self.rates)):
            if not len(values) or len(set(values)) < len(values):
                raise ValueError(f"{name}: expected different ones, at least one, got {values}")

    def jobs(self) -> list[tuple[str, dict[str, Any]]]:
        """List the runs: the name of the row, and the arguments of :func:`train_one`."""
        return [
            (
                row,
                {
                    "data": self.data,
                    "activation": activation,
                    "init": init,
                    "lr": lr,
                    "depth": depth,
                    "width": self.size.width,
                    "updates": self.size.updates,
                    "seed": seed,
                },
            )
            for seed in range(self.seeds)
            for row, (activation, init) in self.rows.items()
            for depth in self.depths
            for lr in self.rates
        ]

    def run(
        self,
        folder: str | os.PathLike | None = None,
        executor: Executor | None = None,
        progress: Callable[..., Any] | None = bar,
    ) -> list[dict[str, Any]]:
        """Do all runs, as :func:`tinynet.training.sweep.sweep` does jobs.

        Returns
        -------
        list of dict
            Of each run ``row``, ``depth``, ``lr``, ``seed``, ``valid_error``, ``test_error``, and
            ``wrong``: which test images it got wrong, as text (:func:`unpacked`). The last three
            are None if the rate was too large. :func:`summary` makes the table of them.
        """
        rows, jobs = zip(*self.jobs(), strict=True)
        best: dict[str, float] = {}
        names = {parts: row for row, parts in self.rows.items()}
        done = 0

        def note(job: Mapping[str, Any], result: Mapping[str, Any]) -> str:
            nonlocal done
            done += 1
            row = names[job["activation"], job["init"]]
            if result["valid_error"] is not None:
                best[row] = min(100 * result["valid_error"], best.get(row, 100.0))
            words = ", ".join(f"{row} {error:.1f}" for row, error in best.items())
            return f"run {done} of {len(jobs)}; lowest validation error (%): {words}"

        found = sweep(
            train_one,
            jobs,
            executor=executor,
            folder=folder,
            progress=progress,
            total=sum(job["updates"] for job in jobs),
            desc="table 1",
            unit="updates",
            note=note,
        )
        keys = ("depth", "lr", "seed")
        return [
            {"row": row, **{key: job[key] for key in keys}, **result}
            for row, job, result in zip(rows, jobs, found, strict=True)
        ]

    def record(self, runs: Sequence[Mapping[str, Any]], command: str) -> dict[str, Any]:
        """Put all that is known of a table in one dict that JSON can hold.

        Which images were wrong is kept of the chosen runs alone: the tests need no other.
        """
        command = checks.text("command", command)
        chosen = {row: (ours[0]["depth"], ours[0]["lr"]) for row, ours in _choices(runs).items()}
        kept = [
            {
                key: value
                for key, value in run.items()
                if key != "wrong" or (run["depth"], run["lr"]) == chosen[run["row"]]
            }
            for run in runs
        ]
        settings = {
            "data": self.data,
            "size": self.size.name,
            "width": self.size.width,
            "updates": self.size.updates,
            "batch": BATCH,
            "seeds": self.seeds,
            "depths": list(self.depths),
            "rates": list(self.rates),
        }
        return {"command": command, "settings": settings, "versions": versions(), "runs": kept}


def train_one(
    data: str,
    activation: str,
    init: str,
    lr: float,
    depth: int,
    width: int,
    updates: int,
    seed: int,
    progress: Callable[..., Any] = bar,
    checkpoint: Path | None = None,
) -> dict[str, Any]:
    """Do one run: a job of the sweep, wherever that is."""
    run = Run(activation, init, lr, depth, width, updates, updates, seed, data=data)
    net, _, train_on, valid = prepared(run)
    x, labels = seeded.examples(data, seed).test
    cost = np.inf
    with suppress(FloatingPointError), np.errstate(over="ignore", invalid="ignore"):
        train_on(updates, checkpoint=checkpoint, progress=progress)
        cost = mean_cost(net, SoftmaxCrossEntropy(), *valid)
    if not np.isfinite(cost):  # the rate is too large
        return {"valid_error": None, "test_error": None, "wrong": None}
    wrong = predict(net, x) != labels
    return {
        "valid_error": error_rate(net, *valid),
        "test_error": float(wrong.mean()),
        "wrong": packed(wrong),
    }


def packed(wrong: np.ndarray) -> str:
    """Write booleans as text, eight in a byte, four characters for three bytes."""
    return base64.b64encode(np.packbits(checks.booleans("wrong", wrong)).tobytes()).decode()


def unpacked(text: str) -> np.ndarray:
    """Read what :func:`packed` wrote; up to seven more follow, all False."""
    try:
        packed = base64.b64decode(checks.text("text", text), validate=True)
    except ValueError as error:
        raise ValueError(f"text: expected booleans, packed as text, got {text!r}") from error
    return np.unpackbits(np.frombuffer(packed, np.uint8)).astype(bool)


def summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Choose the rate (and depth) of each row, and test every pair of rows.

    Returns
    -------
    dict
        ``rows``: for each row ``depth``, ``lr``, ``valid_error`` (the mean over the seeds),
        ``test_errors`` (one of each seed), ``mean``, ``interval`` (95 %, None of one seed),
        ``by_test_error`` (the mean test error if the rate had been chosen by it), ``bold``.
        ``pairs``: for each pair ``rows``; ``wins`` and ``losses`` of the first over the seeds, p
        of the ``sign_test`` and ``holm``, the same corrected; ``mcnemar``, for each seed
        ``only_a``, ``only_b``, ``p``, ``holm``. ``best``: the row of the lowest mean. ``seeds``,
        and ``needed``, the fewest with which the sign test can find anything; ``by_seeds``,
        whether bold is what it says, or what McNemar's test says of the networks of seed 0.
    """
    chosen = _choices(runs)
    seeds = sorted({run["seed"] for run in runs})
    rows = {row: _row(row, ours, runs) for row, ours in chosen.items()}
    best = min(rows, key=lambda row: rows[row]["mean"])
    pairs = _pairs(chosen)
    needed = seeds_needed(max(1, len(pairs)))
    by_seeds = len(seeds) >= needed
    differ = {
        frozenset(pair["rows"])
        for pair in pairs
        if (pair["holm"] if by_seeds else pair["mcnemar"][0]["holm"]) < LEVEL
    }
    for row in rows:
        rows[row]["bold"] = frozenset((row, best)) not in differ
    return {
        "rows": rows,
        "pairs": pairs,
        "best": best,
        "seeds": len(seeds),
        "needed": needed,
        "by_seeds": by_seeds,
    }


def kept(data: str, size: str = "quick") -> dict[str, Any]:
    """Read a table that comes with tinynet, as :meth:`Table1.record` made it.

    ``size`` is the name of its size or, if its width is another, that width: ``"300"``.
    """
    checks.among("data", data, PAPER)
    file = f"table1-{data}-{checks.file_name('size', size)}.json"
    path = resources.files("tinynet.studies") / "kept" / file
    if not path.is_file():
        raise FileNotFoundError(f"size: expected one whose table is kept, got {data}'s {size!r}")
    return json.loads(path.read_text(encoding="utf-8"))


def _groups(row: str, runs: Sequence[Mapping[str, Any]]) -> dict[tuple, list]:
    """Sort the runs of a row by depth and rate; the seeds of each are in order."""
    groups: dict[tuple, list] = {}
    for run in sorted(runs, key=lambda run: run["seed"]):
        if run["row"] == row:
            groups.setdefault((run["depth"], run["lr"]), []).append(run)
    return groups


def _choices(runs: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the chosen runs of each row."""
    for k, run in enumerate(checks.listed("runs", runs)):
        checks.mapping(f"runs[{k}]", run, RUN)
    names = dict.fromkeys(run["row"] for run in runs)
    if not names:
        raise ValueError("runs: expected at least one run, got none")
    seeds = len({run["seed"] for run in runs})
    return {row: _chosen(row, runs, seeds) for row in names}


def _chosen(row: str, runs: Sequence[Mapping[str, Any]], seeds: int) -> list[Mapping[str, Any]]:
    """Return the runs at the rate and depth with the lowest mean validation error."""
    ended = [
        group
        for group in _groups(row, runs).values()
        if len(group) == seeds and all(run["valid_error"] is not None for run in group)
    ]
    if not ended:
        tried = sorted({run["lr"] for run in runs if run["row"] == row})
        raise ValueError(f"runs: expected a rate at which {row} ends, got {tried}, all too large")
    return min(ended, key=lambda group: np.mean([run["valid_error"] for run in group]))


def _row(
    row: str, ours: list[Mapping[str, Any]], runs: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Sum up the chosen runs of a row."""
    errors = [run["test_error"] for run in ours]
    others = [
        np.mean([run["test_error"] for run in group])
        for group in _groups(row, runs).values()
        if len(group) == len(ours) and all(run["test_error"] is not None for run in group)
    ]
    return {
        "depth": ours[0]["depth"],
        "lr": ours[0]["lr"],
        "valid_error": float(np.mean([run["valid_error"] for run in ours])),
        "test_errors": errors,
        "mean": float(np.mean(errors)),
        "interval": interval(errors) if len(errors) > 1 else None,
        "by_test_error": float(min(others)),
    }


def _pairs(chosen: Mapping[str, list[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Test every pair of rows: across the seeds, and within each."""
    wrong = {row: [unpacked(run["wrong"]) for run in runs] for row, runs in chosen.items()}
    pairs = []
    for a, b in combinations(chosen, 2):
        both = list(zip(chosen[a], chosen[b], strict=True))
        wins = sum(ours["test_error"] < theirs["test_error"] for ours, theirs in both)
        losses = sum(ours["test_error"] > theirs["test_error"] for ours, theirs in both)
        within = [mcnemar(x, y) for x, y in zip(wrong[a], wrong[b], strict=True)]
        pairs.append(
            {
                "rows": (a, b),
                "wins": wins,
                "losses": losses,
                "sign_test": sign_test(wins, losses),
                "mcnemar": [dict(zip(("only_a", "only_b", "p"), w, strict=True)) for w in within],
            }
        )
    if pairs:
        for pair, p in zip(pairs, holm([pair["sign_test"] for pair in pairs]), strict=True):
            pair["holm"] = p
        for tests in zip(*(pair["mcnemar"] for pair in pairs), strict=True):  # those of a seed
            for test, p in zip(tests, holm([test["p"] for test in tests]), strict=True):
                test["holm"] = p
    return pairs


def markdown(found: Mapping[str, Any], data: str) -> str:
    """Write a :func:`summary` as the paper prints its table, and what the tests say."""
    checks.mapping("found", found, ("rows", "pairs", "best", "seeds", "needed", "by_seeds"))
    paper = PAPER[checks.among("data", data, PAPER)]
    lines = [
        f"| row | rate | depth | {data}, test error (%) | 95 % of means | the paper |",
        "|---|---|---|---|---|---|",
    ]
    for row, one in found["rows"].items():
        low_high = one["interval"] and " to ".join(f"{100 * end:.2f}" for end in one["interval"])
        mean = _bold(f"{100 * one['mean']:.2f}", one["bold"])
        theirs = _bold(f"{paper[row]:.2f}", row in BOLD[data]) if row in paper else "-"
        cells = (row, f"{one['lr']:g}", one["depth"], mean, low_high or "one seed", theirs)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    seeds, needed = found["seeds"], found["needed"]
    count = "of one seed" if seeds == 1 else f"the means of {seeds} seeds"
    if found["by_seeds"]:
        bold = f"the sign test over {seeds} seeds (of two methods)"
    else:
        bold = "McNemar's test at seed 0 (of two trained networks, not of two methods)"
    lines += [
        "",
        f"Test errors are {count}, at the rate and depth with the lowest validation error. Bold:"
        f" not different from the best, {found['best']}, at p = {LEVEL:g} by {bold}, corrected by"
        " Holm's method. The paper does not say how its bold was tested. In the names of rows,"
        f" {NORMALIZED}; the others are standard.",
    ]
    if found["pairs"]:
        lines += ["", *_tests(found)]
    if not found["by_seeds"] and found["pairs"]:
        lines += [
            "",
            f"Too few seeds to compare methods: {needed} are needed, or no p of the sign test can"
            f" come below {LEVEL:g} over the number of pairs, {len(found['pairs'])}.",
        ]
    return "\n".join(lines)


def _tests(found: Mapping[str, Any]) -> list[str]:
    """Write what the tests say of each pair."""
    lines = [
        "| better, worse | seeds won | two methods: sign test p | Holm | two networks, seed 0:"
        " McNemar p | Holm | seeds where p < 0.005 (Holm) |",
        "|---|---|---|---|---|---|---|",
    ]
    for pair in found["pairs"]:
        names, won = list(pair["rows"]), [pair["wins"], pair["losses"]]
        if won[1] > won[0]:
            names, won = names[::-1], won[::-1]
        across = (_p(pair["sign_test"]), _p(pair["holm"]))
        if not found["by_seeds"]:
            across = (across[0], "too few seeds")
        first = pair["mcnemar"][0]
        count = sum(test["holm"] < LEVEL for test in pair["mcnemar"])
        cells = (
            *(", ".join(names), f"{won[0]} to {won[1]}", *across),
            *(_p(first["p"]), _p(first["holm"]), f"{count} of {found['seeds']}"),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _bold(text: str, bold: bool) -> str:
    return f"**{text}**" if bold else text


def _p(p: float) -> str:
    """Write a probability with two digits; what is too small to matter as that."""
    return "< 1e-12" if p < 1e-12 else f"{p:.2g}"

"""What a comparison found, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.studies.comparison import JACOBIANS
from tinynet.studies.race import GRID, NORMALIZED, best_look
from tinynet.studies.seeded import IMAGES, LOOKED_AT

MEASURED = (
    *("activation_std", "gradient_std", "weight_gradient_rms_example", "mean_singular_value"),
    "weight_gradient_std",
)


def initialization(name: str, run: Mapping[str, Any], width: int) -> str:
    """Write what was measured of one network at initialization beside what theory predicts."""
    checks.text("name", name)
    checks.mapping("run", run, (*MEASURED, "activation", "init", "predicted"))
    checks.mapping("run['predicted']", run["predicted"], MEASURED[:-1])
    width = checks.size("width", width)
    columns = {
        "std of z": "activation_std",
        "std of ds": "gradient_std",
        "rms of dw": "weight_gradient_rms_example",
        "mean s.v. of J": "mean_singular_value",
    }
    depth = len(run["activation_std"])
    lines = [
        "",
        f"{name}, at initialization: {depth} hidden layers of {width} {run['activation']} units,"
        f" {run['init']} weights",
        "hidden " + "".join(f"{title:^20}" for title in columns) + f"{'std of dW':>12}",
        "layer  " + f"{'measured':>10}{'theory':>8}  " * len(columns) + f"{'measured':>12}",
    ]
    for i in range(depth):
        cells = ""
        for key in columns.values():
            row = i - 1 if key == "mean_singular_value" else i  # J^0, of layer 1, is not square
            cells += f"{_cell(run[key], row):>10}{_cell(run['predicted'][key], row):>8}  "
        lines.append(f"{i + 1:<7}{cells}{_cell(run['weight_gradient_std'], i):>12}")
    return "\n".join(lines)


def legend() -> str:
    """Explain the columns of :func:`initialization`."""
    return f"""
z: activation. ds: gradient of one image's cost with respect to a pre-activation; dw: with respect
to a weight (rms: root mean square). dW: gradient of the mean cost. All at {LOOKED_AT} test images.
Theory: eqs 5, 6 and 7, with f' = 1; a dash if f' is not 1 even at 0. J: Jacobian of a square layer
(the first is not square), mean of its singular values (s.v.) at {JACOBIANS} images; theory: random
matrices, 8/(3 pi) sqrt(n Var W) rms(f'), if slopes are alike."""


def learning(runs: Mapping[str, Mapping[str, Any]], width: int, chance_error: float) -> str:
    """Write the test error of each network as it learns, from the first look to the last."""
    for name, run in checks.mappings("runs", runs, ["lr"]).items():
        contracts.learning(f"runs[{name!r}]", run)
    width = checks.size("width", width)
    chance_error = checks.not_negative("chance_error", chance_error, most=1)
    after = next(iter(runs.values()))["updates"]
    shown = sorted({after[0]} | _some(after))
    lines = [
        "",
        f"In training: width {width},"
        f" test error (%) on {IMAGES:,} images; the last column is its mean over the first half",
        _line("updates", [f"{k:,}" for k in shown] + ["mean"]),
    ]
    for name, run in runs.items():
        errors = {k: 100 * error for k, error in zip(after, run["test_error"], strict=True)}
        half = [error for k, error in errors.items() if 2 * k <= after[-1]]
        cells = [*(errors[k] for k in shown), sum(half) / len(half)]
        lines.append(_line(f"{name}, lr {run['lr']:g}", [f"{error:.1f}" for error in cells]))
        if errors[after[-1]] > 100 * chance_error + 1:
            lines.append(f"{name} ends worse than chance: its learning rate is too large")
    return "\n".join(lines)


def trials(grids: Mapping[str, Sequence[Mapping[str, Any]]], chosen: Mapping[str, float]) -> str:
    """Write the cost at each learning rate, a line per row; a dash where it was not tried."""
    for name, grid in checks.mapping("grids", grids).items():
        for k, trial in enumerate(checks.listed(f"grids[{name!r}]", grid)):
            checks.mapping(f"grids[{name!r}][{k}]", trial, ("lr", "updates", "validation_cost"))
    for name, lr in checks.mapping("chosen", chosen, grids).items():
        checks.positive(f"chosen[{name!r}]", lr)
    if not any(len(grid) for grid in grids.values()):
        raise ValueError("grids: expected at least one trial, got none")
    updates = max(trial["updates"] for grid in grids.values() for trial in grid)
    rates = sorted({trial["lr"] for grid in grids.values() for trial in grid} | set(GRID))
    note = f"; {NORMALIZED}" if any(name.endswith("_n") for name in grids) else ""
    lines = [
        "",
        f"Learning rates: the cost on {IMAGES:,} validation images after {updates:,} updates{note}",
        f"{'':<12}" + "".join(f"{'lr ' + format(lr, 'g'):>10}" for lr in rates) + "    chosen",
    ]
    for name, grid in grids.items():
        costs = {trial["lr"]: _cost(trial["validation_cost"]) for trial in grid}
        cells = "".join(f"{costs.get(lr, '-'):>10}" for lr in rates)
        lines.append(f"{name:<12}{cells}{chosen[name]:>10g}")
    return "\n".join(lines)


def figure11(results: Mapping[str, Mapping[str, Any]], paper: Mapping[str, Sequence[float]]) -> str:
    """Write test errors after so many images, beside those read off the paper's Figure 11."""
    contracts.races("results", results, "seconds", "updates_done")
    contracts.published("paper", paper, results)
    lines = []
    for name, result in results.items():
        published = dict(zip(paper["images"], paper[name], strict=True))
        both = {k for k in result["updates"] if 10 * k in published}
        after = sorted(_some(result["updates"]) | both)
        lines += _curve(name, result, after, "thousand images", 100)
        cells = [published.get(10 * k) for k in after]
        if any(cell is not None for cell in cells):
            shown = ["" if cell is None else f"{cell:.1f}" for cell in cells]
            lines.append(_line("the paper", shown).rstrip())
    return "\n".join(lines)


def figure12(results: Mapping[str, Mapping[str, Any]], epoch: int) -> str:
    """Write test errors after so many epochs, of ``epoch`` updates each."""
    contracts.races("results", results, "seconds", "updates_done")
    epoch = checks.size("epoch", epoch)
    lines = []
    for name, result in results.items():
        whole = [k for k in result["updates"] if k % epoch == 0] or result["updates"]
        step = -(-len(whole) // 10)  # at most ten of them, the last included
        lines += _curve(name, result, whole[::-1][::step][::-1], "epochs", epoch)
    return "\n".join(lines)


def table1(results: Mapping[str, Mapping[str, Any]], paper: Mapping[str, float], epoch: int) -> str:
    """Write a column of Table 1 beside our errors: at the lowest validation error, and last."""
    contracts.races("results", results, "valid_error")
    checks.mapping("paper", paper, results)
    epoch = checks.size("epoch", epoch)
    lines = [
        "",
        "Test error (%) after the epoch with the lowest validation error, and after the last",
        f"{'':<12}{'lr':>8}{'epoch':>8}{'error':>8}{'last':>8}{'error':>8}{'the paper':>12}",
    ]
    for name, result in results.items():
        best = best_look(result)
        epochs = [result["updates"][k] / epoch for k in (best, -1)]
        errors = [100 * result["test_error"][k] for k in (best, -1)]
        cells = "".join(f"{n:>8.3g}{error:>8.2f}" for n, error in zip(epochs, errors, strict=True))
        lines.append(f"{name:<12}{result['settings']['lr']:>8g}{cells}{paper[name]:>12.2f}")
    return "\n".join(lines)


def _curve(
    name: str, result: Mapping[str, Any], after: Sequence[int], unit: str, size: int
) -> list[str]:
    """Write what a run was, and its test errors after so many updates, in units of ``size``."""
    errors = dict(zip(result["updates"], result["test_error"], strict=True))
    settings, minutes = result["settings"], result["seconds"] / 60
    state = "" if result["finished"] else f", unfinished: {result['updates_done']:,} updates"
    return [
        "",
        f"{name}: width {settings['width']}, lr {settings['lr']:g}, seed {settings['seed']},"
        f" {minutes:.1f} minutes{state}",
        _line(unit, [_count(k / size) for k in after]),
        _line("test error (%)", [f"{100 * errors[k]:.1f}" for k in after]),
    ]


def errors(columns: Sequence[str], rows: Mapping[str, Sequence[float]]) -> str:
    """Write the errors (%) of each row under the names of the columns; a dash where there is none.

    Parameters
    ----------
    columns : sequence of str
    rows : mapping
        From the name of a row to its errors, shares from 0 to 1, or NaN.
    """
    rows = checks.mapping("rows", rows)
    shares = {name: checks.numbers(f"rows[{name!r}]", row, [None]) for name, row in rows.items()}
    lines = [_line("", checks.names("columns", columns))]
    for name, row in shares.items():
        checks.names("columns", columns, len(row))
        lines.append(_line(name, ["-" if np.isnan(e) else f"{100 * e:.1f}" for e in row]))
    return "\n".join(lines)


def _line(title: str, cells: Sequence[str]) -> str:
    return f"{title:<22}" + "".join(f"{cell:>8}" for cell in cells)


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 1 else f"{number:.1f}"


def _some(updates: Sequence[int]) -> set[int]:
    """Choose at most eight moments, about equally far apart."""
    wanted = [updates[-1] * part / 8 for part in range(1, 9)]
    return {min(updates, key=lambda k: abs(k - moment)) for moment in wanted}


def _cell(values: Sequence[float | None] | None, row: int) -> str:
    """Write three digits, or a dash if there is no number."""
    if values is None or not 0 <= row < len(values) or values[row] is None:
        return "-"
    return f"{values[row]:#.3g}"


def _cost(cost: float | None) -> str:
    return "diverged" if cost is None else f"{cost:.3f}"

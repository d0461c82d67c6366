"""What a comparison found, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tinynet.studies.comparison import GRID, IMAGES, JACOBIANS, LOOKED_AT, Settings
from tinynet.studies.race import best_look


def initialization(name: str, run: Mapping[str, Any], settings: Settings) -> str:
    """What was measured of one run at initialization, each beside what theory predicts."""
    columns = {
        "std of z": "activation_std",
        "std of ds": "gradient_std",
        "rms of dw": "weight_gradient_rms_example",
        "mean s.v. of J": "mean_singular_value",
    }
    activation, init = settings.runs[name]
    lines = [
        "",
        f"{name}, at initialization: {settings.depth} hidden layers of"
        f" {settings.width_at_initialization} {activation} units, {init} weights",
        "hidden " + "".join(f"{title:^20}" for title in columns) + f"{'std of dW':>12}",
        "layer  " + f"{'measured':>10}{'theory':>8}  " * len(columns) + f"{'measured':>12}",
    ]
    for i in range(settings.depth):
        cells = ""
        for key in columns.values():
            row = i - 1 if key == "mean_singular_value" else i  # J^0, of layer 1, is not square
            cells += f"{_cell(run[key], row):>10}{_cell(run['predicted'][key], row):>8}  "
        lines.append(f"{i + 1:<7}{cells}{_cell(run['weight_gradient_std'], i):>12}")
    return "\n".join(lines)


def legend() -> str:
    """What the columns of :func:`initialization` are."""
    return f"""
z: activation. ds: gradient of one image's cost with respect to a pre-activation. dw: of one
image's cost with respect to a weight (rms: root mean square); dW: of the mean cost. All from
{LOOKED_AT} test images. Theory: eqs 5, 6 and 7, with slopes f' of 1; a dash where f' is not 1 even
at 0. J: Jacobian of a square layer (the first is none), mean of its singular values (s.v.) at
{JACOBIANS} images; theory: random matrices, 8/(3 pi) sqrt(n Var W) rms(f'), if slopes are alike."""


def rates(rates: Mapping[str, Any], settings: Settings) -> str:
    """What each learning rate of the grid came to."""
    lines = [
        "",
        f"Learning rates: the cost on {IMAGES:,} validation images after"
        f" {settings.search_updates:,} updates",
        f"{'':<12}" + "".join(f"{'lr ' + format(lr, 'g'):>10}" for lr in GRID) + f"{'chosen':>10}",
    ]
    for name, rate in rates.items():
        costs = "".join(f"{_cost(cost):>10}" for cost in rate["validation_cost"])
        lines.append(f"{name:<12}{costs}{rate['lr']:>10g}")
    return "\n".join(lines)


def learning(
    learnt: Mapping[str, Any], rates: Mapping[str, Any], settings: Settings, chance_error: float
) -> str:
    """The test error of each run at nine times, from the first to the last."""
    after = next(iter(learnt.values()))["updates"]
    shown = sorted({round(k * (len(after) - 1) / 8) for k in range(9)})
    half = [k for k, update in enumerate(after) if 2 * update <= settings.updates]
    lines = [
        "",
        f"In training: width {settings.width_in_training},"
        f" test error (%) on {IMAGES:,} images; the last column is its mean over the first half",
        f"{'updates':<22}" + "".join(f"{after[k]:>8,}" for k in shown) + f"{'mean':>8}",
    ]
    for name, run in learnt.items():
        errors = [100 * error for error in run["test_error"]]
        mean = sum(errors[k] for k in half) / len(half)
        numbers = "".join(f"{errors[k]:>8.1f}" for k in shown) + f"{mean:>8.1f}"
        lines.append(f"{name + ', lr ' + format(rates[name]['lr'], 'g'):<22}{numbers}")
        if errors[-1] > 100 * chance_error + 1:
            lines.append(f"{name} ends worse than by chance: its learning rate is too large")
    return "\n".join(lines)


def trials(grids: Mapping[str, Sequence[Mapping[str, Any]]], chosen: Mapping[str, float]) -> str:
    """What each learning rate of the grid came to, a line a row of Table 1; a dash: not tried."""
    updates = max(trial["updates"] for grid in grids.values() for trial in grid)
    rates = sorted({trial["lr"] for grid in grids.values() for trial in grid} | set(GRID))
    lines = [
        "",
        f"Learning rates: the cost on {IMAGES:,} validation images after {updates:,} updates",
        f"{'':<12}" + "".join(f"{'lr ' + format(lr, 'g'):>10}" for lr in rates) + "    chosen",
    ]
    for name, grid in grids.items():
        costs = {trial["lr"]: _cost(trial["validation_cost"]) for trial in grid}
        cells = "".join(f"{costs.get(lr, '-'):>10}" for lr in rates)
        lines.append(f"{name:<12}{cells}{chosen[name]:>10g}")
    return "\n".join(lines)


def figure11(results: Mapping[str, Mapping[str, Any]], paper: Mapping[str, Sequence[float]]) -> str:
    """Test errors after so many images, beside those read off the paper's Figure 11."""
    lines = []
    for name, result in results.items():
        published = dict(zip(paper["images"], paper[name], strict=True))
        both = {k for k in result["updates"] if 10 * k in published}
        after = sorted(_some(result["updates"]) | both)
        lines += _curve(name, result, after, "thousand images", 100)
        cells = [published.get(10 * k) for k in after]
        if any(cell is not None for cell in cells):
            shown = "".join(f"{'' if cell is None else format(cell, '.1f'):>8}" for cell in cells)
            lines.append(f"{'the paper':<18}{shown}".rstrip())
    return "\n".join(lines)


def figure12(results: Mapping[str, Mapping[str, Any]], epoch: int) -> str:
    """Test errors after so many epochs, of ``epoch`` updates each."""
    lines = []
    for name, result in results.items():
        whole = [k for k in result["updates"] if k % epoch == 0] or result["updates"]
        step = -(-len(whole) // 10)  # at most ten of them, the last included
        lines += _curve(name, result, whole[::-1][::step][::-1], "epochs", epoch)
    return "\n".join(lines)


def table1(results: Mapping[str, Mapping[str, Any]], paper: Mapping[str, float], epoch: int) -> str:
    """A column of the paper's Table 1, with ours where the validation error was lowest."""
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
    """What a run was, and its test errors after so many updates, counted in units of ``size``."""
    errors = dict(zip(result["updates"], result["test_error"], strict=True))
    settings, minutes = result["settings"], result["seconds"] / 60
    state = "" if result["finished"] else f", unfinished: {result['updates_done']:,} updates"
    return [
        "",
        f"{name}: width {settings['width']}, lr {settings['lr']:g}, seed {settings['seed']},"
        f" {minutes:.1f} minutes{state}",
        f"{unit:<18}" + "".join(f"{_count(k / size):>8}" for k in after),
        f"{'test error (%)':<18}" + "".join(f"{100 * errors[k]:>8.1f}" for k in after),
    ]


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 1 else f"{number:.1f}"


def _some(updates: Sequence[int]) -> set[int]:
    """At most eight moments, about as far from each other."""
    wanted = [updates[-1] * part / 8 for part in range(1, 9)]
    return {min(updates, key=lambda k: abs(k - moment)) for moment in wanted}


def _cell(values: Sequence[float | None] | None, row: int) -> str:
    """Three digits; a dash where there is nothing to say."""
    if values is None or not 0 <= row < len(values) or values[row] is None:
        return "-"
    return f"{values[row]:#.3g}"


def _cost(cost: float | None) -> str:
    return "diverged" if cost is None else f"{cost:.3f}"

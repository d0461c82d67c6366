"""What a comparison found, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tinynet.studies.comparison import GRID, IMAGES, JACOBIANS, LOOKED_AT, Settings


def initialization(name: str, run: Mapping[str, Any], settings: Settings) -> str:
    """What was measured of one run at initialization, each beside what theory predicts."""
    columns = {
        "std of z": "activation_std",
        "std of ds": "gradient_std",
        "rms of dw": "weight_gradient_rms_example",
        "mean s.v. of J": "mean_singular_value",
    }
    lines = [
        "",
        f"{name}, at initialization: width {settings.width_at_initialization},"
        f" {LOOKED_AT} test images",
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
z: activation. ds: gradient with respect to one image's pre-activation. dw: one image's weight
gradient; dW: the mean over the {LOOKED_AT} images. Theory: eqs 5, 6 and 7, which take f' for 1
(a dash: it is not 1 even at 0). J: layer Jacobian, and the mean of its singular values (s.v.)
at {JACOBIANS} images; theory: 8/(3 pi) sqrt(n Var W) rms(f')."""


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


def learning(learnt: Mapping[str, Any], rates: Mapping[str, Any], settings: Settings) -> str:
    """The test error of each run at nine times, from the first to the last."""
    after = next(iter(learnt.values()))["updates"]
    shown = sorted({round(k * (len(after) - 1) / 8) for k in range(9)})
    lines = [
        "",
        f"In training: width {settings.width_in_training}, test error (%) on {IMAGES:,} images",
        f"{'updates':<22}" + "".join(f"{after[k]:>8,}" for k in shown),
    ]
    for name, run in learnt.items():
        errors = "".join(f"{100 * run['test_error'][k]:>8.1f}" for k in shown)
        lines.append(f"{name + ', lr ' + format(rates[name]['lr'], 'g'):<22}{errors}")
    return "\n".join(lines)


def _cell(values: Sequence[float] | None, row: int) -> str:
    """Three digits; a dash where there is nothing to say."""
    if values is None or not 0 <= row < len(values):
        return "-"
    return f"{values[row]:.3g}"


def _cost(cost: float | None) -> str:
    return "diverged" if cost is None else f"{cost:.3f}"

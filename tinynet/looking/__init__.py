"""Looking at a network without changing it: tables, traces, Jacobians, gradient checks."""

from tinynet.looking.alignment import Alignment, alignment
from tinynet.looking.differences import Difference, compare_traces
from tinynet.looking.gradcheck import GradientError, gradient_check
from tinynet.looking.jacobians import jacobian, mean_square_singular_value, singular_values
from tinynet.looking.scores import Chance, chance, confusion, error_rate, mean_cost, predict
from tinynet.looking.summaries import LayerSummary, summary
from tinynet.looking.tables import Table
from tinynet.looking.traces import Trace, trace

__all__ = [
    "Alignment",
    "Chance",
    "Difference",
    "GradientError",
    "LayerSummary",
    "Table",
    "Trace",
    "alignment",
    "chance",
    "compare_traces",
    "confusion",
    "error_rate",
    "gradient_check",
    "jacobian",
    "mean_cost",
    "mean_square_singular_value",
    "predict",
    "singular_values",
    "summary",
    "trace",
]

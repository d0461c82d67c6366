"""Looking at a network without changing it: statistics, Jacobians, gradient checks."""

from tinynet.looking.gradcheck import GradientError, gradient_check
from tinynet.looking.jacobians import jacobian, mean_square_singular_value, singular_values
from tinynet.looking.scores import Chance, chance, error_rate, mean_cost

__all__ = [
    "Chance",
    "GradientError",
    "chance",
    "error_rate",
    "gradient_check",
    "jacobian",
    "mean_cost",
    "mean_square_singular_value",
    "singular_values",
]

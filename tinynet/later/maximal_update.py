"""Steps that are as large as they can be in every layer, at any width: Yang & Hu (2021)."""

from __future__ import annotations

import numpy as np

from tinynet._internal import checks
from tinynet.layers import Linear
from tinynet.network import Network
from tinynet.optimizers import SGD


class MaximalUpdate(SGD):
    """P <- P - lr factor dP, with a factor for each place: muP, of Yang et al. (2022).

    A rate that was tuned at one width then does for networks m times as wide. The factors are m for
    the weights that see the input and for all hidden biases, 1 for hidden weights and the output's
    biases, 1/m for the output's weights. The start is yours to set: weights of variance 1/n_in (or
    any constant in its place), the output's divided by sqrt(m).

    Parameters
    ----------
    net : Network
        Two Linear layers or more; all widths but those of the input and the output grow together.
    lr : float
        As tuned at the narrow width.
    wider : float
        m: how many times as wide as there this network is.

    Attributes
    ----------
    factors : dict
        From a parameter's name to what its rate is multiplied by: a plain dict, yours to change.

    Raises
    ------
    TypeError, ValueError
        ``net`` has fewer than two Linear layers or other parameters than theirs; ``lr`` or
        ``wider`` is not a positive, finite number.
    """

    def __init__(self, net: Network, lr: float, wider: float):
        super().__init__(net, lr)
        m = checks.positive("wider", wider)
        first, *_, last = linears("net", net)
        self.factors = {name: 1.0 for name in net.named_parameters()}
        self.factors |= {name: m for name in self.factors if name.endswith(".b")}
        self.factors |= {f"{first}.W": m, f"{last}.W": 1 / m}
        if f"{last}.b" in self.factors:
            self.factors[f"{last}.b"] = 1.0

    def change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        return -self.lr * self.factors[name] * gradient


def linears(name: str, net: Network) -> dict[str, Linear]:
    """Return a network's Linear layers by place; refuse one with fewer than two, or with others."""
    layers = net.named_layers()
    found = {k: v for k, v in layers.items() if isinstance(v, Linear)}
    others = [k for k, v in layers.items() if v.parameters and k not in found]
    strange = {p for v in found.values() for p in v.parameters} - {"W", "b"}
    if others or strange:
        got = f"{type(layers[others[0]]).__name__} at {others[0]}" if others else sorted(strange)
        raise TypeError(f"{name}: expected no parameters but W and b of Linear layers, got {got}")
    if len(found) < 2:
        raise ValueError(f"{name}: expected at least two Linear layers, got {len(found)}")
    return found

"""A network watched while it learns, on examples that stay the same."""

from __future__ import annotations

import copy
import hashlib
import time
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.layers import Linear
from tinynet.looking.jacobians import singular_values
from tinynet.looking.scores import error_rate, mean_cost
from tinynet.looking.statistics import histogram, saturated, std, update_ratio
from tinynet.looking.walking import activations, linears
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network

EDGES = np.linspace(-1, 1, 101)


class Monitor:
    """Records what every layer does, each time it is called: ``watch=monitor`` for ``tn.train``.

    The paper watches its networks on a fixed set of 300 test examples (section 3.1). Watching
    changes nothing in the network: the same bits with and without it.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (m, n_in)
        The examples that are watched; a copy is kept.
    labels : ndarray, shape (m,)
        Their labels, or what else the loss takes.
    test : tuple of ndarray, optional
        Examples and labels for the test error and cost; as a rule those that are watched.
    valid : tuple of ndarray, optional
        Examples and labels for the error and cost of validation, by which a learning rate or the
        moment to stop is chosen. Not recorded, if not given.
    optimizer : optional
        The one that trains the network: its ``last`` is needed for ``update_ratio``, and kept
        where ``tn.train`` knows of a look ahead, or where you set ``optimizer.keep``.
    loss : optional
        As a rule ``tn.SoftmaxCrossEntropy()``.
    edges : ndarray, optional
        Of the bins of the histograms: from -1 to 1 in steps of .02, as a rule. What lies beyond
        counts in the outer bins.
    jacobians : int, optional
        At how many of the examples, the first ones, singular values are computed; 0, if not given,
        because they take long.

    Attributes
    ----------
    records : dict
        A list of one entry a call for each of the names below; ``monitor[name]`` gives it as an
        array. T calls, d hidden layers, d + 1 Linear layers. Of the watched examples:

        - ``updates`` (T,): after how many updates;
        - ``test_error`` (T,), from 0 to 1, and ``test_cost`` (T,), of ``test``;
        - ``valid_error`` (T,) and ``valid_cost`` (T,), of ``valid``, where it is given;
        - ``z_mean``, ``z_std`` (T, d): mean and std of the activations z;
        - ``z_p98`` (T, d): the 98th percentile of the absolute value of z;
        - ``z_saturated`` (T, d): the share of units and examples that are saturated, which each
          activation's ``saturated_at`` defines;
        - ``z_dead`` (T, d): the share of units that are saturated at every example;
        - ``z_histogram`` (T, d, bins): the share of z in each bin;
        - ``ds_std`` (T, d + 1): std of ds, one example's gradient, m times ``linear.dy``;
        - ``dW_std`` (T, d + 1): std of ``linear.dW``, the mean over the m examples;
        - ``update_ratio`` (T, d + 1): std of the last step's change over std(W), NaN before the
          first;
        - ``y_fixed``, ``y_varying`` (T,): what the network puts out whatever it sees, the std
          over the outputs of their means over the examples; and what depends on the example, the
          root mean square of the rest;
        - ``singular_values`` (T, square hidden layers, units): those of the Jacobians from one
          hidden layer to the next where both have as many units, the largest first, each a mean
          over the examples, and NaN where a layer has fewer; with ``jacobians`` only.
    seconds : float
        What all the calls took.

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used; the message names it.
    """

    def __init__(
        self,
        net: Network,
        x: np.ndarray,
        labels: np.ndarray,
        *,
        test: tuple[np.ndarray, np.ndarray] | None = None,
        valid: tuple[np.ndarray, np.ndarray] | None = None,
        optimizer: Any = None,
        loss: Any = None,
        edges: np.ndarray = EDGES,
        jacobians: int = 0,
    ) -> None:
        self.net = contracts.network("net", net)
        self.x = np.array(checks.batch("x", x))
        self.labels = np.array(checks.as_many("labels", labels, self.x))
        self.test = (self.x, self.labels) if test is None else _pair("test", test)
        self.valid = None if valid is None else _pair("valid", valid)
        self.optimizer = optimizer
        self.loss = SoftmaxCrossEntropy() if loss is None else loss
        self.edges = checks.rising("edges", edges)
        self.jacobians = checks.size("jacobians", jacobians) if jacobians else 0
        self.records: dict[str, list] = {}
        self.seconds = 0.0

    def __call__(self, k: int) -> None:
        """Look at the network after k updates, and keep what was seen."""
        started = time.perf_counter()
        for name, value in self._look(k).items():
            self.records.setdefault(name, []).append(value)
        self.seconds += time.perf_counter() - started

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.records:
            if not self.records:
                raise KeyError(f"name: there are no records, it was not called yet; got {name!r}")
            known = ", ".join(repr(key) for key in self.records)
            raise KeyError(f"name: expected one of {known}; got {name!r}")
        return np.array(self.records[name])

    def __repr__(self) -> str:
        calls = len(self.records.get("updates", ()))
        return f"Monitor({len(self.x)} examples, {calls} looks, {self.seconds:.1f} s)"

    def _look(self, k: int) -> dict[str, Any]:
        net, loss, m = self.net.view(), copy.copy(self.loss), len(self.x)
        output = net.forward(self.x)
        loss.forward(output, self.labels)
        net.backward(loss.backward())
        hidden, weighted = list(activations(net).values()), list(linears(net).values())
        full = [saturated(layer) for layer in hidden]
        fixed = output.mean(axis=0, dtype=float)
        seen = {
            "updates": k,
            "test_error": self._error(*self.test),
            "test_cost": mean_cost(self.net, self.loss, *self.test),
            "z_mean": [float(layer.y.mean(dtype=float)) for layer in hidden],
            "z_std": [std(layer.y) for layer in hidden],
            "z_p98": [float(np.percentile(np.abs(layer.y), 98)) for layer in hidden],
            "z_saturated": [float(units.mean()) for units in full],
            "z_dead": [float(units.all(axis=0).mean()) for units in full],
            "z_histogram": [histogram(layer.y, self.edges) for layer in hidden],
            "ds_std": [m * std(layer.dy) for layer in weighted],
            "dW_std": [std(layer.dW) for layer in weighted],
            "update_ratio": [self._ratio(*linear) for linear in linears(self.net).items()],
            "y_fixed": std(fixed),
            "y_varying": float(np.sqrt(((output - fixed) ** 2).mean())),
        }
        if self.valid is not None:
            seen["valid_error"] = self._error(*self.valid)
            seen["valid_cost"] = mean_cost(self.net, self.loss, *self.valid)
        if self.jacobians:
            seen["singular_values"] = self._spectra()
        return seen

    def _ratio(self, place: str, linear: Linear) -> float:
        """NaN where the layer is frozen."""
        name = next(iter(linear.parameters), "W")
        return update_ratio(self.net, self.optimizer, f"{place}.{name}")

    def _spectra(self) -> np.ndarray:
        x = self.x[: self.jacobians]
        weighted = [layer for layer in self.net.layers if isinstance(layer, Linear)]
        square = [i for i, layer in enumerate(weighted[:-1]) if i and layer.n_in == layer.n_out]
        widest = max((weighted[i].n_out for i in square), default=0)
        spectra = np.full((len(square), widest), np.nan)
        for row, i in zip(spectra, square, strict=True):
            values = singular_values(self.net, i, x).mean(axis=0)
            row[: len(values)] = values
        return spectra

    def _error(self, x: np.ndarray, labels: np.ndarray) -> float:
        """NaN where the targets are not labels."""
        if labels.dtype.kind not in "iu" or labels.ndim != 1:
            return float("nan")
        return error_rate(self.net, x, labels)

    @property
    def state(self) -> dict[str, Any]:
        """The records as arrays by name, ``seconds``, and ``examples``, a hash of those watched.

        Set it to go on from there; that of a monitor of other examples is a ValueError.
        """
        records = {name: self[name] for name in self.records}
        return {"examples": self._examples(), "seconds": self.seconds, **records}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        if not isinstance(state, dict) or "seconds" not in state:
            raise ValueError(f"state: expected that of a Monitor, got {checks.describe(state)}")
        if state.get("examples") != self._examples():
            raise ValueError("state: expected that of a Monitor of the same examples, got others'")
        others = ("examples", "seconds")
        records = {name: list(array) for name, array in state.items() if name not in others}
        bins = {shares.shape[-1] for shares in records.get("z_histogram", ()) if shares.size}
        if bins - {len(self.edges) - 1}:
            raise ValueError(f"state: expected {len(self.edges) - 1} bins, got {bins}: other edges")
        if records and bool(self.jacobians) != ("singular_values" in records):
            has = "none" if self.jacobians else "some"
            raise ValueError(f"state: expected singular values as jacobians says, got {has}")
        if records and (self.valid is not None) != ("valid_error" in records):
            has = "none" if self.valid else "some"
            raise ValueError(f"state: expected validation errors if valid is given, got {has}")
        self.seconds, self.records = float(state["seconds"]), records

    def _examples(self) -> str:
        return hashlib.sha256(self.x.tobytes() + self.labels.tobytes()).hexdigest()


def _pair(name: str, pair: Any) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name}: expected a pair (x, labels), got {checks.describe(pair)}")
    x = checks.batch(f"{name}[0]", pair[0])
    return x, checks.as_many(f"{name}[1]", pair[1], x)

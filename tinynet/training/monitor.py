"""A network watched while it learns, always on the same examples."""

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
from tinynet.looking.walking import hidden, linears
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network

EDGES = np.linspace(-1, 1, 101)


class Monitor:
    """Records what every layer does, each time it is called: ``watch=monitor`` for ``tn.train``.

    The paper watches its networks on a fixed set of 300 test examples (section 3.1). Watching
    changes nothing: a network learns to the same bits with and without it.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (m, n_in)
        The examples to watch; a copy is kept.
    labels : ndarray, shape (m,)
        Their labels, or whatever else the loss takes.
    test : tuple of ndarray, optional
        Examples and labels for the test error and cost; by default the watched ones.
    valid : tuple of ndarray, optional
        Examples and labels for the validation error and cost, by which to choose a learning rate
        or the moment to stop; by default none.
    optimizer : optional
        The one that trains the network, for ``update_ratio``. This needs its ``last``, which
        ``tn.train`` keeps for each look; in a loop of your own, set ``optimizer.keep``.
    loss : optional
        By default ``tn.SoftmaxCrossEntropy()``.
    edges : ndarray, optional
        The edges of the histograms' bins, by default from -1 to 1 in steps of .02. Numbers beyond
        them count in the outer bins.
    jacobians : int, optional
        At how many of the first examples to compute singular values; by default 0, because they
        take long.

    Attributes
    ----------
    records : dict
        An array with a row per call for each of the names below; ``monitor[name]`` is a copy of
        it. T calls, d hidden layers, d + 1 Linear layers. Of the watched examples:

        - ``updates`` (T,): after how many updates;
        - ``test_error`` (T,), from 0 to 1, and ``test_cost`` (T,), of ``test``;
        - ``valid_error`` (T,) and ``valid_cost`` (T,), of ``valid``, if it is given;
        - ``z_mean``, ``z_std`` (T, d): mean and std of the activations z;
        - ``z_p98`` (T, d): the 98th percentile of the absolute value of z;
        - ``z_saturated`` (T, d): the share of z that is saturated, as each activation's
          ``saturated_at`` defines it;
        - ``z_dead`` (T, d): the share of units that are saturated at every example;
        - ``z_histogram`` (T, d, bins): the share of z in each bin, in float32, because these are
          most of a checkpoint's bytes;
        - ``ds_std`` (T, d + 1): std of ds, one example's gradient, m times ``linear.dy``;
        - ``dW_std`` (T, d + 1): std of ``linear.dW``, the mean over the m examples;
        - ``update_ratio`` (T, d + 1): std of the last step's change over std(W), NaN before the
          first;
        - ``y_fixed``, ``y_varying`` (T,): how much the network puts out whatever it sees, the std
          over the outputs of their means over the examples; and how much depends on the example,
          the root mean square of the rest;
        - ``singular_values`` (T, square hidden layers, units): those of the Jacobians from one
          hidden layer to the next if both have as many units, the largest first, each a mean
          over the examples, and NaN where a layer has fewer; only with ``jacobians``.
    seconds : float
        The time that all the calls took.

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
        self.loss = SoftmaxCrossEntropy() if loss is None else contracts.loss("loss", loss)
        self.x, self.labels = map(np.array, self._checked("x", x, "labels", labels))
        self.test = (self.x, self.labels) if test is None else self._pair("test", test)
        self.valid = None if valid is None else self._pair("valid", valid)
        if optimizer is not None:
            checks.has_methods("optimizer", optimizer, ("step",), "tn.SGD(net, lr)")
        self.optimizer = optimizer
        self.edges = checks.rising("edges", edges)
        self.jacobians = checks.whole("jacobians", jacobians)
        self.records: dict[str, np.ndarray] = {}
        self.seconds = 0.0
        self.earlier = 0  # updates of the runs before this one

    def _pair(self, name: str, pair: Any) -> tuple[np.ndarray, np.ndarray]:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{name}: expected a pair (x, labels), got {checks.describe(pair)}")
        return self._checked(f"{name}[0]", pair[0], f"{name}[1]", pair[1])

    def _checked(self, name: str, x: Any, of: str, targets: Any) -> tuple[np.ndarray, np.ndarray]:
        """Check that the network takes x, and the loss the targets; some outputs stand for all."""
        x = checks.finite(name, checks.batch(name, x))
        targets = checks.as_many(of, targets, x)
        with np.errstate(all="ignore"):
            with contracts.said_of(name, "the network"):
                output = self.net.view().forward(x[:100])
            with contracts.said_of(of):
                loss = copy.deepcopy(self.loss)
                loss.forward(np.resize(output, (len(x), output.shape[1])), targets)
        return x, targets

    def __call__(self, k: int) -> None:
        """Look at the network after k updates, and keep what was seen.

        A second run of the network counts its updates from 0 again: they are added to those of
        the runs before.
        """
        k = checks.whole("k", k)
        started = time.perf_counter()
        last = int(self.records["updates"][-1]) if self.records else 0
        begins_again = last > 0 and (k == 0 or self.earlier + k < last)
        if begins_again:
            self.earlier = last
        if k > 0 or not begins_again:  # this moment was seen at the end of the run before
            for name, value in self._look(self.earlier + k).items():
                self.records[name] = _with_row(self.records.get(name), value)
        self.seconds += time.perf_counter() - started

    def __getitem__(self, name: str) -> np.ndarray:
        if checks.text("name", name) not in self.records:
            if not self.records:
                raise KeyError(f"name: expected a call of the monitor first, got {name!r}")
            known = ", ".join(repr(key) for key in self.records)
            raise KeyError(f"name: expected one of {known}, got {name!r}")
        return np.array(self.records[name])

    def __repr__(self) -> str:
        calls = len(self.records.get("updates", ()))
        return f"Monitor({len(self.x)} examples, {calls} looks, {self.seconds:.1f} s)"

    def _look(self, k: int) -> dict[str, Any]:
        net, loss, m = self.net.view(), copy.copy(self.loss), len(self.x)
        output = net.forward(self.x)
        loss.forward(output, self.labels)
        net.backward(loss.backward())
        weighted = list(linears(net).values())
        acting = hidden(net)
        full = [saturated(layer) for layer in acting]
        fixed = output.mean(axis=0, dtype=float)
        seen = {
            "updates": k,
            "test_error": self._error(*self.test),
            "test_cost": mean_cost(self.net, self.loss, *self.test),
            "z_mean": [float(layer.y.mean(dtype=float)) for layer in acting],
            "z_std": [std(layer.y) for layer in acting],
            "z_p98": [float(np.percentile(np.abs(layer.y), 98)) for layer in acting],
            "z_saturated": [float(units.mean()) for units in full],
            "z_dead": [float(units.all(axis=0).mean()) for units in full],
            "z_histogram": np.array(
                [histogram(layer.y, self.edges) for layer in acting], dtype=np.float32
            ),
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
        """Return the update ratio of a layer's weights; NaN if the layer is frozen."""
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
        """Return the error rate; NaN if the targets are not labels."""
        if labels.dtype.kind not in "iu" or labels.ndim != 1:
            return float("nan")
        return error_rate(self.net, x, labels)

    @property
    def state(self) -> dict[str, Any]:
        """The records as arrays by name, ``seconds``, and ``examples``, a hash of those watched.

        Set it to go on from there; that of a monitor with other examples is a ValueError.
        """
        known_by = {"examples": self._examples(), "earlier": self.earlier}
        return {**known_by, "seconds": self.seconds, **self.records}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        if not isinstance(state, dict) or "seconds" not in state:
            raise ValueError(f"state: expected a Monitor's, got {checks.describe(state)}")
        if state.get("examples") != self._examples():
            raise ValueError("state: expected a Monitor's with the same examples, got others")
        others = ("examples", "earlier", "seconds")
        records = {name: entry for name, entry in state.items() if name not in others}
        if records and bool(self.jacobians) != ("singular_values" in records):
            has = "none" if self.jacobians else "some"
            raise ValueError(f"state: expected singular values if jacobians is given, got {has}")
        if records and (self.valid is not None) != ("valid_error" in records):
            has = "none" if self.valid else "some"
            raise ValueError(f"state: expected validation errors if valid is given, got {has}")
        if records:
            self._fits(records)
        seconds, earlier = state["seconds"], checks.whole("state['earlier']", state.get("earlier"))
        if not isinstance(seconds, (int, float)) or not 0 <= seconds < np.inf:
            got = checks.describe(seconds)
            raise ValueError(f"state['seconds']: expected a time from 0, got {got}")
        self.seconds, self.earlier = float(seconds), earlier
        self.records = {name: np.array(array) for name, array in records.items()}

    def _fits(self, records: dict[str, Any]) -> None:
        """Check that records have the names, shapes and kinds of numbers of what a look sees."""
        quick = copy.copy(self)
        quick.test = self.x, self.labels
        quick.valid = None if self.valid is None else quick.test
        quick.jacobians = min(self.jacobians, 1)
        with np.errstate(all="ignore"):
            seen = {name: np.asarray(value) for name, value in quick._look(0).items()}
        if records.keys() != seen.keys():
            raise ValueError(f"state: expected records {list(seen)}, got {list(records)}")
        looks = max(1, np.size(records["updates"]))
        for name, like in seen.items():
            array, shape = records[name], (looks, *like.shape)
            fits = isinstance(array, np.ndarray) and array.dtype == like.dtype
            if not fits or array.shape != shape:
                wanted = f"shape {shape} of {like.dtype}"
                got = checks.describe(array)
                raise ValueError(f"state[{name!r}]: expected {wanted}, got {got}")
            if not name.endswith(("_mean", "_cost")) and (array < 0).any():
                raise ValueError(
                    f"state[{name!r}]: expected numbers from 0, got {array[array < 0][0]}"
                )
        if (np.diff(records["updates"]) < 0).any():
            raise ValueError("state['updates']: expected none smaller than the one before")

    def _examples(self) -> str:
        return hashlib.sha256(self.x.tobytes() + self.labels.tobytes()).hexdigest()


def _with_row(rows: np.ndarray | None, row: Any) -> np.ndarray:
    """Add a row to others, in place if there is room behind them; if not, make new room."""
    row = np.asarray(row)
    if rows is None:
        rows = np.empty((0, *row.shape), row.dtype)
    n, room = len(rows), rows.base
    if room is None or len(room) == n:
        room = np.empty((max(1, 2 * n), *row.shape), row.dtype)
        room[:n] = rows
    room[n] = row
    return room[: n + 1]

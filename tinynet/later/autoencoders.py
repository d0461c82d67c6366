"""Denoising auto-encoders: layers that learn without labels, one by one, before the network does.

Bengio et al. (2007) began deep networks layer by layer; to spoil what a layer sees is the idea of
Vincent et al. (2008), whose auto-encoders Glorot & Bengio (2010) compare with.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet._internal import checks, contracts, reprs
from tinynet.activations import Sigmoid
from tinynet.initializers import standard
from tinynet.layers import Activation, Linear
from tinynet.losses import Quadratic, entropy
from tinynet.network import Network
from tinynet.optimizers import SGD


class BitCrossEntropy:
    """Each output is the logit of a bit: -t log p - (1 - t) log(1 - p), p the sigmoid of it.

    Attributes
    ----------
    output, targets, doutput : ndarray, shape (batch, n)
        What the network gave, what was wanted, from 0 to 1, and the gradient with respect to the
        output.
    p : ndarray, shape (batch, n)
        The sigmoid of the output: the chance of a 1, or a grey level.
    cost : float
        The sum over the n bits, in nats, and the mean over the batch.
    """

    output: np.ndarray
    targets: np.ndarray
    p: np.ndarray
    doutput: np.ndarray
    cost: float

    def __init__(self) -> None:
        self.output = self.targets = self.p = self.cost = self.doutput = None

    def forward(self, output: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean cost of outputs and targets from 0 to 1, both (batch, n).

        Raises
        ------
        TypeError, ValueError
            Either is not a float array (batch, n), their shapes differ, or a target is not from 0
            to 1.
        """
        output = checks.batch("output", output)
        targets = checks.same_shape("targets", targets, "output", output)
        targets = checks.from_0_to_1("targets", targets)
        m = len(output)
        each = np.logaddexp(0, output) - targets * output  # no log of a p that is 0
        self.output = output
        self.targets = targets
        self.p = Sigmoid().f(output)
        self.cost = float(each.sum() / m)
        return self.cost

    def backward(self) -> np.ndarray:
        """Return the gradient of the cost with respect to the output: (p - targets)/batch."""
        checks.cost_was_computed(self.cost)
        m = len(self.output)
        self.doutput = (self.p - self.targets) / m
        return self.doutput

    def chance(self) -> float:
        """Return the cost of predicting the mean of this batch's targets, whatever the input."""
        p = self.targets.mean(axis=0).astype(float)
        return entropy(p) + entropy(1 - p)

    def __repr__(self) -> str:
        return reprs.of_loss(self)


def pretrain(
    net: Network,
    source: Any,
    updates: int,
    *,
    lr: float = 0.1,
    noise: float = 0.25,
    batch: int = 20,
    rng: Any = None,
) -> np.ndarray:
    """Teach each hidden layer in turn to mend what it gets, without labels: Vincent et al. (2008).

    What the layers below give is ``clean``. A share ``noise`` of its numbers is set to 0, the layer
    sees the rest, and a second Linear, the decoder, which is thrown away afterwards, has to give
    ``clean`` again. Labels are drawn and not used, and the last Linear stays as it is. The cost is
    :class:`BitCrossEntropy` for the inputs and above a sigmoid, otherwise Quadratic.

    Parameters
    ----------
    net : Network
        One of :func:`tinynet.mlp`. Its hidden layers change in place.
    source
        Where examples come from, such as a ``tn.Shuffled``: ``draw(n)`` gives (x, labels), with x
        from 0 to 1.
    updates : int
        Of each hidden layer.
    lr : float, optional
    noise : float, optional
        The chance of each number to be set to 0, from 0 to below 1.
    batch : int, optional
        Examples per update.
    rng : int or numpy.random.Generator, optional
        The random source of the decoders' weights, ``standard``, and of the noise.

    Returns
    -------
    ndarray, shape (hidden layers, updates)
        The cost of each update.

    Raises
    ------
    TypeError, ValueError
        The network is not Linear, activation, ..., Linear; or another argument cannot be used.
    FloatingPointError
        A cost is no longer finite: the rate is too large.
    """
    pairs = _hidden_layers("net", net)
    checks.has_methods("source", source, ("draw",), "tn.Shuffled(x, labels, rng)")
    updates, batch = checks.size("updates", updates), checks.size("batch", batch)
    lr, noise = checks.positive("lr", lr), checks.not_negative("noise", noise, below=1)
    rng = checks.generator("rng", rng)
    costs = np.empty((len(pairs), updates))
    below: list[Any] = []
    for i, (linear, activation) in enumerate(pairs):
        decoder = Linear(linear.n_out, linear.n_in, init=standard, rng=rng, dtype=net.dtype)
        coder = Network([linear, activation, decoder])
        loss = BitCrossEntropy() if not below or isinstance(below[-1], Sigmoid) else Quadratic()
        sgd = SGD(coder, lr)
        for k in range(updates):
            clean, _ = source.draw(batch)
            for layer in below:
                clean = layer.forward(clean)
            seen = clean * (rng.random(clean.shape) >= noise)
            with np.errstate(over="ignore", invalid="ignore"):  # what overflows is seen in the cost
                costs[i, k] = _finite(loss.forward(coder.forward(seen), clean), i, k)
            coder.backward(loss.backward())
            sgd.step()
        below += [linear, activation]
    return costs


def _finite(cost: float, i: int, k: int) -> float:
    """Stop where descent has broken."""
    if not np.isfinite(cost):
        where = f"layer {i + 1}, update {k + 1}"
        raise FloatingPointError(f"cost: expected a finite number, got {cost} in {where}; lower lr")
    return cost


def _hidden_layers(name: str, net: Any) -> list[tuple[Linear, Activation]]:
    """Return the pairs of Linear and activation of a network; refuse one that has other layers."""
    *hidden, last = contracts.trainable(name, net).layers
    pairs = list(zip(hidden[::2], hidden[1::2], strict=False))
    are_pairs = all(isinstance(a, Linear) and isinstance(b, Activation) for a, b in pairs)
    if not pairs or not are_pairs or len(hidden) % 2 or not isinstance(last, Linear):
        kinds = ", ".join(type(layer).__name__ for layer in net.layers)
        wanted = "Linear, activation, ..., Linear, with a hidden layer or more"
        raise ValueError(f"{name}: expected {wanted}, got {kinds}")
    return pairs

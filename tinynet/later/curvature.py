"""Curvature from x and dy: a step that asks how much it changes what the network says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinynet._internal import checks, reprs
from tinynet.later.examples import PLAIN, refuse_mixed_rows, refuse_own_cost
from tinynet.layers import Linear
from tinynet.losses import softmax
from tinynet.network import Network
from tinynet.optimizers import SGD

OFTEN, FACTORS, INVERSES = 20, 5, 20  # steps: at first A, G in each, then less often


class KFAC(SGD):
    """[W; b] <- [W; b] - lr A^-1 [dW; db] G^-1, layer by layer: Martens & Grosse (2015).

    The natural gradient is F^-1 times the gradient, F the Fisher information. One example's
    gradient of a Linear is the outer product of [x 1] and ds. K-FAC takes these two as independent,
    and layers too; then F is, for each layer, a product of two small matrices (their section 3):

        A = mean of [x 1]^T [x 1],  G = mean of ds^T ds,  ds of labels drawn from the softmax
        step = (A + pi r I)^-1 [dW; db] (G + r/pi I)^-1,  r = sqrt(damping)
        pi^2 = mean of the diagonal of A / that of G       (their section 6.3)

    lr is made smaller where lr^2 <step, gradient> would be more than ``trust``; the paper instead
    adapts the damping, and adds a momentum. The network ends in the logits of a
    ``tn.SoftmaxCrossEntropy``, and nothing in it mixes the rows of a batch.

    Parameters
    ----------
    net : Network
        All its parameters are W and b of Linears; other layers can be frozen.
    lr : float, optional
        The rate, where ``trust`` does not make it smaller.
    damping : float, optional
        The larger, the nearer to plain descent with the rate lr/damping.
    decay : float, optional
        From 0 to below 1: the share of A and G that is left when new ones come. The first few are
        a plain mean.
    trust : float, optional
        The most that lr^2 <step, gradient> may be. Were A and G all of F, and not damped, this
        would be about twice the divergence (KL) of the softmax after the step from that before it.
    rng : int or numpy.random.Generator, optional
        The random source of the labels.

    Attributes
    ----------
    A, G : dict
        From a Linear's place, "0", to its two factors, running means: of the shapes
        (n_in + 1, n_in + 1), without bias (n_in, n_in), and (n_out, n_out). They are taken in each
        of the first 20 steps, then in every fifth.
    A_inverse, G_inverse : dict
        The inverses of the damped factors: taken every 20 steps, and in steps 1, 2, 4, 8 and 16.
    seen : int
        How many batches A and G have seen.

    Raises
    ------
    TypeError, ValueError
        ``net`` has a parameter that is not W or b of a Linear, or a layer with a cost of its own,
        or a number cannot be used; in ``step`` also: the gradient is not that of a
        SoftmaxCrossEntropy.
    """

    buffers = ("A", "G", "A_inverse", "G_inverse", "seen", "rng")

    def __init__(
        self,
        net: Network,
        lr: float = 0.3,
        *,
        damping: float = 0.01,
        decay: float = 0.95,
        trust: float = 0.01,
        rng: Any = None,
    ):
        super().__init__(net, lr)
        self.damping = checks.positive("damping", damping)
        self.decay = checks.not_negative("decay", decay, below=1)
        self.trust = checks.positive("trust", trust)
        self.rng = checks.generator("rng", rng)
        self.A: dict[str, np.ndarray] = {}
        self.G: dict[str, np.ndarray] = {}
        self.A_inverse: dict[str, np.ndarray] = {}
        self.G_inverse: dict[str, np.ndarray] = {}
        self.seen = 0
        linears(net)

    def changes(self, gradients: dict[str, np.ndarray]) -> Iterable[tuple[str, np.ndarray]]:
        """Return each name and its change; now and then take new factors and inverses first."""
        places = linears(self.net)
        if self.t <= OFTEN or self.t % FACTORS == 0:
            self.follow(places)
        if self.t % INVERSES == 0 or self.t in (1, 2, 4, 8, 16):
            for place in places:
                inverses = damped_inverses(self.A[place], self.G[place], self.damping)
                self.A_inverse[place], self.G_inverse[place] = inverses
        steps: dict[str, np.ndarray] = {}
        for place, layer in places.items():
            names = [f"{place}.{name}" for name in layer.parameters]
            both = np.vstack([gradients[name] for name in names])  # [dW; db]
            step = self.A_inverse[place] @ both @ self.G_inverse[place]
            steps[names[0]] = step[: layer.n_in]
            if len(names) == 2:
                steps[names[1]] = step[-1]
        slope = sum(float((steps[name] * gradients[name]).sum()) for name in steps)
        lr = self.lr
        if lr**2 * slope > self.trust:
            lr = (self.trust / slope) ** 0.5
        return ((name, -lr * step) for name, step in steps.items())

    def follow(self, places: dict[str, Linear]) -> None:
        """Move A and G to those of this batch."""
        refuse_mixed_rows(self.net)
        top = self.net.layers[-1]
        p = of_softmax(top.y, top.dy)
        view = self.net.view(training=True)  # so that dy, dW and db stay those of the true labels
        view.backward(p - drawn(p, self.rng))  # no 1/m: each row is one example's own ds
        self.seen += 1
        old = min(1 - 1 / self.seen, self.decay)
        for place, layer in linears(view).items():
            A, G = factors(layer.x, layer.dy, bias="b" in layer.parameters)
            self.A[place] = old * self.A.get(place, 0) + (1 - old) * A
            self.G[place] = old * self.G.get(place, 0) + (1 - old) * G


def factors(x: np.ndarray, ds: np.ndarray, *, bias: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return A and G of one Linear: x (m, n_in), ds (m, n_out), a row each example's own."""
    if bias:
        x = np.hstack([x, np.ones_like(x[:, :1])])
    return x.T @ x / len(x), ds.T @ ds / len(ds)


def damped_inverses(A: np.ndarray, G: np.ndarray, damping: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (A + pi r I)^-1 and (G + r/pi I)^-1, with r = sqrt(damping)."""
    sizes = float(np.trace(A)) / len(A), float(np.trace(G)) / len(G)
    pi = (sizes[0] / sizes[1]) ** 0.5 if min(sizes) > 0 else 1.0
    r = damping**0.5
    damped_A = A + pi * r * np.eye(len(A), dtype=A.dtype)
    damped_G = G + r / pi * np.eye(len(G), dtype=G.dtype)
    return np.linalg.inv(damped_A), np.linalg.inv(damped_G)


def drawn(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a label for each row from its probabilities; return them one-hot, like p."""
    u = rng.random((len(p), 1))  # from 0 to below 1: label k where it falls into p's k-th part
    labels = (p.cumsum(axis=1)[:, :-1] <= u).sum(axis=1)
    return np.eye(p.shape[1], dtype=p.dtype)[labels]


def of_softmax(output: np.ndarray, doutput: np.ndarray) -> np.ndarray:
    """Return the softmax p; check that ``doutput`` is (p - one_hot)/m, as the Fisher's is."""
    p = softmax(output)
    one_hot = p - len(p) * doutput
    near = len(p) * float(np.finfo(p.dtype).eps) ** 0.5
    if not np.allclose(np.sort(one_hot, axis=1)[:, [0, -1]], [0, 1], atol=near):
        wanted = "the gradient of a tn.SoftmaxCrossEntropy for the logits, (p - one_hot)/batch"
        raise ValueError(
            f"doutput: expected {wanted}, because KFAC draws labels from its softmax, got"
            f" {checks.describe(doutput)}; forward and backward with this loss come right before"
            " the step"
        )
    return p


def linears(net: Network) -> dict[str, Linear]:
    """Return the Linears that a step moves, by place; refuse what has no factors."""
    found: dict[str, Linear] = {}
    for place, layer in net.named_layers().items():
        is_linear = (type(layer).forward, type(layer).backward) == PLAIN
        refuse_own_cost(place, layer, "KFAC")
        if layer.parameters and not (is_linear and layer.parameters in (("W", "b"), ("W",))):
            raise TypeError(
                f"layers[{place}]: expected W and b of a tn.Linear, because KFAC has factors of"
                f" nothing else, got {', '.join(layer.parameters)} of {reprs.short(layer)}; write"
                f" another optimizer, or freeze it: layer.parameters = ()"
            )
        if layer.parameters:
            found[place] = layer
    if not isinstance(net.layers[-1], Linear):
        raise TypeError(
            "layers[-1]: expected a tn.Linear, whose y are the logits, got"
            f" {reprs.short(net.layers[-1])}"
        )
    return found

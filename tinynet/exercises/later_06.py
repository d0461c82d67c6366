"""The exercises of lesson L6, deep linear networks."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear
from tinynet.losses import Quadratic
from tinynet.network import Network

S_1, M, LR, SMALLER = 0.484, 8, 0.05, 1000.0  # the first mode; u0 becomes so much smaller


def _case(rng):
    """Draw data and weights of sizes that are all different."""
    n, h, k = rng.permutation([2, 3, 4])
    x, t = rng.normal(size=(6, n)), rng.normal(size=(6, k))
    W1, W2 = rng.normal(size=(n, h)), rng.normal(size=(h, k))
    return {"Q": x.T @ x / 6, "Sigma": x.T @ t / 6, "W1": W1, "W2": W2}


def _gradients(Q, Sigma, W1, W2):
    """Let tinynet's layers do it, on as many examples as inputs that have this Q and this Sigma."""
    n = len(Q)
    root = np.linalg.cholesky(Q)
    x, t = np.sqrt(n) * root.T, np.sqrt(n) * np.linalg.solve(root, Sigma)
    net = Network([Linear(*W.shape, bias=False) for W in (W1, W2)])
    net.layers[0].W[:], net.layers[1].W[:] = W1, W2
    loss = Quadratic()
    loss.forward(net.forward(x), t)
    net.backward(loss.backward())
    return net.layers[0].dW, net.layers[1].dW


def _cost(Q, Sigma, W1, W2):
    """Return the cost but for the constant sum of t^2."""
    W = W1 @ W2
    return float((W * (Q @ W)).sum() / 2 - (W * Sigma).sum())


def _from(error):
    """Make both gradients of what takes the place of D."""

    def gradients(Q, Sigma, W1, W2):
        D = error(Q, Sigma, W1 @ W2)
        return D @ W2.T, W1.T @ D

    return gradients


def _first_by_both(Q, Sigma, W1, W2):
    """Leave W2 out of dW1, as if W1 were alone; of the right shape."""
    D = Q @ W1 @ W2 - Sigma
    return Q @ W1 - Sigma @ W2.T, W1.T @ D


def _spectrum(rng):
    """Draw variances along five directions, all of which a step makes smaller."""
    lambdas = np.sort(rng.uniform(0.2, 8, size=5))[::-1]
    return {
        "lambdas": lambdas,
        "lr": float(rng.uniform(0.03, 0.1)),
        "left": float(rng.uniform(0.01, 0.5)),
    }


def _updates_until(lambdas, lr, left):
    """Take the logarithm of left by the base 1 - lr lambda."""
    return np.log(left) / np.log1p(-lr * lambdas)


EXERCISES = {
    "L6.1": Code(
        right=_gradients,
        draw=_case,
        gives=("dW1", "dW2"),
        cost=_cost,
        hints=(
            "Start from lesson 2: dy = (x W1 W2 - t)/m at the top, dW2 = (x W1).T dy, and dW1 ="
            " x.T (dy W2.T). Where do x.T x/m and x.T t/m appear?",
            "x.T dy = Q W1 W2 - Sigma: call it D. It stands in dW1 and in dW2, and each has the"
            " other layer's W, transposed, on one side of it.",
        ),
        solution="""
def gradients(Q, Sigma, W1, W2):
    D = Q @ W1 @ W2 - Sigma
    dW1 = D @ W2.T
    dW2 = W1.T @ D
    return dW1, dW2
""",
        wrong={
            "both have the other sign: the error is what came out less what should.": _from(
                lambda Q, Sigma, W: Sigma - Q @ W
            ),
            "Q is missing: only if x.T x/m is the identity is that right.": _from(
                lambda Q, Sigma, W: W - Sigma
            ),
            "Sigma is missing: the targets must be in it.": _from(lambda Q, Sigma, W: Q @ W),
            "the quadratic cost has a half in front, so its gradient has no 2.": _from(
                lambda Q, Sigma, W: 2 * (Q @ W - Sigma)
            ),
            "Q belongs to the inputs: it multiplies W1 W2, and not Sigma too.": _from(
                lambda Q, Sigma, W: Q @ (W - Sigma)
            ),
            "dW2 is right. In dW1 all of D is multiplied by W2.T.": _first_by_both,
        },
    ),
    "L6.2": Number(
        right=lambda: [np.log(SMALLER) / (2 * S_1 * LR), 0.0],
        hints=(
            "In the half time the m s/u0 under the logarithm is much larger than the 1. What does a"
            " factor of a thousand do to a logarithm?",
            "ln 1000 is added, and divided by 2 s lr. For the second: at which n is u 10 %, at"
            " which 90 %, and does u0 stay in the difference?",
        ),
        solution="""
The half time is ln(m s/u0)/(2 s lr), the 1 being too small to see.
A thousandth of u0 adds ln 1000 = 6.908 to the logarithm: 6.908/(2 * 0.484 * 0.05) updates.
From 10 to 90 % takes ln 81/(2 s lr), with no u0 in it: the S is shifted, and keeps its form.
[142.7, 0]
""",
        wrong={
            "that is the whole half time; what is added to it?": lambda right: [
                np.log(M * S_1 * SMALLER / 1e-3) / (2 * S_1 * LR),
                0.0,
            ],
            "the 2 of 2 s lr is missing: u has two factors a.": lambda right: [
                2 * right[0],
                0.0,
            ],
            "the first is right. The rise has no u0 in it.": lambda right: [right[0], right[0]],
            "ln is the natural logarithm, not that by 10.": lambda right: [
                right[0] / np.log(10),
                0.0,
            ],
        },
    ),
    "L6.3": Code(
        right=_updates_until,
        draw=_spectrum,
        gives=("updates",),
        hints=(
            "What is left of the error after one update, and after n?",
            "(1 - lr lambda)^n is left. Set it equal to ``left``, and take logarithms.",
        ),
        solution="""
def updates_until(lambdas, lr, left):
    factors = 1 - lr * lambdas
    return np.log(left) / np.log(factors)
""",
        wrong={
            "that is for small steps, where 1 - lr lambda is e^(-lr lambda). Be exact.": (
                lambda lambdas, lr, left: -np.log(left) / (lr * lambdas)
            ),
            "that is when a share ``left`` is gone; it is to be what stays.": (
                lambda lambdas, lr, left: np.log(1 - left) / np.log(1 - lr * lambdas)
            ),
            "upside down: it is the logarithm of left that is divided.": (
                lambda lambdas, lr, left: np.log(1 - lr * lambdas) / np.log(left)
            ),
            "the error itself is asked for, not its square.": (
                lambda lambdas, lr, left: np.log(left) / (2 * np.log(1 - lr * lambdas))
            ),
        },
    ),
    "L6.4": Explain(
        solution="""
With one layer no other weights stand in the gradient, and Q is the same in all directions, so each
mode comes closer to m s at the same pace. With two, the gradient of each is multiplied by the
other, which is small at the start: a mode grows at a pace like s, and a strong one is there first.
""",
        hints=(
            "What is in the gradient of one layer, and what is in that of two?",
            "How fast does a mode grow from a small a, and how does that depend on s?",
        ),
        says=(
            "that in one layer no other weights are in the gradient, and all modes go at one pace?",
            "that with two each layer's gradient has the other in it, and growth goes as s?",
        ),
    ),
}

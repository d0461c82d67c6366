"""The exercises of lesson L12, what would you do today."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear
from tinynet.network import Network
from tinynet.optimizers import SGD

TUNED, WIDE, LR = 128, 2048, 0.1
M = WIDE / TUNED
GPT2 = 768 * 0.02**2


def _batch(rng):
    """Draw what comes in, the gradient of what goes out, and a rate."""
    m, n_in, n_out = rng.integers(2, 6, 3)
    x, dy = rng.normal(size=(m, n_in)), rng.normal(size=(m, n_out))
    return {"x": x, "dy": dy, "lr": float(rng.uniform(0.1, 1))}


def _change(x, dy, lr):
    """Let tinynet's layer take the step."""
    layer = Linear(x.shape[1], dy.shape[1], rng=0)
    before = layer.forward(x)
    layer.backward(dy)
    SGD(Network([layer]), lr).step()
    return layer.forward(x) - before


def _by(rows, bias=1.0, sign=-1.0):
    """Make the function for another matrix of rows by rows."""
    return lambda x, dy, lr: sign * lr * (rows(x) + bias) @ dy


def _gram(x):
    return x @ x.T


EXERCISES = {
    "L12.1": Code(
        right=_change,
        draw=_batch,
        gives=("what is added to y",),
        hints=(
            "W changes by -lr dW and b by -lr db. Which x, and which dy, are dW and db made of?",
            "dW = x.T @ dy, and db is the sum of dy over the rows. Put -lr dW in the place of W in"
            " x W + b, and -lr db in that of b.",
        ),
        solution="""
def change(x, dy, lr):
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return -lr * (x @ dW + db)
""",
        wrong={
            "the biases have moved too.": _by(_gram, 0),
            "a step goes against the gradient.": _by(_gram, sign=1.0),
            "every example has moved W, and so the y of all others.": _by(
                lambda x: np.diag(_gram(x).diagonal() + 1), 0
            ),
            "the rate is missing.": (lambda x, dy, lr: -(_gram(x) + 1) @ dy),
            "dW and db are sums over the rows: the loss has taken the mean already.": (
                lambda x, dy, lr: -lr * (_gram(x) + 1) @ dy / len(x)
            ),
            "db is the sum of dy over all rows, and moves each row of y.": _by(
                lambda x: _gram(x) + np.eye(len(x)), 0
            ),
        },
    ),
    "L12.2": Number(
        right=[LR / M, 1 / np.sqrt(WIDE * M)],
        hints=(
            "m is how many times wider the network has become. What does the table say of the last"
            " weights' rate, and of their start?",
            "m = 2048/128 = 16. The rate is divided by m; lecun's std 1/sqrt(n_in), by sqrt(m).",
        ),
        solution="""
m = 2048/128 = 16.
The rate of the last weights is 0.1/16 = 0.00625.
lecun has the std 1/sqrt(2048) = 0.0221; at the start it is divided by sqrt(16) = 4: 0.00552.
(The first weights and the hidden biases get 16 * 0.1 = 1.6, the hidden weights 0.1.)
[0.00625, 0.00552]
""",
        wrong={
            "the rate is right. The start is that of lecun, divided by sqrt(m).": [
                *(LR / M, 1 / np.sqrt(WIDE))
            ],
            "the rate is right. The variance at the start is divided by m. And the std?": [
                *(LR / M, 1 / np.sqrt(WIDE) / M)
            ],
            "the rate is right. The second is a variance; asked is the std.": [
                *(LR / M, 1 / (WIDE * M))
            ],
            "the rate of the last weights is divided by m, not by sqrt(m).": [
                *(LR / np.sqrt(M), 1 / np.sqrt(WIDE * M))
            ],
            "that is the rate of the first weights.": [LR * M, 1 / np.sqrt(WIDE * M)],
        },
    ),
    "L12.3": Explain(
        solution="""
We have seen that with relu, on these data and in so few updates, one rate will do from 64 to 1024
units. But with tanh it does not. And with relu, too, the steps of the layers change with the width,
so that it may fail in wider networks or longer runs, which we have not tried.
""",
        hints=(
            "What was varied, and what was the same in all runs?",
            "What became of tanh under the same start? And do the steps of the layers stay as they"
            " are, even where the best rate does?",
        ),
        says=(
            "that it holds for what was measured?",
            "that with tanh it does not?",
            "that the steps change with the width all the same?",
        ),
    ),
    "L12.4": Number(
        right=GPT2,
        hints=(
            "The std is given, and Var[W] is asked for.",
            "Var[W] = 0.02^2, and n is 768.",
        ),
        solution="""
Var[W] = 0.02^2 = 0.0004.
n Var[W] = 768 * 0.0004 = 0.3072, nearly the 1/3 of standard, and not the 1 of eq 16.
The std does not ask for n: it would be that of eq 16 in square layers of 1/0.0004 = 2500 units.
What keeps the signal is a norm in each block, as in lesson L1.
n Var[W] = 0.3072
""",
        wrong={
            "that is n times the std. Square it first.": 768 * 0.02,
            "that is Var[W].": 0.02**2,
            "that is the n for which it would be 1.": 2500,
        },
    ),
    "L12.5": Explain(
        solution="""
1/sqrt(n_in) is n Var[W] = 1, the forward half of eq 16. With min(1, sqrt(n_out/n_in)) the largest
singular value is about sqrt(n_out/n_in), the spectral condition, in layers that narrow, too. The
last Linear of 0 goes further than muP: at the start the outputs are 0, the same at any width. That
each block begins with 0, so that nothing is added to its input, this course does not explain.
""",
        hints=(
            "Take a square layer first, then one with far more inputs than outputs.",
            "The largest singular value is about std (sqrt(n_in) + sqrt(n_out)). Which of the two"
            " roots counts in a layer that narrows? And what does muP do to the last weights?",
        ),
        says=(
            "that 1/sqrt(n_in) keeps the variance forward?",
            "that the min is the spectral condition?",
            "that muP, too, makes the last weights small?",
            "what the course does not explain?",
        ),
    ),
}

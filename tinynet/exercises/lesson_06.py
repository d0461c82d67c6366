"""The exercises of lesson 6, two costs and their plateaus."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.losses import SoftmaxCrossEntropy


def _logits(rng):
    """Draw logits and labels; in some batches a number is added to all logits of an example."""
    level, m, classes = rng.choice([1000, 0]), rng.integers(3, 6), rng.integers(2, 5)
    output = rng.normal(size=(m, classes)) + level * rng.choice([-1, 1], size=(m, 1))
    return {"output": output, "labels": rng.integers(classes, size=m)}


def _right(output, labels):
    loss = SoftmaxCrossEntropy()
    loss.forward(output, labels)
    return loss.p, loss.backward()


def _of(doutput):
    """Make a wrong gradient: a function of p, one_hot and m."""

    def both(output, labels):
        p, _ = _right(output, labels)
        return p, doutput(p, np.eye(p.shape[1])[labels], len(labels))

    return both


def _p_changed(output, labels):
    p, doutput = _right(output, labels)
    return p - np.eye(p.shape[1])[labels], doutput


def _summed_over(axis):
    """Make a softmax that sums over the wrong axis."""

    def both(output, labels):
        exps = np.exp(output - output.max(axis=axis, keepdims=True))
        p = exps / exps.sum(axis=axis, keepdims=True)
        return p, (p - np.eye(p.shape[1])[labels]) / len(labels)

    return both


def _times_as_many():
    """Count the steps to s > 0 from -5, divided by those from -4."""
    steps = []
    for start in (-5, -4):
        s, count = start, 0
        while s <= 0:
            y = np.tanh(s)
            s, count = s + 0.5 * (1 - y) * (1 - y**2), count + 1
        steps.append(count)
    return steps[0] / steps[1]


EXERCISES = {
    "6.1": Code(
        right=_right,
        draw=_logits,
        gives=("p", "doutput"),
        cost=lambda output, labels: SoftmaxCrossEntropy().forward(output, labels),
        hints=(
            "First take the largest logit of each row off that row; axis=1 with keepdims=True.",
            "doutput is p, less 1 at the right class of each row, and all of it divided by m.",
        ),
        solution="""
def softmax_and_gradient(output, labels):
    m = len(labels)
    exps = np.exp(output - output.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    one_hot = np.zeros_like(p)
    one_hot[np.arange(m), labels] = 1
    return p, (p - one_hot) / m
""",
        wrong={
            "doutput lacks the 1/m: the cost is the mean over the m examples.": _of(
                lambda p, one_hot, m: p - one_hot
            ),
            "doutput is divided by all its entries: the mean is over the examples only.": _of(
                lambda p, one_hot, m: (p - one_hot) / p.size
            ),
            "doutput does not look at the labels: one_hot is missing.": _of(
                lambda p, one_hot, m: p / m
            ),
            "doutput has the other sign: a larger wrong logit makes the cost larger.": _of(
                lambda p, one_hot, m: (one_hot - p) / m
            ),
            "1 was taken off p itself, which came back, too: doutput needs a copy of p.": (
                _p_changed
            ),
            "p sums to 1 down each column; it should over the classes of each example.": (
                _summed_over(0)
            ),
            "p sums to 1 over the whole batch; it should over each example.": _summed_over(None),
        },
    ),
    "6.2": Number(
        right=lambda: 0.3 * np.log1p(np.exp(4)) + 0.7 * np.log1p(np.exp(-4)),
        hints=(
            "There are only two costs here: that of a right example, and that of a wrong one.",
            "Wrong ones cost log(1 + exp(4)), right ones log(1 + exp(-4)).",
        ),
        solution="""
A wrong one costs log(1 + exp(4)) = 4.0181, nearly its s.
A right one costs log(1 + exp(-4)) = 0.0181.
The mean is 0.3 * 4.0181 + 0.7 * 0.0181 = 1.2181
""",
        wrong={
            "that has the shares turned round: 30 are wrong, 70 right.": (
                0.7 * np.log1p(np.exp(4)) + 0.3 * np.log1p(np.exp(-4))
            ),
            "that is the cost of one wrong example.": np.log1p(np.exp(4)),
            "the right ones cost something, too: log(1 + exp(-4)) each.": 1.2,
            "that is the sum over 100: take the mean.": lambda right: 100 * right,
        },
    ),
    "6.3": Number(
        right=_times_as_many,
        within=0.05,
        hints=(
            "Far out y - t is all but constant: how does the pull change from s to s - 1?",
            "The pull falls by exp(2) for each 1 in s, and nearly all steps are at the start.",
        ),
        solution="""
The pull is (1 - y) (1 - y^2), about 2 * 4 exp(2s): at -5 it is exp(2) times weaker than at -4.
Nearly all steps are spent where the pull is weakest, close to the start.
So their number grows by exp(2) = 7.39.
""",
        wrong={
            "that is exp(1): the slope of tanh falls like exp(2s).": np.e,
            "that is the other way round: from -5 it takes longer.": lambda right: 1 / right,
            "that is the difference of the start. How does the pull change with s?": 5 / 4,
        },
    ),
    "6.4": Explain(
        solution="""
The slope of p by s is nearly 0 there, but -log p is steep where p is small: its slope by p is -1/p.
The product, -(1/p) p (1 - p) = p - 1, is nearly -1, so the steep log makes up for the flat p.
""",
        hints=(
            "Write ds as a product: the slope of the cost by p, and the slope of p by s.",
            "The slope of -log p by p is -1/p. What is it times p (1 - p)?",
        ),
        says=(
            "that the slope of -log p grows as p goes to 0?",
            "that it cancels the small factor p?",
        ),
    ),
}

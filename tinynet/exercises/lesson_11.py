"""The exercises of lesson 11, the sigmoid plateau."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear


def _batch(rng):
    """Draw the top layer's activations, the gradient at the outputs, and a rate."""
    m, n = 4, int(rng.integers(5, 8))
    return {
        "h": rng.uniform(0, 1, (m, n)),
        "dy": rng.normal(size=(m, 9)),
        "lr": float(rng.uniform(0.1, 1)),
    }


def _moved(h, dy, lr):
    """Let a layer do it: its step, and what that adds to the outputs."""
    linear = Linear(h.shape[1], 9)
    linear.forward(h)
    linear.backward(dy)
    return -lr * h @ linear.dW, -lr * linear.db


def _changed(by_W, by_b):
    """Make a wrong form from the right arrays and the arguments."""

    def moved(h, dy, lr):
        right = _moved(h, dy, lr)
        return by_W(right[0], h, dy, lr), by_b(right[1], h, dy, lr)

    return moved


def _same(right, h, dy, lr):
    return right


EXERCISES = {
    "11.1": Number(
        right=[250, 0.1],
        hints=(
            "Through b the outputs move by -lr ds, through W by -lr (h . h) ds.",
            "h . h is the sum of the squares of all 1000 units.",
        ),
        solution="""
Through W the outputs move h . h times as far as through b.
With 1000 units at 1/2 that is 1000 times 1/4, with 1000 at 0.01 it is 1000 times 0.0001.
So W is far ahead at first, and on the plateau b is: [250, 0.1]
""",
        wrong={
            "that is the sum of h. The squares are to be summed.": [500, 10],
            "that is the length of h. Its square is asked for.": [np.sqrt(250), np.sqrt(0.1)],
            "so it is with 100 units. The paper has 1000.": [25, 0.01],
            "that is one unit. There are 1000.": [0.25, 0.0001],
        },
    ),
    "11.2": Code(
        right=_moved,
        draw=_batch,
        gives=("by_W", "by_b"),
        hints=(
            "First dW and db of the layer, as in lesson 2; then one step, W <- W - lr dW.",
            "The step of W is -lr dW, with dW = h.T @ dy. What does it add to h W?",
        ),
        solution="""
def moved(h, dy, lr):
    dW = h.T @ dy
    db = dy.sum(axis=0)
    return -lr * h @ dW, -lr * db
""",
        wrong={
            "a step goes against the gradient: both have the other sign.": _changed(
                lambda right, *case: -right, lambda right, *case: -right
            ),
            "a step is lr times the gradient: lr is missing.": _changed(
                lambda right, h, dy, lr: right / lr, lambda right, h, dy, lr: right / lr
            ),
            "by_b is a mean. dy is of the mean cost, so it has been divided by m before.": _changed(
                _same, lambda right, h, dy, lr: right / len(h)
            ),
            "both are means. dy is of the mean cost, so it has been divided by m before.": _changed(
                lambda right, h, dy, lr: right / len(h), lambda right, h, dy, lr: right / len(h)
            ),
            "each image moves by its own gradient only: W has learnt from the others, too.": (
                _changed(
                    lambda right, h, dy, lr: -lr * (h**2).sum(axis=1, keepdims=True) * dy, _same
                )
            ),
        },
    ),
    "11.3": Number(
        right=lambda: 4 * np.sqrt(3),
        hints=(
            "With five layers, ds goes through one layer more on its way down.",
            "One layer multiplies the std of ds by sqrt(n Var W) f'. What are they here?",
        ),
        solution="""
One layer down, the std of ds is multiplied by sqrt(n Var W) times the slope f'.
Under standard n Var W = 1/3, and the slope of the sigmoid at 0 is 1/4.
So one layer more divides it by 4 sqrt(3) = 6.928
""",
        wrong={
            "that is the slope alone. The weights shrink ds, too.": 4,
            "so it is for tanh, whose slope at 0 is 1.": np.sqrt(3),
            "that is the ratio of the variances. Take its root.": 48,
            "that is five divided by four; the inverse is asked for.": lambda right: 1 / right,
            "that has n Var W = 1/3 in place of its root.": 12,
        },
    ),
    "11.4": Explain(
        solution="""
Yes, just as fast: in five updates the mean of h falls to about 0.06. It is not that b has
to learn: W h is noise while h says nothing about the class, W keeps stirring it in steps
h . h times those of b, and a smaller h is the quickest way to less of it.
""",
        hints=(
            "Which of the three, b, W and h, does the start b = log p leave as it was?",
            "Is W h noise at the start all the same? And how long are the steps of W?",
        ),
        says=(
            "that it shuts all the same?",
            "that W h is still noise, and that the steps of W are still h . h times those of b?",
        ),
    ),
}

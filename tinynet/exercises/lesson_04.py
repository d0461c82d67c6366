"""The exercises of lesson 4, two mistakes to find with a debugger."""

import numpy as np

from tinynet.activations import Tanh
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import mlp


def _stop():
    """Return the dy and the W that are seen in the lesson's wrong ``Linear.backward``."""
    net, loss = mlp([3, 4, 4, 2], rng=0), SoftmaxCrossEntropy()
    net.layers[3].slope = lambda s: 1 - s**2  # the other mistake lies above it
    x = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    loss.forward(net.forward(x), np.array([0, 1]))
    net.backward(loss.backward())
    return net.layers[2].dy, net.layers[2].W


def _dx(of):
    """Return what dx[0, 0] is, made of the part of W that a function takes."""
    dy, W = _stop()
    return dy[0] @ of(W)


EXERCISES = {
    "4.1": Code(
        right=lambda s: Tanh().slope(s),
        draw=lambda rng: {"s": 2 * rng.normal(size=(3, 4))},
        gives=("slope",),
        hints=(
            "Stop in Tanh.slope and type p s, then p self.y. Which of the two is a tanh?",
            "The slope of y = tanh(s) is 1 - y^2. Their line squares what came in.",
        ),
        solution="""
def slope(s):
    y = np.tanh(s)  # what comes in is the pre-activation: a tanh has to be made of it first
    return 1 - y**2
""",
        wrong={
            "that is what theirs returns. Is the array that is squared a tanh?": lambda s: 1 - s**2,
            "that is 1 - y. What is squared?": lambda s: 1 - np.tanh(s),
            "that is y itself, and not its slope.": lambda s: np.tanh(s),
            "tanh was taken twice: s is a pre-activation, and its tanh is y.": lambda s: (
                1 - np.tanh(np.tanh(s)) ** 2
            ),
        },
    ),
    "4.2": Number(
        right=lambda: _dx(lambda W: W[0]),
        hints=(
            "Type n until the return, then p dy[0], self.W and self.dx[0, 0]. Is self.dx[0, 0] made"
            " of row 0 of W, or of column 0?",
            "dx[0, 0] is the sum over k of dy[0, k] W[0, k]: p dy[0] @ self.W[0].",
        ),
        solution="""
dx = dy @ W.T, so dx[0, 0] is the sum over k of dy[0, k] W[0, k], made of row 0 of W.
Their line leaves out the .T: dy[0] @ W[:, 0], made of column 0.
W is 4 x 4, so W and W.T have the same shape, and the product runs either way.
In pdb, at the return: p dy[0] @ self.W[0] gives 0.265
""",
        wrong={
            "that is what theirs makes, of column 0 of W. Which index of W is input 0's?": (
                lambda right: _dx(lambda W: W[:, 0])
            ),
        },
    ),
    "4.3": Explain(
        solution="""
Gradients are made from the output down, so what was made before ds[1] is right: the loss and the
last Linear layer do what they should. All below is made of a wrong ds[1] and differs anyway, so a
second mistake hides there until the first is mended.
""",
        hints=(
            "In which order are ds[2], dz[2], ds[1], dz[1] made?",
            "Which arrays would differ with the wrong Tanh alone?",
        ),
        says=(
            "that the layers above ds[1] are right?",
            "that all below an error differs, whether it has a mistake of its own or not?",
        ),
    ),
}

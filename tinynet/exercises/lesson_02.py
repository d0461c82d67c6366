"""The exercises of lesson 2, a layer of neurons."""

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear


def _layer(rng):
    """Draw a layer: square for some numbers of the source, the first among them, or not."""
    m, n_in, n_out = (int(n) for n in rng.choice(range(3, 8), size=3, replace=False))
    n_out = n_in if rng.random() < 0.5 else n_out
    shapes = {"x": (m, n_in), "W": (n_in, n_out), "b": (n_out,), "dy": (m, n_out)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def _backward(x, W, b, dy):
    """Let tinynet's layer do it."""
    layer = Linear(*W.shape)
    layer.W, layer.b = W, b
    layer.forward(x)
    layer.backward(dy)
    return layer.dW, layer.db, layer.dx


def _with(**mistakes):
    """Make gradients of which some are wrong, each a function of x, W and dy."""

    def backward(x, W, b, dy):
        right = dict(zip(("dW", "db", "dx"), _backward(x, W, b, dy), strict=True))
        wrong = {name: mistake(x, W, dy) for name, mistake in mistakes.items()}
        return tuple((right | wrong).values())

    return backward


def _not_turned(x, W, dy):
    square = W.shape[0] == W.shape[1]
    return dy @ (W if square else W.T)  # any other W cannot be multiplied


def _with_gain(rng):
    """Draw a layer with a gain for each neuron."""
    drawn = _layer(rng)
    return {"x": drawn["x"], "W": drawn["W"], "g": 1 + drawn["b"], "dy": drawn["dy"]}


EXERCISES = {
    "2.1": Code(
        right=_backward,
        draw=_layer,
        gives=("dW", "db", "dx"),
        cost=lambda x, W, b, dy: float((dy * (x @ W + b)).sum()),
        hints=(
            "In each of the three sums, over which index is it, and where does that index stand"
            " in the two factors? The bias b itself is not needed.",
            "A matrix product sums over the columns of the first factor and the rows of the second:"
            " turn the factor in which the index stands on the wrong side. db is a sum over rows.",
        ),
        solution="""
def backward(x, W, b, dy):
    dW = x.T @ dy           # sums over e, the rows of both: the first is turned
    db = dy.sum(axis=0)
    dx = dy @ W.T           # sums over k, the columns of both: the second is turned
    return dW, db, dx
""",
        wrong={
            "all three are divided by the batch size. dy carries the 1/m already, and no layer"
            " divides again.": _with(
                dW=lambda x, W, dy: x.T @ dy / len(x),
                db=lambda x, W, dy: dy.mean(axis=0),
                dx=lambda x, W, dy: dy @ W.T / len(x),
            ),
            "dW and db are means over the examples. dy carries the 1/m already: sums are what is"
            " left.": _with(
                dW=lambda x, W, dy: x.T @ dy / len(x), db=lambda x, W, dy: dy.mean(axis=0)
            ),
            "db is a mean over the examples. The 1/m stands in dy already: a sum is what is"
            " left.": _with(db=lambda x, W, dy: dy.mean(axis=0)),
            "dW is m times too small: the mean was taken in dy already.": _with(
                dW=lambda x, W, dy: x.T @ dy / len(x)
            ),
            "dW is transposed: a row of it belongs to an input, a column to a neuron.": _with(
                dW=lambda x, W, dy: dy.T @ x
            ),
            "dx sums over the wrong index of W. W is square here, so shapes do not tell: which"
            " index of W is the neuron's?": _with(dx=_not_turned),
        },
    ),
    "2.2": Number(
        right=5 * 4 / 8,
        hints=(
            "What does one copy of example 0 add to dW in a batch of 8, and in a batch of 4?",
            "Its row of dy is (y - targets)/m, with m = 8 now and 4 before. And there are five.",
        ),
        solution="""
One copy adds x[0] outer dy[0], and dy[0] = (y[0] - targets[0])/m.
With m = 8 in place of 4 that is 4/8 of what it was.
Five copies add 5 * 4/8 = 2.5 times as much.
""",
        wrong={
            "that would be so if dy did not change. What does m = 8 do to each row of it?": 5,
            "that is what becomes of one copy. There are five.": 0.5,
            "a mean does not take out how often an example is in it.": 1,
            "m grows from 4 to 8, so each copy counts less than before, not more.": 10,
            "that is the share of the batch that is example 0 now. What was it before?": 5 / 8,
            "m was 4 before, not 1: a row of dy had a 1/4 already.": 5 / 4,
        },
    ),
    "2.3": Code(
        right=lambda x, W, g, dy: ((x @ W) * dy).sum(axis=0),
        draw=_with_gain,
        gives=("dg",),
        cost=lambda x, W, g, dy: float((dy * (x @ W) * g).sum()),
        hints=(
            "Write y[e, k] for one example and one neuron. Through which of the y does g[k] reach"
            " the cost?",
            "Through y[e, k] of each example e, where it stands beside (x @ W)[e, k]: a sum over"
            " the rows of a product of two arrays of the same shape.",
        ),
        solution="""
def gradient_of_gain(x, W, g, dy):
    # y[e, k] = (x @ W)[e, k] g[k]: g[k] reaches the cost once through each example, so
    # dg[k] = sum over e of (x @ W)[e, k] dy[e, k]
    return ((x @ W) * dy).sum(axis=0)
""",
        wrong={
            "that has g itself as a factor: it does not stand beside itself.": lambda x, W, g, dy: (
                (x @ W) * g * dy
            ).sum(axis=0),
            "that is a mean over the examples: dy carries the 1/m already.": lambda x, W, g, dy: (
                (x @ W) * dy
            ).mean(axis=0),
            "that is one number for all neurons: each has a gain of its own.": lambda x, W, g, dy: (
                (x @ W) * dy
            ).sum(),
            "that is db: what does g stand beside?": lambda x, W, g, dy: dy.sum(axis=0),
        },
    ),
    "2.4": Number(
        right=2,
        hints=(
            "Column k of one example's dW is its row of x times one number. Which?",
            "It is x[e] times dy[e, k]. Only the sign of dy[e, k] is free.",
        ),
        solution="""
Column k of one example's dW is x[e] times the single number dy[e, k].
All entries of x[e] are positive, so all three have the sign of dy[e, k].
Either all are positive or all are negative: all weights of a neuron move the same way.
The number of patterns is 2.
""",
        wrong={
            "that is with inputs of both signs. What do positive inputs rule out?": 8,
            "dy[e, k] can have either sign.": 1,
            "patterns come in pairs: turn the sign of dy[e, k], and all three turn.": 3,
            "a pattern of mixed signs needs inputs of both signs.": 4,
            "a pattern of mixed signs needs inputs of both signs, too.": 6,
        },
    ),
    "2.5": Explain(
        solution="""
A step is lr times the gradient, so a factor 1/m in dW and db and a factor m in lr cancel, as long
as m stays the same. With another batch size every step has another length; and centred differences
show the mistake at once, for dW and db are m times too small.
""",
        hints=(
            "In which product do the learning rate and dW meet?",
            "lr (dW/m): what makes up for the m, and what if m is another the next time?",
        ),
        says=(
            "that only lr times dW counts in a step?",
            "that another batch size, or a gradient check, brings it to light?",
        ),
    ),
}

"""The exercises of lesson L10, pre-training."""

import numpy as np

from tinynet.activations import Sigmoid
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later.autoencoders import BitCrossEntropy
from tinynet.layers import Linear
from tinynet.losses import entropy
from tinynet.network import Network

PIXELS, GREY = 784, 0.3
KEPT = 3 / 4  # the chance of a 1 to be seen


def _coder(rng):
    """Draw images, what is seen of them, and two layers."""
    m, n, units = int(rng.integers(5, 8)), int(rng.integers(3, 5)), 2
    clean = rng.random((m, n))
    shapes = {"W": (n, units), "b": (units,), "V": (units, n), "c": (n,)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return {"clean": clean, "seen": clean * (rng.random((m, n)) >= 0.25), **drawn}


def _gradients(clean, seen, W, b, V, c):
    """Let tinynet's layers do it."""
    encoder, decoder = Linear(*W.shape), Linear(*V.shape)
    encoder.W, encoder.b, decoder.W, decoder.b = W, b, V, c
    net, loss = Network([encoder, Sigmoid(), decoder]), BitCrossEntropy()
    loss.forward(net.forward(seen), clean)
    net.backward(loss.backward())
    return encoder.dW, decoder.dW


def _cost(clean, seen, W, b, V, c):
    f = Sigmoid().f
    p = f(f(seen @ W + b) @ V + c)
    return float(-(clean * np.log(p) + (1 - clean) * np.log(1 - p)).sum() / len(clean))


def _with(
    wanted="clean",
    fed="seen",
    top=lambda p: 1.0,
    slope=lambda h: h * (1 - h),
    share=lambda clean: len(clean),
    sign=1,
):
    """Make a pass of which one part is wrong."""

    def gradients(clean, seen, W, b, V, c):
        given = {"clean": clean, "seen": seen}
        f = Sigmoid().f
        h = f(seen @ W + b)
        p = f(h @ V + c)
        do = sign * (p - given[wanted]) * top(p) / share(clean)
        ds = do @ V.T * slope(h)
        return given[fed].T @ ds, h.T @ do

    return gradients


EXERCISES = {
    "L10.1": Code(
        right=_gradients,
        draw=_coder,
        gives=("dW", "dV"),
        cost=_cost,
        hints=(
            "Forward: h, then p. Then do = (p - clean)/m is the gradient at the decoder's output."
            " The decoder is a layer like any other, with the input h.",
            "dV = h.T @ do, and do @ V.T is the gradient at h. Through the sigmoid it is multiplied"
            " by h (1 - h). What came into the first layer: clean, or seen?",
        ),
        solution="""
def gradients(clean, seen, W, b, V, c):
    h = 1 / (1 + np.exp(-(seen @ W + b)))
    p = 1 / (1 + np.exp(-(h @ V + c)))
    do = (p - clean) / len(clean)
    ds = do @ V.T * h * (1 - h)
    return seen.T @ ds, h.T @ do
""",
        wrong={
            "dV is right. What came into the first layer is seen, not clean.": _with(fed="clean"),
            "that has the coder give back what it saw. Clean is wanted.": _with(wanted="seen"),
            "dV is right. The slope of the sigmoid, h (1 - h), is missing.": _with(
                slope=lambda h: 1.0
            ),
            "dV is right. 1 - h^2 is the slope of tanh: the sigmoid's is h (1 - h).": _with(
                slope=lambda h: 1 - h**2
            ),
            "the slope at the top has been counted: with this cost it cancels.": _with(
                top=lambda p: p * (1 - p)
            ),
            "those are sums over the batch: the mean needs 1/m.": _with(share=lambda clean: 1),
            "that is a mean over the inputs, too: they are added up.": _with(
                share=lambda clean: clean.size
            ),
            "the size is right, the sign is not: it is p - clean.": _with(sign=-1),
        },
    ),
    "L10.2": Number(
        right=lambda: [PIXELS * np.log(2), PIXELS * entropy(np.array([GREY, 1 - GREY]))],
        hints=(
            "What does one pixel cost if p is 1/2? Does it matter what it is?",
            "In the second image put clean = p = 0.3 into the cost of one pixel, and do not drop"
            " the 1 - clean.",
        ),
        solution="""
p = 1/2: one pixel costs -[clean log 1/2 + (1 - clean) log 1/2] = log 2, whatever it is.
784 log 2 = 543.4 nats.
p = clean = 0.3: one pixel costs -(0.3 log 0.3 + 0.7 log 0.7) = 0.6109, and no p costs less.
784 * 0.6109 = 478.9 nats: greys have their price, and only black and white can cost 0.
[543.4, 478.9]
""",
        wrong={
            "the first is right. Greys cost something even if p is right.": [
                PIXELS * np.log(2),
                0,
            ],
            "those are bits: log is the natural one here.": lambda right: right / np.log(2),
            "that is one pixel: the cost is summed over the inputs.": lambda right: right / PIXELS,
            "the first is right. In the second the part of 1 - clean is missing.": [
                PIXELS * np.log(2),
                -PIXELS * GREY * np.log(GREY),
            ],
        },
    ),
    "L10.3": Number(
        right=lambda: [
            (1 - KEPT) / (2 - KEPT),
            (1 - KEPT / 2) * entropy(np.array([1 - KEPT, 1]) / (2 - KEPT)),
        ],
        hints=(
            "Which share of all pixels is seen as 0? Half of them are 0; of the other half a"
            " quarter was spoilt.",
            "1/2 + 1/8 = 5/8 are seen as 0, and 1/8 of all are spoilt ones. Where a 1 is seen,"
            " nothing is in doubt.",
        ),
        solution="""
Half of all pixels are 0, and a quarter of the other half is spoilt: 1/2 + 1/8 = 5/8 are seen as 0.
Among these the chance of a 1 is (1/8)/(5/8) = 0.2. What is seen as 1 was 1, and costs nothing.
So in the mean a pixel costs 5/8 * -(0.2 log 0.2 + 0.8 log 0.8) = 0.625 * 0.5004 = 0.3128 nats.
To pay less, a coder must know what pixels have to do with each other: that is what it learns.
[0.2, 0.3128]
""",
        wrong={
            "a quarter of the ones is spoilt; but among those seen as 0 are the zeros, too.": [
                1 - KEPT,
                entropy(np.array([1 - KEPT, KEPT])),
            ],
            "the first is right. Only 5/8 of the pixels are in doubt.": [
                0.2,
                entropy(np.array([0.2, 0.8])),
            ],
            "that is the chance of a spoilt pixel among all.": [
                1 / 8,
                entropy(np.array([1 / 8, 7 / 8])),
            ],
            "the first is right. The second is in bits.": lambda right: [
                right[0],
                right[1] / np.log(2),
            ],
        },
    ),
    "L10.4": Explain(
        solution="""
Where three tanh layers learn without help, pre-training lowers the error by about a point, and not
the cost on the images learnt: that much may be knowledge of images. The gain from 90 to 6 % is
mostly the start: a top layer that was nearly the same for every image is so no more.
""",
        hints=(
            "In which table does the other network learn as well, and how much is gained there?",
            "What differs between the two sigmoid networks before the first label? Look at the left"
            " panel.",
        ),
        says=(
            "that the gain is about a point where the network learns without help, too?",
            "that the large gain comes from a start at which the top layer tells images apart?",
        ),
    ),
}

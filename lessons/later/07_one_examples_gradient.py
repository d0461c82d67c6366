# %% [markdown]
"""
One example's gradient
======================

A batch of m examples gives one dW, the mean of m gradients. Do these point the same way? No second
pass is needed to know: x and dy tell. They also tell how large a batch should be, let us bound and
hide what one image does, and foresee learning by a kernel. (Know before: lessons 2, 3 and 11.)
"""
# %% [markdown]
# In pieces
# ---------
#
# Lesson 2: ``dW = x.T @ dy`` is a sum of outer products, one for each row. The loss has put 1/m in
# dy, so the gradient of example k's *own* cost, g_k for short, is m times that::
#
#     dW_k = m x_k^T dy_k          db_k = m dy_k          dW is the mean of all dW_k
#
# An outer product has as many numbers as W, but two short vectors say all of them. Its squared
# length, the sum of all (m x_ki dy_kj)^2, is a product of two sums. Now write it, for one layer:
# how long is each example's own gradient, that of W and b taken together?

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def norms(x, dy):
    """Return the length of each g_k, shape (m,); x is (m, n_in) and dy (m, n_out)."""
    raise NotImplementedError


check("L7.1", norms)

# %% [markdown]
# Squares are added over the layers: ``later.example_norms``. Here is one, and a pass of its own:

# %%
x, labels = tn.Shapeset(rng=9).draw(600)


def passed(net, x, labels):
    """Return a view of net with the arrays of this pass."""
    view, loss = net.view(training=True), tn.SoftmaxCrossEntropy()
    loss.forward(view.forward(x), labels)
    view.backward(loss.backward())
    return view


net = tn.mlp([1024, 100, 100, 9], rng=0)
lengths = later.example_norms(passed(net, x, labels))
k = lengths.argmax()
alone = passed(net, x[k : k + 1], labels[k : k + 1]).named_gradients().values()
print(f"lengths {lengths.min():.2f} to {lengths[k]:.2f}", end="; that one alone: ")
print(f"{np.sqrt(sum((g**2).sum() for g in alone)):.2f}")

# %% [markdown]
# Do they point the same way?
# ---------------------------
#
# The scalar product of two outer products is ``<x_j, x_k> <dy_j, dy_k>``: two matrix products a
# layer for all pairs, ``(x @ x.T + 1) * (m * m * dy @ dy.T)``, with the 1 for b. That is the *Gram
# matrix* G, ``later.gram``. Divided by the lengths it holds cosines: 1 if two images ask for the
# same step, below 0 if one undoes what the other does. Here is a network that stays long on its
# plateau, and 600 images sorted by class: which pairs will agree there, and which will not?
#
# Call g the mean gradient over all images there could be, ``|g|^2`` *signal*, and the mean of
# ``|g_k - g|^2`` *noise*. Off its diagonal the mean of G is signal, on it signal + noise. A batch
# of B images has a gradient of the mean square signal + noise/B: at the *noise scale*, B =
# noise/signal, half of it is noise, and batches much larger than that are hardly of use.

# %%
looks, grams, loss = [0, 100, 300, 1000, 2000, 4000], {}, tn.SoftmaxCrossEntropy()
net = tn.mlp([1024, 100, 100, 100, 9], init="standard", rng=0, dtype=np.float32)


def watch(k):
    G = grams[k] = later.gram(passed(net, x, labels)).astype(float)
    pairs = G[~np.eye(len(G), dtype=bool)]
    signal, chance = pairs.mean(), pairs.std() / (len(pairs) / 2) ** 0.5
    noise, unsure = np.diag(G).mean() - signal, signal < 2 * chance
    B = f"{'over' if unsure else 'about'} {noise / (signal + 2 * chance * unsure):.0f}"
    print(f"{k:4}: cost {tn.mean_cost(net, loss, x, labels):.2f}, noise {noise:5.2f}", end=", ")
    print(f"signal {signal:.4f} +- {chance:.4f}, noise scale {B}")


source, sgd = tn.Shapeset(rng=1), tn.SGD(net, 0.05)
tn.train(net, loss, sgd, source, 4000, watch=watch, every=looks, progress=None)
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 4), layout="constrained")
order = np.argsort(labels)[::4]
titles = {0: "start: for and against", 1000: "plateau: class against class"}
for ax, k in zip(panels, titles, strict=True):
    G = grams[k][np.ix_(order, order)]
    lengths = np.sqrt(np.diag(G))
    plots.matrix(G / np.outer(lengths, lengths), reach=1, label="cosine", ax=ax)
    ax.set(title=titles[k], xlabel="image, sorted by class", ylabel="image", aspect="equal")
plots.show("07_one_examples_gradient_gram")

# %% [markdown]
# At the start even images of one class pull against each other: one is bright where the other is
# dark. On the plateau each class pulls one way (red blocks), and others the other way (pale blue):
# all pull, but the pulls add up to nothing. After 1000 updates 600 images cannot tell the signal
# from 0 (+- is its uncertainty), and a step for ten, as in the paper, is nearly all noise. The
# noise scale falls as the network leaves the plateau.
#
# Clipped, and hidden in noise
# ----------------------------
#
# Whoever publishes a network may not want it to tell that *your* image was used. *Differentially
# private* descent shortens every g_k to the length C at most, and adds noise as large as what one
# of them can do. Clipping needs no pass either: with one factor f_k a row, ``x.T @ (f * dy)`` is
# the mean of the f_k g_k (``later.weigh``)::
#
#     f_k = min(1, C/|g_k|)        W <- W - lr (sum_k f_k g_k / m + N(0, (sigma C/m)^2))
#
# That is ``later.Private``. The privacy that a run spends would have to be counted; here it is not,
# so nothing is promised. Five tanh layers of 100 on MNIST, C = 1, 400 updates of 250 images; sigma
# 0 only clips. Kept test errors, means of two networks; where the files are, short runs:

# %%
kept = studies.Result.kept("private")


def report(found):
    for k, sigma in enumerate(found.settings["noises"]):
        for row, errors in zip(found.settings["rows"], found["error"][:, k], strict=True):
            by_rate = zip(found.settings["rates"], errors.mean(axis=1), strict=True)
            print(f"sigma {sigma:g}, {row:20}", *(f" rate {lr:g}: {e:.1%}" for lr, e in by_rate))


report(kept)
print(f"clipped: {kept['clipped'].min():.0%} to {kept['clipped'].max():.0%} of the images")
print(kept.settings["command"])
try:
    report(studies.private(rates=[4.0], noises=[1.0], updates=150, networks=1, seed=2))
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# Without noise the largest rate is as good as any; with noise it is the worst. There layer norm,
# 12.3 %, beats ``normalized``, 21.8; at the best rate of each it is 9.3 against 10.0. Normalization
# layers matter for such descent, one of our sources says: here they help, mildly. Batch norm mixes
# the rows, so tinynet refuses (exercise 4).
#
# A kernel that foresees
# ----------------------
#
# One more Gram matrix. Give the network one output, f, and put 1 into each row of dy, in place of a
# cost's gradient: then x and dy say how each f_k changes with the weights. The Gram matrix of these
# gradients is the *neural tangent kernel* K. A small step on the quadratic cost with targets t
# moves the outputs by::
#
#     f <- f - (lr/m) K (f - t)
#
# K changes as the weights do, but the wider the network, the less, it is said. If it did not, this
# line alone, with the K of the start, would foresee all of learning. 60 images, two kinds, 300
# updates:

# %%
x, labels = tn.Shapeset(rng=0).draw(60)
t = np.where(labels < 3, 1.0, -1.0)[:, None]


def kernel(net):
    """Return K for the images; gram takes dy for that of a mean over them, and puts in m^2."""
    view = net.view()
    view.backward(np.ones_like(view.forward(x)))
    return later.gram(view) / len(x) ** 2


for width in (10, 30, 100, 300):
    net = tn.mlp([1024, width, width, 1], rng=1)
    K, start, sgd, source = kernel(net), net.forward(x), tn.SGD(net, 0.003), tn.Shuffled(x, t, 0)
    tn.train(net, tn.Quadratic(), sgd, source, 300, batch=len(x), progress=None)
    foreseen = start
    for _ in range(300):
        foreseen = foreseen - 0.003 / len(x) * K @ (foreseen - t)
    moved = np.linalg.norm(kernel(net) - K) / np.linalg.norm(K)
    off = np.linalg.norm(foreseen - net.forward(x)) / np.linalg.norm(foreseen - start)
    print(f"width {width:3}: K moved by {moved:.2f} of its length, forecast of f off by {off:.1%}")

# %% [markdown]
# So it is here: the wider, the less K moves, and the better the start foresees the end.
#
# In three sentences
# ------------------
#
# One example's gradient is an outer product of x_k and m dy_k, so lengths and scalar products of
# all of them need no further pass. They tell how much of a batch's gradient is signal: on a plateau
# hardly any, as the classes pull against each other. The same products clip each example, and
# foresee how the outputs of a wide network will move.
#
# Exercises
# ---------
#
# Put your answers where the None is, and check them with ``python -m tinynet exercise L7``. For
# help add ``--hint``, and after a try ``--solution``.
#
# 2. ``|g_k|`` = 4, C = 1, sigma = 1, m = 250. What is f_k, and what is the std of the noise on each
#    number of the mean gradient? (A list of the two, within 1 %.)
# 3. Write dW of one layer, each example's gradient of W and b together clipped to the length C.
# 4. Why does ``later.Private`` refuse a network with batch norm? Two sentences.

# %%
answer_2 = None
answer_4 = None


def clipped(x, dy, C):
    """Return dW, shape (n_in, n_out), for x (m, n_in), dy (m, n_out) and a number C."""
    raise NotImplementedError


check("L7.2", answer_2)
check("L7.3", clipped)
check("L7.4", answer_4)

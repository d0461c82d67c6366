# %% [markdown]
"""
Deep linear networks
====================

Take the activation functions out of a network, and x W1 W2 is left: one matrix W could do as well.
Yet it learns as deep networks do: for long the cost hardly moves, then it falls at once, and then
it stands again. Saxe, McClelland and Ganguli (2013) solved this exactly. (Know before: lessons 2, 3
and 9. Of the papers we could read abstracts and summaries only.)
"""
# %% [markdown]
# What the gradient knows of the data
# -----------------------------------
#
# Take the quadratic cost of lesson 2, two Linears without biases, and all m examples an update::
#
#     cost = 1/(2m) sum of (x W1 W2 - t)^2          x (m, n), t (m, k), W1 (n, h), W2 (h, k)
#
# Write the gradients out: x and t stand in them in two products only. Q = x.T x/m says how the
# inputs vary together, Sigma = x.T t/m how inputs and targets do. Nothing else of the data is ever
# learnt. Now write both gradients with Q and Sigma, without x and t.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots
from tinynet.exercises import check


def gradients(Q, Sigma, W1, W2):
    """Return dW1 (n, h) and dW2 (h, k), for Q (n, n) and Sigma (n, k)."""
    raise NotImplementedError


check("L6.1", gradients)

# %% [markdown]
# With D = Q W1 W2 - Sigma they are ``dW1 = D W2.T`` and ``dW2 = W1.T D``.
#
# Eight things
# ------------
#
# Canary, robin, salmon, trout; oak, pine, rose, daisy: each has an input of its own, so x is the
# identity, and 15 targets: one for all things, two for animals and plants, four for birds, fish,
# trees and flowers, eight for single things. In the singular value decomposition Sigma = U S V the
# columns of U tell things apart: the first none, the second animals from plants, and so on.

# %%
t = np.array([[leaf >> k == g for k in (3, 2, 1, 0) for g in range(8 >> k)] for leaf in range(8)])
x, t, m = np.eye(8), t.astype(float), 8
U, S, V = np.linalg.svd(x.T @ t / m, full_matrices=False)
print("S =", S.round(3), "\nU[:, 0] =", U[:, 0].round(2), "\nU[:, 1] =", U[:, 1].round(2))

# %% [markdown]
# Every mode lives alone
# ----------------------
#
# A *mode* is a column of U, its number s in S, and its row of V. How much of it has been learnt is
# u, its place on the diagonal of U.T W1 W2 V.T. Here Q = 1/m, so D is 0 where W1 W2 = m Sigma: u
# should become m s. From W1 = sqrt(u0) U R and W2 = sqrt(u0) R.T V, with any rotation R, each mode
# keeps to itself: one number a in either layer, u = a^2. An update, and n small ones::
#
#     a <- a + lr a (s - a^2/m)                    exactly; so du/dn = 2 lr u (s - u/m)
#     u(n) = m s E/(E - 1 + m s/u0)                E = exp(2 s lr n)
#     n = ln(m s/u0 - 1)/(2 s lr)                  when half of it is learnt
#
# The a behind lr is the other layer's: while it is small, little gets through. Hence the plateau.


# %%
def linear(*weights):
    return tn.Network([tn.Linear(*W.shape, bias=False, init=lambda *_, W=W: W) for W in weights])


def descend(net, x, t, lr, updates, look=lambda output: np.diag(U.T @ output @ V.T)):
    """Descend on all examples; return what look(output) gave before each update: u, by default."""
    loss, sgd, found = tn.Quadratic(), tn.SGD(net, lr), []
    for _ in range(updates):
        output = net.forward(x)
        found.append(look(output))
        loss.forward(output, t)
        net.backward(loss.backward())
        sgd.step()
    return np.array(found)


R, u0, some = tn.orthogonal(8, 8, rng=0), 1e-3, [0, 1, 2, 4]  # the others have the s of one
for lr, updates in ((0.05, 1000), (0.2, 250)):
    u = descend(linear(u0**0.5 * U @ R, u0**0.5 * R.T @ V), x, t, lr, updates) / (m * S)
    E = np.exp(2 * S * lr * np.arange(updates)[:, None])
    off = np.abs(u - E / (E - 1 + m * S / u0)).max()
    half, theory = np.argmax(u > 0.5, axis=0), np.log(m * S / u0 - 1) / (2 * S * lr)
    print(f"rate {lr}: half at {half[some]}, in theory {theory[some].round()}, off by {off:.3f}")
W = 0.02 * np.random.default_rng(0).normal(size=(8, 23))
u = descend(linear(W[:, :8], W[:, 8:]), x, t, 0.2, 400) / (m * S)
print(f"small random weights, rate 0.2: half at {np.argmax(u > 0.5, axis=0)}")

# %% [markdown]
# Run and formula differ as the step is finite: four times the rate, four times as far off. Small
# random weights mix the modes, but keep their order. Now other depths: with d layers u = a^d, and
# an update is ``a <- a + lr a^(d-1) (s - a^d/m)``, the dots.

# %%
fig, panels = plt.subplots(1, 3, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for ax, d, updates in zip(panels, (1, 2, 3), (600, 900, 2400), strict=True):
    a, theory = np.full(8, u0 ** (1 / d)), []
    *below, top = [a * U, *[a * np.eye(8)] * (d - 1)]
    u = descend(linear(*below, top @ V), x, t, 0.05, updates)
    for _ in u:
        theory.append(a**d)
        a = a + 0.05 * a ** (d - 1) * (S - a**d / m)
    for k, colour in zip(some, plots.COLOURS, strict=False):
        ax.plot(u[:, k], color=colour, label=f"s = {S[k]:.3f}")
        ax.plot(np.array(theory)[:, k], "k:")
    ax.set(title=f"layers: {d}", xlabel="updates", ylabel="u, how much is learnt")
    half, off = np.argmax(u > m * S / 2, axis=0), np.abs(u - theory).max()
    print(f"layers: {d}, half at {half[some]}, off by {off:.0e}")
fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.show("06_deep_linear_networks_depth")

# %% [markdown]
# One layer has no plateau, and one pace for all modes. The deeper a network, the longer it waits.
#
# Inputs that are not alike
# -------------------------
#
# One layer has an order if its inputs vary more in some directions, the first principal components,
# than in others. Take the mean off x; let lambda be the variance along one component, and p (m,)
# where the images lie on it. A step on one layer moves its outputs by -lr x x.T (y - t)/m, and p is
# an eigenvector of x x.T/m: the error p.(y - t) is multiplied by 1 - lr lambda. "PC bias" says that
# deep linear networks keep to this order. A hundred images of Shapeset, all in each update:

# %%
images, labels = tn.Shapeset(rng=0).draw(100)
targets, lr, which = np.eye(9)[labels], 0.004, [0, 1, 3, 7]
images = images.astype(float) - images.mean(axis=0, dtype=float)
P, root, _ = np.linalg.svd(images, full_matrices=False)
P, factor = P.T[which], 1 - lr * root[which] ** 2 / 100
print(f"one layer, in theory, half at {(np.log(0.5) / np.log(factor)).round(1)}")
fig, panels = plt.subplots(1, 3, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for ax, d, f in zip(panels, (1, 3, 3), ("identity", "identity", "tanh"), strict=True):
    net = tn.mlp([1024, *[50] * (d - 1), 9], activation=f, init="standard", rng=0)
    error = descend(net, images, targets, lr, 700, lambda y: ((P @ (y - targets)) ** 2).sum(axis=1))
    left = np.sqrt(error / error[0])
    print(f"layers: {d}, {f}, half at {np.argmax(left < 0.5, axis=0)}")
    ax.set_prop_cycle(color=plots.COLOURS)
    ax.plot(left, label=[f"component {i + 1}" for i in which])
    ax.set(title=f"layers: {d}, {f}", xlabel="updates", ylabel="share of error left", xscale="log")
panels[0].plot(factor ** np.arange(700)[:, None], "k:")
fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.show("06_deep_linear_networks_components")

# %% [markdown]
# One layer keeps to the formula (dots). Depth keeps the order, but takes six to ten times as long.
#
# What happens on the plateau
# ---------------------------
#
# Let K[e, f] be how far a step on example f moves the output of e: with dy = 1 at the only output
# each layer adds (x x.T) (dy dy.T), entry by entry (lesson L7). How well does K point to the
# targets? The *alignment* t.K t/(t.t |K|) is 1 at most (|K| squared is the sum of squares). "Silent
# alignment" says: from a small start K turns to the targets before the cost falls. 60 rows of 20
# inputs, Q = 1, the first one the target; at the start, with a tenth of the cost gone, at the end:

# %%
white = 60**0.5 * np.linalg.qr(np.random.default_rng(0).normal(size=(60, 20)))[0]  # Q = 1
goal = white[:, :1]


def turned(output):
    """Return the cost, K's alignment, and |K|."""
    net.backward(np.ones_like(goal))
    K = sum((layer.x @ layer.x.T) * (layer.dy @ layer.dy.T) for layer in net.layers)
    size = np.linalg.norm(K)
    return ((output - goal) ** 2).mean(), (goal * (K @ goal)).mean() / size, size


for scale in (0.02, 1.0):
    net = linear(scale * tn.lecun(20, 50, 0), scale * tn.lecun(50, 1, 1))
    cost, angle, size = descend(net, white, goal, 0.05, 600, turned).T
    at = [0, np.argmax(cost < 0.9 * cost[0]), -1]
    print(f"start {scale}: alignment {angle[at].round(3)}, |K| {(size[at] / size[-1]).round(2)}")

# %% [markdown]
# From the small start K has turned when the cost has hardly begun to fall; then it only grows,
# twentyfold. From weights of the usual size it hardly turns. (K = x x.T, which knows nothing of t,
# has 1/sqrt(20); x x.T + t t.T, where the small start ends, 2/sqrt(23).)
#
# In three sentences
# ------------------
#
# A linear network learns from Q and Sigma alone, and well started each mode by itself. One layer
# learns first where inputs vary most; depth adds a plateau and a sudden rise, after a time like
# 1/s. On the plateau small weights turn to the targets before the cost shows it.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L6`` checks your answers (add ``--hint``, or ``--solution``).
#
# 2. Two layers start with a thousandth of u0. By how many updates is the half time of s = 0.484 at
#    the rate 0.05 longer, and by how many the rise from 10 to 90 %? (Within 1 % of the first.)
# 3. After how many updates of one layer is a share ``left`` of the error left, by component?
# 4. One layer learns all modes of the eight things at one pace; why not two? In two sentences.


# %%
def updates_until(lambdas, lr, left):
    """Return the updates (k,) for variances (k,), a rate, and a share that is left."""
    raise NotImplementedError


answer_2 = None
answer_4 = None

check("L6.2", answer_2)
check("L6.3", updates_until)
check("L6.4", answer_4)

# %% [markdown]
"""
Deep linear networks
====================

Take the activation functions out of a network. What is left, x W1 W2, one matrix could do as well.
Yet it learns as deep networks do: it stands still for long, then the cost falls at once, and stands
again. Saxe, McClelland and Ganguli (2013) solved it exactly. (Know before: lessons 2, 3 and 9. The
papers' claims are told from summaries; the papers themselves we could not read.)
"""
# %% [markdown]
# What the gradient knows of the data
# -----------------------------------
#
# The quadratic cost of lesson 2, two Linears without biases, and all m examples at each update::
#
#     cost = 1/(2m) sum of (x W1 W2 - t)^2          x (m, n), t (m, k), W1 (n, h), W2 (h, k)
#
# Write the gradients out, and see that x and t stand in two products only: Q = x.T x/m, how the
# inputs go together, and Sigma = x.T t/m, how inputs and targets do. Nothing else of the data is
# ever learnt. Now write both gradients in terms of these.

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
# Canary, robin, salmon, trout; oak, pine, rose, daisy. Each is an input of its own, so x is the
# identity. They have 15 features, one for each group they are in: one that all have, two of animals
# and plants, four of birds, fish, trees and flowers, and eight that are each thing's own. In the
# singular value decomposition Sigma = U S V the columns of U tell the things apart: the first is
# alike for all, then come animals against plants, birds against fish, and last the pairs.

# %%
t = np.array([[leaf >> k == g for k in (3, 2, 1, 0) for g in range(8 >> k)] for leaf in range(8)])
x, t, m = np.eye(8), t.astype(float), 8
U, S, V = np.linalg.svd(x.T @ t / m, full_matrices=False)
print("S =", S.round(3), "\nU[:, 0] =", U[:, 0].round(2), "\nU[:, 1] =", U[:, 1].round(2))

# %% [markdown]
# Every mode lives alone
# ----------------------
#
# A *mode* is a column of U, its s, and its row of V. How much of it the network has learnt is u, on
# the diagonal of U.T W1 W2 V.T; it should become m s. Start with W1 = sqrt(a0) U R and W2 =
# sqrt(a0) R.T V, with any rotation R. Put that into the gradients: each mode has one number a in
# either layer, u = a^2, and nothing of the others. With Q = 1/m an update is exactly::
#
#     a <- a + lr a (s - a^2/m)                    in small steps:  du/dn = 2 lr u (s - u/m)
#     u(n) = m s E/(E - 1 + m s/a0)                E = exp(2 s lr n), after n updates
#     n = ln(m s/a0 - 1)/(2 s lr)                  when half of it is learnt
#
# While a is small, each layer lets little of the gradient through to the other: hence the plateau.


# %%
def linear(*weights):
    return tn.Network([tn.Linear(*W.shape, bias=False, init=lambda *_, W=W: W) for W in weights])


def modes(output):
    return np.diag(U.T @ output @ V.T)  # where x is the identity the output is W1 W2


def descend(net, x, t, lr, updates, look=modes):
    """Descend on all examples; return what look(output) gave before each update."""
    loss, sgd, found = tn.Quadratic(), tn.SGD(net, lr), []
    for _ in range(updates):
        output = net.forward(x)
        found.append(look(output))
        loss.forward(output, t)
        net.backward(loss.backward())
        sgd.step()
    return np.array(found)


R, a0, some = tn.orthogonal(8, 8, rng=0), 1e-3, [0, 1, 2, 4]  # the other modes are as one of these
for lr, updates in ((0.05, 1000), (0.2, 250)):
    u = descend(linear(a0**0.5 * U @ R, a0**0.5 * R.T @ V), x, t, lr, updates) / (m * S)
    E = np.exp(2 * S * lr * np.arange(updates)[:, None])
    off = np.abs(u - E / (E - 1 + m * S / a0)).max()
    half, theory = np.argmax(u > 0.5, axis=0), np.log(m * S / a0 - 1) / (2 * S * lr)
    print(f"rate {lr}: half at {half[some]}, in theory {theory[some].round()}, off by {off:.3f}")
W = 0.02 * np.random.default_rng(0).normal(size=(8, 23))
u = descend(linear(W[:, :8], W[:, 8:]), x, t, 0.2, 400) / (m * S)
print(f"small random weights, rate 0.2: half at {np.argmax(u > 0.5, axis=0)}")

# %% [markdown]
# Run and formula agree, but for the size of the steps: four times the rate, four times as far off.
# Small random weights keep the order, though their modes mix: first that there are things at all,
# then animals and plants, birds and fish, and last the canary. Now other depths: with d layers u =
# a^d, and ``a <- a + lr a^(d-1) (s - a^d/m)`` is an update.

# %%
fig, panels = plt.subplots(1, 3, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for ax, d, updates in zip(panels, (1, 2, 3), (600, 900, 2400), strict=True):
    a, theory = np.full(8, a0 ** (1 / d)), []
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
# One layer has no plateau and here no order. Depth makes both: the deeper, the longer it stands.
#
# Inputs that are not alike
# -------------------------
#
# One layer has an order, too, if the inputs have. Take the mean off x, and let lambda be its
# variance along a principal component: the error there is multiplied by 1 - lr lambda in an update,
# exactly, whatever targets and start. "PC bias" says that deep linear networks learn along these
# components as well. A hundred images of Shapeset, all in each update, with targets 0 and 1:

# %%
images, labels = tn.Shapeset(rng=0).draw(100)
targets, lr, which = np.eye(9)[labels], 0.004, [0, 1, 3, 7]
images = images.astype(float) - images.mean(axis=0, dtype=float)
P, root, _ = np.linalg.svd(images, full_matrices=False)
P, factor = P.T[which], 1 - lr * root[which] ** 2 / 100
print(f"one layer, in theory: half at {(np.log(0.5) / np.log(factor)).round(1)}")
fig, panels = plt.subplots(1, 3, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for ax, name in zip(panels, ("1, linear", "3, linear", "3, tanh"), strict=True):
    sizes, f = [1024, *[50] * (int(name[0]) - 1), 9], name[3:].replace("linear", "identity")
    net = tn.mlp(sizes, activation=f, init="standard", rng=0)
    error = descend(net, images, targets, lr, 700, lambda y: ((P @ (y - targets)) ** 2).sum(axis=1))
    left = np.sqrt(error / error[0])
    off = np.abs(left - factor ** np.arange(700)[:, None]).max()
    print(f"layers: {name}, half at {np.argmax(left < 0.5, axis=0)}, {off:.0e} from the formula")
    for k, i in enumerate(which):
        ax.plot(left[:, k], color=plots.COLOURS[k], label=f"component {i + 1}")
    ax.set(title=f"layers: {name}", xlabel="updates", ylabel="error left, a share")
fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.show("06_deep_linear_networks_components")

# %% [markdown]
# The order is the same in all three; the deep ones take longer, as their weights must grow.
# And on a plateau something does happen. Let K[e, f] be by how much a step on example f moves the
# output of e: with dy = 1 at the output each layer adds (x x.T) (dy dy.T), entry by entry (lesson
# L7). How far has it turned to the targets, t.K t/(t.t |K|), at the start, at 90 % of the cost, and
# at the end? "Silent alignment" says: from a small start it turns before the cost falls.

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
# From the small start K has turned by then, and after that it only grows, twentyfold; from weights
# of the usual size it hardly turns. (1/sqrt(20) is chance, and 2/sqrt(23) all that can be had.)
#
# In three sentences
# ------------------
#
# A linear network learns nothing of the data but Sigma and Q, each of their modes by itself. One
# layer goes as the inputs' variance; depth adds a plateau and an S, in a time like 1/s, so what is
# common comes first. And on the plateau small weights turn to the targets unseen.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L6`` checks your answers (add ``--hint``, or ``--solution``).
#
# 2. How many updates does a start with an a0 a thousand times smaller add to the half time of s =
#    0.484 at the rate 0.05, and to the rise from 10 to 90 %? (Within 1 % of the first number.)
# 3. After how many updates is a share ``left`` of the error left along each component of one layer?
# 4. Eight things, one layer or two: why has only the second an order? In two sentences.


# %%
def updates_until(lambdas, lr, left):
    """Return the updates (k,) for variances (k,), a rate, and a share that is left."""
    raise NotImplementedError


answer_2 = None
answer_4 = None

check("L6.2", answer_2)
check("L6.3", updates_until)
check("L6.4", answer_4)

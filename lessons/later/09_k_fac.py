# %% [markdown]
"""
Curvature from x and dy
=======================

Plain descent takes the gradient at its word: a weight moves by lr times its slope, whatever the
weight does. ``standard`` weights make z small on the way up and ds small on the way down, and lower
layers hardly learn. The natural gradient divides by what a step does to the answers, and K-FAC
(Martens and Grosse, 2015) can compute it, from x and dy alone. Does it undo what the weights did?
(Know before: lessons 7, 8 and 11, and the beginning of L7. The paper's claim is told as its
abstract has it, its damping from memory.)
"""
# %% [markdown]
# How far is a step?
# ------------------
#
# Amari (1998) measures a step not by the weights but by the answers: by how much the softmax p
# changes. A small step v of all the weights changes it by v^T F v / 2 (as the Kullback-Leibler
# divergence counts), where F is the *Fisher information*. Its entries are means over the images and
# over labels *drawn from p*, g being the gradient of one image with one label::
#
#     F = E[g g^T]          step = F^-1 gradient
#
# That is steepest descent on the answers. But F has an entry for each pair of weights. Here L7
# helps: for one layer, g is the outer product of x and ds. If x and ds were independent, a mean of
# products would be a product of means. That gives two small matrices, and the inverse of their
# product is two small inverses::
#
#     A = E[x^T x]          G = E[ds^T ds]          step = A^-1 dW G^-1
#
# Both are damped, r times the identity added, because from one batch they are not sure. Now write
# it, for a layer without bias: x and ds have a row for each example, ds with its drawn label and
# without the 1/m, and dW is the gradient, from the true labels.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check


def natural(x, ds, dW, r):
    """Return the step, of the shape of dW: (A + r I)^-1 dW (G + r I)^-1."""
    raise NotImplementedError


check("L9.1", natural)

# %% [markdown]
# How true is that?
# -----------------
#
# In a small network F can be computed, its mean over the labels without drawing. We look at layers
# 2 and 3, 209 parameters, of a network that learns Shapeset. K-FAC takes layers for independent,
# too: it has two blocks, each the product of A and G that ``np.kron`` writes out.

# %%
x, labels = tn.Shapeset(rng=0).draw(300)


def fisher(net):
    """Return F of layers 2 and 3 and what K-FAC takes for it, both (209, 209)."""
    view = net.view(training=True)
    p, F, kept = tn.softmax(view.forward(x)), 0, {}
    for label in range(9):
        view.backward(np.sqrt(p[:, [label]]) * (p - np.eye(9)[label]))  # so p counts in g g^T
        g = []
        for place in (2, 4):
            z = np.hstack([view.layers[place].x, np.ones((len(x), 1))])  # 1 for b
            ds = view.layers[place].dy
            g.append(np.einsum("ki,kj->kij", z, ds).reshape(len(x), -1))
            G = kept[place][1] if place in kept else 0
            kept[place] = z.T @ z / len(x), G + ds.T @ ds / len(x)
        F = F + np.hstack(g).T @ np.hstack(g) / len(x)
    K = np.zeros_like(F)
    K[:110, :110], K[110:, 110:] = (np.kron(A, G) for A, G in kept.values())
    return F, K


net = tn.mlp([1024, 10, 10, 9], init="standard", rng=0)
source, found = tn.Shapeset(rng=1), {}


def watch(k):
    F, K = found[k] = fisher(net)
    off = [np.linalg.norm((F - K)[s, s]) / np.linalg.norm(F[s, s]) for s in np.s_[:110, 110:]]
    print(f"{k:4} updates: the blocks are off by {off[0]:.0%} and {off[1]:.0%}", end=", ")
    print(f"blocks alone are {np.linalg.norm(K) / np.linalg.norm(F):.0%} of F's length")


loss = tn.SoftmaxCrossEntropy()
tn.train(
    net, loss, tn.SGD(net, 0.1), source, 3000, watch=watch, every=[0, 300, 3000], progress=None
)
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 4.2), layout="constrained")
titles = "the Fisher information", "what K-FAC takes for it"
for ax, matrix, title in zip(panels, found[300], titles, strict=True):
    plots.matrix(matrix, reach=float(np.abs(found[300]).max()) / 5, label="entry", ax=ax)
    ax.set(title=title, aspect="equal", xlabel="parameter", ylabel="parameter")
plots.show("09_k_fac_fisher")

# %% [markdown]
# Within a layer the product is close at the start, and less so as the network learns. Between the
# layers there is something (the corners at the left), and K-FAC goes without.
#
# What it undoes
# --------------
#
# Five hidden layers at the start. The largest eigenvalue of a layer's curvature is that of A times
# that of G: the largest squared singular values of x and ds, over m. By so much K-FAC divides the
# part of the gradient that lies there.

# %%
for activation, init in (("tanh", "standard"), ("tanh", "normalized"), ("sigmoid", "standard")):
    view = tn.mlp([1024, *[100] * 5, 9], activation=activation, init=init, rng=0).view()
    p = tn.softmax(view.forward(x))
    drawn = np.random.default_rng(0).multinomial(1, p)
    view.backward(p - drawn)
    sizes = [np.linalg.norm(h.x, 2) * np.linalg.norm(h.dy, 2) / len(x) for h in view.layers[::2]]
    print(f"{activation}, {init}: largest, by layer", *(f"{size**2:.0e}" for size in sizes))

# %% [markdown]
# Under ``standard`` weights tanh has about a hundredth of what it has under ``normalized``, and
# K-FAC divides by it. For the sigmoid, whose slope is at most 1/4, the low layers have next to
# nothing. This is where the damping comes in. As in the paper, tinynet adds pi r to A and r/pi to
# G; r is the root of ``damping``, and pi sees to it that neither suffers more. Where the curvature
# is far below the damping, the step becomes gradient/damping: plain descent. A damping of 0.01
# reaches down to layer 5 of the sigmoid alone; 0.0001 reaches layer 4 too, and lets in the noise of
# A and G, which damping is to keep out.
#
# Does it show?
# -------------
#
# ``later.KFAC`` does that step, with running means of A and G, inverses every 20 steps, and shorter
# steps where lr^2 <step, gradient> is above 0.01. (The paper has a momentum and adapts its damping;
# we do not.) MNIST, batches of 100, 100 units a layer under ``standard``, two networks each, kept.
# K-FAC takes 400 updates; plain descent, which is cheaper, takes 1600. What do you expect of the
# sigmoid with five layers, lesson 11's patient?

# %%
kept = studies.Result.kept("curvature")
print(kept.settings["command"])


def report(found):
    for name, errors in zip(found.settings["nets"], found["error"], strict=True):
        for way, error, updates in zip(
            found.settings["ways"], errors, found["updates"], strict=True
        ):
            at = zip(updates, error.mean(axis=0), strict=True)
            print(f"{name}; {way:22}", *(f"{k}: {e:.1%} " for k, e in at))


report(kept)
seconds = kept["seconds"][..., -1].mean(axis=(0, 2)) / kept["updates"][:, -1]
print(f"an update of K-FAC takes {seconds[3:].mean() / seconds[:3].mean():.0f} times as long")
fig, panels = plt.subplots(2, 3, figsize=(plots.WIDE, 6), sharey=True, layout="constrained")
for column, name in enumerate(kept.settings["nets"]):
    for way in (1, 2, 4, 5):
        error, seconds = (kept[key][column, way].mean(axis=0) for key in ("error", "seconds"))
        look = {"color": plots.COLOURS[way], "marker": plots.MARKERS[way]}
        look["label"] = kept.settings["ways"][way]
        panels[0, column].plot(kept["updates"][way], 100 * error, **look)
        panels[1, column].plot(seconds, 100 * error, **look)
    panels[0, column].set(title=name, xlabel="updates", ylabel="test error, %", xscale="log")
    panels[1, column].set(xlabel="seconds", ylabel="test error, %", xlim=0)
fig.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.show("09_k_fac_race")

# %% [markdown]
# By the update it shows, and strikingly: after 50 updates tanh is at 10.4 %, where descent at its
# best rate needs 400. Three sigmoid layers, which descent lets sit at chance for hundreds of
# updates, learn at once. By the clock tanh gains nothing: descent at 0.3 is as good, or ahead. The
# sigmoid gains. Its five layers stay at chance under a damping of 0.01, as under descent at every
# rate; under 0.0001, below the curvature of layer 4, they come to 4.8 %. But tanh, which does not
# need it, ends worse so, 7.4 against 4.4. The damping is the knob: the paper adapts it as it goes.
#
# Where the files are, a shorter run of one network each follows:

# %%
try:
    report(studies.curvature(nets=["sigmoid, 5 layers"], updates=160, networks=1, seed=2))
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# In three sentences
# ------------------
#
# The natural gradient divides by what a step does to the answers, and that is the mean of g g^T
# with labels drawn from the network itself. One example's gradient is an outer product, so K-FAC
# takes for it, layer by layer, a product of two small matrices, from x and ds. It undoes weights
# that are too small, an update at a time, as far down as the damping lets it.
#
# Exercises
# ---------
#
# Put your answers where the None is, and check them with ``python -m tinynet exercise L9``. For
# help add ``--hint``, and after a try ``--solution``.
#
# 2. A layer has 1024 inputs, 100 units and biases. How many times as many entries as A and G
#    together has its F? (Within 1 %.)
# 3. Every x is 3 times as large, and ds is as before. By what is the step A^-1 dW G^-1, without
#    damping, multiplied? And by what must plain descent multiply its rate to move the outputs as
#    far as before? (A list of the two, within 1 %.)
# 4. Why are the labels of G drawn from the softmax, and not the true ones? Two sentences.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("L9.2", answer_2)
check("L9.3", answer_3)
check("L9.4", answer_4)

# %% [markdown]
"""
Batch normalization, and why it helps
=====================================

Five sigmoid layers never left the plateau of lesson 11. Ioffe and Szegedy (2015) put a layer before
each activation that gives every unit the mean 0 and the std 1 over the batch, whatever the weights
below do, and report the same accuracy in 14 times fewer steps. What does such a layer change, and
why does it help? (Know before: lessons 2, 7, 8 and 11. The papers' claims are from their abstracts.
Their tables could not be read for this lesson: every number we print is our own.)
"""
# %% [markdown]
# The layer
# ---------
#
# x has a row for each of m images and a column for each unit. Mean and variance are taken over the
# rows, for each unit by itself::
#
#     x_hat = (x - mean) / std         std = sqrt(var + 1e-5), because var may be 0
#     y = gamma x_hat + beta           gamma and beta are learnt; they start at 1 and 0
#
# The way back begins as in lesson 2: ``dx_hat = gamma dy``. The next step is new. Each number of x
# is in the mean and the std of its unit, and so in all m rows of x_hat. Take one unit, m numbers,
# and ask which changes of them leave x_hat as it is. There are two: to add the same to all, and to
# stretch x - mean. So dx must have no part along a vector of ones, and none along x_hat (but for
# the 1e-5). These two vectors are at right angles, and each has the squared length m. Take both
# parts off dx_hat, and divide what is left by std. Now write it.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def backward(x, dx_hat):
    """Return dx (m, n) for x and dx_hat (m, n); std is sqrt(x.var(axis=0) + 1e-5)."""
    raise NotImplementedError


check("L1.1", backward)

# %% [markdown]
# Along the ones the part is a mean over the rows, along x_hat it is x_hat times a mean::
#
#     dx = (dx_hat - mean(dx_hat) - x_hat mean(dx_hat x_hat)) / std
#
# While the network learns, then, an image's y depends on the company it has in its batch. When it
# is only looked at (``training = False``, as in a ``net.view()``), running means of mean and
# variance take their place, two constants a unit. (A batch of one is refused: it has no spread.)

# %%
norm, six = later.BatchNorm(3), np.random.default_rng(0).normal(2, 5, size=(6, 3))
for training in (True, False):
    norm.training = training
    y = norm.forward(six)[0], norm.forward(six[:3])[0]
    print(f"training = {training!s:5}  row 0 of 6 {y[0].round(2)}, of 3 {y[1].round(2)}")

# %% [markdown]
# What the layer does at the start
# --------------------------------
#
# Lessons 7 and 8 once more: std of z, and of ds for one image, in five layers of 300 tanh units.
# Layer norm (Ba, Kiros and Hinton, 2016) does the same over the units of each row.


# %%
def at_the_start(norm, init, depth=5, width=300):
    """Return std of z and std of ds of each hidden layer, with a norm before each tanh."""
    x, labels = tn.Shapeset(rng=0).draw(300)
    net = studies.with_norm(tn.mlp([1024, *[width] * depth, 9], init=init, rng=0), norm)
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    tanhs = [layer for layer in net.layers if isinstance(layer, tn.Tanh)]
    return np.array([(tanh.y.std(), len(x) * tanh.dx.std()) for tanh in tanhs]).T


found = {init: at_the_start("none", init) for init in ("standard", "normalized")}
for norm in ("batch", "layer"):
    found[f"standard, {norm} norm"] = at_the_start(norm, "standard")
for name, (z, ds) in found.items():
    print(f"{name:21} std of z {z.round(3)}, of ds {ds.round(4)}")
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.5), layout="constrained")
for k, (ax, what) in enumerate(zip(panels, ("z", "ds"), strict=True)):
    plots.curves(range(1, 6), {name: both[k] for name, both in found.items()}, ax=ax)
    ax.set(yscale="log", xlabel="hidden layer", ylabel=f"std of {what}", xticks=range(1, 6))
panels[0].set_title("z: a norm keeps it, whatever the weights")
panels[1].set_title("ds: with a norm it grows on its way down")
panels[0].legend()
plots.show("01_batch_normalization_start")
z, ds = at_the_start("batch", "standard", depth=20, width=100)
print(f"20 layers with batch norm: ds of layer 1 is {ds[0] / ds[-1]:.0f} times that of layer 20")

# %% [markdown]
# With a norm, z has the std that tanh makes of a Gaussian, about 0.63, in every layer; ``standard``
# weights alone lose it. And ds, which they shrink tenfold on its way down, now grows a little in
# each layer: very deep networks with batch norm begin with gradients that are too large.
#
# Off the plateau
# ---------------
#
# Five layers of 100 sigmoid units, ``standard``, on MNIST, batches of 60; kept results, one seed.
# Batch-layer norm is a mean of the two norms, in which batch norm counts 1 - 1/m. Weight norm
# (Salimans and Kingma, 2016) writes W as g V/|V|, a length and a direction for each unit.

# %%
kept = studies.Result.kept("plateau")
norms, rates = kept.settings["norms"][:5], kept.settings["rates"]  # the sixth is lesson L2's
print(f"{kept.settings['command']}: test error (%) after {kept['updates'][-1]:,} updates")
at_the_end = dict(zip(norms, kept["error"][:5, :, -1], strict=True))
print(studies.tables.errors([f"lr {lr:g}" for lr in rates], at_the_end))
fig, panels = plt.subplots(1, 4, figsize=(plots.WIDE, 3.3), sharey=True, layout="constrained")
for k, (ax, lr) in enumerate(zip(panels, rates, strict=True)):
    lines = zip(norms, 100 * kept["error"][:5, k], strict=True)
    plots.curves(kept["updates"], dict(lines), ax=ax)
    ax.set(title=f"rate {lr:g}", xlabel="updates", ylabel="test error (%)", xticks=[0, 2000, 4000])
fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
plots.show("01_batch_normalization_plateau")

# %% [markdown]
# Without a norm the network stays at chance, but for one rate, 3, at which it escapes late. With
# batch norm, or batch-layer norm, it learns at once at each rate and ends at 3.4 to 4.3 %. Layer
# norm is slower and stays at chance at the rate 5. Weight norm escapes at 0.1 only. (What becomes
# of batch norm in batches of two: lesson L2.)
#
# Where it does not help
# ----------------------
#
# On Shapeset-3x2, five layers of 100 tanh units, batches of 50; kept results, one seed:

# %%
kept = studies.Result.kept("larger_rates")
rows, rates = kept.settings["rows"], [f"lr {lr:g}" for lr in kept.settings["rates"]]
print(f"{kept.settings['command']}: test error (%) after {kept['updates'][-1]:,} updates")
print(studies.tables.errors(rates, dict(zip(rows, kept["error"][..., -1], strict=True))))

# %% [markdown]
# Batch norm learns at each rate here, too. But the larger rates gain nothing, ``standard`` weights
# stand them without it, and the least error, 65.9 %, is that of ``normalized`` weights at their
# best rate, with no norm at all. To begin with the right scale is as good as to enforce it.
#
# Why does it help?
# -----------------
#
# Ioffe and Szegedy: because what a layer gets no longer shifts, in mean and std, while the layers
# below learn. Santurkar and others (2018): because the cost is smoother, so that a gradient stays
# true for longer. To tell the two apart they put noise behind the norm, which brings the shifts
# back. So do we, on MNIST, with tanh: each unit gets another mean and scale at every update. Now
# and then we go along the gradient, 0.4 of it at most. By how much do cost and gradient change?

# %%
kept = studies.Result.kept("landscape")
print(kept.settings["command"])
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 2.8), sharey=True, layout="constrained")
for ax, array in zip(panels, (kept["range"], kept["turned"]), strict=True):
    for k, values in enumerate(array):
        ax.plot(values, [k] * len(values), "o", color="0.7", markersize=4)
        ax.plot(values.mean(), k, "o", color=plots.COLOURS[k], markersize=9)
    ax.set(yticks=range(5), yticklabels=kept.settings["surfaces"], ylabel="network")
panels[0].set(xlabel="range of the cost (nats)", xscale="log", title="16 looks, and their mean")
panels[1].set(xlabel="change of the gradient, a share", title="batch norm: half, noisy or not")
plots.show("01_batch_normalization_landscape")
for k, name in enumerate(kept.settings["surfaces"]):
    means = [kept[of][k].mean() for of in ("range", "turned")]
    print(f"{name:23}range {means[0]:.3f}, change {means[1]:.2f}, error {kept['error'][k]:.1%}")

# %% [markdown]
# With batch norm cost and gradient change about half as much, or less. With noise, too: the shifts
# are back, larger than ever, but the cost is as smooth, and the network still beats ``standard``
# without a norm (not ``normalized``). So our small runs side with Santurkar, as far as they go:
# steady inputs are not the cause; the smooth cost may be.
#
# Where the files of MNIST are, a short run:

# %%
try:
    short = studies.plateau(norms=("none", "batch"), rates=(1.0,), updates=1000)
    none, batch = short["error"][:, 0, -1]
    print(f"1,000 updates, rate 1: test error {none:.1%}, with batch norm {batch:.1%}")
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# In three sentences
# ------------------
#
# Batch norm gives every unit the mean 0 and the std 1 over the batch, and its gradient loses what
# would move all rows alike or stretch them. Deep sigmoid networks then learn at once and at nearly
# any rate; what goes with it is a smoother cost, and not that a layer's inputs keep still. But a
# start of the right scale is as good at its best rate, and a small batch hardly has a mean and std.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L1`` checks your answers (add ``--hint``, or ``--solution``). To
# write the whole layer, with points: ``python -m tinynet assignment release 8 mine``.
#
# 2. All weights of the Linear below a batch norm become three times as large. By what is dW
#    multiplied? And a step of SGD, as a share of W? Give both. (Within 1 %, and without the 1e-5.)
# 3. Only looked at, batch norm multiplies and adds constants. Write the one Linear that does what a
#    Linear and a batch norm behind it do. (Within rounding, with the 1e-5.)
# 4. What does the network with noise say about the first reason given for batch norm? In two
#    sentences.


# %%
def folded(W, b, gamma, beta, mean, var):
    """Return W (n_in, n_out) and b (n_out,); the other arrays are (n_out,), var the variance."""
    raise NotImplementedError


answer_2 = None
answer_4 = None

check("L1.2", answer_2)
check("L1.3", folded)
check("L1.4", answer_4)

# %% [markdown]
"""
Normalization without a batch
=============================

Batch norm needs the images of a batch all at once, and two of them are too few. Berger and Uc
Cetina (2022) make mean and std parameters of each unit, learnt by going down a cost. Which cost?
Why does plain descent on it fail, and what is the better step? (Know before:
lesson L1. The paper's claims are from its abstract, its settings from the authors' published code;
its tables could not be read for this lesson.)
"""
# %% [markdown]
# A cost for each unit
# --------------------
#
# The layer is batch norm's, but mu and sigma are arrays that it keeps, a number for each unit::
#
#     x_hat = (x - mu) / sigma         sigma = e^log_sigma: above 0, whatever log_sigma is
#     y = gamma x_hat + beta
#
# If x came from Gaussians with these mu and sigma, its negative log likelihood would be, but for a
# constant, log sigma + x_hat^2/2. That is the layer's own cost: a sum over the units, a mean over
# the rows. It is least where mu is the mean and sigma the std of x. Only mu and log_sigma follow
# it, and they follow nothing else: for the network's cost they are constants, so dx is just
# gamma dy / sigma. Now write their two gradients.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def own_gradients(x, mu, log_sigma):
    """Return dmu and dlog_sigma (n,) of the mean over rows of sum(log sigma + x_hat^2/2)."""
    raise NotImplementedError


check("L2.1", own_gradients)

# %% [markdown]
# x_hat changes by -1/sigma with mu, and by -x_hat with log_sigma, so::
#
#     dmu = -mean(x_hat) / sigma       dlog_sigma = 1 - mean(x_hat^2)
#
# Plain descent fails
# -------------------
#
# dmu is (mu - mean)/sigma^2. So a step at the rate lr multiplies mu - mean by 1 - lr/sigma^2, and
# mu runs away unless lr < 2 sigma^2. Units differ in that: here are five sigmoid layers under
# ``standard``. Then we follow one unit with the std 0.02, in batches of 10.

# %%
x, labels = tn.Shapeset(rng=[0, 1]).draw(2000)
net = tn.mlp([1024, *[100] * 5, 9], activation="sigmoid", init="standard", rng=0)
net.forward(x)
for k in range(5):
    std = np.median(net.layers[2 * k + 1].y.std(axis=0))
    print(f"layer {k + 1}: std of a typical unit {std:.5f}, rate below {2 * std**2:.0e}")

unit = np.random.default_rng(0).normal(0.5, 0.02, size=(200, 10, 1))
unit[100:] += 0.06  # then the mean jumps


def follow(optimizer, lr):
    """Return mu and sigma of a layer of one unit: before the first step, and after each."""
    norm = later.Batchless(1, floor=0)
    norm.mu[:], norm.log_sigma[:] = 0.47, np.log(0.02)  # mu is a little off
    net, path = tn.Network([norm]), [(0.47, 0.02)]
    steps = optimizer(net, lr)
    for batch in unit:
        net.backward(np.zeros_like(net.forward(batch)))  # nothing comes from above
        steps.step()
        path.append((norm.mu[0], np.exp(norm.log_sigma[0])))
    return np.array(path).T


runs = {f"SGD, rate {lr}": follow(tn.SGD, lr) for lr in (0.0001, 0.002)}
for name, (mu, sigma) in runs.items():
    print(f"{name:16} mu at most {mu.max():.2f}, sigma at last {sigma[-1]:.2f}")

# %% [markdown]
# At the rate 0.002, more than 2 sigma^2 = 8e-4, mu is thrown farther with each step, until huge
# x_hat have driven sigma so high that x is no longer normalized. And at a rate small enough for
# layer 5 nothing else moves. (Adam, in the authors' code, gives each parameter its own step size.)
#
# The natural step
# ----------------
#
# A good step does not depend on the scale on which x is measured. The natural gradient (Amari,
# 1998) is the gradient times the inverse of the Fisher information: of a Gaussian, sigma^2 for mu
# and 1/2 for log_sigma. ``later.Natural`` asks each layer, and is plain SGD for all others::
#
#     mu <- mu - lr sigma^2 dmu = mu + lr (mean - mu)

# %%
runs["natural, rate 0.1"] = mu, sigma = follow(later.Natural, 0.1)
running = [0.47]
for batch in unit:
    running.append(0.9 * running[-1] + 0.1 * batch.mean())
print(f"mu and a running mean differ by at most {np.abs(mu - running).max():.0e}")
fig, ax = plt.subplots(figsize=(plots.NARROW, 3.5), layout="constrained")
ax.plot(unit.mean(axis=(1, 2)), ".", color="0.6", label="mean of each batch")
for k, (name, (mu, _)) in enumerate(runs.items()):
    ax.plot(mu, color=plots.COLOURS[k], linestyle=plots.STYLES[k], label=name)
ax.set(xlabel="updates", ylabel="mu", title="mu follows the mean, if it can", ylim=(0.46, 0.6))
ax.legend()
plots.show("02_normalization_without_a_batch_unit")

# %% [markdown]
# They are one and the same. The running statistics, which batch norm treats unlike its parameters,
# are natural descent on this likelihood (the std to first order); and one rate serves all units.
#
# Row by row
# ----------
#
# A row's y depends on no other row. So gradients of single rows, one after the other, have that of
# the batch as their mean: no need to have it in memory at once, the paper's claim. Batch norm does.

# %%
for norm, rows in (("batchless", 1), ("batch", 2)):
    net, dW = studies.with_norm(tn.mlp([1024, *[100] * 5, 9], rng=0), norm, behind=True), []
    for part in (slice(8), *(slice(k, k + rows) for k in range(0, 8, rows))):
        loss = tn.SoftmaxCrossEntropy()
        loss.forward(net.forward(x[part]), labels[part])
        net.backward(loss.backward())
        dW.append(net.layers[0].dW.copy())
    off = np.abs(np.mean(dW[1:], axis=0) - dW[0]).max() / np.abs(dW[0]).max()
    print(f"{norm}: 8 rows at once, and {rows} at a time: dW is off by {off:.0e} times its largest")

# %% [markdown]
# On Shapeset
# -----------
#
# Five tanh layers under ``standard``, batches of 10, rate 0.03: ten seconds on an idle core. The
# norm stands behind the activation, as in that code. ``later.Batchless`` adds 0.02 to sigma: a
# saturated unit hardly varies, and one odd image would get a huge x_hat. Errors (%) by updates:

# %%
looks, rows = (1000, 2000, 3000, 4000), {}
start, _ = tn.Shapeset(rng=2).draw(1000)  # the first mu and sigma are those of these images
for norm in ("none", "batch", "batchless"):
    net = studies.seeded.network("tanh", "standard", width=100, depth=5, seed=0)
    net = studies.with_norm(net, norm, behind=True, start=start)
    steps, source, rows[norm] = later.Natural(net, 0.03), tn.Shapeset(rng=1), []
    for _ in looks:
        tn.train(net, tn.SoftmaxCrossEntropy(), steps, source, 1000, progress=None)
        rows[norm].append(tn.error_rate(net, x, labels))
print(studies.tables.errors([f"{k:,}" for k in looks], rows))

# %% [markdown]
# Both norms leave the plateau on which the network stays without; neither is ahead for good.
#
# Batches of one, of two
# ----------------------
#
# MNIST, five sigmoid layers, 10,000 images in all, rate 0.01 times the batch, at most 0.1: kept
# results, one seed. Then batches of 60 by the rate, with the norm before the activation (L1).

# %%
kept = studies.Result.kept("batch_sizes")
norms, batches = kept.settings["norms"], kept.settings["batches"]
print(f"{kept.settings['command']}: test error (%) after {kept['images'][-1]:,} images")
at_the_end = dict(zip(norms, kept["error"][..., -1], strict=True))
print(studies.tables.errors([f"{m}" for m in batches], at_the_end))
fig, panels = plt.subplots(1, 4, figsize=(plots.WIDE, 3.3), sharey=True, layout="constrained")
for k, (ax, m) in enumerate(zip(panels, batches, strict=True)):
    lines = zip(norms, 100 * kept["error"][:, k], strict=True)
    plots.curves(kept["images"], dict(lines), ax=ax)
    ax.set(title=f"batch {m}", xlabel="images", ylabel="test error (%)", xticks=[0, 5000, 10_000])
fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
plots.show("02_normalization_without_a_batch_sizes")
by_rate = studies.Result.kept("plateau")
ends = dict(zip(by_rate.settings["norms"], by_rate["error"][..., -1], strict=True))
rates = [f"lr {lr:g}" for lr in by_rate.settings["rates"]]
print(studies.tables.errors(rates, {norm: ends[norm] for norm in ("batch", "batchless")}))

# %% [markdown]
# Batchless hardly minds how the images are cut: 10.1 to 12.3 % with one, two and ten. Batch norm
# cannot learn from one, and gets nowhere with two. But layer norm needs no batch either, and is
# nearly as good; with fifty, batchless is behind both. From the rate 1 on it breaks (a dash): its
# gradient does not know that mean and std move with the weights. Where MNIST is, a short run:

# %%
try:
    short = studies.batch_sizes(norms=("none", "batchless"), batches=(1,), images=4000)
    none, batchless = short["error"][:, 0, -1]
    print(f"4,000 single images: test error {none:.1%}, with batchless {batchless:.1%}")
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# In three sentences
# ------------------
#
# Mean and std of a unit can be parameters, learnt from the likelihood of a Gaussian as the layer's
# own cost. Plain descent on it would need another rate for each unit; the natural step needs one,
# and is a running mean. Then a row knows no other row, and batches of one or two are as good as
# ten; with large batches, or large rates, batch norm stays ahead.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L2`` checks your answers (add ``--hint``, or ``--solution``).
#
# 2. A unit's x is Gaussian with the std 0.2. What is the least own cost of it? (Within 1 %.)
# 3. The mean of a unit jumps. After how many natural steps at the rate 0.1 has mu gone half the
#    way? (Within 1 %, so with decimals. Batches are large.)
# 4. Why does batch norm get nowhere with batches of two? In two sentences.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("L2.2", answer_2)
check("L2.3", answer_3)
check("L2.4", answer_4)

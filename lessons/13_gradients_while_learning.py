# %% [markdown]
"""
Gradients while learning
========================

Lesson 8 ended with a cancellation: at the start the gradients of all weights are equally large,
though those of the layers' pre-activations are not. Now the weights learn. Does it hold? Figure 9
of the paper, what its section 4.3 says of the way back, and the layer Jacobians over time.
"""
# %% [markdown]
# Three widths
# ------------
#
# Tanh with both initializations: four hidden layers, of 100 units (the runs of lesson 12) and of
# 300 units. One to two minutes on two idle cores, at once the second time. The paper has 1000
# units, and five layers: two such runs took hours, and come with tinynet.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check

wide = {"width": 300, "updates": 30_000, "every": 500, "test_images": 300, "jacobians": 3}
runs = {
    "tanh": studies.Run(init="standard"),
    "tanh_n": studies.Run(init="normalized"),
    "wide": studies.Run(init="standard", **wide),
    "wide_n": studies.Run(init="normalized", **wide),
}
seen = dict(studies.watch(runs))
for row in ("tanh", "tanh_n"):
    kept = studies.race.kept("shapeset")[row]
    seen[f"{row}_1000"] = {**kept, **{k: np.array(v) for k, v in kept["layers"].items()}}
names = {
    "tanh": "standard, width 100", "wide": "standard, width 300",
    "tanh_1000": "standard, width 1000", "tanh_n": "normalized, width 100",
    "wide_n": "normalized, width 300", "tanh_n_1000": "normalized, width 1000",
}  # fmt: skip
for name, title in names.items():
    last, error = seen[name]["updates"][-1], seen[name]["test_error"][-1]
    print(f"{title:22}: {last:7,} updates, test error {error:.0%} at the end")


def draw(arrays, label, ylim, see):
    """Draw the hidden layers over the updates: a row an initialization, a column a width."""
    fig, panels = plt.subplots(2, 3, figsize=(plots.WIDE, 6), sharey=True, layout="constrained")
    fig.suptitle(see)
    for ax, (name, title) in zip(panels.flat, names.items(), strict=True):
        values, updates = arrays[name][:, :-1], seen[name]["updates"]  # the last is the output
        layers = [f"layer {k + 1}" for k in range(values.shape[1])]
        plots.over_time(updates, values, layers, ax=ax)
        ax.set(title=title, ylabel=label, yscale="log", ylim=ylim)
        ax.set_xticks([0, updates[-1] // 2, updates[-1]])
    panels[1, 2].legend(fontsize="small", ncols=2)


# %% [markdown]
# The way back turns round
# ------------------------
#
# At the start, under ``standard``, ds shrinks by sqrt(1/3) a layer on its way down. The paper says
# that this trend "reverses quickly" while the network learns. At first it gets worse: while
# ``standard`` is at the chance level (lesson 5), what arrives at layer 1 falls by about half. Then
# it learns something, and within a few thousand updates layers 2 and up have nearly the same, and
# layer 1 half of that or more. That the *lowest* layer gets the most we see under ``normalized``
# only. The table has the std of ds, of one image, in layer 1 over that in the highest hidden layer.

# %%
ds = {name: seen[name]["ds_std"] for name in names}
draw(ds, "std of ds", (0.001, 0.2), "the layers' ds come together")
plots.show("13_gradients_while_learning_ds")
for name, title in names.items():
    share = ds[name][:, 0] / ds[name][:, -2]
    print(f"{title:22}: first look {share[0]:.2f}, lowest {share.min():.2f}, last {share[-1]:.2f}")

# %% [markdown]
# Figure 9
# --------
#
# And the weights? The paper: under ``standard`` their gradients, alike at the start, drift apart,
# and the larger ones are in the lower layers; under ``normalized`` they stay alike. Lower layers
# are often said to starve; here the upper ones do.
#
# At width 1000 that is plain: under ``standard`` the lowest layer ends with some nine times as much
# as the highest, under ``normalized`` all are within a factor of two. At width 300 it is there,
# too. At width 100 it is not: ``standard`` is no farther apart than ``normalized``. So Figure 9
# wants width, or what comes with it. (dW is the mean gradient over 300 images, and one look at it
# is noisy: each point is a mean of five looks, of their logarithms, as the picture is logarithmic.)


# %%
def running_mean(values):
    """Average each look with the two before it and the two after it."""
    logs = np.log(values)
    return np.exp([logs[max(0, t - 2) : t + 3].mean(axis=0) for t in range(len(logs))])


dW = {name: running_mean(seen[name]["dW_std"]) for name in names}
draw(dW, "std of dW, running mean", (2e-5, 1e-2), "standard drifts apart, the more the wider")
plots.show("13_gradients_while_learning_figure_9")
for name, title in names.items():
    last = dW[name][-1, :-1]
    print(f"{title:22}: largest layer / smallest, at the end {last.max() / last.min():.1f}")

# %% [markdown]
# Why? The gradient of a weight is what comes up times what comes down, z ds. At the start z fell on
# the way up as ds did on the way down, and the product was level. Now ds is level, and under
# ``standard`` z still falls: the product falls, too. Under ``normalized`` ds falls a little on the
# way up, and z does not. At width 1000, at the end:

# %%
x, _ = tn.Shapeset(rng=[0, 1]).draw(300)  # what comes up to layer 1
for name in ("tanh_1000", "tanh_n_1000"):
    comes_up = np.array([np.sqrt((x**2).mean()), *seen[name]["z_std"][-1, :-1]])
    for what, line in (("z", comes_up), ("ds", ds[name][-1, :-1])):
        print(f"{names[name]:22}: {what:2}, layers 1 to 5, in parts of the first:", end=" ")
        print((line / line[0]).round(2))

# %% [markdown]
# The size of a gradient says little without that of its weights. How far does a step go? Here is
# the std of what the last one added over std(W): a few thousandths, and Figure 9 again.

# %%
for name in ("wide", "wide_n"):
    share = 100 * running_mean(seen[name]["update_ratio"][1:])[-1, :4]
    print(f"{names[name]:22}: a step is {share.round(2)} % of std(W), layers 1 to 4")

# %% [markdown]
# Jacobians
# ---------
#
# On its way down ds goes through the transposed Jacobian of each layer (lesson 9). At the start
# their mean singular values are the paper's, about 0.5 and, a little less here, 0.8, and ds
# shrinks. What is different when it no longer does?
#
# Not the mean: under ``standard`` it is as it was, and under ``normalized`` it even falls, as tanh
# bends more. The largest: of the 300 singular values of layer 3 under ``standard`` one has left the
# others. It is twice as large as the next, which has stayed.

# %%
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 4), sharey=True, layout="constrained")
fig.suptitle("the mean stays or falls, a largest value leaves the others")
for ax, name in zip(panels, ("wide", "wide_n"), strict=True):
    J = seen[name]["singular_values"]  # (looks, layers 2 to 4, units), the largest first
    upper = ["layer 2", "layer 3", "layer 4"]
    plots.over_time(seen[name]["updates"], J.mean(axis=2), upper, points=J[:, :, 0], first=2, ax=ax)
    ax.set(title=names[name], ylim=(0, 3), xticks=[0, 15_000, 30_000])
    ax.set_ylabel("singular value of J")
    print(f"{names[name]}, layers 2 to 4: mean {J[0].mean(axis=1).round(2)} at the start", end=", ")
    print(J[-1].mean(axis=1).round(2), "at the end")
panels[0].legend(title="line: mean, markers: largest", loc="upper left")
plots.show("13_gradients_while_learning_jacobians")

J = seen["wide"]["singular_values"][-1]
print("standard, at the end: largest", J[:, 0].round(2), "second", J[:, 1].round(2))
print("  rms", np.sqrt((J**2).mean(axis=1)).round(2), end=", ")
print("ds below / ds above", (ds["wide"][-1, :3] / ds["wide"][-1, 1:4]).round(2))

# %% [markdown]
# Were ds a random direction, a layer would multiply it by the rms of all 300 singular values, which
# is below 0.6 in every layer. But layers 4 and 3 hand down more than they get. So ds is no random
# direction: more of it than by chance lies along those that J stretches most, of which one stands
# out (exercise 3). Lesson 8 took W and ds to be independent: so they are before learning.
#
# In three sentences
# ------------------
#
# While a network learns, ds stops shrinking on the way down: W and ds are no longer independent. As
# z still falls on the way up under ``standard``, the gradients of its weights, level at the start,
# become larger in the lower layers (Figure 9). Under ``normalized`` they stay nearly level, and so
# do the steps.
#
# Exercises
# ---------
#
# Check your answers with ``python -m tinynet exercise 13`` (add ``--hint``, or ``--solution``).
# Five sick networks to diagnose: ``python -m tinynet assignment release 7 mine``.
#
# 1. Each step moves a weight by 0.003 of std(W). After how many steps has it gone as far as std(W),
#    if all go the same way? And, typically, if each is up or down by chance? (A list of two, within
#    1 %. Which is nearer to the truth?)
# 2. Write by how much a layer multiplies the length of ds on its way down. (Within rounding.)
# 3. One singular value of J is 2.6, all others are 0.5. Which share of the squared length of ds
#    must lie along that one direction for ds to keep its length on its way down? (Within 1 %. How
#    much would there be by chance, in 300 directions?)
# 4. Why is ds independent of W at the start, and not after learning? In two sentences.


# %%
def multiplied(J, ds):
    """Return the length of what comes out below over that of ds (n_out,); J is (n_out, n_in)."""
    raise NotImplementedError


answer_1 = None
answer_3 = None
answer_4 = None
check("13.1", answer_1)
check("13.2", multiplied)
check("13.3", answer_3)
check("13.4", answer_4)

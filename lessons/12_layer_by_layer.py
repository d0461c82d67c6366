# %% [markdown]
"""
Layer by layer
==============

Lesson 7 looked at the activations of a network that had learnt nothing. Now it learns, and a
monitor looks at 300 test images again and again. Figures 3, 4 and 10 of the paper: how tanh units
saturate, one layer after the other, and what becomes of softsign and of ``normalized`` weights.
"""
# %% [markdown]
# Five runs
# ---------
#
# Four hidden layers of 100 units, 60,000 updates of 10 images. The paper has 1000 units, and in
# its Figure 11 up to 25 million images; it does not give its learning rates. (A minute on two
# cores, and at once the second time: lesson 11 says where runs are kept.)

# %%
import matplotlib.pyplot as plt
import numpy as np

from tinynet import plots, studies
from tinynet.exercises import check

runs = {
    "tanh": studies.Run(
        activation="tanh", init="standard", lr=0.03,
        depth=4, width=100, updates=60_000, every=1000,
    ),
    "softsign": studies.Run(activation="softsign", lr=0.1),
    "tanh_n": studies.Run(init="normalized"),
    "tanh_n_slow": studies.Run(init="normalized", lr=0.01),
    "relu_he": studies.Run(activation="relu", init="he", lr=0.1, updates=20_000),
}  # fmt: skip
seen = studies.watch(runs)
names = {name: f"{run.activation} {run.init}, lr {run.lr:g}" for name, run in runs.items()}
for name, title in names.items():
    error = seen[name]["test_error"]
    print(f"{title:25}: test error {error[0]:.0%} at the start, {error[-1]:.0%} at the end")
layers = ["layer 1", "layer 2", "layer 3", "layer 4"]
updates = seen["tanh"]["updates"]

# %% [markdown]
# Nobody has finished learning: the paper's tanh ``standard`` ends at 27 % (with five layers).
#
# Figures 3 and 10
# ----------------
#
# Is a layer saturated? The mean of z does not say: it is 0 when half of the units are at -1 and
# half at 1. The paper draws two other numbers of each layer: the std of z, and the 98th percentile
# of abs(z). Only 2 % of the activations need to be at the end for that one to be there. Before you
# look: which layer of tanh comes first? The one next to the cost?

# %%
fig, panels = plt.subplots(2, 2, figsize=(10, 7), sharex=True, sharey=True, layout="constrained")
for ax, name in zip(panels.flat, ("tanh", "softsign", "tanh_n", "tanh_n_slow"), strict=True):
    z_std, p98 = seen[name]["z_std"], seen[name]["z_p98"]
    plots.over_time(updates, z_std, layers, points=p98, ax=ax)
    ax.set(
        title=names[name], ylabel="activation z", ylim=(0, 1.05), xticks=range(0, 60_001, 20_000)
    )
    print(f"{names[name]}: 98th percentile of abs(z), and std of z, in layers 1 to 4")
    for t in (0, 4, 16, 60):
        print(f"  after {updates[t]:6,} updates", p98[t].round(2), "  ", z_std[t].round(2))
    print("  std at the end / at the start", (z_std[-1] / z_std[0]).round(1))
panels[1, 1].legend(title="line: std, markers: 98th percentile", ncols=2, loc="lower right")
plots.show("12_layer_by_layer_figures_3_and_10")

# %% [markdown]
# tanh ``standard``: layer 1 comes first, then 2 and 3, these two almost together, and 4 has not
# arrived at the end. That is the paper's picture: layer 1 saturates first, then 2, and so on
# upward. Why, it says, remains to be understood.
#
# One part is not hard. The layers *start* in this order, because under ``standard`` the signal dies
# out upward (lesson 7). Do the lower ones also grow by a larger factor? The last line of each table
# says no: under ``standard`` the upper ones do. No layer waits for the one below it; all set out at
# once, from unequal places. But why is layer 1 ahead in every panel, even where all start nearly
# alike?
#
# Softsign is fast at first, then slow, as in the paper, and stops earlier, near 0.9. "All layers
# together" is true of layers 2 and 3; the first is ahead of them, and the fourth behind.
#
# And ``normalized``? The paper says that Figure 10 looks like softsign. In one respect it does: the
# layers go together, those of the last panel most of all. In another, not: the percentiles of all
# four go to 1, in the first quarter of our updates, and with a third of the learning rate later.
#
# Saturated, and dead
# -------------------
#
# A percentile says how far, not how many. Which units count as saturated is a definition: here,
# those whose slope f'(s) is at most 0.05 with tanh, 0.01 with softsign, 0 with relu. A unit that is
# saturated at all 300 images is dead: at none of them does a gradient get through.

# %%
fig, panels = plt.subplots(2, 2, figsize=(10, 7), sharey=True, layout="constrained")
for ax, name in zip(panels.flat, ("tanh", "softsign", "tanh_n", "relu_he"), strict=True):
    full, dead = 100 * seen[name]["z_saturated"], 100 * seen[name]["z_dead"]
    plots.over_time(seen[name]["updates"], full, layers, points=dead, ax=ax)
    last = runs[name].updates
    ax.set(title=names[name], ylabel="saturated (%)", ylim=(-3, 103), xticks=[0, last / 2, last])
    print(f"{names[name]:25}: saturated {full[-1].round(1)} %, dead {dead[-1].round(1)} %")
panels[0, 0].legend(title="line: units and images saturated\nmarkers: units dead", ncols=2)
plots.show("12_layer_by_layer_saturated")

# %% [markdown]
# By this count tanh ``standard`` does go layer by layer: half of layer 1, a tenth of 2, less of 3,
# next to nothing of 4. Under ``normalized`` layers 2 to 4 are alike, a fifth or a quarter each.
#
# The markers of three panels lie at 0: no unit is dead. What is saturated at one image is at work
# at another, and learns from it. Relu shows, at this large learning rate, what death looks like: a
# third of the units of layer 2 are off at every image, and it comes and goes.
#
# The two thresholds favour softsign. Its slope, (1 - abs(z))^2, is below that of tanh, 1 - z^2, as
# soon as z leaves 0. Let us count where both are below 0.04: at abs(z) > 0.98 with tanh, but
# at abs(z) > 0.8 with softsign. (Both are edges of the monitor's bins.)

# %%
edges = seen["tanh"]["edges"]
middle = np.abs(edges[1:] + edges[:-1]) / 2
for name, z in (("tanh", 0.98), ("softsign", 0.8), ("tanh_n", 0.98)):
    flat = seen[name]["z_histogram"][-1][:, middle > z].sum(axis=1)
    print(f"{names[name]:25}: slope below 0.04 at {(100 * flat).round(1)} %")

# %% [markdown]
# Softsign is less saturated by its values. By its slopes it is not: more of them are flat than with
# tanh ``standard``. Only, its flat ones stay less flat: far out, the slope of softsign falls like
# 1/s^2, that of tanh like exp(-2 s).
#
# Figure 4
# --------
#
# The paper shows histograms of z at the end of learning. Tanh: peaks at -1 and 1, or at 0, and the
# lower layers strongly saturated. Softsign: many values from .6 to .8 and from -.8 to -.6, at the
# knees of its curve, where it bends and still lets gradients through. First the way there (bright
# is much), then the end.

# %%
fig, panels = plt.subplots(2, 2, figsize=(10, 6.5), layout="constrained")
for row, name in zip(panels, ("tanh", "softsign"), strict=True):
    for ax, k in zip(row, (0, 3), strict=True):
        share = seen[name]["z_histogram"][:, k]
        plots.histogram_over_time(updates, edges, share, label="activation z", ax=ax)
        ax.set(title=f"{names[name]}, {layers[k]}", xticks=range(0, 60_001, 20_000))
plots.show("12_layer_by_layer_over_time")

fig, panels = plt.subplots(3, 1, figsize=(7.5, 9), sharex=True, layout="constrained")
for ax, name in zip(panels, ("tanh", "softsign", "tanh_n"), strict=True):
    share = seen[name]["z_histogram"][-1]
    plots.densities(edges, share / np.diff(edges), layers, ax=ax)
    ax.set(title=names[name], xlabel="activation z, after 60,000 updates", ylim=(0, 6))
    knees = share[:, (middle > 0.6) & (middle < 0.8)].sum(axis=1)
    print(f"{names[name]:25}: abs(z) from .6 to .8: {(100 * knees).round()} %", end=", ")
    print(f"highest line at {(share / np.diff(edges)).max():.0f}")
panels[0].legend(ncols=2)
plots.show("12_layer_by_layer_figure_4")

# %% [markdown]
# (The lines of tanh go on above the picture, to two or three times its height.) Tanh is as in the
# paper: layer 1 at -1 and 1, layers 3 and 4 around 0, layer 2 in between. Softsign has the paper's
# values in layer 2, where a flat histogram would have a fifth in them, and it has nearly twice as
# many. Layer 1 has gone on to 0.9, and layer 4 is still in the middle. Whether wider networks and
# millions of updates bring all four to the knees, this size does not show.
#
# Exercises
# ---------
#
# Work them out on paper, put your answers where the None is, and check them with
# ``python lessons/12_layer_by_layer.py``.
#
# 1. Let z be uniform between -1 and 1. Its std and the 98th percentile of abs(z), as a list?
# 2. From which abs(z) on is softsign saturated by the threshold of tanh, a slope of 0.05?
# 3. Suppose that z in the first layer of tanh ``standard`` were only -1, 0 or 1 at the end. From
#    its std: which share of it would not be 0?

# %%
answer_1 = None
answer_2 = None
answer_3 = None

check("12.1", answer_1, [np.sqrt(1 / 3), 0.98])
check("12.2", answer_2, 1 - np.sqrt(0.05))
check("12.3", answer_3, seen["tanh"]["z_std"][-1, 0] ** 2, within=0.03)

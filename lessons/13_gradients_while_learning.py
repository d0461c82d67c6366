# %% [markdown]
"""
Gradients while learning
========================

Lesson 8 ended with a cancellation: at the start the gradients of all weights are equally large,
though those of the layers' pre-activations are not. Now the weights learn. Does it hold? Figure 9
of the paper, what its section 4.3 says of the way back, and the layer Jacobians over time.
"""
# %% [markdown]
# Two widths
# ----------
#
# Tanh with both initializations, four hidden layers, twice: 100 units, the runs of lesson 12, and
# 300 units. (A minute on two cores, and at once the second time: lesson 11 says where runs are
# kept.) The paper has 1000 units and far more updates.

# %%
import matplotlib.pyplot as plt
import numpy as np

from tinynet import plots, studies
from tinynet.exercises import check

wide = {"width": 300, "updates": 30_000, "every": 500, "test_images": 300, "jacobians": 3}
runs = {
    "tanh": studies.Run(init="standard"),
    "tanh_n": studies.Run(init="normalized"),
    "wide": studies.Run(init="standard", **wide),
    "wide_n": studies.Run(init="normalized", **wide),
}
seen = studies.watch(runs)
names = {name: f"{run.init}, width {run.width}" for name, run in runs.items()}
layers = ["layer 1", "layer 2", "layer 3", "layer 4"]
for name, title in names.items():
    after, error = runs[name].updates, seen[name]["test_error"][-1]
    print(f"{title:21}: {after:,} updates, lr {runs[name].lr}, test error {error:.0%} at the end")


def calm(values, half=5):
    """The geometric mean of some looks before and after each, since one alone is noisy."""
    around = [values[t - min(t, half) : t + min(t, half) + 1] for t in range(len(values))]
    return np.exp([np.log(few).mean(axis=0) for few in around])


def four(array, label, ylim):
    """One panel a run: the four hidden layers over the updates."""
    fig, panels = plt.subplots(2, 2, figsize=(10, 7), sharey=True, layout="constrained")
    for ax, (name, title) in zip(panels.T.flat, names.items(), strict=True):
        last = runs[name].updates
        plots.over_time(seen[name]["updates"], array[name][:, :4], layers, ax=ax)
        ax.set(title=title, ylabel=label, yscale="log", ylim=ylim, xticks=[0, last / 2, last])
    panels[1, 1].legend(ncols=2, loc="lower right")


def table(array, scale):
    for name, title in names.items():
        for t in (0, len(array[name]) // 4, len(array[name]) - 1):
            line = scale * array[name][t, :4]
            print(f"{title:21} after {seen[name]['updates'][t]:6,}:", line.round(1), end="")
            print(f"   largest / smallest {line.max() / line.min():.1f}")


# %% [markdown]
# The way back turns round
# ------------------------
#
# At the start, under ``standard``, ds shrinks by sqrt(1/3) a layer on its way down. The paper says
# that this trend "reverses quickly" while the network learns. What can reverse it? And how soon is
# quickly? (ds is the gradient of one image's cost. Two rows, one an initialization.)

# %%
ds = {name: seen[name]["ds_std"] for name in runs}
table(ds, 1000)
four(ds, "std of ds, hidden layers", (0.002, 0.2))
plots.show("13_gradients_while_learning_ds")

# %% [markdown]
# At first it gets worse: while ``standard`` sits on the plateau of lesson 5 and says the class
# frequencies, what arrives at layer 1 falls by half. Then the network sees something, and within a
# few thousand updates layers 2 and 3 have about as much as layer 4, at width 300 more: quickly,
# once it begins. That the *lowest* layer gets most we see under ``normalized`` only, in the end.
#
# Figure 9
# --------
#
# And the weights? The paper: under ``standard`` their gradients, alike at the start, drift apart,
# and the larger ones are in the lower layers; under ``normalized`` they stay alike. Lower layers
# are often said to starve; here the upper ones do. (dW is the mean gradient over 300 images.)

# %%
dW = {name: calm(seen[name]["dW_std"]) for name in runs}
table(dW, 10_000)
four(dW, "std of dW, running mean", (5e-5, 1e-2))
plots.show("13_gradients_while_learning_figure_9")

# %% [markdown]
# At width 300 it is there: under ``standard`` the largest std is three or four times the smallest,
# layers 1 and 2 above 3, and 3 above 4. Under ``normalized`` it is not even two times.
#
# At width 100 it is not. Layers 2 to 4 come in the paper's order, but nearly as far apart under
# ``normalized``, and layer 1 is the smallest for much of it. (It sees 1024 pixels, no layer
# below.) So the picture wants width, or what comes with it. The paper's networks have 1000 units,
# and five layers: lesson 14 has two such runs, kept, from which these numbers are.

# %%
kept = studies.race.kept("shapeset")
for row in ("tanh", "tanh_n"):
    for t in (3, 7, -1):
        after, line = (kept[row]["updates"][t], np.array(kept[row]["layers"]["dW_std"][t][:5]))
        print(f"{row:6}, width 1000, after {after:7,}: {(10_000 * line).round(1)}", end="")
        print(f"   largest / smallest {line.max() / line.min():.1f}")

# %% [markdown]
# There the picture is plain. ``tanh`` is on the plateau in the first two lines, and little has
# happened; in the end its gradients fall from layer to layer, ten times from the first to the last.
# Those of ``tanh_n``, nearly three times apart early on, end within a factor of two.
#
# How far does a step go?
# -----------------------
#
# The size of a gradient says little without that of its weights. The std of what the last step
# added, -lr dW of a batch of 10, over std(W) is the share of its weights by which it moves a layer.

# %%
steps = {name: calm(seen[name]["update_ratio"][1:]) for name in runs}
for name, title in names.items():
    for when, t in (("first", 0), ("last", -1)):
        line = 100 * steps[name][t, :4]
        print(f"{title:21} {when:5} steps, % of std(W): {line.round(2)}", end="")
        print(f"   largest / smallest {line.max() / line.min():.1f}")

# %% [markdown]
# A few thousandths, wherever something is learnt. At width 300 it is Figure 9 again: at the end
# layer 1 moves about three times as fast as layer 4 under ``standard``, and not twice as fast under
# ``normalized``.
#
# Jacobians
# ---------
#
# On its way down ds goes through the transposed Jacobian of each layer (lesson 9). At the start
# their mean singular values are the paper's, about 0.5 and, here a little less, about 0.8. As long
# as that is all, ds shrinks. What is different when it no longer does?

# %%
fig, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
for ax, name in zip(panels, ("wide", "wide_n"), strict=True):
    J = seen[name]["singular_values"]  # (looks, layers 2 to 4, units), the largest first
    plots.over_time(seen[name]["updates"], J.mean(axis=2), layers[1:], points=J[:, :, 0], ax=ax)
    ax.set(title=names[name], ylim=(0, 3), xticks=[0, 15_000, 30_000])
    ax.set_ylabel("singular value of J")
    for when, t in (("start", 0), ("end", -1)):
        print(f"{names[name]}, {when}, layers 2 to 4: mean {J[t].mean(axis=1).round(2)}", end="")
        print(f", largest {J[t, :, 0].round(2)}, second {J[t, :, 1].round(2)}")
        rms, passed = np.sqrt((J[t] ** 2).mean(axis=1)), ds[name][t, :3] / ds[name][t, 1:4]
        print(f"  root of mean square {rms.round(2)}, ds below / above {passed.round(2)}")
panels[0].legend(title="line: mean, markers: largest", loc="upper left")
plots.show("13_gradients_while_learning_jacobians")

# %% [markdown]
# Not the mean: under ``standard`` it is still below 0.5, and under ``normalized`` it even falls, as
# tanh bends more, while ds comes to *grow* downward. The largest: of the 300 singular values of
# layer 3 under ``standard`` one has left the others. It is twice as large as the next, which has
# stayed. In a random direction ds would be multiplied by the root of the mean square of all 300,
# still below 0.6 in every layer; through layers 4 and 3 it loses nothing. So it lies along that one
# direction more than chance would put it there. Theory that takes W and ds to be independent, as in
# lesson 8, is about networks that have learnt nothing.
#
# Exercises
# ---------
#
# Work them out on paper, put your answers where the None is, and check them with
# ``python lessons/13_gradients_while_learning.py``.
#
# 1. dW is a mean over 300 images. If their gradients were independent with mean 0, as they nearly
#    are at the start, how many times larger would the std of one image's gradient be?
# 2. Each step moves a weight by 0.003 of std(W). After how many steps has it gone as far as std(W),
#    if all go the same way? And, typically, if each is up or down by chance? (A list of two.)
# 3. J is W times f'. Let all f' be 1, then half of the units saturate: f' = 0. By which factor is
#    the root of the mean square of the singular values multiplied?

# %%
answer_1 = None
answer_2 = None
answer_3 = None

check("13.1", answer_1, np.sqrt(300))
check("13.2", answer_2, [1 / 0.003, 1 / 0.003**2])
check("13.3", answer_3, np.sqrt(1 / 2))

# %% [markdown]
"""
Ways off the plateau
====================

Five layers of sigmoid units under ``standard`` weights: the network that the paper could not train.
Here seven ways to train it after all, from 2007 to 2022, meet on equal terms, and an eighth at the
end. Which of them work, at which rates, and what have they in common? (Know before: lessons 7, 8,
11, L1 and L10. All numbers are our own.)
"""
# %% [markdown]
# The paper's own answer
# ----------------------
#
# Two images have to stay different from layer to layer, or the top layer cannot tell them apart. If
# the difference is small, a layer multiplies it by the slope f'(0) and by the weights (lesson 7)::
#
#     std over the images:   f'(0) sqrt(n Var[W]) times that of the layer below
#
#     sigmoid, standard      1/4 sqrt(1/3) = 0.144
#     sigmoid, normalized    1/4           = 0.25
#     tanh, normalized       1             = 1
#
# So the paper's answer, tanh under ``normalized``, keeps what differs. For the sigmoid 4 times
# ``normalized`` would do the same. The two are close relatives, because tanh is the sigmoid moved
# and stretched: ``sigmoid(s) = (1 + tanh(s/2))/2``. If z = 2h - 1 stands for each unit h, a sigmoid
# network becomes a tanh network with the same outputs, its *double*. Take a hidden layer above
# another, h = sigmoid(h_below V + c). In the double, z = tanh(z_below W + b). What are W and b? Now
# write it.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check


def as_tanh(V, c):
    """Return W (n_in, n_out) and b (n_out,) for V (n_in, n_out) and c (n_out,)."""
    raise NotImplementedError


check("L11.1", as_tanh)

# %% [markdown]
# W is V/4. So the double of a sigmoid network under 4 times ``normalized`` has just the weights
# that ``normalized`` draws for tanh (in the first and the last layer, where one side is no sigmoid,
# W is V/2, twice these):

# %%
sizes, x = [1024, *[100] * 5, 9], tn.Shapeset(rng=[0, 1]).draw(300)[0]
weights = {"init": lambda n_in, n_out, rng: 4 * tn.normalized(n_in, n_out, rng), "rng": 0}
net, double = tn.mlp(sizes, activation="sigmoid", **weights), tn.mlp(sizes, activation="tanh")
for k in range(0, 11, 2):
    below, here = 1 + (k > 0), 1 + (k < 10)  # 2 where a sigmoid becomes a tanh
    V, linear = net.layers[k].W, double.layers[k]
    linear.W[:] = V / (below * here)
    linear.b[:] = V.sum(axis=0) / (2 * here) * (k > 0)
gap = np.abs(net.forward(x) - double.forward(x)).max()
same = np.array_equal(double.layers[4].W, tn.mlp(sizes, activation="tanh", rng=0).layers[4].W)
print(f"outputs: at most {gap:.0e} apart; layer 3 has the weights of tanh, normalized: {same}")
print(f"std of the double's biases in layer 3: {double.layers[4].b.std():.2f}")

# %% [markdown]
# So "take tanh" and "take 4 times ``normalized``" are nearly one answer. But the double has biases
# that are not 0: they move units off the middle, to where the slope of tanh is less than 1.
#
# Nine networks, four rates
# -------------------------
#
# MNIST, five layers of 100, batches of 60, 3,000 updates, two seeds. The sigmoid under ``standard``
# is the first network; the others change its weights, its activation, or add a norm (lesson L1) or
# batchless normalization (lesson L2), or pre-train it, 1,000 updates a layer (lesson L10). Weight
# norm and batchless start from data. Before you look: which will learn at every rate?

# %%
kept = studies.Result.kept("ways_off")
print(kept.settings["command"])
years = {"pre-trained": 2007, "batch norm": 2015, "weight norm": 2016, "layer norm": 2016}
years |= {"batchless": 2022}  # the others are the paper's, of 2010
rates, apart, error = kept.settings["rates"], kept["apart"].mean(axis=1), 100 * kept["error"]
names = [f"{name}, {years.get(name, 2010)}" for name in kept.settings["rows"]]
order = np.argsort(apart[:, -1])
print("std over the images in layer 5 before a label; test error (%) at the end, two seeds")
print(f"{'':24}{'std':>9}" + "".join(f"{f'rate {lr:g}':>13}" for lr in rates))
for k in order:
    cells = "".join(f"{a:7.1f}{b:6.1f}" for a, b in error[k, :, :, -1])
    print(f"{names[k]:24}{apart[k, -1]:9.5f}{cells}")
for k, variance in enumerate((1 / 3, 1)):  # standard, normalized
    layer, formula = (apart[k, 4] / apart[k, 0]) ** (1 / 4), np.sqrt(variance) / 4
    print(f"{names[k]}: a layer leaves {layer:.3f} of the std, by the formula {formula:.3f}")

fig, (left, right) = plt.subplots(
    1, 2, figsize=(plots.WIDE, 5), width_ratios=[3, 4], layout="constrained"
)
for place, k in enumerate(order):
    left.plot(apart[k], [place] * 5, "o-", color="0.6", markersize=4)
    left.plot(apart[k, -1], place, "o", color=plots.COLOURS[0], markersize=9)
    for column, end in enumerate(error[k, :, :, -1].ravel()):
        said = "-" if np.isnan(end) else f"{end:.1f}"
        right.text(column, place, said, ha="center", va="center", fontsize="small")
left.set(xscale="log", xlabel="std over images; grey: layers 1 to 4, blue: 5", ylabel="network")
left.set(ylim=(8.5, -0.5), yticks=range(9), yticklabels=[names[k] for k in order])
left.set_title("before a label: are images told apart?")
shown = np.log(np.ma.masked_invalid(error[order, :, :, -1].reshape(9, -1)))
right.imshow(shown, cmap="YlOrRd", vmin=1, vmax=6, aspect="auto")
for edge in (1.5, 3.5, 5.5):
    right.axvline(edge, color="white", linewidth=4)
right.set(xticks=[0.5, 2.5, 4.5, 6.5], xticklabels=[f"{lr:g}" for lr in rates], yticks=[])
right.set(
    xlabel="rate; two seeds; -: the run broke", title="test error (%) at the end: pale is good"
)
plots.show("11_ways_off_the_plateau_table")

# %% [markdown]
# The networks are sorted by the std over the images in layer 5 before the first label, the blue
# points. In the first two rows a layer leaves 0.144 or 0.25 of it, by the formula, so next to
# nothing arrives there, and at three of four rates these two stay at chance. The other seven all
# learn at the rate 0.1, whatever it is that keeps images apart: an activation, a scale, a norm, or
# layers that have learnt to mend.
#
# At larger rates such a start is not enough. The paper's own answer is as good as any at its rate:
# tanh ends at 3.3 to 3.5 % at the rates 0.1 and 0.3, and 4 times ``normalized`` at 3.5 and 3.8 % at
# the rate 1 (why at 1: exercise 2). At larger ones both fail. Weight norm and batchless start from
# the same 0.207; the one fails from the rate 0.3 on, the other breaks from 1 on. Layer norm is slow
# (exercise 4), and from 1 on one seed is far worse than the other. Two networks are pale at all
# rates: the one with batch norm, which sets the scale right at each update, and the pre-trained
# one. Why a mere start holds at the rate 3, our numbers do not say.
#
# Each at its best rate
# ---------------------
#
# So much for the rates that a network stands. How far does each get at its best one (that at which
# the worse of its two seeds ends lowest)?

# %%
best = {}
for k in order:
    ends = error[k, :, :, -1].max(axis=1)
    if np.nanmin(ends) < 50:
        at = np.nanargmin(ends)
        best[f"{names[k]}, rate {rates[at]:g}"] = error[k, at].mean(axis=0)
fig, ax = plt.subplots(figsize=(plots.WIDE, 4), layout="constrained")
plots.curves(kept["updates"], best, ax=ax)
ax.set(xlabel="updates with labels", ylabel="test error (%), mean of two seeds", yscale="log")
ax.set(title="at their best rates seven learn, and four end together", yticks=[5, 10, 20, 50, 90])
ax.set(yticklabels=[5, 10, 20, 50, 90], xticks=range(0, 3001, 500))
fig.legend(loc="outside right center")
plots.show("11_ways_off_the_plateau_best")

# %% [markdown]
# Four end within half a point of each other: batch norm, pre-training, tanh, and the sigmoid under
# 4 times ``normalized``. Two seeds of one network differ about as much. So what came after 2010 did
# not end lower here, but with batch norm the rate matters less. (This is one width, one set of
# images and two seeds, and it is equal in updates with labels, not in work.)
#
# Curvature, and its damping
# --------------------------
#
# Or leave the network as it is, and take other steps: divide a gradient that is too small by a
# curvature that is as small. K-FAC does that, layer by layer (Martens and Grosse, 2015; lesson L9).
# It first adds a *damping* to the curvature, so as not to divide by nearly 0. Batches are of 100.

# %%
print(f"test error (%), two seeds, after updates {kept['curvature_updates']}")
for (depth, damping), runs in zip(
    kept.settings["with_curvature"], 100 * kept["curvature"], strict=True
):
    for errors in runs:
        print(f"{depth} layers, damping {damping:6g}:", " ".join(f"{e:5.1f}" for e in errors))

# %% [markdown]
# With the damping 0.01 K-FAC trains three layers, but with five it stays at chance. It is tempting
# to call that its limit. But with a hundredth of the damping it trains five layers, too, in a few
# hundred updates, and nothing else was changed. So the little by which the top layer tells images
# apart is enough, unless a far larger damping hides it.
#
# Where the files of MNIST are, all nine networks learn for 800 updates, at two rates:

# %%
try:
    short = studies.ways_off(rates=(0.1, 1.0), updates=800, unlabelled=500, networks=1, curvature=0)
    ends = dict(zip(short.settings["rows"], short["error"][:, :, 0, -1], strict=True))
    print(studies.tables.errors(["rate 0.1", "rate 1"], ends))
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# In three sentences
# ------------------
#
# At a small rate a deep network leaves the plateau if its top layer tells images apart before the
# first label, by weights of the right scale, a norm or pre-training; or K-FAC's steps make up for
# it. The paper's own answer, tanh, or 4 times ``normalized`` for the sigmoid, is as good as any of
# them at its rate. Batch norm and pre-training add that the network learns at all four rates.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L11`` checks your answers (add ``--hint``, or ``--solution``).
#
# 2. A unit sigmoid(4u) with u = x W + b has the slope 1 at 0. It is the same as a sigmoid unit with
#    the weights V = 4 W (and 4 b). W learns at the rate 0.1. At which rate must V learn so that the
#    two stay the same? (Within 1 %. Which rates in the table may one compare, then?)
# 3. How much of the first layer's std over the images is left in the fifth, by the formula above,
#    for the sigmoid under ``standard`` and under ``normalized``? (A list of two. Within 1 %.)
# 4. Layer norm and batch norm both give s the mean 0 and the std 1, yet with layer norm the std
#    over the images shrinks from layer to layer, and with batch norm not. Why? In two sentences.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("L11.2", answer_2)
check("L11.3", answer_3)
check("L11.4", answer_4)

# %% [markdown]
"""
Two costs and their plateaus
============================

A network learns by walking downhill. Where the cost is flat, learning stands still, however wrong
the network is. The paper's section 4.1 and Figure 5 compare two costs in this respect. This lesson
draws that figure, measures how much of it is flat, and finds the one factor that makes it so.
"""
# %% [markdown]
# The smallest deep network
# -------------------------
#
# Two layers with one unit each, so that there are two weights to walk in::
#
#     h = tanh(W1 x),   s = W2 h
#
# The targets are yes or no. The cross-entropy takes a softmax over the logits 0 and s, the
# quadratic cost tanh(s), with t = 1 or -1::
#
#     p = 1/(1 + exp(-s)),   cost = -log p  for yes,  -log(1 - p)  for no
#     y = tanh(s),           cost = (y - t)^2 / 2
#
# As in the paper, inputs and targets are random: here the mean over 100, from seed 0.

# %%
import matplotlib.pyplot as plt
import numpy as np

from tinynet import plots, studies
from tinynet.exercises import check

found = studies.cost_surfaces(inputs=100, reach=4.0, points=161, seed=0)
W = found["W"]
names = {"cross_entropy": "cross-entropy", "quadratic": "quadratic"}
for cost, name in names.items():
    print(f"{name}: from {found[cost].min():.3f} to {found[cost].max():.3f}")
fig = plt.figure(figsize=(8, 6), layout="constrained")
ax = fig.add_subplot(projection="3d")
plots.surface(W, {name: found[cost] for cost, name in names.items()}, ax=ax)
ax.view_init(20, -60)
ax.set(xlabel="W1", ylabel="W2", xticks=range(-4, 5, 2), yticks=range(-4, 5, 2))
ax.legend()
plots.show("06_costs_and_plateaus_surfaces")

# %% [markdown]
# To the corners the cross-entropy goes on rising; the quadratic cost becomes a table. Two cuts:

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True, layout="constrained")
for ax, W1 in zip(axes, (1.0, 4.0), strict=True):
    row = np.abs(W - W1).argmin()
    plots.curves(W[::5], {name: found[cost][row, ::5] for cost, name in names.items()}, ax=ax)
    ax.set(title=f"W1 = {W1:g}", xlabel="W2, second layer", ylabel="mean cost")
axes[0].legend()
plots.show("06_costs_and_plateaus_cuts")

# %% [markdown]
# How much of it is flat?
# -----------------------
#
# The slope is the length of the gradient with respect to (W1, W2), as a share of the surface's
# largest. White is the line of 5 %; the quadratic cost has four dark corners beyond it.

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for ax, (cost, name) in zip(axes, names.items(), strict=True):
    share = 100 * found[f"{cost}_slope"].T / found[f"{cost}_slope"].max()
    plots.matrix(share, symmetric=False, label="length of gradient (% of largest)", ax=ax)
    ax.images[0].set_extent((-4, 4, 4, -4))
    ax.contour(W, W, share, levels=[5], colors="white")
    ax.set(title=name, xlabel="W1, first layer", ylabel="W2, second layer")
    ax.axis((-4, 4, -4, 4))
plots.show("06_costs_and_plateaus_slopes")
print("share of the area where the slope is under 1 %, under 5 %, under 5 % and the cost high")
for seed in range(4):
    other = studies.cost_surfaces(inputs=100, seed=seed)
    for cost, name in names.items():
        below_1, below_5 = other[f"{cost}_plateau"]
        flat = other[f"{cost}_slope"] < 0.05 * other[f"{cost}_slope"].max()
        high = flat & (other[cost] > other[cost][80, 80])  # the cost with both weights 0
        print(f"seed {seed}, {name:13}: {below_1:.1%}, {below_5:.1%}, {high.mean():.1%}")

# %% [markdown]
# With seed 0 the slope is under 5 % on 10.5 % of the area for the cross-entropy, on 30.1 % for
# the quadratic cost; with the others on about 10 %, and on 19 to 27 %. Under 1 % the seed decides
# which has more: a plateau is nearly flat, not quite. And where the cost is low a flat place does
# no harm. The last column counts only what lies higher than weights of 0, which know nothing:
# 1.6 % against 25.7 % with seed 0, and 3 times as much or more with any of the four.
#
# Why
# ---
#
# All that goes back to the weights passes through ds, the gradient with respect to s. Take one
# example with the target yes, so t = 1::
#
#     cross-entropy:  cost = log(1 + exp(-s)),   ds = -exp(-s)/(1 + exp(-s)) = p - 1
#     quadratic:      dy = y - t,                ds = (y - t) (1 - y^2)
#
# The first is p - target, the difference itself. The second has one factor more, the slope of
# tanh. Far on the wrong side y is near -1: the difference is at its largest, the factor nearly 0.
# Look at -ds, the pull on s. And guess: if s were the only parameter and started at -4, how many
# steps would it take until s > 0, with lr = 0.5?

# %%
pulls = {
    "cross-entropy": lambda s: 1 - 1 / (1 + np.exp(-s)),
    "quadratic, y = tanh(s)": lambda s: (1 - np.tanh(s)) * (1 - np.tanh(s) ** 2),
    "quadratic, y = s": lambda s: 1 - s,
}
steps = {}
for name, pull in pulls.items():
    for start in (-4, -5):
        s, steps[name, start] = start, 0
        while s <= 0:
            s = s + 0.5 * pull(s)
            steps[name, start] += 1
    print(f"{name}: pull at -4 {pull(-4):.5f}, {steps[name, -4]} steps")
s = np.linspace(-4, 4, 33)
fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
plots.curves(s, {name: pull(s) for name, pull in pulls.items()}, ax=ax)
ax.set(xlabel="pre-activation s of the output, t = 1", ylabel="-ds, pull on s", ylim=(-0.5, 3))
ax.legend()
plots.show("06_costs_and_plateaus_pull")

# %% [markdown]
# The quadratic cost pulls hardest where the output is undecided, and lets go of what is most
# wrong: at s = -4 it pulls with 0.00268, the cross-entropy with 0.982, and that is 379 steps
# against 10. On a linear output, y = s, the factor is gone, and it pulls the harder the more wrong
# it is. The square alone makes no plateau; the square behind something that saturates does.
#
# Is it a fair contest?
# ---------------------
#
# Not quite: p is (1 + tanh(s/2))/2, so tanh(s) saturates twice as early. The quadratic surface
# with three outputs, in the corner W1 = W2 = 4 and as a whole:

# %%
x, t = found["x"], 2 * found["targets"] - 1
W1, W2 = W[:, None, None], W[None, :, None]
h = np.tanh(W1 * x)
y, half = np.tanh(W2 * h), np.tanh(W2 * h / 2)
slopes = {"tanh(s)": (y, 1 - y**2), "tanh(s/2)": (half, (1 - half**2) / 2), "s": (W2 * h, 1)}
for name, (y, factor) in slopes.items():
    ds = (y - t) * factor
    slope = np.hypot((ds * W2 * (1 - h**2) * x).mean(axis=2), (ds * h).mean(axis=2))
    cost = ((y - t) ** 2).mean(axis=2) / 2
    high = (slope < 0.05 * slope.max()) & (cost > cost[80, 80])
    print(f"y = {name:9}: slope in the corner {slope[-1, -1]:.3f}; ", end="")
    print(
        f"under 5 % and high: {high.mean():.1%}, mean cost there {cost[high].mean():.2f},", end=" "
    )
    print(f"of weights 0 {cost[80, 80]:.2f}")

# %% [markdown]
# With tanh(s/2) the plateau is out of the picture: its argument is half as large, so it begins at
# twice the W2. With y = s it is gone: what counts as flat beside such steep corners has a mean cost
# of 0.52, hardly more than the 0.50 of weights 0. So Figure 5 depends on how far one looks; the
# factor in ds does not.
#
# What differs from the paper's figure
# ------------------------------------
#
# There the cross-entropy reaches about 4 to 5 at the corners, the quadratic cost stays below 1.
# Ours reach 2.007 and 1.056. In a corner nearly every s is -4 or 4, and about half of the random
# targets are wrong. A single input can be all wrong:

# %%
for seed in range(4):
    one = studies.cost_surfaces(inputs=1, seed=seed)
    highest = [f"{name} up to {one[cost].max():.3f}" for cost, name in names.items()]
    print(f"one input, x = {one['x'][0]:5.2f}:", ", ".join(highest))

# %% [markdown]
# One large input reaches log(1 + exp(4)) = 4.018, the most that these weights allow, but then the
# quadratic cost nearly 2. The paper does not state its number of inputs; more may differ.
#
# Exercises
# ---------
#
# Work them out on paper, put your answers where the None is, and check them with
# ``python lessons/06_costs_and_plateaus.py``.
#
# 1. In a corner each s is -4 or 4, and 30 of 100 lie on the wrong side. The mean cross-entropy?
# 2. The quadratic cost with y = tanh(s) starts at s = -5 in place of -4. How many times as many
#    steps does it take? (Far out the slope of tanh is nearly 4 exp(2s).)

# %%
answer_1 = None
answer_2 = None

check("6.1", answer_1, 0.3 * np.log1p(np.exp(4)) + 0.7 * np.log1p(np.exp(-4)))
name = "quadratic, y = tanh(s)"
check("6.2", answer_2, steps[name, -5] / steps[name, -4], within=0.05)

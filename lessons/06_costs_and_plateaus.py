# %% [markdown]
"""
Two costs and their plateaus
============================

A network learns by walking downhill. Where the cost is flat, learning stands still, however wrong
the network is. This lesson compares two costs in this respect, as the paper's section 4.1 and
Figure 5 do, measures how much of each is flat, and finds the one factor that makes it so.
"""
# %% [markdown]
# Softmax and cross-entropy
# -------------------------
#
# As in lesson 3, the softmax makes probabilities of the logits, and the cross-entropy is the mean
# over the m examples of -log of what the right class got::
#
#     p[e, k] = exp(output[e, k]) / sum over j of exp(output[e, j])
#     cost    = 1/m sum over e of -log p[e, labels[e]]
#
# In floats exp(1000) is infinite. But a number taken off all logits of one example changes none of
# its p: it is one factor above and below the bar. So take off the largest: no exp is above 1 then.
#
# The gradient of one example's cost was p - one_hot, where one_hot is 1 at the right class and 0 at
# the others. Now write p and the gradient, for batches in which logits may be large.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check


def softmax_and_gradient(output, labels):
    """Return p and the gradient of the mean cost, both (m, classes) as output; labels is (m,)."""
    raise NotImplementedError


check("6.1", softmax_and_gradient)

# %% [markdown]
# tinynet has both in ``tn.SoftmaxCrossEntropy``. Two examples, both of the second class:

# %%
loss = tn.SoftmaxCrossEntropy()
loss.forward(np.array([[0.0, -4.0], [1000.0, 996.0]]), np.array([1, 1]))
print("p =\n", loss.p.round(3))
print("doutput =\n", loss.backward().round(3))

# %% [markdown]
# Only the difference of the logits counts, so both examples have the same p. With two classes we
# can hold one logit at 0 and call the other s: its softmax is 1/(1 + exp(-s)).
#
# The smallest deep network
# -------------------------
#
# Two layers with one unit each, so that there are two weights to walk in::
#
#     h = tanh(W1 x),   s = W2 h
#
# The targets are yes or no. The cross-entropy takes p, the probability of yes. The quadratic cost
# takes tanh(s), with t = 1 for yes and -1 for no::
#
#     p = 1/(1 + exp(-s)),   cost = -log p  for yes,  -log(1 - p)  for no
#     y = tanh(s),           cost = (y - t)^2 / 2
#
# As in the paper, inputs and targets are random: here the mean over 100, from seed 0. First both
# costs over the two weights, and then a cut along the edge W1 = 4. Towards the corners the
# cross-entropy goes on rising; the quadratic cost becomes a table.

# %%
found = studies.cost_surfaces(inputs=100, reach=4.0, points=161, seed=0)
W = found["W"]
names = {"cross_entropy": "cross-entropy", "quadratic": "quadratic"}
for cost, name in names.items():
    print(f"{name}: from {found[cost].min():.3f} to {found[cost].max():.3f}")
fig = plt.figure(figsize=(plots.WIDE, 4.4), layout="constrained")
titles = ("cross-entropy: the corners rise", "quadratic: a table with two valleys")
for k, (cost, title) in enumerate(zip(names, titles, strict=True), start=1):
    ax = fig.add_subplot(1, 2, k, projection="3d")
    plots.surface(W, found[cost], ax=ax)
    ax.view_init(25, -60)
    ax.set(title=title, xlabel="W1", ylabel="W2", zlim=(0, 2.1))
    ax.set(xticks=range(-4, 5, 2), yticks=range(-4, 5, 2), zticks=range(3))
plots.show("06_costs_and_plateaus_surfaces")
fig, ax = plt.subplots(figsize=(plots.NARROW, 3.4), layout="constrained")
plots.curves(W[::5], {name: found[cost][-1, ::5] for cost, name in names.items()}, ax=ax)
ax.set(title="at W1 = 4: one rises on, the other levels off", xlabel="W2", ylabel="mean cost")
ax.legend()
plots.show("06_costs_and_plateaus_cuts")

# %% [markdown]
# How much of it is flat?
# -----------------------
#
# The slope is the length of the gradient with respect to (W1, W2), here as a share of the largest
# on that surface. The white line is at 5 %; beyond it the quadratic cost has four dark corners.

# %%
fig, axes = plt.subplots(1, 2, figsize=(plots.WIDE, 4), layout="constrained")
for ax, (cost, name) in zip(axes, names.items(), strict=True):
    share = 100 * found[f"{cost}_slope"].T / found[f"{cost}_slope"].max()
    plots.matrix(share, symmetric=False, label="slope (% of the largest)", ax=ax)
    ax.images[0].set_extent((-4, 4, 4, -4))
    ax.contour(W, W, share, levels=[5], colors="white")
    ax.set(title=f"{name}: dark is flat", xlabel="W1, first layer", ylabel="W2, second layer")
    ax.axis((-4, 4, -4, 4))
plots.show("06_costs_and_plateaus_slopes")
know_nothing = {"cross_entropy": np.log(2), "quadratic": 0.5}  # with weights 0: p = 1/2, y = 0
print("share of the area where the slope is under 5 %, and where the cost is high there")
for seed in range(4):
    other = studies.cost_surfaces(inputs=100, seed=seed)
    for cost, name in names.items():
        flat = other[f"{cost}_slope"] < 0.05 * other[f"{cost}_slope"].max()
        high = flat & (other[cost] > know_nothing[cost])
        print(f"seed {seed}, {name:13}: {100 * flat.mean():.1f} %, {100 * high.mean():.1f} %")

# %% [markdown]
# Where the cost is low a flat place does no harm. The last column counts only what is flat and
# higher than at weights of 0, where the network knows nothing: 1.6 % of the area for the
# cross-entropy against 25.7 % with seed 0, and with each seed at least three times as much.
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
# The first is p minus its target, 1: the difference itself. The second has one factor more, the
# slope of tanh. Far on the wrong side y is near -1: the difference is at its largest, the factor
# nearly 0. Call -ds the pull on s. And guess: if s were the only parameter and started at -4, how
# many steps would it take until s > 0, with lr = 0.5?

# %%
pulls = {
    "cross-entropy": lambda s: 1 - 1 / (1 + np.exp(-s)),
    "quadratic, y = tanh(s)": lambda s: (1 - np.tanh(s)) * (1 - np.tanh(s) ** 2),
    "quadratic, y = tanh(s/2)": lambda s: (1 - np.tanh(s / 2)) * (1 - np.tanh(s / 2) ** 2) / 2,
    "quadratic, y = s": lambda s: 1 - s,
}
for name, pull in pulls.items():
    s, steps = -4, 0
    while s <= 0:
        s = s + 0.5 * pull(s)
        steps += 1
    print(f"{name}: pull at -4 {pull(-4):.5f}, {steps} steps")
s = np.linspace(-4, 4, 33)
fig, ax = plt.subplots(figsize=(plots.NARROW, 4), layout="constrained")
plots.curves(s, {name: pull(s) for name, pull in pulls.items()}, ax=ax)
ax.set(xlabel="pre-activation s of the output, t = 1", ylabel="-ds, pull on s", ylim=(-0.5, 3))
ax.set_title("behind tanh, the most wrong is pulled least")
ax.legend()
plots.show("06_costs_and_plateaus_pull")

# %% [markdown]
# Behind tanh(s), the quadratic cost pulls hardest where the output is undecided, and lets go of
# what is most wrong: at s = -4 it pulls with 0.00268, the cross-entropy with 0.982, and that is 379
# steps against 10. On a linear output, y = s, the factor is gone: the more wrong, the harder the
# pull. The square alone makes no plateau; the square behind something that saturates does.
#
# For anyone who compares this with the paper: the contest is not quite fair. p is
# (1 + tanh(s/2))/2, so tanh(s) saturates twice as early as p. Behind tanh(s/2) the same plateau
# begins at twice the s, mostly outside the figure. And the paper's cross-entropy reaches 4 to 5 at
# the corners, where ours reaches 2.007: about half of our random targets are wrong there.
#
# In three sentences
# ------------------
#
# The gradient of the cross-entropy with respect to a logit is p minus what it should be, so the
# most wrong is pulled hardest. Behind a tanh, the quadratic cost has the slope of tanh as one more
# factor, which is nearly 0 just where the output is most wrong. That makes plateaus: places that
# are high and flat, which learning hardly leaves.
#
# Exercises
# ---------
#
# Check your answers with ``python -m tinynet exercise 6`` (``--hint``, ``--solution``). To write
# the cost too, with tests and points: ``python -m tinynet assignment release 3 mine``.
#
# 2. In a corner of Figure 5 nearly each s is -4 or 4. If 30 of 100 examples are on the wrong side,
#    with exactly these s, what is the mean cross-entropy? (Within 1 %.)
# 3. The quadratic cost with y = tanh(s) starts at s = -5 in place of -4. How many times as many
#    steps does it take to s > 0? (Within 5 %. Far out the slope of tanh is nearly 4 exp(2s).)
# 4. Far on the wrong side p saturates as tanh does: its slope p (1 - p) is nearly 0. Say in two
#    sentences why the cross-entropy has no plateau there.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("6.2", answer_2)
check("6.3", answer_3)
check("6.4", answer_4)

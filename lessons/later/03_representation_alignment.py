# %% [markdown]
"""
Representation alignment
========================

What a hidden layer puts out is its *representation* of the images. Where in it are the labels?
Imani, Hu and White (2022) find them along its strongest directions, once the network has learnt,
and say that this makes learning fast. (Know before: lessons 5 and 9, and what a linear model is.)
"""
# %% [markdown]
# Strong directions
# -----------------
#
# Put what n images give, z, into the rows of a matrix, and write it as a sum of patterns, each with
# its strength: the singular values of lesson 9, but of data. As in the authors' published code, a
# column of ones is added (the bias of a linear model on top), and each row scaled to the length 1::
#
#     Phi = [z, 1], each row divided by its length
#     Phi = U S V^T           u_i: one number for each image; s_1 >= s_2 >= ...
#     d_i = (u_i . y)^2       how much of the labels y, which are -1 and 1, lies along u_i
#
# All d_i together are at most y . y = n. If the first few hold most of it, the representation is
# *aligned* with the labels: ``top_5`` is the share of y . y in the first five. Write s and d:

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def directions(z, y):
    """Return s and d, the strongest direction first, for activations z (n, units) and y (n,)."""
    raise NotImplementedError


check("L3.1", directions)

# %% [markdown]
# True labels, and labels by chance
# ---------------------------------
#
# Our images are 500 triangles and 500 ellipses. Their true labels are one y; the other is the same
# labels dealt out anew, to be learnt by heart. Three layers of 128 rectifiers learn y with Adam.


# %%
def objects(n, rng):
    """Draw n images of one object each, and y: -1 for a triangle, 1 for an ellipse."""
    x, labels = tn.Shapeset(rng).draw(8 * n)
    chosen = np.sort([np.flatnonzero(labels == k)[: n // 2] for k in (0, 2)], axis=None)
    return x[chosen], labels[chosen] - 1.0


def new(depth=3):
    return tn.mlp([1024, *[128] * depth, 2], activation="relu", init="he", rng=0, dtype=np.float32)


def hidden(net, x, y):
    """Align all hidden layers: tn.alignment, but without the input, which takes longest."""
    view = net.view()
    view.forward(x)
    return tn.alignment(tn.Network(net.layers[2:]), view.layers[1].y, y)


def learn(name, net, x, y, epochs=60, rate=None):
    """Train with Adam, or by plain descent at a rate; return top_5, (11 looks, layers)."""
    optimizer, batch = (tn.SGD(net, rate), 10) if rate else (later.Adam(net), 64)
    labels, top = (y > 0).astype(int), []
    source, loss = tn.Shuffled(x, labels, rng=1), tn.SoftmaxCrossEntropy()
    updates = epochs * source.batches(batch)
    look_on = {"watch": lambda k: top.append([a.top(5) for a in hidden(net, x, y)])}
    tn.train(net, loss, optimizer, source, updates, batch=batch, every=updates // 10, **look_on)
    print(f"{name}: error {tn.error_rate(net, x, labels):.1%}, top_5", *np.round(top[::10], 3))
    return np.array(top)


x, true = objects(1000, rng=0)
coin = np.random.default_rng(1).permutation(true)
runs = {"true labels": (new(), true, 60), "labels by chance": (new(), coin, 100)}
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for ax, (name, (net, y, epochs)) in zip(panels, runs.items(), strict=True):
    top = learn(name, net, x, y, epochs)
    plots.over_time(np.linspace(0, epochs, len(top)), top, ["layer 1", "layer 2", "layer 3"], ax=ax)
    ax.set(xlabel="epochs", ylabel="top_5: share of y . y", title=name, ylim=(0, 1))
panels[0].legend()
plots.show("03_representation_alignment_time")
new_x, new_true = objects(1000, rng=2)
top = [layer.top(5) for layer in hidden(runs["true labels"][0], new_x, new_true)]
print("true labels of 1000 new images: top_5", np.round(top, 2))
for depth, rate in ((1, None), (2, None), (4, None), (5, None), (3, 0.03)):
    learn(f"depth {depth}, {f'SGD {rate}' if rate else 'Adam'}", new(depth), x, true, 40, rate)

# %% [markdown]
# At the start five directions hold next to nothing of either y, 0.027 at most. In the end layer 3
# holds 0.89 of the true labels, and 0.84 of those dealt by chance. The paper's abstract says so,
# and that layers nearer the output, and deeper networks, are aligned more, with any optimizer. (Its
# tables we could not read.) That shows: the last of one layer holds 0.11, the last of three 0.89,
# or 0.86 with plain descent. Beyond three nothing is gained: 0.90 and 0.86 differ by no more than
# another seed does. But only training labels are aligned so well: on new images it is 0.33.
#
# What alignment is good for
# --------------------------
#
# Let a linear model learn y from Phi by gradient descent on half of the squared error, from w = 0.
# A step at the rate r takes what is left of y, e = y - Phi w, to e - r Phi Phi^T e. Along u_i that
# multiplies e by 1 - r s_i^2, in each direction by itself. So after t steps this share is left::
#
#     left(t) = sum of (1 - r s_i^2)^(2t) d_i, and what of y . y lies along no u_i, over y . y
#
# With r = 1/s_1^2, u_1 is gone after one step; a direction a tenth as strong takes hundreds. What
# ``tn.alignment`` gives has this as ``left(t)``.

# %%
views = {"input": tn.alignment(new(), x, true)[0], "layer 3, untrained": hidden(new(), x, true)[2]}
views |= {f"layer 3, {name}": hidden(net, x, y)[2] for name, (net, y, _) in runs.items()}
phi = np.column_stack([x, np.ones(len(x))])
phi /= np.linalg.norm(phi, axis=1, keepdims=True)
w, rate = np.zeros(phi.shape[1]), 1 / np.linalg.norm(phi, 2) ** 2
for _ in range(100):
    w -= rate * phi.T @ (phi @ w - true)
ends = ((true - phi @ w) ** 2).mean(), views["input"].left(100)
print("left of the input's after 100 steps, by descent and by the formula:", *np.round(ends, 12))
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for (name, a), colour, style in zip(views.items(), plots.COLOURS, plots.STYLES, strict=False):
    panels[0].plot(np.arange(1, len(a.d) + 1), a.d.cumsum() / a.total, style, c=colour)
    panels[1].plot(a.left(np.arange(1001)), style, c=colour, label=name)
panels[0].set(xscale="log", xlabel="first directions hold", ylabel="share of y . y", ylim=(0, 1))
panels[1].set(xscale="log", xlabel="left after steps", ylabel="share of y . y", xlim=(1, 1000))
panels[1].legend(loc="center right")
plots.show("03_representation_alignment_speed")

# %% [markdown]
# The formula is exact. What the first directions hold is learnt within some ten steps.
#
# Transfer
# --------
#
# A network has learnt one thing; you need another. Is its last hidden layer a better start than
# what you had? This one learns whether the object is brighter than the ground. Asked of new
# images: the same; is the object's middle in the left half? Is it an ellipse?

# %%
brighter = [2.0 * (images.mean(axis=1) > images[:, 0]) - 1 for images in (x, new_x)]
left_half = [(np.flatnonzero(row) % 32).mean() < 15.5 for row in new_x != new_x[:, :1]]
asked = {"brighter": brighter[1], "left half": 2.0 * np.array(left_half) - 1, "ellipse": new_true}
net = new()
learn("brighter", net, x, brighter[0])
for question, y in asked.items():
    untrained, trained = (hidden(each, new_x, y)[2].left(100) for each in (new(), net))
    print(f"{question:9}: left after 100 steps {untrained:.2f} untrained, {trained:.2f} trained")

# %% [markdown]
# The same question is answered at once: positive transfer. The others are learnt more slowly than
# from a layer that has learnt nothing: 0.82 is left in place of 0.61, and 0.86 in place of 0.79.
# That is negative transfer: the strong directions are where the old question is.
#
# Questions about digits are more or less alike. A network has learnt "5 or more?" from 1000 of them
# in MNIST, and is asked about 1000 others: a kept run, and another where the files are.

# %%
kept = studies.Result.kept("transfer")
results = {kept.settings["command"]: kept}
try:
    results["another seed"] = studies.transfer(seed=1)
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')
for title, found in results.items():
    print(f"{title}: same answers; left after 100 steps of input, untrained, trained; top_10")
    for k, task in enumerate(found.settings["tasks"]):
        print(f"{task:16}", *(found[name][k].round(2) for name in ("agreement", "left", "top")))
fig, ax = plt.subplots(figsize=(plots.NARROW, 3.6), layout="constrained")
lines = dict(zip(("input", "untrained", "trained"), kept["left"].T, strict=True))
plots.curves(100 * kept["agreement"], lines, ax=ax)
ax.set(xlabel="same answer, %", ylabel="left after 100 steps", title="like questions gain the most")
ax.legend()
plots.show("03_representation_alignment_transfer")

# %% [markdown]
# The pixels of digits are aligned with questions that mean something, and not with a coin: 0.21 to
# 0.49 in ten directions against 0.01. Where 0.9 of the answers are the same, transfer is positive,
# 0.21 in place of 0.34; for "odd" it is negative, 0.49 in place of 0.38. But that is against the
# *input*. And ``top_10`` does not tell all: for "odd" it stays the same.
#
# In three sentences
# ------------------
#
# Learning turns a representation until the labels of the training images lie along its strongest
# directions, even if they mean nothing, and the more the nearer a layer is to the output. Gradient
# descent is fast along these, so what is aligned is learnt soon. That helps with questions like
# the old one, and can hinder with others.
#
# Exercises
# ---------
#
# Put your answers where the None is, and check them with ``python -m tinynet exercise L3``. For
# help add ``--hint``, and after a try ``--solution``.
#
# 2. The rate is 1/s_1^2. Which share of what lies along a direction with s = s_1/10 is left after
#    100 steps? (Within 1 %.)
# 3. 500 images of one class give h, 500 of the other -h, and the length of h is 2. What are the two
#    singular values of Phi, the larger first? (Within 1 %. How large is ``top_1``?)
# 4. Is the transfer to "odd" negative or positive? Look at all three columns; two sentences.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("L3.2", answer_2)
check("L3.3", answer_3)
check("L3.4", answer_4)

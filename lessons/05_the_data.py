# %% [markdown]
"""
The data
========

What is in an image, how often does each class come, and what does somebody score who has learnt
nothing? This lesson draws the images of the paper, Shapeset-3x2, counts them, and finds two
numbers that later lessons need: what chance is, and how large an input is.
"""
# %% [markdown]
# What the network sees
# ---------------------
#
# The top of the paper's Figure 1 shows samples of 64 x 64 pixels. Its networks were trained on
# 32 x 32, as ours are. An image is made like this:
#
# - One object or two, with equal chance.
# - Each is a triangle, a parallelogram or an ellipse, with equal chance. Two random lengths
#   stretch it, a random angle turns it, and it lands where the whole of it fits in.
# - The second shape lies on top. If it hides more than half of the first, it is drawn anew, of the
#   same kind.
# - One grey for the ground and one for each object: light on dark or, in half of the images,
#   dark on light.
#
# The label says which kinds are there, in any order: nine classes.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots
from tinynet.exercises import check

source = tn.Shapeset(rng=0)
x, labels = source.draw(20_000)
print(f"x: {x.shape}, {x.dtype}, from {x.min():g} to {x.max():g}; labels: {labels.shape}")
sheet = np.stack([x[labels == k][:4] for k in range(9)], axis=1).reshape(-1, 1024)
fig, ax = plt.subplots(figsize=(plots.WIDE, 4.6), layout="constrained")
plots.images(sheet, source.class_names, columns=9, ax=ax)
ax.set_xlabel("four images of each class (triangle, parallelogram, ellipse): -1 is black, 1 white")
plots.show("05_the_data_classes")

# %% [markdown]
# ``draw`` never ends, and the same seed, the number given as ``rng``, gives the same images. So
# nothing can be learnt by heart, and a test set is just another seed.
#
# How often is each class?
# ------------------------
#
# Guess before you read on: is each one ninth of the images? Follow the list. One object has
# the chance 1/2, its kind 1/3. With two objects there are nine ordered pairs of kinds, so each
# has 1/2 * 1/9 = 1/18. A mixed class is two of these pairs, a class of two equal kinds only one::
#
#     tri        1/2 * 1/3                             = 1/6
#     tri+par    1/18 (tri, par) + 1/18 (par, tri)     = 1/9
#     tri+tri    1/18 (tri, tri)                       = 1/18

# %%
theory = np.repeat([1 / 6, 1 / 9, 1 / 18], 3)
counted = np.bincount(labels, minlength=9) / len(labels)
off = (counted - theory) / np.sqrt(theory * (1 - theory) / len(labels))
for name, p, share, z in zip(source.class_names, theory, counted, off, strict=True):
    print(f"{name:7} {p:7.2%}, counted {share:7.2%}, off by {z:4.1f} standard deviations")

# %% [markdown]
# They agree. The paper does not say that its classes are unequal.
#
# What chance is
# --------------
#
# What does someone score who never looks at the image? Always naming a most frequent class is wrong
# in 5 of 6 cases, 83.3 %, not in 8 of 9, 88.9 %. And the cost? By lesson 3 an image costs -log of
# the probability that its class was given. Why the logarithm: the probabilities of many images are
# multiplied, and costs should add up. Its unit is the nat; log 2 = 0.693 nats are one bit, a
# question whose two answers are equally likely. Giving each class its frequency p costs -log p when
# it comes, which is in a share p of all cases::
#
#     cost = -(p * log(p)).sum()
#          = 1/2 log 6 + 1/3 log 9 + 1/6 log 18 = 2.110 nats
#
# That is the *chance level*: less than with equal probabilities, log 9 = 2.197, and yet no image
# was looked at. At which of the two is a network of five hidden layers before any training?

# %%
by_theory, chance = -(theory * np.log(theory)).sum(), tn.chance(labels, 9)
print(f"one bit:           log 2 = {np.log(2):.3f} nats")
print(f"equal chances:     cost {np.log(9):.3f} nats, error {8 / 9:.1%}")
print(f"class frequencies: cost {by_theory:.3f} nats, error {1 - theory.max():.1%}")
print(f"tn.chance(labels): cost {chance.cost:.4f} nats, error {chance.error:.2%}")
loss = tn.SoftmaxCrossEntropy()
for init in ("standard", "normalized"):
    for seed in range(3):
        net = tn.mlp([1024, *[100] * 5, 9], init=init, rng=seed, dtype=np.float32)
        cost, error = tn.mean_cost(net, loss, x, labels), tn.error_rate(net, x, labels)
        print(f"untrained, {init:10} seed {seed}: cost {cost:.3f} nats, error {error:.1%}")

# %% [markdown]
# At neither exactly. ``standard`` draws weights by the paper's equation 1, and the outputs are so
# small that all nine probabilities are nearly equal: log 9, give or take a little. By equation 16,
# ``normalized``, they are larger and as good as random, which costs more.
#
# A network that sees nothing
# ---------------------------
#
# Feed a Linear layer zeros: only its nine biases can learn, and it stops where db is 0::
#
#     output = 0 W + b = b,   p = softmax(b)
#     db = mean of (p - one_hot(label)) = p - class frequencies

# %%
blind = tn.Network([tn.Linear(1, 9, rng=0)])
sgd = tn.SGD(blind, lr=1.0)
nothing = np.zeros((len(labels), 1))
for _ in range(201):
    cost = loss.forward(blind.forward(nothing), labels)
    blind.backward(loss.backward())
    sgd.step()
print(f"after 200 updates: cost {cost:.4f} nats")
print(f"p       = {loss.p[0].round(3)}\ncounted = {counted.round(3)}")

# %% [markdown]
# It ends at 2.1085, just what ``tn.chance`` counts in these labels: a deep network that stays there
# has learnt no more. The paper's, of five sigmoid layers, ends with an error of 82.61 %.
#
# Loud images and quiet ones
# --------------------------
#
# How large is an input? That decides how large the first pre-activations are::
#
#     s = x1 W1 + x2 W2 + ... + x1024 W1024
#
# For one image the x are fixed numbers. The W are drawn independently, with mean 0. The variance of
# x1 W1 is x1^2 times that of W1, and variances of independent terms add up::
#
#     Var[s] = x1^2 Var[W] + x2^2 Var[W] + ... = 1024 Var[W] * (mean square of x)
#
# ``standard`` draws W evenly from -a to a, with a = 1/sqrt(1024). The mean of W^2 is then a^2/3, so
# 1024 Var[W] = 1/3. A layer of 1000 units has 1000 such sums, enough to measure the std of s.

# %%
size = (x**2).mean(axis=1)
low, high = np.percentile(size, [5, 95])
print(f"all images: mean of x {x.mean():.3f}, mean square of x {size.mean():.3f}")
print(f"one image: 5 % lie below {low:.3f}, 5 % above {high:.3f}")
first = tn.Linear(1024, 1000, init=tn.standard, rng=0)
for name, wanted in (("quiet", low), ("loud", high)):
    k = np.abs(size - wanted).argmin()
    s = first.forward(x[k : k + 1])
    print(f"{name:5} image: std of s {s.std():.3f}, by theory {np.sqrt(size[k] / 3):.3f}")
ranked = np.argsort(size)[np.linspace(0, len(size) - 1, 9).astype(int)]
fig, ax = plt.subplots(figsize=(plots.WIDE, 1.8), layout="constrained")
plots.images(x[ranked], [f"{size[k]:.2f}" for k in ranked], columns=9, ax=ax)
ax.set_xlabel("from the quietest image to the loudest: the mean of x^2 over its pixels")
plots.show("05_the_data_mean_square")

# %% [markdown]
# Grey is near 0 and weighs little; black and white weigh most. In one layer s is nearly four times
# as large for the loud image.
#
# In three sentences
# ------------------
#
# The nine classes are not equally frequent: whoever knows nothing but their frequencies is wrong in
# 5 of 6 cases, at a cost of 2.110 nats. A network that stays there has learnt nothing of images.
# How large the first pre-activations are depends on the image's mean square, and images differ.
#
# Exercises
# ---------
#
# Check your answers with ``python -m tinynet exercise 5`` (``--hint``, ``--solution``).
#
# 1. A network can tell one object from two, and nothing else: it answers with the frequencies that
#    the classes have among images of that number. Its cost in nats? (Within 0.2 %. By what is it
#    below 2.110, and why?)
# 2. Write that cost for any classes, in groups that the network can tell apart. Check 1 with it.
# 3. Others scale pixels from 0 to 1, as (x + 1)/2. What is their mean square over all images?
#    (Within 0.5 %.)
# 4. The untrained ``normalized`` networks err as often as the ``standard`` ones, and cost more. Say
#    in two sentences why.

# %%
answer_1 = None
answer_3 = None
answer_4 = None


def cost_of_knowing(p, group):
    """Return the cost, in nats, of giving each class its frequency within its group.

    p[k] is how frequent class k is among all, group[k] the number of its group: 0, 1 and so on.
    """
    raise NotImplementedError


check("5.1", answer_1)
check("5.2", cost_of_knowing)
check("5.3", answer_3)
check("5.4", answer_4)

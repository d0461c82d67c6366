# %% [markdown]
"""
Pre-training, layer by layer
============================

From 2006 on, deep networks were first taught without labels, one layer after the other. In the
paper's Figure 11 the curve of such a network ends lowest. What does a layer learn without labels,
and how does that change the start? Does it also help to put the easy examples first? (Know before:
lessons 2, 5 and 11. What other papers claim we have from their abstracts.)
"""
# %% [markdown]
# A layer that mends images
# -------------------------
#
# Bengio and others (2007) train a deep network one layer at a time: the first learns units from
# which its input can be computed back, then the second does the same with these units as its input.
# So that it cannot just copy, Vincent and others (2008, 2010) spoil what it sees. A second Linear,
# the *decoder*, has to compute what was there before, and is thrown away afterwards::
#
#     seen = clean, but a quarter of its numbers, drawn anew each time, are 0
#     h    = sigmoid(seen W + b)
#     p    = sigmoid(h V + c)
#     cost = -sum over the inputs of [clean log p + (1 - clean) log(1 - p)], the mean over the rows
#
# This is cross-entropy once more: each input is from 0 to 1, and counts as the chance of a 1. As
# with the softmax, the gradient at the decoder's output o = h V + c is short: (p - clean)/m, for m
# rows. How does it get to V and to W? Now write it.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def gradients(clean, seen, W, b, V, c):
    """Return dW (n, units) and dV (units, n); clean and seen are (m, n), b (units,), c (n,)."""
    raise NotImplementedError


check("L10.1", gradients)

# %% [markdown]
# In tinynet this is a network of two layers with the cost ``later.BitCrossEntropy``. Here it learns
# from Shapeset's images, with greys from 0 to 1. No label is used.


# %%
class Grey(tn.Shapeset):
    def draw(self, n):
        x, labels = super().draw(n)
        return (x + 1) / 2, labels


rng, source, loss = np.random.default_rng(0), Grey([0, 3]), later.BitCrossEntropy()
coder = tn.mlp([1024, 100, 1024], activation="sigmoid", init="standard", rng=0, dtype=np.float32)
sgd = tn.SGD(coder, 0.1)
x, labels = Grey([0, 1]).draw(300)
for _ in range(3000):
    clean = source.draw(20)[0]
    seen = clean * (rng.random(clean.shape) >= 0.25)
    loss.forward(coder.forward(seen), clean)
    coder.backward(loss.backward())
    sgd.step()
seen = x * (rng.random(x.shape) >= 0.25)  # images that it has not learnt from
cost = loss.forward(coder.forward(seen), x)
grey = np.clip(x, 1e-6, 1 - 1e-6)
least = -(grey * np.log(grey) + (1 - grey) * np.log(1 - grey)).sum(axis=1).mean()
print(f"nats an image: p = x {least:.0f}, the coder {cost:.0f}, p = mean image {loss.chance():.0f}")
rows = {"clean": x[:8], "seen": seen[:8], "mended (p)": loss.p[:8]}
largest = np.array(sorted(coder.layers[0].W.T, key=np.var)[:-9:-1])
rows["weights of the 8 units whose weights vary most"] = largest / np.abs(largest).max()
fig, panels = plt.subplots(4, 1, figsize=(plots.WIDE, 6), layout="constrained")
for ax, (name, pictures) in zip(panels, rows.items(), strict=True):
    plots.images(pictures, ax=ax)
    ax.set_xlabel(name)
plots.show("10_pre_training_mended")

# %% [markdown]
# Images that it has not learnt from are mended, too: large shapes come back, corners are lost. The
# cost is between 709 nats, that of the mean image, and 487, the least: greys cost something even if
# p is right (exercise 2). In the last row two units watch a spot each, the others the whole middle.
#
# Five layers, one by one
# -----------------------
#
# ``later.pretrain`` does this for each hidden layer of a network, from the first to the last:
# ``clean`` is then what the layers below give. The network is lesson 11's: five sigmoid layers,
# ``standard`` weights. It and a pre-trained copy then get the same number of images with labels.

# %%
nets = [studies.seeded.network("sigmoid", "standard", width=100, depth=5, seed=0) for _ in "ab"]
costs = later.pretrain(nets[1], Grey([0, 3]), 1000, rng=0)
for k, cost in enumerate(costs):
    print(f"auto-encoder {k + 1}: from {cost[0]:.0f} to {cost[-50:].mean():.0f} nats")


def spread(net):
    """Return for each hidden layer the std over the images, the mean of its units."""
    looked = net.view()
    looked.forward(x)
    return np.array([layer.y.std(axis=0).mean() for layer in looked.layers[1::2]])


before, errors, test = {}, {}, Grey([0, 2]).draw(3000)
print(f"chance is {tn.chance(test[1], 9).error:.1%}; std over the images in layers 1 to 5:")
for name, net in zip(("plain", "pre-trained"), nets, strict=True):
    before[name], look = spread(net), tn.Monitor(net, x, labels, test=test)
    learn = (net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.3), Grey([0, 3]), 3000)
    tn.train(*learn, watch=look, every=250, progress=None)
    errors[name] = 100 * look["test_error"]
    print(f"{name:12}" + "".join(f"{std:9.5f}" for std in before[name]), end="; at the end ")
    print(f"{spread(net)[-1]:.5f} in layer 5, mean {look['z_mean'][-1, -1]:.3f}", end="")
    print(f", error {errors[name][-1]:.1f} %")
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.6), layout="constrained")
plots.curves(range(1, 6), before, ax=panels[0])
panels[0].set(yscale="log", xlabel="hidden layer", ylabel="std of z over the images")
panels[0].set(title="before any label: which layers tell images apart?", xticks=range(1, 6))
plots.curves(look["updates"], errors, ax=panels[1])
panels[1].set(xlabel="updates with labels", ylabel="test error (%)", title="one leaves chance")
panels[0].legend()
plots.show("10_pre_training_five")

# %% [markdown]
# Under ``standard`` weights the std over the images is in each layer a seventh of that below. Once
# trained to mend, all five layers tell the images apart. So the top layer has something to say from
# the first label on, and the network leaves the chance level, if slowly. The paper says that in
# pre-trained sigmoid networks the top layer does not saturate. In ours the mean of its units falls,
# too, to 0.08, but they still tell the images apart, by 0.10.
#
# On digits, at four rates
# ------------------------
#
# The same on MNIST, kept: 1,000 updates of each layer, then 3,000 with labels; two seeds a rate.

# %%
kept = studies.Result.kept("pre_training")
print(kept.settings["command"])
print(f"{'test error (%)':15}" + "".join(f"{f'rate {lr:g}':>14}" for lr in kept.settings["rates"]))
for way, error in zip(kept.settings["ways"], kept["error"][..., -1], strict=True):
    print(f"{way:15}" + "".join(f"{100 * a:8.1f}{100 * b:6.1f}" for a, b in error))
print("three tanh layers, normalized, 1,000 labels: test error (%), cost on these 1,000 images")
for way, e, c in zip(kept.settings["ways"], kept["few_error"], kept["few_cost"], strict=True):
    print(f"{way:15}", (100 * e).round(1), c.round(4))

# %% [markdown]
# Pre-trained, the network learns at each of the four rates; the other stays at chance. Why? Erhan
# and others (2010) say that pre-training mostly *regularizes*: it leads to networks that do better
# on new images, not on those learnt. Our second table agrees. Three tanh layers learn without help;
# pre-trained on all images, without labels, they have about a point less error, and a higher cost
# on the learnt images. But a point is not the gain from 90 to 6 %. That comes from the start: all
# layers tell images apart. Weights of the right scale do the same (lesson L11). In Figure 11 of the
# paper pre-training ends at about 11.3 %, tanh ``normalized`` at 16.2 %, and plain tanh at 28.1 %.
#
# Easy examples first
# -------------------
#
# Bengio and others (2009) keep the labels and arrange the examples: a *curriculum* has easy ones
# first. We begin with a perceptron, a unit that answers with the sign of x.w, and adds t x to w if
# that is not the label t. The classes are two Gaussians of 20 numbers; it sees 120 examples, once.
# Easy ones are on the right side of the ideal border. Does it err less after 120 of these?

# %%
errors = []
for seed in range(100):
    rng = np.random.default_rng(seed)
    ideal, t = rng.normal(size=20), rng.choice([-1, 1], size=3000)
    ideal /= np.linalg.norm(ideal)
    points = np.outer(t, ideal) + rng.normal(size=(3000, 20))
    for chosen in (np.arange(120), np.flatnonzero(t * (points @ ideal) > 0)[:120]):
        w = np.zeros(20)
        for k in chosen:
            if t[k] * (points[k] @ w) <= 0:
                w += t[k] * points[k]
        errors.append((t[1000:] * (points[1000:] @ w) <= 0).mean())
every, easy = np.reshape(errors, (100, 2)).T
better = np.mean(easy < every)
print(f"all {every.mean():.1%}, easy ones {easy.mean():.1%}, better in {better:.0%} of the seeds")
kept = studies.Result.kept("curriculum")
print(kept.settings["command"])
for row, error in zip(kept.settings["rows"], 100 * kept["error"], strict=True):
    print(f"{row:21} test error {error.round(1)} %, mean {error.mean():.1f}")

# %% [markdown]
# The perceptron does learn more from easy examples. On Shapeset a curriculum does not help: three
# tanh layers saw only single shapes, or strong contrasts, in the first 1/8 to 1/2 of their updates,
# and end in the mean a point or two worse than without. (Images of two shapes have other labels
# than single shapes, so the task changes at the switch; other curricula may do better.)
#
# In three sentences
# ------------------
#
# A layer that has to mend what was spoilt learns without labels what images are like, and its units
# come to differ from image to image. Done layer by layer, this gets a deep sigmoid network off its
# plateau at all four rates: the top layer has something to say when the labels come. Where a
# network learns anyway it gains about a point, and a curriculum of easy shapes gains nothing here.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L10`` checks your answers (add ``--hint``, or ``--solution``).
#
# 2. What does an image of MNIST's size, 784 pixels, cost if every p is 1/2? And one whose pixels
#    are all 0.3, if every p is right? (A list of two, in nats. Within 1 %.)
# 3. Each pixel is 0 or 1 with chance 1/2, independently of the others; then a quarter of all pixels
#    is set to 0. A pixel is seen as 0: what is the chance that it was 1? And what does a pixel cost
#    at least, in nats, in the mean? (A list of two. Within 1 %. When could a coder pay less?)
# 4. "Pre-training helps because the network then knows more about images." What do our tables say
#    to that? In two sentences.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("L10.2", answer_2)
check("L10.3", answer_3)
check("L10.4", answer_4)

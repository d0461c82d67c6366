# %% [markdown]
"""
Rectifiers and dropout
======================

A year after the paper its authors, with Antoine Bordes, put max(0, s) in the place of tanh. Which
weights does it ask for, and what are its zeros worth? What does ELU add? And why does it help to
drop half of the units at random? (Know before: lesson 7. What the papers claim is told as their
abstracts have it; their tables we could not read.)
"""
# %% [markdown]
# Half of a Gaussian
# ------------------
#
# Lesson 7: a layer gives s the variance n Var[W] E[z^2]. A Gaussian s with mean 0 lies below 0 half
# of the time, where z = max(0, s) is 0. Above, z^2 = s^2. So half of E[s^2] is left::
#
#     E[z^2] = Var[s]/2          one layer:  E[z^2] <- (n Var[W]/2) E[z^2]
#
# The root of E[z^2], rms z for short, is multiplied by sqrt(n Var[W]/2). On the way back the slope
# is 1 for one half and 0 for the other: in square layers the same factor. To keep both, n Var[W]
# must be 2: that is ``he``, the weights of He, Zhang, Ren and Sun (2015).
#
# ELU, by Clevert, Unterthiner and Hochreiter (2015), is s above 0 and e^s - 1 below. Its means have
# no such rule, but a sum over closely spaced points with a bell curve gives them, as in lesson 7.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check

g = np.linspace(-8, 8, 1601)
bell = np.exp(-(g**2) / 2)
bell /= bell.sum()
for name, z in {"ReLU": tn.ReLU().f(g), "ELU": later.ELU().f(g)}.items():
    mean, square = z @ bell, z**2 @ bell
    print(f"{name:4} at Var[s] = 1: E[z] {mean:.4f}, E[z^2] {square:.3f}", end=", ")
    print(f"mean/rms {mean / np.sqrt(square):.3f}")

# %% [markdown]
# What is seen at the start
# -------------------------
#
# Eight hidden layers of 500, and 300 images of Shapeset. Before you read on: which line is flat?

# %%
x, labels = tn.Shapeset(rng=0).draw(300)
lines, made = {}, {"relu": "relu", "elu": later.ELU}
for name in ("relu, standard", "relu, normalized", "relu, he", "elu, he", "elu, lecun"):
    (f, init), sizes = name.split(", "), [1024, *[500] * 8, 9]
    net = tn.mlp(sizes, activation=made[f], init=init, rng=1, dtype=np.float32)
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    z, ds = ([vars(h)[key] for h in net.layers[1::2]] for key in ("y", "dx"))
    rms, ds_rms = (np.sqrt([(a**2).mean() for a in arrays]) for arrays in (z, ds))
    factors = (rms[-1] / rms[0]) ** (1 / 7), (ds_rms[0] / ds_rms[-1]) ** (1 / 7)
    print(f"{name:16} a layer: rms z times {factors[0]:.2f}, ds times {factors[1]:.2f}", end="; ")
    lines[name], means = rms, [a.mean() for a in z] / rms
    print(f"mean/rms {means.min():.2f} to {means.max():.2f}, zeros {np.equal(z, 0).mean():.2f}")
fig, ax = plt.subplots(figsize=(plots.NARROW, 4), layout="constrained")
plots.curves(range(1, 9), lines, ax=ax)
ax.set(xlabel="hidden layer", ylabel="rms z", yscale="log", title="rectifiers: he keeps the signal")
ax.legend()
plots.show("05_rectifiers_and_dropout_start")

# %% [markdown]
# The theory has sqrt(1/6) = 0.41, sqrt(1/2) = 0.71 and 1 for rectifiers: it holds, up and down. For
# ELU ``lecun``, n Var[W] = 1, is too little, and ``he`` too much (exercise 3). Its values below 0,
# they claim, bring the mean of z nearer to 0, as batch normalization does. That shows: under ``he``
# it is 0.16 to 0.30 of rms z, and 0.52 to 0.55 for the rectifier.
#
# Does it help to learn?
# ----------------------
#
# This was run once on MNIST, three networks of width 100 each, at the rate 0.01, and kept. He and
# others claim that extremely deep rectifier networks learn from their start, so 20 layers; Clevert
# and others that ELU learns faster, and ends better with more than five layers, so eight.

# %%
kept = studies.Result.kept("rectifiers")
print(kept.settings["command"], "  mean cost up to update 500, and after, of each network")
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.8), sharey=True, layout="constrained")
seen = {"20 layers: ": "he learns at once", "8 layers: ": "under he, ELU is ahead"}
for ax, (depth, what) in zip(panels, seen.items(), strict=True):
    rows = dict(zip(kept.settings["rows"], kept["cost"], strict=True))
    rows = {name.removeprefix(depth): c for name, c in rows.items() if name.startswith(depth)}
    for name, cost in rows.items():
        print(f"{depth + name:28}", cost[:, :10].mean(1).round(2), cost[:, 10:].mean(1).round(2))
    plots.curves(kept["updates"], {name: c.mean(axis=0) for name, c in rows.items()}, ax=ax)
    ax.set(xlabel="updates", ylabel="cost, mean of three networks", title=depth + what)
    ax.legend()
plots.show("05_rectifiers_and_dropout_learning")

# %% [markdown]
# Through 20 layers ``normalized`` sits at the chance level for nearly all of the 1500 updates, and
# ``he`` learns. With eight, ELU is well ahead of the rectifier under the same ``he``: 0.62 against
# 1.08. But be fair: its signal is larger there too, and under ``lecun`` it is no faster than the
# others. That it ends better we have not seen. And of rectifiers beside tanh Glorot and others
# claim "equal or better": from its own start each, they are equal here.
#
# Are the zeros learnt?
# ---------------------
#
# True zeros are what that paper praises. Half of them are there before anything is learnt. Does
# learning make more? A unit that is 0 for every image is *dead*: no gradient passes, its weights
# stand still. Three hidden layers under ``he``, on MNIST, after 1500 updates:

# %%
for k, lr in enumerate(kept["rates"]):
    zeros, dead = (kept[name][k].mean(axis=0).round(2) for name in ("zeros", "dead"))
    print(f"rate {lr:5}: zeros {zeros}, dead {dead}, error {kept['test_error'][k].mean():.1%}")

# %% [markdown]
# The half is the start's; what becomes of it is the rate's doing. Small rates leave fewer zeros,
# 0.03 leaves half, and 0.1, as good, makes two thirds. At 0.3 nearly all of layer 1 is zero, a
# third of its units is dead, and the error has grown: many zeros are no sign of a good network.
#
# Dropout: now write it
# ---------------------
#
# Dropout (Srivastava and others, 2014) is a layer of zeros on purpose. In training each number is
# dropped with the chance p, anew at each pass, and what is left is divided by 1 - p: then the mean
# over all masks is x. Write both ways; x is dropped where r, uniform from 0 to 1, is below p.


# %%
def dropout(x, r, p, dy):
    """Return y and dx; x, r and dy are (batch, units), p is a number."""
    raise NotImplementedError


check("L5.1", dropout)

# %% [markdown]
# Each mask makes a *thinned* network. They say that the whole one approximates the average of all.
# For 8 units and p = 0.5 there are 256, so take them all: first with the outputs right above the
# mask, then with a layer of rectifiers between.

# %%
rng, masks = np.random.default_rng(0), 2.0 * np.array(list(np.ndindex(*[2] * 8)))
z, W, top = rng.random((1, 8)), rng.normal(size=(8, 8)) / 2, rng.normal(size=(8, 3)) / 2
between = {"nothing": lambda z: z, "rectifiers": lambda z: np.maximum(z @ W, 0)}
for name, above in between.items():
    whole, thinned = (tn.softmax(above(a) @ top) for a in (z, masks * z))
    geometric = np.exp(np.log(thinned).mean(axis=0))
    print(f"{name:10} whole {whole[0].round(3)}, mean {thinned.mean(axis=0).round(3)}", end=", ")
    print(f"geometric mean {(geometric / geometric.sum()).round(3)}")

# %% [markdown]
# With nothing between, the whole network is exactly one average: the geometric mean, divided by its
# sum, because the outputs are linear in the mask. With a bend between, it is near both means.
#
# With few examples
# -----------------
#
# Two layers of 200 rectifiers learn 1000 digits. For hidden units p is 0.5, and in the last row it
# is 0.2 for the pixels too. Two networks of each kind were kept.

# %%
kept = studies.Result.kept("dropout")
print(kept.settings["command"])


def report(found):
    rows = dict(zip(found.settings["rows"], found["test_error"][:, :, -1], strict=True))
    rows |= {"one thinned": found["one"].mean(axis=1), "mean of all": found["average"][:, -1]}
    for name, errors in rows.items():
        print(f"{name:23} test error", *(f"{error:.1%}" for error in errors))
    print(f"largest training error {found['train_error'].max():.1%}")


report(kept)

# %% [markdown]
# All know their images by heart. Dropout, of pixels too, takes the error on new ones from 14.2 and
# 13.1 to 12.0 and 10.5 %: less overfitting, as claimed. The whole network is as good as the mean of
# a hundred thinned; one of these alone is far worse. Where the files are, a shorter run follows:

# %%
try:
    report(studies.dropout(networks=1, updates=1500, thinned=20, seed=1))
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# In three sentences
# ------------------
#
# A rectifier passes half of the mean square, so its weights need n Var[W] = 2; in deep networks
# that decides whether they learn. Half of its activations are 0 from the start, and the rate makes
# more or fewer; ELU has a mean nearer to 0, and learns faster from the same weights. Dropout trains
# another thinned network at each update, and the whole one stands for their average.
#
# Exercises
# ---------
#
# Put your answers where the None is, and check them with ``python -m tinynet exercise L5``. For
# help add ``--hint``, and after a try ``--solution``.
#
# 2. Which share of rms z do 20 square rectifier layers leave under ``normalized``? (Within 1 %.)
# 3. For which n Var[W] does a layer of ELU keep a Gaussian s with variance 1 at 1? (Within 1 %.)
# 4. Dropout with p = 0.2 follows each rectifier. Which n Var[W] keeps E[z^2] from layer to layer in
#    training? (Within 1 %. And with p = 0.5?)
# 5. "Rectifier networks learn to be sparse." What do you say, in two sentences?

# %%
answer_2 = None
answer_3 = None
answer_4 = None
answer_5 = None

check("L5.2", answer_2)
check("L5.3", answer_3)
check("L5.4", answer_4)
check("L5.5", answer_5)

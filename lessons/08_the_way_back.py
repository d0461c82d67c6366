# %% [markdown]
"""
The way back
============

In the last lesson the signal died out on its way up through random layers. Gradients come down
through the same matrices. Which layer gets the weakest: the lowest, as one often reads? That
depends on the gradient of what: the paper's Figures 7 and 8 give two answers (eqs 6, 7, 13, 14).
"""
# %% [markdown]
# One layer down
# --------------
#
# ``ds`` is the gradient of one example's own cost with respect to a pre-activation s: in the code
# m times a row of ``linear.dy``, which has been divided by m, the batch size (lesson 2). From ds of
# one layer to that of the layer below, the chain rule takes two lines::
#
#     dz = ds @ W.T             each a sum of n_out products
#     ds_below = dz * f'(s)     f'(s) = 1 - tanh(s)^2 is at most 1
#
# A sum of products again: as before, E[dz^2] = n_out Var[W] E[ds^2]. With f' = 1 this makes eq 6,
# where s_d is the output, and s_i enters the tanh of hidden layer i + 1::
#
#     E[ds_i^2] = E[ds_d^2] * product over j > i of  n_{j+1} Var[W_j]
#
# In square layers under ``standard`` each step down divides the std by sqrt(3), as each step up did
# (eq 13): 0.58 of it is left. Mean field averages f'(s)^2 over a Gaussian s. Both theories take W
# and ds to be independent, though the signal went up through the same W. Does that matter?

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check

x, labels = tn.Shapeset(rng=0).draw(300)
sizes = [1024, 1000, 1000, 1000, 1000, 1000, 9]
hidden, study = range(1, 6), {}
for init in ("standard", "normalized"):
    study[init] = studies.variance_theory(sizes, x, labels, init=init, networks=2)
    print(f"{init}: root of E[ds^2] in hidden layers 1 to 5, and lower layer / upper layer")
    for way in ("linear", "mean_field", "measured"):
        ds = np.sqrt(study[init][f"ds_{way}"][:5])
        print(f"  {way:10}", ds.round(4), "  ", (ds[:-1] / ds[1:]).round(2))

# %% [markdown]
# Not much: mean field fits within 3 %. Under ``standard`` the ds of layer 1 is a tenth of that of
# layer 5. Under ``normalized`` linear theory says it stays. Measured, each layer keeps 0.84 to 0.92
# of it: f' is below 1 where tanh bends, most in the lowest layers, whose s is largest.
#
# Figure 7
# --------
#
# Now the histograms: a small std is a high peak. One thing the paper does not say: are the output
# weights initialized like the hidden ones? Every gradient passes through them first, so their scale
# is a factor in all layers. In the table above they were. Here are both.

# %%
everywhere = studies.layer_histograms(sizes, x, labels)
mixed = studies.layer_histograms(sizes, x, labels, output_init="normalized")
shown = [
    ("standard everywhere: lower layers closer to 0", everywhere, "standard"),
    ("standard, but output weights normalized", mixed, "standard"),
    ("normalized everywhere: more alike (y axis ten times finer)", everywhere, "normalized"),
]
paper = {"standard": [85, 44, 23, 13, 8], "normalized": [8, 8, 8, 8, 8]}
names = [f"layer {k}" for k in hidden]
fig, panels = plt.subplots(3, 1, figsize=(plots.NARROW, 7.5), sharex=True, layout="constrained")
for ax, (title, found, init), top in zip(panels, shown, (240, 240, 24), strict=True):
    plots.densities(found[f"ds_{init}_edges"], found[f"ds_{init}"], names, ax=ax)
    ax.set(title=title, xlabel="back-propagated gradient ds of one image")
    ax.set(xlim=(-0.1, 0.1), ylim=(0, top))
    print(f"{title}\n  peaks: ours", found[f"ds_{init}_peak"].round(), " the paper's", paper[init])
panels[0].legend()
plots.show("08_the_way_back_figure_7")

# %% [markdown]
# With eq 1 everywhere our peaks are more than twice the paper's. With eq 16 for the output layer
# they come within 40 %, so that is probably what the authors had. In the lowest panel the paper's
# peaks are all about 8; ours go from 23 down to 8, less flat, as the ratios above say.
#
# Figure 8
# --------
#
# The lower layers get smaller ds. Do their weights get smaller gradients too? Guess first. (Compare
# the layers within a panel: each has scales of its own.)

# %%
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 4), layout="constrained")
for ax, init in zip(panels, study, strict=True):
    edges, std = everywhere[f"dW_{init}_edges"], everywhere[f"dW_{init}_std"]
    print(f"{init:10}  std of dW / layer 1's", (std / std[0]).round(2))
    plots.densities(edges, everywhere[f"dW_{init}"], names, ax=ax)
    ax.set(title=f"{init}: all layers alike", xlabel="dW, the mean over 300 images")
    ax.set_xlim(-4 * std.max(), 4 * std.max())
    ax.ticklabel_format(axis="x", scilimits=(0, 0))
panels[0].legend()
plots.show("08_the_way_back_figure_8")

# %% [markdown]
# All five agree within a tenth or so, though under ``standard`` their ds differ tenfold.
#
# Why they agree
# --------------
#
# By eq 3 a weight's gradient is what comes up times what comes down, dw = z ds. In one image every
# z of a layer meets every ds, so the mean of z^2 ds^2 over the weights is the mean of z^2 times
# that of ds^2. Over many images that holds too if z and ds are independent. With f' = 1 they nearly
# are: z_i is made by the weights below layer i, ds_i by those above, and only p, at the top, has
# seen both. That is eq 7::
#
#     E[dw_i^2] = E[z_i^2] E[ds_i^2]
#
# Go one layer up. E[z^2] is multiplied by what W_i does (eq 5), and E[ds^2] is divided by what
# W_{i+1}, the matrix above, does (eq 6)::
#
#     E[dw_{i+1}^2] = E[dw_i^2] * n_i Var[W_i] / (n_{i+2} Var[W_{i+1}])
#
# These are two matrices. But in layers of one size, with weights drawn by one rule, n Var[W] is the
# same number for both and cancels, whatever it is: eq 14. The bend cancels too, nearly: on the way
# up it takes the share 2 E[s^2] of z^2 (lesson 7), and on the way down f'(s)^2, about 1 - 2 s^2,
# takes the same share of ds^2.
#
# And dW is a mean over m = 300 images. Its square has a term for each pair of images e and f::
#
#     E[dW^2] = 1/m^2 * sum over e and f of  E[z_e z_f] E[ds_e ds_f]
#
# One layer up z_e z_f is multiplied by the factor of z^2, for the same reason, and ds_e ds_f is
# divided by that of ds^2: every term stays as it is, and so does the sum. If two images had nothing
# in common, only the m terms e = f would be left, and the root mean square (rms) of dW would be
# sqrt(300) times smaller than that of dw.

# %%
for init in study:
    net, loss = tn.mlp(sizes, init=init, rng=0), tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    together, mean = [], []
    for linear in net.layers[:-1:2]:  # those of the hidden layers
        z2 = (linear.x**2).mean(axis=1)  # of each image
        ds2 = ((300 * linear.dy) ** 2).mean(axis=1)
        dw2 = (z2 * ds2).mean()
        together.append(dw2 / (z2.mean() * ds2.mean()))
        mean.append(np.sqrt(300 * (linear.dW**2).mean() / dw2))
    print(f"{init:10}  E[z^2 ds^2] / (E[z^2] E[ds^2]) ", np.round(together, 2))
    print(f"{'':10}  sqrt(300) rms of dW / rms of dw", np.round(mean, 2))
z, ds, dw = (np.sqrt(study["standard"][f"{name}_measured"][:5]) for name in ("z", "ds", "dw"))
lines = {"z, what enters": z / z[0], "ds": ds / ds[0], "dw, of one image": dw / dw[0]}
fig, ax = plt.subplots(figsize=(plots.NARROW, 4), layout="constrained")
plots.curves(hidden, lines, ax=ax)
ax.set(xlabel="hidden layer", xticks=hidden, yscale="log")
ax.set(title="standard: z falls, ds rises, and dw stays", ylabel="root mean square / layer 1's")
ax.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
ax.legend()
plots.show("08_the_way_back_product")

# %% [markdown]
# z and ds are all but independent, less so in the lowest layers under ``normalized``, where tanh
# bends most: a strong image has a large z and a small f', and the first ratio falls to 0.75. The
# sqrt(300) is right within a quarter, and off by nearly the same factor in all layers.
#
# So "lower layers always get smaller gradients" is true of ds and false of dW, at initialization:
# whoever watches dW alone sees nothing amiss. Training then upsets the balance: in the paper's
# Figure 9 weight gradients under ``standard`` drift apart, the larger ones in the lower layers.
# (On the page that ``python -m tinynet live`` writes, put eq 1 beside eq 16: how much of ds is left
# in layer 1? Then take ten layers: what do the dW of all hidden layers have in common?)
#
# In three sentences
# ------------------
#
# On the way down a random layer multiplies the mean square of ds by n_out Var[W], so under
# ``standard`` gradients die out downward, as the signal does upward. A weight's gradient is the
# product z ds, in which the two factors cancel from layer to layer. So weight gradients that are
# alike hide that the network carries a signal neither up nor down.
#
# Exercises
# ---------
#
# Check your answers with ``python -m tinynet exercise 8`` (``--hint``, ``--solution``). To write
# the theory of lessons 7 and 8: ``python -m tinynet assignment release 5 mine``.
#
# 1. In training a batch has 10 images. If images had nothing in common, how many times as large as
#    with 300 would the std of dW be? (Within 1 %.)
# 2. Each layer has twice as many units as the one below it, and all weights are ``standard``. One
#    layer up, by which factor does linear theory multiply the std of dw? (Within 1 %.)
# 3. Write E[dw_i^2] / E[dw_0^2], by linear theory, for layers of any sizes and variances.
# 4. The slope of the sigmoid at 0 is 1/4, not 1. Under ``normalized``, what is the std of ds in
#    hidden layer 4 as a share of that in hidden layer 5? (Within 10 %.)
# 5. In that network the std of dW falls about 4 times a layer too, from hidden layer 5 down to 2.
#    (It is ``dW_std`` of ``studies.variance_theory(sizes, x, labels, activation="sigmoid",
#    init="normalized")``.) Say in two sentences why nothing cancels.

# %%
answer_1 = None
answer_2 = None


def relative_dw(sizes, variances):
    """Return the ratio for i = 0 .. d, from n_0 .. n_{d+1} and the variances of W_0 .. W_d."""
    raise NotImplementedError


answer_4 = None
answer_5 = None

check("8.1", answer_1)
check("8.2", answer_2)
check("8.3", relative_dw)
check("8.4", answer_4)
check("8.5", answer_5)

# %% [markdown]
"""
The way back
============

In the last lesson the signal died out on its way up through random layers. Gradients come down
through the same matrices. Which layer gets the weakest: the lowest, as one often reads? That
depends on whose gradient is meant. Two figures of the paper, 7 and 8, give two answers (eqs 6, 7,
13 and 14).
"""
# %% [markdown]
# The gradient of one example
# ---------------------------
#
# ``ds`` is the gradient of the cost with respect to a pre-activation s; in the code it is
# ``linear.dy``. The cost is the mean over the batch, so each row of ``linear.dy`` has been divided
# by the batch size m. Multiply by m to get the gradient of one example's own cost, which does not
# depend on the batch it is in.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check

x, labels = tn.Shapeset(rng=0).draw(300)
sizes = [1024, 1000, 1000, 1000, 1000, 1000, 9]
net = tn.mlp(sizes, init="standard", rng=0)
first = net.layers[0]
loss = tn.SoftmaxCrossEntropy()
for m in (30, 300):
    loss.forward(net.forward(x[:m]), labels[:m])
    net.backward(loss.backward())
    print(f"batch of {m:3}: std of dy {first.dy.std():.2e}, of m dy {m * first.dy.std():.2e}")

# %% [markdown]
# One layer down
# --------------
#
# From ds of one layer to that of the layer below, the chain rule takes two lines::
#
#     dz = ds @ W.T             each a sum of n_out products
#     ds_below = dz * f'(s)     f'(s) = 1 - tanh(s)^2 is at most 1
#
# A sum of products again: as before, E[dz^2] = n_out Var[W] E[ds^2]. With f' = 1 this makes eq 6,
# where d is the output layer::
#
#     E[ds_i^2] = E[ds_d^2] * product over j > i of  n_{j+1} Var[W_j]
#
# In square layers under ``standard`` each step down multiplies the std by 1/sqrt(3), or 0.577
# (eq 13): the factor of the way up, counted from the top. Mean field keeps f' and averages it
# over a Gaussian s. Both theories take W and ds to be independent, though the signal went up
# through the same W. Does that matter?

# %%
hidden = range(1, 6)
study = {}
print(f"1/sqrt(3) = {1 / np.sqrt(3):.3f}")
for init in ("standard", "normalized"):
    study[init] = studies.variance_theory(sizes, x, labels, init=init, networks=2)
    print(f"{init}: std of ds in hidden layers 1 to 5, and lower layer / upper layer")
    for way in ("linear", "mean_field", "measured"):
        ds = np.sqrt(study[init][f"ds_{way}"][:5])
        print(f"  {way:10}", ds.round(4), "  ", (ds[:-1] / ds[1:]).round(2))

# %% [markdown]
# Not much: mean field fits within 3 %. Under ``standard`` the gradient of layer 1 is a tenth of
# that of layer 5. Under ``normalized`` linear theory says it stays. Measured, each layer keeps
# 0.84 to 0.92 of it: f' is below 1 where tanh bends, most so in the lowest layers, whose s is
# largest.
#
# Figure 7
# --------
#
# Now the histograms, in bins 1/500 wide: a small std is a high peak. One choice is open. Is the
# output layer drawn as the hidden layers are? Every gradient passes its weights, so they scale
# all panels. We draw both.

# %%
everywhere = studies.layer_histograms(sizes, x, labels)
mixed = studies.layer_histograms(sizes, x, labels, output_init="normalized")
shown = [
    ("standard everywhere", everywhere, "standard"),
    ("standard, but the output layer normalized", mixed, "standard"),
    ("normalized everywhere", everywhere, "normalized"),
]
paper = {"standard": [85, 44, 23, 13, 8], "normalized": [8, 8, 8, 8, 8]}
names = [f"layer {k}" for k in hidden]
fig, panels = plt.subplots(3, 1, figsize=(7, 8.5), sharex=True, layout="constrained")
for ax, (title, found, init) in zip(panels, shown, strict=True):
    plots.densities(found[f"ds_{init}_edges"], found[f"ds_{init}"], names, ax=ax)
    ax.set(title=title, xlabel="back-propagated gradient ds of one image", xlim=(-0.1, 0.1))
    print(f"{title}\n  peaks: ours", found[f"ds_{init}_peak"].round(), " the paper's", paper[init])
panels[0].legend()
plots.show("08_the_way_back_figure_7")

# %% [markdown]
# With eq 1 everywhere our peaks are more than twice the paper's. With eq 16 for the output layer
# they come within 40 %. So that is probably what the authors had, but they do not say it: we
# infer. The ratios of the layers are the same. In the lowest panel the paper's peaks are all about
# 8; ours go from 23 down to 8, less flat, as the ratios above say.
#
# Layer 5 has a flat top. Its ds is mostly one weight of the output layer, that of the right class,
# and weights are uniform. A layer further down adds up many of them, and the sum has one peak.
#
# Figure 8
# --------
#
# The lower layers get smaller ds. Do their weights get smaller gradients too? Guess first. (Each
# panel has a scale of its own; compare the layers.)

# %%
fig, panels = plt.subplots(2, 1, figsize=(7, 6), layout="constrained")
for ax, init in zip(panels, study, strict=True):
    edges, std = everywhere[f"dW_{init}_edges"], everywhere[f"dW_{init}_std"]
    print(f"{init:10}  std of dW / layer 1's", (std / std[0]).round(2), end=" ")
    print(f" max/min {std.max() / std.min():.2f}")
    plots.densities(edges, everywhere[f"dW_{init}"], names, ax=ax)
    ax.set(title=f"{init} everywhere", xlim=(-4 * std.max(), 4 * std.max()))
    ax.set_xlabel("gradient dW of the weights, mean over 300 images")
    ax.ticklabel_format(axis="x", scilimits=(0, 0))
panels[0].legend()
plots.show("08_the_way_back_figure_8")

# %% [markdown]
# All five agree within a tenth or so, though under ``standard`` their ds differ tenfold. (Layer 1
# is rougher: neighbouring pixels are alike, and so are the gradients of their weights.) Eq 3 says
# why they agree. A weight's gradient is a product of what comes up and what comes down::
#
#     dw = z ds        so        E[dw_i^2] = E[z_i^2] E[ds_i^2]
#
# That is eq 7. Go one layer up: by eq 5 E[z^2] is multiplied by n_in Var[W], and by eq 6 E[ds^2] is
# divided by n_out Var[W]. In square layers of one size these are the same number, whatever it is.
# The product does not depend on i: eq 14. Layer by layer, relative to the first:

# %%
z, ds, dw = (np.sqrt(study["standard"][f"{name}_measured"][:5]) for name in ("z", "ds", "dw"))
lines = {"z, what enters": z / z[0], "ds": ds / ds[0], "dw, of one image": dw / dw[0]}
for name, line in lines.items():
    print(f"{name:16}", line.round(2))
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
plots.curves(hidden, lines, ax=ax)
ax.set(xlabel="hidden layer", xticks=hidden, yscale="log", title="standard, at initialization")
ax.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
ax.set_ylabel("root mean square, layer 1 = 1")
ax.legend()
plots.show("08_the_way_back_product")

# %% [markdown]
# So "lower layers always get smaller gradients" is true of ds and false of dW, at initialization.
# Whoever watches dW alone sees nothing amiss. The balance is a cancellation: a signal that dies
# out upward times a gradient that dies out downward. Once training changes the weights, nothing
# keeps it: in the paper's Figure 9 the weight gradients under ``standard`` drift apart, and the
# larger ones are in the lower layers.
#
# Exercises
# ---------
#
# Predict first. Then put your answer where the None is, and check it with
# ``python lessons/08_the_way_back.py``.
#
# 1. A bias has db = the mean of ds over the batch. Under ``standard``, how many times larger is
#    the std of db in hidden layer 5 than in hidden layer 1? (To within a fifth.)
# 2. Each layer has twice as many units as the one below it, and all weights are ``standard``. One
#    layer up, by which factor does linear theory multiply the std of dw?
# 3. The slope of the sigmoid at 0 is 1/4, not 1. Under ``normalized``, what is the std of ds in
#    hidden layer 4 as a share of that in hidden layer 5? (To within a tenth. Look at ``dW_std``
#    of the study too: this z does not die out on its way up, and nothing cancels.)

# %%
answer_1 = None
answer_2 = None
answer_3 = None

bias = [net.layers[2 * i].db.std() for i in range(5)]
check("8.1", answer_1, bias[4] / bias[0], within=0.2)
growing = [100, 200, 400, 800, 1600]
theory = studies.linear_regime(growing, [1 / (3 * n) for n in growing[:-1]], 1.0, 1.0)
check("8.2", answer_2, np.sqrt(theory["dw"][1] / theory["dw"][0]), within=0.02)
bent = {"activation": "sigmoid", "init": "normalized", "networks": 1}
ds = np.sqrt(studies.variance_theory(sizes, x, labels, **bent)["ds_measured"])
check("8.3", answer_3, ds[3] / ds[4], within=0.1)

# %% [markdown]
"""
Layer Jacobians and their singular values
=========================================

Seen from close, every layer is a matrix: it turns a small change of what enters into a small
change of what leaves. By how much does it stretch? The paper finds about 0.8 for the normalized
initialization and 0.5 for the standard one, and would like to see 1. Should it?
"""
# %% [markdown]
# A layer takes z to y = tanh(z W + b). If z changes by a little ``dz``, then y changes by
# ``J @ dz``. J is the layer Jacobian (eq 17 of the paper): ``J[k, l]`` says what unit k of the
# output does when unit l of the input moves. By the chain rule::
#
#     J[k, l] = f'(s_k) W[l, k]         the whole matrix: J = diag(f'(s)) W^T

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check

linear = tn.Linear(2, 2)
linear.W[:] = [[1.5, 0.2], [0.9, 0.8]]
layer = tn.Network([linear, tn.Tanh()])
z = np.array([[0.3, -0.4]])
J = np.diag(tn.Tanh().slope(z @ linear.W)[0]) @ linear.W.T
up, down = layer.forward(z + [0, 1e-6]), layer.forward(z - [0, 1e-6])
print(f"J[0, 1] = {J[0, 1]:.8f}, by differences {(up - down)[0, 0] / 2e-6:.8f}")
print("tn.jacobian agrees:", np.allclose(J, tn.jacobian(layer, 0, z)[0]))

# %% [markdown]
# A circle becomes an ellipse
# ---------------------------
#
# Now move z by the same small length in every direction, around a circle. What does the layer
# make of it? The dots go through the layer itself, tanh and all. The line is what J predicts.

# %%
U, values, _ = np.linalg.svd(J)
angle = np.linspace(0, 2 * np.pi, 41)
circle = 0.1 * np.array([np.cos(angle), np.sin(angle)])
out = layer.forward(z + circle.T) - layer.forward(z)
fig, ax = plt.subplots(figsize=(6.4, 5), layout="constrained")
ax.plot(*circle, ":", color="black", label="change of z, into the layer")
ax.plot(*(J @ circle), color="0.5", label="change of y, predicted by J")
ax.plot(*out.T, "o", color=plots.COLOURS[0], label="change of y, out of the layer")
for k in range(2):
    axis, name = np.outer(-U[:, k], [0, 0.1 * values[k]]), f"0.1 times {values[k]:.2f}"
    ax.plot(*axis, plots.STYLES[k], color=plots.COLOURS[1], linewidth=2.5, label=name)
ax.set(xlabel="change of unit 0", ylabel="change of unit 1", ylim=(-0.12, 0.23), aspect="equal")
ax.legend(loc="upper left")
plots.show("09_jacobians_ellipse")

# %% [markdown]
# An ellipse. Its half axes are the radius times the two singular values of J. So "by how much"
# has more than one average. Guess before you look: which one tells how the area changes? And
# which tells how long a change becomes that starts out in a random direction?

# %%
print(f"singular values {values[0]:.3f} and {values[1]:.3f}: mean {values.mean():.3f},", end=" ")
print(f"geometric mean {np.sqrt(values.prod()):.3f}, rms {np.sqrt((values**2).mean()):.3f}")
print(f"root of the ratio of the areas, |det J|: {np.sqrt(abs(np.linalg.det(J))):.3f}")
lengths = np.linalg.norm(J @ circle[:, 1:], axis=0) / 0.1
print(f"root mean square of the lengths: {np.sqrt((lengths**2).mean()):.3f}")

# %% [markdown]
# - The **geometric mean** belongs to volumes. (Here: areas.)
# - The **root mean square**, rms, belongs to lengths, and so to variances.
# - The plain **mean** belongs to neither. It is the one that the paper reports.
#
# A thousand units
# ----------------
#
# Now the paper's network: five hidden layers of 1000 tanh units, before it has learnt anything.
# Every image gives J other slopes, so we take four images.

# %%
x, labels = tn.Shapeset(rng=0).draw(4)
sizes = [1024, 1000, 1000, 1000, 1000, 1000, 9]
found = {init: studies.jacobian_spectra(sizes, x, init=init) for init in ("standard", "normalized")}
for init, result in found.items():
    mean, law = result["mean"].round(3), result["law_mean"].round(3)
    print(f"{init}: mean singular value, layers 1 to 5 {mean}, law {law}")

# %% [markdown]
# The paper says 0.5 and about 0.8. We find 0.44 to 0.49, and 0.67 to 0.78: the same, and less in
# the lower layers, where the slopes of tanh are further from 1. The law knows nothing of this
# network but the variance of its weights and the size of its slopes. For a large square matrix
# with independent random entries::
#
#     mean singular value = 8/(3 pi) sqrt(n Var W) rms(f')
#
# Not only the mean is known. The whole distribution is a quarter of a circle (in the right
# units); for a layer that is not square it is the law of Marchenko and Pastur. Judge by eye:

# %%
cases = [(name, found[name]["values_4"], 1000, found[name]["law_rms"][4] ** 2) for name in found]
W = tn.normalized(1000, 250, rng=0)
cases.append(("1000 to 250 units, W", np.linalg.svd(W, compute_uv=False), 250, 1000 * W.var()))
v, bins = np.linspace(0.001, 2.1, 600), np.linspace(0, 2.1, 29)
fig, ax = plt.subplots(layout="constrained")
for k, (name, values, n_out, n_var) in enumerate(cases):
    share = np.histogram(values, bins, density=True)[0]
    ax.plot(bins[1:] - bins[1] / 2, share, plots.MARKERS[k], color=plots.COLOURS[k], label=name)
    law = studies.marchenko_pastur(v, n_out, 1000, n_var / 1000)
    ax.plot(v, law, color=plots.COLOURS[k], linestyle=plots.STYLES[k])
ax.set(xlabel="singular value of J of hidden layer 5, or of W", ylabel="density (lines: the law)")
ax.legend()
plots.show("09_jacobians_law")

# %% [markdown]
# The weights are uniform, not Gaussian, and the law does not care. In a square layer some
# directions always come out close to 0; in the rectangular one none does. (That is its W alone.
# Slopes that differ much from unit to unit blur the edges; in layer 5 all are near 1.)
#
# What 0.8 is
# -----------
#
# Would a perfect layer have 1? Take the slopes away, and look at normalized weights alone, where
# n Var W is 1: they keep variance exactly. Guess the mean first; and that of orthogonal ones.

# %%
found["orthogonal"] = studies.jacobian_spectra(sizes, x[:1], init="orthogonal")
weights = {init.__name__: init(1000, 1000, 0) for init in (tn.normalized, tn.orthogonal)}
cases = {f"{name}, W": np.linalg.svd(W, compute_uv=False) for name, W in weights.items()}
cases |= {f"{name}, J of layer 5": found[name]["values_4"][0] for name in found}
for name, values in cases.items():
    rms, geometric = np.sqrt((values**2).mean()), studies.geometric_mean(values)
    print(f"{name}: mean {values.mean():.3f}, rms {rms:.3f}, geometric mean {geometric:.3f}")

# %% [markdown]
# The mean is 0.849, 8/(3 pi), although variance is kept: the rms is 1. So 0.8 is no failure to
# reach 1. It is what a random matrix of the right scale gives, times slopes a little below 1.
# Volume is another matter: the geometric mean is 0.61. The paper's sentence takes the average
# singular value for the ratio of volumes and for that of variances: three different averages.
#
# They agree only where all singular values are equal, as in orthogonal weights. After the slopes
# both J have an rms of 0.92: they keep lengths equally well on average, but orthogonal in all
# directions alike. (The rms alone needs no spectrum: ``tn.mean_square_singular_value``.
# ``tn.singular_values`` works in squares: below 1e-8 of the largest they are only known as small.)
#
# Five layers in a row
# --------------------
#
# The Jacobian of several layers is the product of theirs. What does that do to the spectrum? Here
# is that of all five layers together, and that of one.

# %%
lines = {"normalized, layer 5 alone": found["normalized"]["values_4"][0][:999:37]}
for init, result in found.items():
    hidden = tn.Network(tn.mlp(sizes, init=init, rng=0).layers[:-1])
    five = tn.singular_values(hidden, None, x[:1])[0]
    lines[f"{init}, all five"] = five[:999:37]
    outputs = result["values_all"][0]
    print(f"{init}, five layers: largest {five[0]:.3f}, middle {np.median(five):.3f};", end=" ")
    print(f"to the outputs: largest {outputs[0]:.3f}, smallest {outputs[-1]:.3f}")
fig, ax = plt.subplots(layout="constrained")
plots.curves(range(1, 1000, 37), lines, ax=ax)
ax.set(xlabel="number, the largest first", ylabel="singular value of J", yscale="log")
ax.legend(loc="lower left")
plots.show("09_jacobians_depth")

# %% [markdown]
# Products spread out. Five normalized layers still stretch the luckiest direction by 2.02, but the
# one in the middle by 0.082. With orthogonal weights the two are 0.82 and 0.47, and the slopes
# alone are to blame. The small scale of ``standard`` hardly does more than move the curve down.
# With the output layer, it lets no change of this image come out longer than 0.041 of what it
# was. Gradients travel back through the same matrices, transposed, with the same singular values:
# so this is also how little of them arrives.
#
# Exercises
# ---------
#
# Predict first. Then put your answer where the None is, and check it with
# ``python lessons/09_jacobians.py``. Both are about weights alone: no slopes.
#
# 1. Somebody wants the *mean* singular value of square layers to be exactly 1, and scales the
#    weights up. What is n Var W then? (By this factor the variance grows in every layer.)
# 2. A change of length 1 in a random direction goes through five square linear layers with
#    ``standard`` weights. How long is it then, rms? (Which average do you need?)

# %%
answer_1 = None
answer_2 = None
check("9.1", answer_1, (3 * np.pi / 8) ** 2)
change = tn.mlp([1000] * 6, activation="identity", init="standard", rng=0).forward(np.eye(1000))
check("9.2", answer_2, np.sqrt((change**2).sum(axis=1).mean()), within=0.1)

# %% [markdown]
"""
The edge of chaos
=================

Lesson 7 asked which n Var[W] keeps a signal through five layers. Now there are fifty. Weights a
little smaller, and every image fades to 0; a little larger, and two images that are nearly alike
end far apart, which is called chaos. Where is the edge between, and is it enough to start there?
(Know before: lessons 7, 8 and 9. Of the papers we could read abstracts and summaries only.)
"""
# %% [markdown]
# Two images, layer by layer
# --------------------------
#
# W has the variance sigma^2/n; no biases, tanh. In a wide layer s is Gaussian. Let q be its
# variance, and c the correlation of the s of two images with the same q. Poole et al. (2016) and
# Schoenholz et al. (2017) follow these and the gradient::
#
#     q   <-  sigma^2 E[tanh(sqrt(q) u)^2]                      u, u' Gaussian, with the variance 1
#     c   <-  sigma^2 E[tanh(sqrt(q) u) tanh(sqrt(q) v)]/new q  v = c u + sqrt(1 - c^2) u'
#     chi  =  sigma^2 E[tanh'(sqrt(q) u)^2]                     Var[ds] divided by that above
#
# E[g(u)] is ``bell @ g(u)``, with points u and weights that follow a bell curve and have the sum 1;
# with u and u' it is a double sum. Now write the first two.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def one_layer(q, c, sigma, u, bell):
    """Return q and c of the next layer; u (k,) are points, and bell (k,) their weights."""
    raise NotImplementedError


check("L8.1", one_layer)

# %% [markdown]
# Fifty layers in theory, and fifty layers of 300 units. Their inputs are Gaussian, with c = 0.6.

# %%
u = np.linspace(-8, 8, 201)
bell = np.exp(-(u**2) / 2) / np.exp(-(u**2) / 2).sum()


def theory(sigma):
    """Return q, c and chi of fifty layers."""
    q, c, found = sigma**2, 0.6, []
    for _ in range(50):
        z = np.tanh(q**0.5 * u)
        other = np.tanh(q**0.5 * (c * u[:, None] + (1 - c**2) ** 0.5 * u))
        found.append((q, c, sigma**2 * bell @ (1 - z**2) ** 2))
        q = sigma**2 * bell @ z**2
        c = sigma**2 * (bell * z) @ other @ bell / q
    return np.array(found).T


def run(sigma):
    """Return q, c and std ds of fifty layers."""
    net = tn.mlp([300] * 51 + [10], init=lambda *sizes: sigma * tn.lecun(*sizes), rng=0)
    a, b = np.random.default_rng(0).normal(size=(2, 100, 300))
    output = net.forward(np.vstack([a, 0.6 * a + 0.8 * b]))
    net.backward(np.random.default_rng(1).normal(size=output.shape))
    pairs = np.array([np.split(linear.y, 2) for linear in net.layers[:-1:2]])
    q = (pairs**2).mean(axis=(1, 2, 3))
    c = (pairs.prod(axis=1).mean(axis=2) / (pairs.std(axis=3).prod(axis=1))).mean(axis=1)
    return q, c, np.array([linear.dy.std() for linear in net.layers[:-1:2]])


fig, panels = plt.subplots(1, 3, figsize=(plots.WIDE, 3.8), layout="constrained")
print("sigma: q and c of layer 50, ds first/last, in the network (in theory); 6/|ln chi|")
for sigma, colour in zip((0.8, 1, 1.2, 1.5, 2), plots.COLOURS, strict=False):
    (q, c, ds), (q_theory, c_theory, chi) = run(sigma), theory(sigma)
    ds_theory = np.sqrt(np.append(np.cumprod(chi[-2::-1])[::-1], 1))
    both = (q, q_theory), (c, c_theory), (ds / ds[-1], ds_theory)
    for ax, (line, dots) in zip(panels, both, strict=True):
        ax.plot(range(1, 51), line, color=colour, label=f"sigma {sigma}")
        ax.plot(range(1, 51), dots, "k:")
    said = [f"{a[-k]:.2g} ({b[-k]:.2g})" for (a, b), k in zip(both, (1, 1, 50), strict=True)]
    print(f"{sigma}: {', '.join(said)}; {6 / abs(np.log(chi[-1])):.0f}")
for ax, name in zip(panels, ("variance of s", "c of two inputs", "std ds (top: 1)"), strict=True):
    ax.set(xlabel="layer", ylabel=name, yscale="linear" if name[0] == "c" else "log")
fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
plots.show("08_the_edge_of_chaos_theory")

# %% [markdown]
# Below 1 every input fades to 0, and the gradient with it. Above, the signal stays, but what two
# inputs have in common is lost, and the gradient explodes. On the edge chi goes to 1, for tanh at
# sigma = 1: there both get through. About 6/|ln chi| layers can learn, it is said. (In other
# networks c lies below the dots, too. Below the edge inputs become alike with biases only: without,
# they shrink and keep c.)
#
# Every direction
# ---------------
#
# chi is a mean over all directions; lesson 9 looked at each. Saxe, McClelland and Ganguli (2013)
# start from orthogonal matrices, whose product is orthogonal, too. The singular values of the
# Jacobian of fifty layers of 100, at sigma = 1:

# %%
for name, init in {"Gaussian": tn.lecun, "orthogonal": tn.orthogonal}.items():
    net = tn.Network(tn.mlp([100] * 51 + [10], init=init, rng=0).layers[:-1])
    values = tn.singular_values(net, None, np.random.default_rng(1).normal(size=(5, 100)))
    print(f"{name:10} rms {np.sqrt((values**2).mean()):.2f}, largest {values.max():.2f}", end=", ")
    print(f"the one in the middle {np.median(values):.1e}")

# %% [markdown]
# The mean square is the same. But a product of Gaussian matrices lets a few directions grow and
# loses most; orthogonal ones let all through, but for the bends.
#
# Starts that look at the data
# ----------------------------
#
# LSUV (Mishkin and Matas) takes orthogonal weights and divides each W, from below, by the std of
# its s over some images: q = 1, sigma^2 = 1/E[tanh^2], chi = E[tanh'^2]/E[tanh^2]. Is that the
# edge? GradInit (Zhu et al., 2021) looks for a factor for each W, here from 1/3 to 3, so that one
# step lowers the cost most (``later.gradinit``). GradMax adds units with incoming weights 0, which
# change no output, and outgoing ones that make the gradient of the incoming longest: the first
# right singular vectors of z.T ds.

# %%
chi = bell @ (1 - np.tanh(u) ** 2) ** 2 / (bell @ np.tanh(u) ** 2)
print(f"LSUV: chi = {chi:.3f}; over 49 layers ds grows sqrt(chi^49) = {chi**24.5:.0f} times")
loss = tn.SoftmaxCrossEntropy()
for seed in (0, 1):
    x, labels = tn.Shapeset([seed, 1]).draw(600)
    net = tn.mlp([1024, *[100] * 5, 9], init="standard", rng=seed, dtype=np.float32)
    factors = later.gradinit(net, loss, x, labels, lr=0.1)
    tn.train(net, loss, tn.SGD(net, 0.03), tn.Shapeset(seed), 1500, progress=None)
    print(f"GradInit: factors {factors.round(2)}, error then {tn.error_rate(net, x, labels):.1%}")

small = tn.mlp([1024, 20, 20, 9], rng=0)
tn.train(small, loss, tn.SGD(small, 0.05), tn.Shapeset(0), 1000, batch=20, progress=None)
before = loss.forward(small.forward(x), labels)
small.backward(loss.backward())
longest = later.gradmax(small.layers[0].x, small.layers[2].dy, 5)
for name, V in {"GradMax": longest, "by chance": tn.orthogonal(5, 20, rng=0)}.items():
    net = tn.mlp([1024, 25, 20, 9], init=lambda n_in, n_out, rng: np.zeros((n_in, n_out)))
    for new, old in zip(net.layers[::2], small.layers[::2], strict=True):
        new.W[: old.n_in, : old.n_out], new.b[: old.n_out] = old.W, old.b
    net.layers[2].W[20:] = V / 2
    more = loss.forward(net.forward(x), labels) - before
    net.backward(loss.backward())
    length = np.linalg.norm(net.layers[0].dW[:, 20:])
    tn.train(net, loss, tn.SGD(net, 0.05), tn.Shapeset(2), 300, batch=20, progress=None)
    then = loss.forward(net.forward(x), labels)
    print(f"{name}: cost {more:+.0e}, gradient {length:.3f}; 300 updates later cost {then:.3f}")

# %% [markdown]
# LSUV is beyond the edge of tanh. GradInit finds in neither network the sqrt(3) that makes square
# layers ``normalized``, and only one leaves the chance level, 83 %. With GradMax the gradient is
# longer and the cost stays, as promised; that it then falls faster does not show here.
#
# Which of them learn?
# --------------------
#
# Fifty layers of 100 on MNIST, 500 updates of 50 images at two rates: kept results, one seed.

# %%
kept = studies.Result.kept("fifty_layers")
starts, rates, errors = *(kept.settings[of] for of in ("starts", "rates")), 100 * kept["error"]
print(f"{kept.settings['command']}: rms z on top, ds first/last, error (%) at the rates {rates}")
for name, z, ds, error in zip(starts, kept["z"], kept["ds"], errors, strict=True):
    print(f"{name:15} {z[-1]:8.2g} {ds[0] / ds[-1]:8.2g}  {error.round(1)}")
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.4), sharey=True, layout="constrained")
for ax, lr, error in zip(panels, rates, errors.T, strict=True):
    for k, kind in enumerate(("Gaussian", "orthogonal")):
        rows = [n for n in starts if kind in n]
        sigmas, found = [float(n.split()[1]) for n in rows], [error[starts.index(n)] for n in rows]
        ax.plot(sigmas, found, "os"[k] + "-", color=plots.COLOURS[k], label=kind)
    ax.set(xlabel="sigma", ylabel="test error (%)", title=f"rate {lr:g}")
panels[0].legend()
plots.show("08_the_edge_of_chaos_learning")
try:
    live = studies.fifty_layers(starts=["Gaussian 1", "orthogonal 1"], rates=[0.05], updates=250)
    print("250 updates, rate 0.05: error (%) of the two", 100 * live["error"][:, 0])
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')

# %% [markdown]
# The edge shows from both sides: hardly anything is learnt at 0.8, or from 2 on. On it and a little
# beyond, orthogonal weights learn more than Gaussian ones, at either rate. LSUV, with ds 56 times
# as large below as on top, learns less. GradInit helps weights of 0.9, and spoils those of 1.
#
# In three sentences
# ------------------
#
# Random weights let all fade or tear apart what is alike; on the edge between, signal and gradient
# get through fifty layers. Orthogonal weights keep every direction there, not only the mean, and
# learn best. A std of 1 in each layer is beyond tanh's edge; GradInit does not find it.
#
# Exercises
# ---------
#
# ``python -m tinynet exercise L8`` checks your answers (add ``--hint``, or ``--solution``).
#
# 2. At which sigma is the edge for rectifiers, f(s) = max(s, 0)? (Within 1 %.)
# 3. Which sigma^2 keeps q = 1 from layer to layer for tanh? (Within 1 %.)
# 4. Write LSUV for two layers with tanh between, without the orthogonal weights.
# 5. Gaussian and orthogonal weights have the same chi. Why do they differ? In two sentences.


# %%
def scaled(x, W1, W2):
    """Return W1 (n, h) and W2 (h, k), for x (m, n): every s gets the std 1."""
    raise NotImplementedError


answer_2 = None
answer_3 = None
answer_5 = None

check("L8.2", answer_2)
check("L8.3", answer_3)
check("L8.4", scaled)
check("L8.5", answer_5)

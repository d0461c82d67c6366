# %% [markdown]
"""
Standard against normalized: your turn
======================================

You know the two initializations, and the law behind each. Now you change the settings: activation,
width, depth, weights. Predict first, then look. The predictions that fail teach the most.
"""
# %% [markdown]
# Two tables to compare with
# -------------------------
#
# One function sends 100 images forward and back once through a new network. The other prints a line
# for each hidden layer. Nothing has been learnt yet.
#
# - std z: of the activations. Beside it what eq 5 says, where f(0) = 0 and f'(0) = 1.
# - std ds: of the gradient of one image's cost at s; that of the mean cost is a hundredth of it.
# - std dW: of the gradient of the mean cost at W.
# - mean s.v.: the mean singular value of the layer Jacobian, at 3 images.
# - saturated: the share of the units whose slope f'(s) is at most what the title says (relu: 0).

# %%
import numpy as np

import tinynet as tn
from tinynet.exercises import check

x, labels = tn.Shapeset(rng=0).draw(100)


def passed(activation, init, width, depth):
    net = tn.mlp([1024] + [width] * depth + [9], activation=activation, init=init, rng=0)
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    return net


def look(activation="tanh", init="standard", width=300, depth=5):
    net = passed(activation, init, width, depth)
    f, eq_5 = net.layers[1], np.sqrt((x**2).mean())
    name = f"{activation}, {getattr(init, '__name__', init)}, width {width}, depth {depth}"
    print(f"\n{name} (saturated: slope <= {f.saturated_at})")
    print("layer   std z  eq 5     std ds   std dW   mean s.v.  saturated")
    for i in range(depth):
        linear, bend = net.layers[2 * i : 2 * i + 2]
        eq_5 *= np.sqrt(linear.n_in * linear.W.var())
        theory = f"{eq_5:.4f}" if f.f(0.0) == 0 and f.slope(np.zeros(1)) == 1 else "-"
        stretch = tn.singular_values(net, i, x[:3]).mean()
        saturated = (f.slope(bend.x) <= f.saturated_at).mean()
        print(f"{i + 1:>5}  {bend.y.std():.4f}  {theory:<7}  {100 * linear.dy.std():.1e}", end="  ")
        print(f"{linear.dW.std():.1e}  {stretch:.3f}      {saturated:.1%}")
    return net


look("tanh", "standard")
net = look("tanh", "normalized")
of_W = np.linalg.svd(net.layers[0].W, compute_uv=False).mean()
print(f"normalized, layer 1: mean s.v. of W alone {of_W:.3f}")

# %% [markdown]
# Compare what follows with these two. Under ``standard`` z and ds shrink by about sqrt(1/3) a
# layer, one upward, the other downward, and dW, which multiplies the two, is the same everywhere.
# Almost nothing is saturated: saturation is not what makes them shrink.
#
# Why has layer 1 the largest mean singular value? It is not square: it loses 724 of 1024
# directions, and has 300 singular values for the others. Under ``normalized`` their mean is 1.195
# for W alone, and not 8/(3 pi) as in a square layer; the slopes bring it down to 0.901.
#
# Prediction 1: depth 10
# ----------------------
#
# Take ``standard`` and ten layers. How large is z at the top, and ds at the bottom? And dW in the
# first layer and in the last? Write down four numbers, then look:

# %%
look("tanh", "standard", depth=10)

# %% [markdown]
# z ends at 0.0020, and of a ds of 3.1e-02 only 1.9e-04 arrives. Did you get dW? It is again the
# same in all layers, but in all of them about 15 times smaller than with five. That is eq 14, and
# its trap: gradients that are all equal look healthy, and can all be too small.
#
# Prediction 2: softsign
# ----------------------
#
# Softsign is s/(1 + abs(s)). Its slope at 0 is 1, like that of tanh, and eqs 5 to 16 see no
# difference. Will z be larger or smaller than with tanh? Does ds lose more on its way down?

# %%
for init in ("standard", "normalized"):
    look("softsign", init)

# %% [markdown]
# z is smaller, and ds loses more. Near 0 the slope of tanh is flat, 1 - s^2; that of softsign has a
# peak, 1 - 2 abs(s), and falls off at once. Under ``normalized`` ds falls from 6.3e-02 to 1.7e-02;
# with tanh it was from 7.0e-02 to 4.0e-02. And yet in the paper's Table 1 softsign learns well from
# both initializations. How a network starts is not all there is to say about how it learns.
#
# Prediction 3: sigmoid
# ---------------------
#
# A sigmoid is 1/2 at 0, and its slope there is 1/4. Which columns does the 1/4 change, and by how
# much a layer? What does the 1/2 do to z? And why will the column of eq 5 be empty?

# %%
net = look("sigmoid", "standard")
for i, sigmoid in enumerate(net.layers[1::2]):
    mean, std = sigmoid.y.mean(), sigmoid.y.std(axis=0).mean()
    print(f"layer {i + 1}: mean of z {mean:.3f}, std of a unit over the images {std:.1e}")

# %% [markdown]
# Eq 5 wants f(0) = 0 and f'(0) = 1, and has neither. The singular values are those of tanh times
# 1/4, nearly, and ds loses a factor of 7 a layer: 4 sqrt(3). But std z looks fine, 0.07 or 0.08
# everywhere. It deceives. Each unit adds up inputs that are all near 1/2, so each has a constant of
# its own, and std z measures how these differ. How far one unit tells the images apart, the last
# lines say: from 7.5e-02 it falls to 3.1e-05, by 7 a layer again. And nothing of it is saturation.
#
# The rectifier
# -------------
#
# ReLU passes about half of what comes and stops the rest, so half of the variance is lost in each
# layer. He et al. double Var W for it: 2/n_in. Who keeps ds over ten layers?

# %%
for init in ("normalized", "he"):
    look("relu", init, depth=10)

# %% [markdown]
# Under ``he`` ds stays between 5.9e-02 and 6.7e-02; under ``normalized`` it loses a factor of
# sqrt(2) a layer. And yet the mean singular value is only 0.6 to 0.7 under ``he``: exercise 4.
#
# And in training? tanh ``standard`` stays at the chance level for a long time, tanh ``normalized``
# learns at once: lessons 12 and 14. For any activation one line looks at the start, trains both for
# a minute or two, and draws what it finds: ``python -m tinynet compare --activation softsign``.
# (On the page of ``python -m tinynet live``, find for softsign the scale that keeps ds over ten
# layers; and see what a sigmoid does to the singular values.)
#
# In three sentences
# ------------------
#
# What a new network does to z and ds follows from n Var W and from the slope f' alone, so both can
# be predicted before a line is run. Equal dW in all layers, or a std of z that looks fine, prove
# nothing: look at ds, and at how far one unit tells the images apart. A gradient that arrives is
# what learning begins with, but it is not all there is to learning.
#
# Exercises
# ---------
#
# First change what you like above: predict, and look. ``python -m tinynet exercise 10`` checks your
# answers (add ``--hint``, ``--solution``). It runs the last cell alone: copy into it what you need
# of the first one.
#
# 1. tanh, ``standard``, width 300, depth 20: how many times larger is std ds in hidden layer 20
#    than in hidden layer 1? Predict it from n Var W = 1/3, then look. (Within 5 %.)
# 2. Weights can be a function, such as ``scaled(1.5)``. Write ``kept``: std ds in hidden layer 1,
#    divided by that in layer 10, the last one, of a new softsign network: width 300, ``rng=0``.
# 3. Which g makes it 1, at the 100 images of this lesson? Search by hand with your function.
#    (Within 3 %. Is std z then the same in both layers, too?)
# 4. Under ``he`` the mean singular value is far below 1, and yet ds is kept over ten layers. Say
#    in two sentences why that is no contradiction.


# %%
def scaled(g):
    def init(n_in, n_out, rng):
        return g * tn.normalized(n_in, n_out, rng)

    return init


def kept(g, x, labels):
    """Return std ds of hidden layer 1 / that of hidden layer 10; x is (m, 1024), labels (m,)."""
    raise NotImplementedError


# print(kept(1.5, *tn.Shapeset(rng=0).draw(100)))
answer_1 = None
answer_3 = None
answer_4 = None
check("10.1", answer_1)
check("10.2", kept)
check("10.3", answer_3)
check("10.4", answer_4)

# %% [markdown]
"""
A deep network
==============

A deep network is a list of layers, each taking what the one before it gives. Forward is a loop
over the list, backward the same loop from the other end. This lesson follows one example through
both, and computes every array again by hand, each with one line of NumPy.
"""
# %% [markdown]
# Forward, array by array
# -----------------------
#
# Four inputs, two hidden layers of 5 and 4 tanh units, 3 outputs, and a batch of one example. Each
# layer keeps what came in as ``x`` and what went out as ``y``. By hand we use the paper's names: z0
# is the input, s0 the first pre-activations, z1 their tanh, and so on. ``same`` prints an array of
# the network, and stops the lesson if ours is another.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots
from tinynet.exercises import check


def same(name, array, by_hand):
    np.testing.assert_allclose(array, by_hand, rtol=1e-12, atol=1e-15)
    print(f"{name:<28}{array.ravel().round(3)}")


net = tn.mlp([4, 5, 4, 3], activation="tanh", init="normalized", rng=0)
first, tanh1, second, tanh2, last = net.layers
loss = tn.SoftmaxCrossEntropy()
x = np.array([[1.0, -0.5, 0.3, 0.8]])
label = np.array([2])

cost = loss.forward(net.forward(x), label)

z0 = x
s0 = z0 @ first.W + first.b
z1 = np.tanh(s0)
s1 = z1 @ second.W + second.b
z2 = np.tanh(s1)
s2 = z2 @ last.W + last.b
p = np.exp(s2) / np.exp(s2).sum()
same("s0  first.y = tanh1.x", first.y, s0)
same("z1  tanh1.y = second.x", tanh1.y, z1)
same("s1  second.y = tanh2.x", second.y, s1)
same("z2  tanh2.y = last.x", tanh2.y, z2)
same("s2  last.y = loss.output", last.y, s2)
same("p   loss.p", loss.p, p)
print(f"cost {cost:.4f}, by hand {-np.log(p[0, 2]):.4f}")
print("first.y is tanh1.x:", first.y is tanh1.x)

# %% [markdown]
# ``is``, not only equal: layers hand one and the same array on, so s0 has two names there. The
# softmax makes probabilities p of the outputs, and the cost is -log of the right class's.
#
# Backward: the chain rule is a loop
# ----------------------------------
#
# At the top, with the label c::
#
#     cost = -log p[c] = log(sum over k of exp(s2[k])) - s2[c]
#
# The derivative of the first term by s2[k] is exp(s2[k]) / sum = p[k], that of the second is 1
# for k = c and 0 otherwise. So ds2 = p - one_hot, what the network says minus what is true (over
# the batch size, here 1). From there each layer turns the gradient of its y into that of its x and
# hands it down. It knows nothing of its neighbours: ``net.backward`` is the loop below.

# %%
gradient = loss.backward()
for layer in reversed(net.layers):
    gradient = layer.backward(gradient)

ds2 = p - np.eye(3)[label]
dz2 = ds2 @ last.W.T
ds1 = dz2 * (1 - z2**2)
dz1 = ds1 @ second.W.T
ds0 = dz1 * (1 - z1**2)
dz0 = ds0 @ first.W.T
same("ds2  loss.doutput = last.dy", last.dy, ds2)
same("dz2  last.dx = tanh2.dy", last.dx, dz2)
same("ds1  tanh2.dx = second.dy", second.dy, ds1)
same("dz1  second.dx = tanh1.dy", second.dx, dz1)
same("ds0  tanh1.dx = first.dy", first.dy, ds0)
same("dz0  first.dx", first.dx, dz0)

# %% [markdown]
# Equations 2 and 3 of the paper
# ------------------------------
#
# Equation 2 takes a gradient from the pre-activations of one layer to those of the layer below,
# equation 3 from there to the weights. For unit k of the first layer, W[k] the weights out of it::
#
#     eq 2:  ds0[k] = f'(s0[k]) * (W[k] @ ds1)
#     eq 3:  dW[l, k] = z0[l] * ds0[k]
#
# Equation 2 is two steps of the loop in one: the product is in ``second.backward``, the slope in
# ``tanh1.backward``. Equation 3 is the outer product of lesson 2.

# %%
print(f"eq 2, unit 3: {(1 - np.tanh(s0[0, 3]) ** 2) * (second.W[3] @ ds1[0]):.3f}")
for z, ds, linear in ((z0, ds0, first), (z1, ds1, second), (z2, ds2, last)):
    print("dW by eq 3:", np.allclose(linear.dW, np.outer(z, ds)), linear.dW.shape)

# %% [markdown]
# All of it in one picture
# ------------------------
#
# Read the left side down and the right side up: every number on the left has its gradient on the
# right. From a dz up to the ds above it each gradient is multiplied by the slope 1 - z^2, which is
# never more than 1. Which hidden unit lets the smallest share through? Unit 3 of the first
# layer: its z1 is -0.87, the slope 0.25, and of the gradient -0.36 only -0.09 is left.

# %%
print(f"slope of unit 3: {1 - z1[0, 3] ** 2:.2f}")
fig, axes = plt.subplots(1, 2, figsize=(10, 5), layout="constrained")
values, gradients = (z0, s0, z1, s1, z2, s2), (dz0, ds0, dz1, ds1, dz2, ds2)
for ax, arrays, d in zip(axes, (values, gradients), ("", "d"), strict=True):
    table = np.ma.masked_all((6, 5))
    for row, array in enumerate(arrays):
        table[row, : array.size] = array[0]
    plots.matrix(table, decimals=2, ax=ax)
    ax.set_yticks(range(6), [d + name for name in ("z0", "s0", "z1", "s1", "z2", "s2")])
    ax.set_xlabel("unit")
axes[0].set(title="forward", ylabel="z: activation, s: pre-activation")
axes[1].set(title="backward", ylabel="gradient with respect to z or s")
plots.show("03_a_deep_network_all_arrays")

# %% [markdown]
# Checking it
# -----------
#
# ``tn.gradient_check`` compares every array of a backward pass with centred differences. In place
# of a loss it sends a random gradient into the output, so that no output is left out. Its columns:
#
# - checked: how many entries were moved, one at a time. An array of more than 400 entries is moved
#   in one random direction, as in lesson 2.
# - kinks: entries left out because the slope jumps there, as that of ReLU at 0. Tanh has none.
# - error: the largest difference, as a share of the largest entry.
# - bound: how far off a right gradient can be, by rounding and by the size of the step. An error
#   above its bound is a mistake.

# %%
batch = np.random.default_rng(1).normal(size=(6, 4))
tn.gradient_check(net, batch, show=True)

# %% [markdown]
# One step down
# -------------
#
# A step of SGD is W <- W - lr dW for all parameters. By how much should the cost fall? Every
# parameter moves by -lr times its gradient, and moves the cost by its gradient times that: together
# lr times the sum of all squared gradients. A little less, because the slope changes on the way.

# %%
squares = sum((linear.dW**2).sum() + (linear.db**2).sum() for linear in (first, second, last))
tn.SGD(net, lr=0.01).step()
after = loss.forward(net.forward(x), label)
print(f"cost {cost:.4f} -> {after:.4f}: fell by {cost - after:.4f}, expected {0.01 * squares:.4f}")

# %% [markdown]
# Exercises
# ---------
#
# Predict or derive first. Then put your answer where the None is, and check it with
# ``python lessons/03_a_deep_network.py``.
#
# 1. Let all weights and biases be 0. Of the six arrays dW and db, how many are not all zeros?
# 2. Without the two tanh, the three Linear layers do what a single one can do. Write its W as an
#    expression of first.W, second.W and last.W.
# 3. Someone forgets the square in the slope of ``tanh1``, and writes 1 - tanh(s). In how many of
#    the 11 rows of the table above is the error then large?

# %%
answer_1 = None
answer_2 = None
answer_3 = None

zeros = tn.mlp([4, 5, 4, 3], init=lambda n_in, n_out, rng: np.zeros((n_in, n_out)))
loss.forward(zeros.forward(x), label)
zeros.backward(loss.backward())
linears = zeros.layers[::2]
check("3.1", answer_1, sum(d.any() for linear in linears for d in (linear.dW, linear.db)))
flat = tn.Network([first, second, last])
check("3.2", answer_2, tn.jacobian(flat, None, x)[0].T)
tanh1.slope = lambda s: 1 - np.tanh(s)
check("3.3", answer_3, sum(row.error > row.bound for row in tn.gradient_check(net, batch)))

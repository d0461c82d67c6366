# %% [markdown]
"""
A deep network
==============

A deep network is a list of layers, each taking what the one before it gives. Forward is a loop
over the list, backward the same loop from the other end. This lesson follows one example through
both, and computes every array again by hand, each with one line of NumPy.
"""
# %% [markdown]
# The network, and its names
# --------------------------
#
# Four inputs, 3 outputs and between them two *hidden* layers, of 5 and 4 tanh units, with random
# weights (what "normalized" is, lesson 7 tells). In the paper's names z0 is the input, s0 the first
# pre-activations, z1 their tanh, and so on. Below them are tinynet's: ``x`` is what came into a
# layer, ``y`` what went out. Up means towards the cost, here to the right.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots
from tinynet.exercises import check

net = tn.mlp([4, 5, 4, 3], activation="tanh", init="normalized", rng=0)
first, tanh1, second, tanh2, last = net.layers
plots.network([4, 5, 4, 3])
plots.show("03_a_deep_network_names")

# %% [markdown]
# The way forward
# ---------------
#
# The batch is one example. ``same`` stops the lesson if our array, by hand, is not the network's.


# %%
def same(name, array, by_hand):
    np.testing.assert_allclose(array, by_hand, rtol=1e-12, atol=1e-15)
    print(f"{name:<28}{array.ravel().round(3)}")


z0 = np.array([[1.0, -0.5, 0.3, 0.8]])
net.forward(z0)
s0 = z0 @ first.W + first.b
z1 = np.tanh(s0)
s1 = z1 @ second.W + second.b
z2 = np.tanh(s1)
s2 = z2 @ last.W + last.b
same("s0  first.y = tanh1.x", first.y, s0)
same("z1  tanh1.y = second.x", tanh1.y, z1)
same("s1  second.y = tanh2.x", second.y, s1)
same("z2  tanh2.y = last.x", tanh2.y, z2)
same("s2  last.y", last.y, s2)

# %% [markdown]
# From three numbers to a cost
# ----------------------------
#
# The network is to name one of three classes. Its outputs s2, the logits, can be any numbers; the
# softmax makes probabilities of them, positive and with the sum 1. The cost is small if the right
# class, c, gets a large one::
#
#     p[k] = exp(s2[k]) / (exp(s2[0]) + exp(s2[1]) + exp(s2[2]))
#     cost = -log p[c]
#
# It is 0 for p[c] = 1, and grows without end as p[c] goes to 0: the *cross-entropy*. Let c be 2:

# %%
loss = tn.SoftmaxCrossEntropy()
label = np.array([2])
cost = loss.forward(last.y, label)
p = np.exp(s2) / np.exp(s2).sum()
same("p   loss.p", loss.p, p)
print(f"cost {cost:.4f} = -log {p[0, 2]:.4f}")

# %% [markdown]
# Backward: the chain rule is a loop
# ----------------------------------
#
# The logarithm of the fraction is a difference: cost = log(sum over k of exp(s2[k])) - s2[c]. The
# derivative of the first term by s2[k] is exp(s2[k]) / sum = p[k], that of the second is 1 for
# k = c and 0 otherwise: call it one_hot. So ds2 = p - one_hot, what the network says minus what is
# true (in a batch, divided by m). From there down: lesson 2's dW and dx, lesson 1's slope, again::
#
#     dW2 = z2.T @ ds2,   dz2 = ds2 @ W2.T,   ds1 = dz2 (1 - z2^2),   dW1 = ...
#
# Now write it, for any number of layers. You are given the gradient at the output, the last s.


# %%
def backward(x, W, b, ds):
    """Return the list of dW, lowest layer first; ds (m, n) is the gradient at the last s.

    x is (m, n), W (layers, n, n), b (layers, n). Layer i gives s = z @ W[i] + b[i], and tanh(s)
    is the z of the next one; the first z is x. Go forward first, and keep every z.
    """
    raise NotImplementedError


check("3.1", backward)

# %% [markdown]
# In tinynet ``net.backward`` is such a loop. Here it is, and all its arrays by hand:

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
# The paper has two equations for this. Equation 2 takes a gradient from one s down to the s below,
# equation 3, an outer product, from there to the weights. For unit k of the first hidden layer::
#
#     eq 2:  ds0[k] = f'(s0[k]) * (W1[k] @ ds1)      W1 lies above s0: second.W
#     eq 3:  dW0[l, k] = z0[l] * ds0[k]              W0 lies below it: first.W

# %%
print(f"eq 2, unit 3: {1 - z1[0, 3] ** 2:.2f} * {second.W[3] @ ds1[0]:.3f} = {ds0[0, 3]:.3f}")
for z, ds, linear in ((z0, ds0, first), (z1, ds1, second), (z2, ds2, last)):
    print("dW by eq 3:", np.allclose(linear.dW, np.outer(z, ds)), linear.dW.shape)

# %% [markdown]
# All of it in one picture
# ------------------------
#
# Every number on the left has its gradient on the right. Red is above 0, blue below, each side on a
# scale of its own; the cost would be at the top. From dz1 down to ds0, and from dz2 to ds1, a
# gradient is multiplied by the slope 1 - z^2, which is never more than 1. Find the hidden unit that
# lets the smallest share through.

# %%
fig, axes = plt.subplots(1, 2, figsize=(plots.WIDE, 4.5), layout="constrained")
sides = (z0, s0, z1, s1, z2, s2), (dz0, ds0, dz1, ds1, dz2, ds2)
for ax, arrays, d in zip(axes, sides, ("", "d"), strict=True):
    table = np.ma.masked_all((6, 5))
    for row, array in enumerate(arrays):
        table[row, : array.size] = array[0]
    plots.matrix(table, decimals=2, ax=ax)
    ax.set_yticks(range(6), [d + name for name in ("z0", "s0", "z1", "s1", "z2", "s2")])
    ax.invert_yaxis()
axes[0].set(title="forward: read up", ylabel="z: activation, s: pre-activation", xlabel="unit")
axes[1].set(title="backward: read down", ylabel="gradient at z or s", xlabel="unit")
plots.show("03_a_deep_network_all_arrays")

# %% [markdown]
# Unit 3 of the first hidden layer: its z1 is -0.87, the slope 0.25, and of -0.36 only -0.09 is
# left. On the page of ``python -m tinynet picture`` this is step 7.
#
# Checking it
# -----------
#
# ``tn.gradient_check`` compares every array of a backward pass with centred differences. It needs
# no loss: its cost is the sum of all outputs, each times a random number. Kinks are entries left
# out because a slope jumps there, as that of max(s, 0) does at 0. The error is the largest
# difference, as a share of the largest entry. An error above its bound is more than rounding and
# the size of h explain: a mistake.
#
# Another check is a step of SGD, stochastic gradient descent. It moves each parameter by -lr times
# its gradient, and the cost by the gradient times that. So the cost should fall by lr times the sum
# of all squared gradients; a little less, as slopes change on the way.

# %%
batch = np.random.default_rng(1).normal(size=(6, 4))
tn.gradient_check(net, batch, show=True)
squares = sum((linear.dW**2).sum() + (linear.db**2).sum() for linear in (first, second, last))
tn.SGD(net, lr=0.01).step()
after = loss.forward(net.forward(z0), label)
print(f"cost {cost:.4f} -> {after:.4f}: fell by {cost - after:.4f}, expected {0.01 * squares:.4f}")

# %% [markdown]
# In three sentences
# ------------------
#
# Forward each layer keeps what it is given, because the way back needs it. Backward one gradient
# goes down the list: a Linear layer multiplies it by W.T, a tanh by its slopes. At each Linear
# layer dW is what came in from below times the gradient from above.
#
# Exercises
# ---------
#
# Check your answers with ``python -m tinynet exercise 3`` (``--hint``, ``--solution``). More of
# this, with points: ``python -m tinynet assignment release 4 mine``.
#
# 2. All weights and biases are 0. How many of the six dW and db are not all zeros? (Within 1 %: for
#    a count, exact. Can such a network learn?)
# 3. Someone forgets the square in the slope of ``tanh1``, and writes 1 - tanh(s). In how many of
#    the 11 rows of the table above is the error then large? (Within 1 %.)
# 4. Without the two tanh, the three Linear layers do what a single one can do. Say in two sentences
#    why, and what its W and b are.

# %%
answer_2 = None
answer_3 = None
answer_4 = None

check("3.2", answer_2)
check("3.3", answer_3)
check("3.4", answer_4)

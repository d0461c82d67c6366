# %% [markdown]
"""
A layer of neurons
==================

A layer is some neurons side by side that all look at the same inputs. Forward it is one matrix
product, backward two. This lesson takes a layer small enough to count on fingers, and asks of the
formulas: why is one factor transposed, and why is there a sum over the examples but no mean?
"""
# %% [markdown]
# Shapes
# ------
#
# A neuron has a weight for each input: a column of W. Two neurons are two columns, and four
# examples are four rows of x::
#
#     x   (examples, inputs)      one example a row
#     W   (inputs, neurons)       one neuron a column
#     b   (neurons,)
#     y   (examples, neurons)     y = x @ W + b
#
# Many books write y = W x, with an example as a column. Here it is a row, so W comes second. The
# sizes 4, 3 and 2 differ on purpose: a factor transposed by mistake then stops the program, where
# square arrays would give wrong numbers in silence.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots
from tinynet.exercises import check

x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0], [2.0, -1.0, 0.0], [-1.0, 1.0, 1.0]])
targets = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
layer = tn.Linear(3, 2)
layer.W[:] = [[0.5, -1.0], [1.0, 0.0], [-0.5, 0.5]]
layer.b[:] = [0.1, -0.2]
loss = tn.Quadratic()

y = layer.forward(x)
print("x", x.shape, " W", layer.W.shape, " b", layer.b.shape, " y", y.shape)
print("y =\n", y)

# %% [markdown]
# Row e of y comes from row e of x and from no other. Examples meet only in the cost.
#
# Where the mean is taken
# -----------------------
#
# The cost is the mean over the batch, here of half of the squared differences. With m examples::
#
#     cost = 1/(2m) sum over e and k of (y[e, k] - targets[e, k])^2
#     dy   = (y - targets)/m
#
# So dy carries the 1/m. All that is made of dy carries it too, and no layer divides again. Guess
# before you read on: every example is put into the batch twice. Do the gradients double?


# %%
def one_pass(x, targets):
    """Forward and backward; the cost, and copies of dy and dW."""
    cost = loss.forward(layer.forward(x), targets)
    layer.backward(loss.backward())
    return cost, layer.dy.copy(), layer.dW.copy()


dy_alone = one_pass(x[:1], targets[:1])[1]
cost_twice, dy_twice, dW_twice = one_pass(np.repeat(x, 2, axis=0), np.repeat(targets, 2, axis=0))
cost, dy, dW = one_pass(x, targets)
print(f"cost: once {cost:.4f}, twice {cost_twice:.4f}")
print("dW once and twice the same:", np.allclose(dW, dW_twice))
print("dy of example 0: once", dy[0], " twice", dy_twice[0], " in a batch of 1", dy_alone[0])

# %% [markdown]
# They do not: there are twice as many rows of dy, each half as large. The price is that a row of
# dy is only a share of the batch's gradient. The gradient of one example's own cost is the batch
# size times its row: 4 times -0.35 is the -1.4 that example 0 has in a batch of 1.
#
# Why x is transposed
# -------------------
#
# Look at a single weight, from input l to neuron k. Each example uses it once, and in y[e, k] it
# stands beside x[e, l]::
#
#     y[e, k] = x[e, 0] W[0, k] + x[e, 1] W[1, k] + x[e, 2] W[2, k] + b[k]
#
# The chain rule adds up all the ways in which the weight reaches the cost, one an example::
#
#     dW[l, k] = sum over e of x[e, l] dy[e, k]
#
# For one e, the products x[e, l] dy[e, k] are a table of inputs by neurons, an outer product, and
# dW is a sum of outer products. A matrix product sums over the index in the middle. Here that is
# the example, so x is turned: (3, 4) @ (4, 2).

# %%
outers = np.array([np.outer(x[e], dy[e]) for e in range(4)])
print("x.T @ dy =\n", x.T @ dy)
print("as a loop:     ", np.allclose(sum(outers), x.T @ dy))
print("as einsum:     ", np.allclose(np.einsum("el,ek->lk", x, dy), x.T @ dy))
print("the layer's dW:", np.allclose(dW, x.T @ dy))

# %% [markdown]
# Above the product, below the sum. The last input of example 2 is 0, and so is the last row of its
# outer product: a weight learns nothing from an example whose input to it is 0.

# %%
fig, axes = plt.subplots(2, 4, figsize=(10, 5), layout="constrained")
axes[0, 3].remove()
for ax, array in zip(axes[0], (x.T, dy, dW), strict=False):
    plots.matrix(array, decimals=3, ax=ax)
axes[0, 0].set(title="x.T", ylabel="input l", xlabel="example e")
axes[0, 1].set(title="dy", ylabel="example e", xlabel="neuron k")
axes[0, 2].set(title="dW = x.T @ dy", ylabel="input l", xlabel="neuron k")
for e, ax in enumerate(axes[1]):
    plots.matrix(outers[e], reach=np.abs(outers).max(), decimals=3, ax=ax)
    ax.set(title=f"x[{e}] outer dy[{e}]", ylabel="input l", xlabel="neuron k")
plots.show("02_a_layer_outer_products")

# %% [markdown]
# b[k] is added to every example's y[e, k], like the weight of an input that is always 1. And
# x[e, l] reaches the cost through every neuron of its own row, by the weight to it::
#
#     db[k]    = sum over e of dy[e, k]            db = dy.sum(axis=0)
#     dx[e, l] = sum over k of dy[e, k] W[l, k]    dx = dy @ W.T
#
# A sum for db, no mean: that stands in dy already. In dx the neurons are in the middle.
#
# What does a second call of ``backward`` do? In PyTorch it adds to the gradients that are there.
# Here it writes over them, in the same memory: to keep a dW for later, keep a copy.

# %%
db, dx = dy.sum(axis=0), dy @ layer.W.T
print("db:", np.allclose(layer.db, db), "  dx:", np.allclose(layer.dx, dx))
layer.backward(dy)
print("dW after a second call:", np.allclose(layer.dW, dW))

# %% [markdown]
# All gradients at once
# ---------------------
#
# Lesson 1 moved one number at a time. Our 6 weights, 2 biases and 12 inputs would take 40 forward
# calls, and a million weights two million. Two calls are enough: move everything at once in one
# random direction, V for W, v for b, U for x. The chain rule says how fast the cost changes::
#
#     slope = sum of V * dW + sum of v * db + sum of U * dx

# %%
rng = np.random.default_rng(0)
V, v, U = rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 3))
h = 1e-6
above = loss.forward((x + h * U) @ (layer.W + h * V) + (layer.b + h * v), targets)
below = loss.forward((x - h * U) @ (layer.W - h * V) + (layer.b - h * v), targets)
by_W, by_b, by_x = (V * dW).sum(), (v * db).sum(), (U * dx).sum()
print(f"measured          {(above - below) / (2 * h):.8f}")
print(f"by the chain rule {by_W + by_b + by_x:.8f}")
print(f"with a mean in db {by_W + by_b / 4 + by_x:.8f}")

# %% [markdown]
# A mistake in any of the 20 numbers shows, unless it lies at a right angle to the direction: for a
# random one that is all but impossible. ``tn.gradient_check`` does this for large arrays.
#
# Exercises
# ---------
#
# Predict or derive first. Then put your answer where the None is, and check it with
# ``python lessons/02_a_layer.py``.
#
# 1. Example 0 is put into the batch five times, the others once: a batch of 8. By what factor
#    does the part of dW that comes from example 0 grow?
# 2. Give each neuron a gain, which is 1 for now: y = (x @ W) * g + b. Derive dg, and write it as
#    an expression of x, dy and layer.W.
# 3. The three entries of a column of one example's dW can show 8 patterns of signs. How many, if
#    all inputs are positive, like the outputs of a sigmoid?

# %%
answer_1 = None
answer_2 = None
answer_3 = None

five = [0, 0, 0, 0, 0, 1, 2, 3]
dy_five = one_pass(x[five], targets[five])[1]
check("2.1", answer_1, dy_five[:5, 0].sum() / dy[0, 0])
check("2.2", answer_2, (layer.W * dW).sum(axis=0))
columns = rng.uniform(0.1, 1, size=(1000, 3)) * rng.normal(size=(1000, 1))
check("2.3", answer_3, len(np.unique(np.sign(columns), axis=0)))

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
# examples are four rows of x. There is no tanh here: y is what lesson 1 called s::
#
#     x   (examples, inputs)      one example a row
#     W   (inputs, neurons)       one neuron a column
#     b   (neurons,)
#     y   (examples, neurons)     y = x @ W + b
#
# Many books write y = W x, with an example as a column. Here it is a row, so W comes second. The
# sizes 4, 3 and 2 differ on purpose: a factor transposed by mistake then stops the program.

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
# The cost is a mean over the batch, the m examples, here of half the sum of squared differences::
#
#     cost = 1/(2m) sum over e and k of (y[e, k] - targets[e, k])^2
#     dy   = (y - targets)/m
#
# So dy carries the 1/m. All that is made of dy carries it too, and no layer divides again. Guess
# before you read on: if every example is put into the batch twice, does dW double?


# %%
def one_pass(x, targets):
    """Return the cost, and copies of dy and dW: the next pass writes over the arrays themselves."""
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
# It does not: there are twice as many rows of dy, each half as large. So the gradient of one
# example's own cost is m times its row: 4 times -0.35 is the -1.4 it has in a batch of 1.
#
# The way back
# ------------
#
# Follow a single weight, from input l to neuron k. In y[e, k] it stands beside x[e, l]::
#
#     y[e, k] = x[e, 0] W[0, k] + x[e, 1] W[1, k] + x[e, 2] W[2, k] + b[k]
#
# The chain rule adds up all the ways in which a number reaches the cost. A weight reaches it once
# through each example, and so does a bias. An input reaches it once through each neuron, but only
# in its own row::
#
#     dW[l, k] = sum over e of x[e, l] dy[e, k]
#     db[k]    = sum over e of dy[e, k]
#     dx[e, l] = sum over k of dy[e, k] W[l, k]
#
# Now write it, with loops or, in one line each, without. ``check`` also tries a square W, where
# shapes say nothing.


# %%
def backward(x, W, b, dy):
    """Return dW, db, dx for y = x @ W + b; dy (m, n_out) is the gradient of the cost at y.

    x is (m, n_in), W (n_in, n_out), b (n_out,); each gradient has the shape of what it is of.
    """
    raise NotImplementedError


check("2.1", backward)

# %% [markdown]
# Why x is transposed
# -------------------
#
# A matrix product sums over the index in the middle. In dW that is the example, so x is turned:
# (3, 4) @ (4, 2). In dx it is the neuron, so W is turned: (4, 2) @ (2, 3).

# %%
db, dx = dy.sum(axis=0), dy @ layer.W.T
outers = np.array([np.outer(x[e], dy[e]) for e in range(4)])
print("the layer's dW:", np.allclose(layer.dW, x.T @ dy))
print("the layer's db:", np.allclose(layer.db, db), "  dx:", np.allclose(layer.dx, dx))
print("dW as a sum of outer products:", np.allclose(sum(outers), dW))

# %% [markdown]
# For one example the products x[e, l] dy[e, k] are a table, an *outer product*: dW is the sum of
# these. In the picture red is above 0, blue below and white 0, on one scale for all seven. The
# last input of example 2 is 0, and so is the last row of its outer product: a weight learns
# nothing from an example whose input to it is 0.

# %%
fig, axes = plt.subplots(2, 4, figsize=(plots.WIDE, 5), layout="constrained")
fig.suptitle("dW: above a matrix product, below the same as a sum of outer products")
axes[0, 3].remove()
titles = ["x.T", "dy", "dW", *(f"x[{e}] outer dy[{e}]" for e in range(4))]
signs = ["@", "=", "", "+", "+", "+", "= dW"]
panels = zip([*axes[0, :3], *axes[1]], (x.T, dy, dW, *outers), titles, signs, strict=True)
for ax, array, title, sign in panels:
    plots.matrix(array, reach=2, decimals=0 if title == "x.T" else 3, ax=ax)
    ax.set(title=title, ylabel="input l", xlabel="neuron k")
    ax.text(1.08, 0.5, sign, transform=ax.transAxes, va="center", fontsize="x-large")
axes[0, 0].set_xlabel("example e")
axes[0, 1].set_ylabel("example e")
plots.show("02_a_layer_outer_products")

# %% [markdown]
# Watch the three lines at work: ``python -m tinynet picture`` writes a page to open in a browser,
# one pass through a small network in eight steps. Step 6 is a Linear layer on the way back (its dy
# is called ds[1], its x z[1]). Take a number of dW, and find the columns whose products it sums.
#
# All gradients at once
# ---------------------
#
# Lesson 1 moved one number at a time. Our 6 weights, 2 biases and 12 inputs would take 40 forward
# passes, a million weights two million. Two are enough: move everything at once in one random
# direction, V for W, v for b, U for x. By the chain rule the slope of the cost that way is the sum
# of all numbers of V * dW, v * db and U * dx.

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
# The first two agree. The third has a mistake in it, a mean over the batch in db: 2 of the 20
# numbers are wrong, and the slope has not even the right sign. A mistake could hide only if its
# parts cancelled along this very direction. ``tn.gradient_check`` does this for large arrays.
#
# In three sentences
# ------------------
#
# Each gradient of a layer is a sum over all ways to the cost: over the examples for dW and db, over
# the neurons for dx. A matrix product sums over the index in the middle, and that decides which
# factor is transposed. The mean over the batch is taken once, in the cost, and never again.
#
# Exercises
# ---------
#
# Check your answers with ``python -m tinynet exercise 2`` (``--hint``, ``--solution``). To write a
# whole layer, with tests and points: ``python -m tinynet assignment release 2 mine``.
#
# 2. Example 0 is put into the batch five times, the others once: a batch of 8. By what factor is
#    the part of dW that comes from example 0 larger than in our batch of 4? (Within 1 %.)
# 3. Give each neuron a gain g[k]: y = (x @ W) * g. Derive dg, and write it as a function.
# 4. The three entries of a column of one example's dW can show 8 patterns of signs. How many, if
#    all inputs are positive, like the outputs of a sigmoid? (Within 1 %: for a count, exact.)
# 5. Someone's layer divides dW and db by the batch size m once more, and yet the network learns
#    as it should, with a learning rate m times as large. Say in two sentences why, and when the
#    mistake comes to light.

# %%
answer_2 = None
answer_4 = None
answer_5 = None


def gradient_of_gain(x, W, g, dy):
    """Return dg for y = (x @ W) * g; dy (m, n_out) is the gradient at y, g is (n_out,)."""
    raise NotImplementedError


check("2.2", answer_2)
check("2.3", gradient_of_gain)
check("2.4", answer_4)
check("2.5", answer_5)

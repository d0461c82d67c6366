# %% [markdown]
"""
One neuron by hand
==================

A deep network is small things put one into another. This lesson takes the smallest of them, one
neuron with two inputs, sends numbers forward through it and gradients back, and checks every
gradient in the only way that needs no trust: change a number a little, and see what the cost does.
"""
# %% [markdown]
# Forward
# -------
#
# A neuron weighs what comes in, adds a bias, and bends the sum::
#
#     s = x1 W1 + x2 W2 + b
#     y = tanh(s)
#
# ``s`` is the pre-activation, ``y`` the activation. With numbers that are easy to follow:

# %%
import numpy as np

import tinynet as tn
from tinynet.exercises import check

x = np.array([0.5, -1.0])
W = np.array([0.8, 0.2])
b = 0.1
target = 1.0

s = x @ W + b
y = np.tanh(s)
cost = (y - target) ** 2 / 2
print(f"x1 W1 = {x[0] * W[0]:.1f}, x2 W2 = {x[1] * W[1]:.1f}, b = {b}")
print(f"s = {s:.4f}, y = {y:.4f}, cost = {cost:.4f}")

# %% [markdown]
# The sum is s = 0.4 - 0.2 + 0.1 = 0.3, which tanh hardly bends: y = 0.2913. We wanted 1, the
# target, so the cost, half of the squared difference, is 0.2511.
#
# Backward
# --------
#
# Which way should each number move to make the cost smaller? The chain rule answers from the
# cost backward, one equation a line. Each gradient is called ``d`` + the name of what it belongs
# to: ``ds`` is the gradient of the cost with respect to ``s``, and has its shape::
#
#     dy = y - target          from  cost = (y - target)^2 / 2
#     ds = dy (1 - y^2)        from  y = tanh(s), whose slope is 1 - tanh(s)^2
#     dW = x ds                from  s = x1 W1 + x2 W2 + b
#     db = ds
#     dx = W ds
#
# Now write it, for any neuron: put your lines where the NotImplementedError is raised. ``check``
# calls your function with numbers of its own, and holds what comes back beside tinynet's gradients
# and beside what the cost does. The lesson goes on either way: the cell after it has the lines.


# %%
def gradients(x, W, b, target):
    """Return dW, db and dx of cost = (tanh(x @ W + b) - target)^2 / 2; x and W are (2,)."""
    raise NotImplementedError


check("1.1", gradients)

# %%
dy = y - target
ds = dy * (1 - y**2)
dW = x * ds
db = ds
dx = W * ds
print(f"dy = {dy:.4f}, ds = {ds:.4f}, db = {db:.4f}")
print(f"dW = {dW.round(4)}, dx = {dx.round(4)}")

# %% [markdown]
# ds is -0.6485: a larger s makes the cost smaller. The second weight gets a gradient of the other
# sign, 0.6485, because what it weighs is negative: dW is ds times what came in.
#
# The same numbers without the chain rule
# ---------------------------------------
#
# A gradient says how fast the cost changes as one number changes. So move that number a little to
# either side, and divide::
#
#     (cost(W1 + h) - cost(W1 - h)) / 2h
#
# That is a centred difference. Its error shrinks with h^2, until rounding is the larger error.


# %%
def cost_of(x, W, b):
    y = np.tanh(x @ W + b)
    return (y - target) ** 2 / 2


h = 1e-6
for k in range(2):
    step = np.zeros(2)
    step[k] = h
    measured = (cost_of(x, W + step, b) - cost_of(x, W - step, b)) / (2 * h)
    print(f"dW[{k}]: by the chain rule {dW[k]:.8f}, by differences {measured:.8f}")
measured = (cost_of(x, W, b + h) - cost_of(x, W, b - h)) / (2 * h)
print(f"db:    by the chain rule {db:.8f}, by differences {measured:.8f}")

# %% [markdown]
# They agree to all the digits that are printed. tinynet has this check as ``tn.gradient_check``.
#
# The same neuron in tinynet
# --------------------------
#
# A neuron is a Linear layer with one unit, and a Tanh. Examples are rows, so our one becomes an
# array of shape (1, 2), and the weights one of shape (2, 1). After the two passes every number from
# above is there as an attribute: linear.y is s, and linear.dy is ds.

# %%
linear = tn.Linear(2, 1)
tanh = tn.Tanh()
linear.W[:] = W[:, None]
linear.b[:] = b
linear.forward(x[None, :])
tanh.forward(linear.y)
loss = tn.Quadratic()
print(f"cost: {loss.forward(tanh.y, np.array([[target]])):.4f}")
linear.backward(tanh.backward(loss.backward()))
print(f"linear.y = {linear.y}, tanh.y = {tanh.y.round(4)}, linear.dy = {linear.dy.round(4)}")
print(f"linear.dW = {linear.dW.ravel().round(4)}, linear.dx = {linear.dx.round(4)}")
lr = 0.5
print(f"cost after one step: {cost_of(x, W - lr * dW, b - lr * db):.4f}")

# %% [markdown]
# Learning is one more line, W <- W - lr dW, and the same for b: a step against the gradient, as far
# as the learning rate lr says. One step with lr = 0.5 brings the cost from 0.2511 down to 0.0256.
#
# In three sentences
# ------------------
#
# A gradient says how fast the cost changes as a number changes. The chain rule finds all of them on
# one way back: each step multiplies what comes from the cost by the slope of what it goes through.
# A centred difference checks any of them without the chain rule.
#
# Exercises
# ---------
#
# Work each out on paper first. Then put your answer where the None is, and check it with
# ``python -m tinynet exercise 1``. For help add ``--hint``, and after a try ``--solution``, as in
# ``python -m tinynet exercise 1.2 --hint``. To write five activations and their slopes, with tests
# and points: ``python -m tinynet assignment release 1 mine``.
#
# 2. With the sigmoid 1/(1 + exp(-s)) for tanh, and all else the same, what is ds? (Within 1 %.)
# 3. For which target is every gradient 0, at these weights and with tanh? (Within 1 %.)
# 4. Let s be 5 in place of 0.3, and the target -1: the output is as wrong as can be. What is ds
#    divided by dy now? (Within 1 %. This is saturation. Deep networks suffer from it.)
# 5. The two inputs have the same ds, but dW has two signs. Say in two sentences why.

# %%
answer_2 = None
answer_3 = None
answer_4 = None
answer_5 = None

check("1.2", answer_2)
check("1.3", answer_3)
check("1.4", answer_4)
check("1.5", answer_5)

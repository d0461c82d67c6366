# %% [markdown]
"""
Stepping through backprop
=========================

Every array of a pass is a plain attribute, and every equation a line of its own. So a debugger
shows backprop as it happens: stop in it, look at each factor, take a line. Type along in pdb, which
comes with Python: what follows a (Pdb) is typed, the rest is its answer, and q leaves it. There are
three networks: ``net``, that of ``python -m tinynet picture``; ``loud``, with three times larger
weights; and ``theirs``, with a mistake in two of its layers, which the exercises ask for.
"""

# %%
import numpy as np

import tinynet as tn
from tinynet.exercises import check

np.set_printoptions(precision=3, suppress=True)
x, labels = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]]), np.array([0, 1])
loss = tn.SoftmaxCrossEntropy()
net = tn.mlp([3, 4, 2], rng=0)
loud = tn.mlp([3, 4, 4, 2], init=lambda *sizes: 3 * tn.normalized(*sizes), rng=2)


class Tanh(tn.Tanh):
    def slope(self, s):
        return 1 - s**2


class Linear(tn.Linear):
    def backward(self, dy):
        super().backward(dy)
        self.dx = dy @ self.W
        return self.dx


right, theirs = tn.mlp([3, 4, 4, 2], rng=0), tn.mlp([3, 4, 4, 2], rng=0)
theirs.layers[2:4] = [Linear(4, 4, init=lambda *_: right.layers[2].W), Tanh()]


def one_pass(net, loss=loss, targets=labels):
    cost = loss.forward(net.forward(x), targets)
    net.backward(loss.backward())
    return cost


@np.errstate(over="raise")
def learn(lr):
    loss, sgd, costs = tn.Quadratic(), tn.SGD(net, lr), []
    while len(costs) < 1000:
        costs.append(one_pass(net, loss, np.eye(2)))
        sgd.step()


print(f"cost {one_pass(net):.3}, loud {one_pass(loud):.3}, theirs {one_pass(theirs):.3}")
traces = [tn.trace(n, x, labels, loss) for n in (right, theirs)]  # all arrays of a pass
rows = tn.compare_traces(*traces, show=False)
print("wrong in theirs:", *(row.array for row in rows if row.verdict == "different"))

# %% [markdown]
# Stop, look, take a line
# -----------------------
#
# Start ``python -m pdb lessons/04_stepping_through_backprop.py``: it stops before the first line.
# ``b`` sets a breakpoint, by a function's name, ``tbreak`` one for a single stop, ``cl`` clears it.
# ``c`` runs on to the next, ``n`` takes a line, ``;;`` joins commands, ``p`` prints, ``u`` goes up
# to the caller, ``w`` lists all callers, two of them pdb's own. Left out below are paths, line
# numbers, and a file that stays the same::
#
#     (Pdb) tbreak one_pass
#     Breakpoint 1 at 04_stepping_through_backprop.py
#     (Pdb) c
#     Deleted breakpoint 1 at 04_stepping_through_backprop.py
#     > 04_stepping_through_backprop.py one_pass()
#     -> cost = loss.forward(net.forward(x), targets)
#     (Pdb) b tn.Linear.backward
#     Breakpoint 2 at layers.py
#     (Pdb) c
#     > layers.py backward()
#     -> dy = checks.gradient("dy", dy, self.y)
#     (Pdb) p self, dy.shape, self.x.shape
#     (Linear(4, 2, float64): W b x y, batch 2, (2, 2), (2, 4))
#     (Pdb) n;; n;; n;; n;; n
#     -> if self.dW is None:  # once: fresh memory this large would cost time in each pass
#     -> self.dW = np.empty_like(self.W)
#     -> self.db = None if self.b is None else np.empty_like(self.b)
#     -> self.dy = dy
#     -> np.matmul(self.x.T, dy, out=self.dW)
#     (Pdb) p self.x[:, 0], dy[:, 0]
#     (array([0.171, 0.579]), array([-0.387,  0.462]))
#     (Pdb) n
#     -> if self.b is not None:
#     (Pdb) p self.dW[0]
#     array([ 0.201, -0.201])
#     (Pdb) n;; n;; n
#     -> dy.sum(axis=0, out=self.db)
#     -> self.dx = dy @ self.W.T
#     -> return self.dx
#
# Three lines of ``backward`` are lesson 2's; those before them check dy and find memory. With
# ``out=`` a result is written into the array that is there: dW = x.T @ dy, db = dy.sum(axis=0).
# Make the first entry of dW by hand, of the two columns printed before it. ``shapes self`` lists
# all that a layer has, if this line is in a file ``.pdbrc`` in your folder when you start::
#
#     alias shapes for _n, _v in vars(%1).items(): print(f"{_n:5}", getattr(_v, "shape", _v))
#
# The first saturated layer
# -------------------------
#
# A unit is saturated where its slope is small, as in exercise 4 of lesson 1: ``saturated_at`` says
# how small, for a tanh a twentieth. A condition after the comma makes a breakpoint wait: here for
# a layer of which more than half is saturated. (In ``layers.py``, where we stand, no ``tn.``)::
#
#     (Pdb) cl 2
#     Deleted breakpoint 2 at layers.py
#     (Pdb) b Activation.forward, (self.slope(x) <= self.saturated_at).mean() > 0.5
#     Breakpoint 3 at layers.py
#     (Pdb) c
#     > layers.py forward()
#     -> x = checks.batch("x", x)
#     (Pdb) p self.slope(x)
#     array([[0.017, 0.145, 0.031, 0.028],
#            [0.001, 0.093, 0.078, 0.001]])
#     (Pdb) u;; p self.layers.index(layer);; u
#     > network.py forward()
#     -> x = layer.forward(x)
#     3
#     > 04_stepping_through_backprop.py one_pass()
#     -> cost = loss.forward(net.forward(x), targets)
#
# Five of the eight slopes are that small, in layer 3; ``p net`` says that it is the loud network's.
#
# Into the layers with a mistake
# ------------------------------
#
# We have gone up into the lesson's own file, so its two classes can be named::
#
#     (Pdb) b Tanh.slope
#     Breakpoint 4 at 04_stepping_through_backprop.py
#     (Pdb) b Linear.backward
#     Breakpoint 5 at 04_stepping_through_backprop.py
#     (Pdb) c
#     > 04_stepping_through_backprop.py slope()
#     -> return 1 - s**2
#
# The exercises go on from here. If you start anew, type ``tbreak one_pass`` and ``c`` first: a
# class is not there before its lines have run.
#
# After the accident
# ------------------
#
# In ``learn`` NumPy raises an error at the first overflow. Start ``python -i`` with the lesson, not
# ``python -m pdb``. Then ``pdb.pm()`` opens the last error at its innermost call, and you walk up
# (of the traceback only the last line is shown)::
#
#     >>> learn(lr=10)
#     FloatingPointError: overflow encountered in square
#     >>> import pdb; pdb.pm()
#     > losses.py forward()
#     -> self.cost = float((error**2).sum() / (2 * m))
#     (Pdb) u;; u
#     > 04_stepping_through_backprop.py one_pass()
#     -> cost = loss.forward(net.forward(x), targets)
#     > 04_stepping_through_backprop.py learn()
#     -> costs.append(one_pass(net, loss, np.eye(2)))
#     (Pdb) p len(costs), np.array(costs[:4])
#     (99, array([      2.517,     958.983,    3002.682, 2478004.72 ]))
#
# The cost grew from the first update on: the rate is too large.
#
# An editor has the same: in VS Code or PyCharm click beside a line number for a breakpoint, and
# right-click it for a condition; the debug console takes any expression.
#
# In three sentences
# ------------------
#
# A debugger stops in any layer, and shows what goes into an equation and what comes out. A
# condition finds the first place where something is wrong, ``pdb.pm()`` where an error was raised.
# The first array of a pass that is wrong names the layer with the mistake.
#
# Exercises
# ---------
#
# Stop in ``Tanh.slope`` and in ``Linear.backward``, and hold each factor beside the equation. Check
# your answers with ``python -m tinynet exercise 4`` (``--hint``, ``--solution``).
#
# 1. Write the slope that ``Tanh`` should have.
# 2. In their ``Linear.backward``, go on to the return. Which number should stand in
#    ``self.dx[0, 0]``, with the dy that came in? (Within 1 %. Why do the shapes say nothing?)
# 3. The lesson prints which arrays of theirs are wrong; the first is ds[1]. Say in two sentences
#    what this tells of the layers above, and why it does not tell how many mistakes there are.


# %%
def slope(s):
    """Return the slope of tanh at s, an array of the same shape."""
    raise NotImplementedError


answer_2 = None
answer_3 = None

check("4.1", slope)
check("4.2", answer_2)
check("4.3", answer_3)

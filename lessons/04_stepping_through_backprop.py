# %% [markdown]
"""
Stepping through backprop
=========================

Every array of a pass is a plain attribute, and every equation stands on a line of its own. So a
debugger shows backprop as it happens: stop in it, look at each factor, take a line. Type along in
pdb, which comes with Python. What follows a (Pdb) is typed, the rest is its answer; q leaves it.
"""

# %%
import numpy as np

import tinynet as tn
from tinynet.exercises import check

np.set_printoptions(precision=3, suppress=True)
x, labels = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]]), np.array([0, 1])
loss = tn.SoftmaxCrossEntropy()
net = tn.mlp([3, 4, 2])
net.layers[0].W[:] = [[0.5, -0.5, 0, 1], [0, 0.5, -1, 0.5], [-0.5, 0, 0.5, 0.5]]
net.layers[2].W[:] = [[1, -1], [0, 1], [0.5, 0], [-0.5, 0.5]]
loud = tn.mlp([3, 4, 4, 2], init=lambda *sizes: 3 * tn.normalized(*sizes), rng=2)


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


print(f"cost {one_pass(net):.3f}, of a loud network {one_pass(loud):.3f}")

# %% [markdown]
# Stop, look, take a line
# -----------------------
#
# Put this line into a file ``.pdbrc`` in your folder; ``shapes self`` then lists what a layer has::
#
#     alias shapes for _n, _v in vars(%1).items(): print(f"{_n:5}", getattr(_v, "shape", _v))
#
# Start ``python -m pdb lessons/04_stepping_through_backprop.py``. Breakpoints have names here, not
# line numbers. ``c`` runs on to one, ``n`` takes a line, two semicolons join commands, ``p`` and
# ``pp`` print, ``w`` shows the calls that led here, ``u`` goes up to the caller, ``d`` down again.
# Of path and line number, which pdb tells at a stop, the file is shown, and only if it changes::
#
#     (Pdb) b one_pass
#     Breakpoint 1 at 04_stepping_through_backprop.py
#     (Pdb) c
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
#     (array([ 0.762, -0.462]), array([-0.108,  0.042]))
#     (Pdb) n
#     -> if self.b is not None:
#     (Pdb) pp self.dW.T
#     array([[-0.102,  0.069,  0.03 , -0.018],
#            [ 0.102, -0.069, -0.03 ,  0.018]])
#     (Pdb) n;; n;; n
#     -> dy.sum(axis=0, out=self.db)
#     -> self.dx = dy @ self.W.T
#     -> return self.dx
#     (Pdb) w
#       04_stepping_through_backprop.py <module>()
#     -> print(f"cost {one_pass(net):.3f}, of a loud network {one_pass(loud):.3f}")
#       04_stepping_through_backprop.py one_pass()
#     -> net.backward(loss.backward())
#       network.py backward()
#     -> dy = layer.backward(dy)
#     > layers.py backward()
#     -> return self.dx
#     (Pdb) u;; p self;; d
#     > network.py backward()
#     -> dy = layer.backward(dy)
#     Network(3-4-2, Linear Tanh Linear, float64): y on 3 of 3 layers, dx on 1
#     > layers.py backward()
#     -> return self.dx
#
# By hand, the first entry of dW is made of the two columns printed before it.
#
# The first saturated layer
# -------------------------
#
# A condition after the comma makes a breakpoint wait: here for an activation of which more than
# half is saturated. (We are in ``layers.py``, where it is just called Activation)::
#
#     (Pdb) cl 1 2
#     Deleted breakpoint 1 at 04_stepping_through_backprop.py
#     Deleted breakpoint 2 at layers.py
#     (Pdb) b Activation.forward, (self.slope(x) <= self.saturated_at).mean() > 0.5
#     Breakpoint 3 at layers.py
#     (Pdb) c
#     > layers.py forward()
#     -> x = checks.batch("x", x)
#     (Pdb) u;; p self.layers.index(layer);; u
#     > network.py forward()
#     -> x = layer.forward(x)
#     3
#     > 04_stepping_through_backprop.py one_pass()
#     -> cost = loss.forward(net.forward(x), targets)
#     (Pdb) tn.summary(net)
#     46 parameters; input: mean(x) 0.333, std(x) 0.745
#     layer     units   n Var(W)  mean(y)  std(y)  saturated  std(dy)  std(dW)  update/W
#     0 Linear  3 -> 4         6   -0.668     1.9
#     1 Tanh    4 -> 4             -0.247   0.743      12.5%
#     2 Linear  4 -> 4       5.5   -0.414    2.83
#     3 Tanh
#     4 Linear  4 -> 2      13.1
#     n: units that enter. y: what leaves. dy, dW: gradients of the mean cost. Batch of 2.
#     saturated: the share of y with a slope f'(x) of at most 0.05 for Tanh.
#     <5 rows>
#
# After the accident
# ------------------
#
# ``learn(lr=10)`` would end in NaN, but NumPy is told to raise at the first overflow. Start
# ``python -i lessons/04_stepping_through_backprop.py``: ``pdb.pm()`` opens the last error at its
# innermost call, and you walk up (of the traceback only the last line is shown)::
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
#     (99, array([      0.681,      27.934,    7727.152, 1206414.002]))
#
# The cost grew from the first update on: the rate is too large. (``tn.train`` stops there, too.)
#
# In an editor
# ------------
#
# VS Code: click beside a line number for a breakpoint, right-click for a condition. The variables
# pane shows the texts of above, its Data Viewer an array; the debug console takes expressions. So
# does PyCharm's Evaluate Expression; it has View as Array. The list of calls is that of ``w``.
#
# Exercises
# ---------
#
# The two layers below have a mistake each, and run. What differs from a right pass is printed at
# the end. Stop in ``Tanh.slope`` and ``Linear.backward``, and hold each factor beside the
# equation. Check your answers with ``python lessons/04_stepping_through_backprop.py``.
#
# 1. Write the right dx of ``tanh``, of its arrays. Hint: print what is squared. Is it a tanh?
# 2. Write the right dx of ``linear``, of its arrays. Hint: W is square, so shapes say nothing. Is
#    ``self.dx[0, 0]`` made of row 0 of W, or of column 0?


# %%
class Tanh(tn.Tanh):
    def slope(self, s):
        return 1 - s**2


class Linear(tn.Linear):
    def backward(self, dy):
        super().backward(dy)
        self.dx = dy @ self.W
        return self.dx


right = tn.mlp([3, 4, 4, 2], rng=0)
linear, tanh = Linear(4, 4, init=lambda *_: right.layers[2].W), Tanh()
theirs = tn.Network([*right.view().layers[:2], linear, tanh, right.view().layers[4]])
one_pass(theirs)
rows = tn.compare_traces(*(tn.trace(n, x, labels, loss) for n in (right, theirs)), show=False)
print("different:", *(row.array for row in rows if row.verdict == "different"))
answer_1 = None
answer_2 = None
check("4.1", answer_1, tanh.dy * tn.Tanh().slope(tanh.x))
check("4.2", answer_2, tn.Linear.backward(linear, linear.dy))

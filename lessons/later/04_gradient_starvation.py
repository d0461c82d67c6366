# %% [markdown]
"""
Gradient starvation
===================

When does a network start to learn, which starts fail, and what does it never learn? Tachet des
Combes et al. (2018) answer for a network of two layers, and name what comes last gradient
starvation: a frequent feature takes the gradient from the others. (Know before: lessons 2 and 3.)
"""
# %% [markdown]
# A network small enough to solve
# -------------------------------
#
# The paper's claims are here as its abstract has them; proofs and tables we could not read. All
# formulas are derived anew, for a network of rectifiers without biases and with one output::
#
#     o = relu(x W) v                 x (m, n), W (n, h), v (h,)
#     margin = t o                    t is -1 or 1; above 0 the sign of o is right
#     cost = mean of max(0, 1 - margin)          the hinge: from a margin of 1 on there is no cost
#     cost = mean of log(1 + e^-margin)          the cross-entropy of one output: it never ends
#
# Now write the gradients of the hinge cost.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import later, plots, studies
from tinynet.exercises import check


def gradients(x, W, v, t):
    """Return dW and dv of the mean hinge cost, for x (m, n), W (n, h), v (h,) and t (m,)."""
    raise NotImplementedError


check("L4.1", gradients)

# %% [markdown]
# When a class is learnt
# ----------------------
#
# Let all examples of a class be the same vector of length c, a share p of the data; one unit sees
# them, and a > 0 is what W has along that vector. The margin is c a v, v taken with the sign t. In
# small steps, time being rate times updates, the hinge gives::
#
#     a' = p c v,   v' = p c a          so a + v grows as exp(p c time), and a^2 - v^2 stays
#     time = ln(1/(c a_0^2)) / (2 p c)  when the margin is 1, if a = v = a_0 at the start
#
# With cross-entropy p becomes p/(1 + e^margin): at first half of it, and less and less. Classes at
# right angles do not disturb each other. First two of one vector each; then two of 50 different
# examples, class 1 in the first ten inputs, class 2 in the others. Does class 1 care about class 2?


# %%
def margins(W, v, loss, x, t, rate, time):
    """Descend from W and v on all examples at once; return the margins (updates, examples)."""
    first, last = tn.Linear(*W.shape, bias=False), tn.Linear(len(v), 1, bias=False)
    first.W[:], last.W[:, 0] = W, v
    net, labels, found = tn.Network([first, tn.ReLU(), last]), (t > 0).astype(int), []
    sgd = tn.SGD(net, rate)
    for _ in range(round(time / rate)):
        loss.forward(net.forward(x), labels)
        found.append(loss.margin[:, 0])
        net.backward(loss.backward())
        sgd.step()
    return np.array(found)


small, rate = 0.05, 0.005
x, t = np.array([[1.0, 0], [0, 2]]), np.array([1, -1])
fig, (ax, right) = plt.subplots(1, 2, figsize=(plots.WIDE, 3.6), layout="constrained")
for loss, style, time in ((later.Hinge(), "-", 8), (later.Logistic(), "--", 16)):
    u = margins(small * np.eye(2), small * t, loss, x, t, rate, time)
    for k, c in enumerate((1, 2)):
        name = f"{type(loss).__name__}, length {c}"
        ax.plot(rate * np.arange(len(u)), u[:, k], style, c=plots.COLOURS[k], label=name)
        z = np.linspace(np.log(c * small**2), 0, 1001)  # ln of the margin, from the start to 1
        slower = 1 if style == "-" else (1 + np.exp(np.exp(z))).mean()
        at, theory = rate * np.argmax(u[:, k] > 0.999), -z[0] * slower / c
        print(f"{name}: the margin is 1 at {at:.2f}, in theory at {theory:.2f}")
ax.set(xlabel="rate times updates", ylabel="margin", title="nothing for long, then all at once")
ax.legend()
x, t = np.zeros((100, 20)), np.repeat([1, -1], 50)
x[:50, :10], x[50:, 10:] = np.random.default_rng(0).uniform(size=(2, 50, 10))
start = 0.01 * np.random.default_rng(0).normal(size=(21, 10))
for name, seen in (("both classes", x), ("class 1 alone", x * (t > 0)[:, None])):
    u = margins(start[:20], start[20], later.Hinge(), seen, t, 0.01, 6)
    below = (u[:, :50] < 0.5).mean(axis=1)
    most, few = (np.argmax(below < share) * 0.01 for share in (0.9, 0.1))
    print(f"{name}: 90 % of class 1 below 0.5 until {most:.2f}, 10 % only {few - most:.2f} later")
    right.plot(0.01 * np.arange(len(u)), 100 * below, "k-" if seen is x else "k:", label=name)
right.set(xlabel="rate times updates", ylabel="class 1: margin below 0.5, %", title="an S")
right.legend()
plots.show("04_gradient_starvation_margins")

# %% [markdown]
# Only p c counts: twice as long, or twice as frequent, is learnt in half of the time, but for the
# logarithm. The hinge is more than twice as fast as cross-entropy, and then it stops dead. Many
# examples make an S, as the paper says: long nothing, then nearly all within 0.28. And class 2
# delays class 1 by little: the modes are independent, but for units that both happen to use.
#
# Starts that fail
# ----------------
#
# The paper finds such regions. If a + v < 0 at the start, a falls to 0 before v has turned, the
# rectifier shuts, and the unit is dead for the class; if a <= 0 it is dead at once. A random unit
# is good with a chance of 3/8, and h units all fail with (5/8)^h. (For speed all starts are in one
# network, each a class with units of its own.)


# %%
def learn(a, v):
    """Tell which starts learn, each with h units: a and v are (starts, h)."""
    n, h = a.shape
    W = np.repeat(np.eye(n), h, axis=1) * a.ravel()
    return margins(W, v.ravel(), later.Hinge(), np.eye(n), np.ones(n), 0.05 * n, 6 * n)[-1] > 0.99


a, v = (side.reshape(-1, 1) for side in np.meshgrid(*[np.linspace(-1, 1, 21)] * 2))
learnt, theory = learn(a, v), ((a > 1e-9) & (a + v > 1e-9))[:, 0]
print(f"of {a.size} starts theory is wrong about {(learnt != theory).sum()}")
for h in (1, 2, 4):
    share = learn(*np.random.default_rng(h).normal(size=(2, 200, h))).mean()
    print(f"h = {h}: {share:.2f} of 200 random starts learn, in theory {1 - (5 / 8) ** h:.2f}")
fig, ax = plt.subplots(figsize=(plots.NARROW, 3.8), layout="constrained")
ax.scatter(a, v, c=np.where(learnt, plots.COLOURS[0], "0.75"))
ax.plot([0, 0, 1], [1, 0, -1], "k--")
ax.set(xlabel="a at the start", ylabel="v at the start", title="dark: learns, as above the line")
plots.show("04_gradient_starvation_starts")

# %% [markdown]
# What is never learnt
# --------------------
#
# Let a class have two features, each enough by itself: e1 in all its examples, e2 in a share q.
# From a small start the weights grow along (1, q). Examples with both reach the margin first, and
# leave; the others pull on e1 alone. When they have their margin the hinge ends, and what e2 gives
# by itself, u_2, stays where it is::
#
#     A = q^2 / ((1 + q) sqrt(1 + q^2)),   z = (sqrt(A^2 + 4) - A) / 2,   u_2 = sqrt(A (z + A))

# %%
q, small, rate = 0.2, 0.005, 0.02
x, t = np.column_stack([np.ones(10), np.arange(10) < 10 * q]).astype(float), np.ones(10)
A = q**2 / ((1 + q) * np.sqrt(1 + q**2))
print(f"in theory the hinge ends with u_2 = {np.sqrt(A * (np.sqrt(A**2 + 4) + A) / 2):.3f}")
fig, panels = plt.subplots(1, 2, figsize=(plots.WIDE, 3.6), sharey=True, layout="constrained")
for ax, loss in zip(panels, (later.Hinge(), later.Logistic()), strict=True):
    W, v = np.full((2, 1), small), np.array([small])
    u, alone = (margins(W, v, loss, seen, t, rate, 80) for seen in (x, x * [0, 1]))
    lines = {"e1": u[:, -1], "e2": u[:, 0] - u[:, -1], "e2 without e1": alone[:, 0]}
    for (name, line), style in zip(lines.items(), plots.STYLES, strict=False):
        print(f"{type(loss).__name__}, {name}: margin {line[-1]:.2f} in the end")
        ax.plot(rate * np.arange(len(u)), line, style, c="k", label=name)
    ax.set(xlabel="rate times updates", ylabel="margin by one feature", title=type(loss).__name__)
panels[0].legend()
plots.show("04_gradient_starvation_features")

# %% [markdown]
# The hinge leaves e2 where theory says, or a little above, as the start is not that small; without
# e1 it would have learnt it all. Cross-entropy goes on, ever more slowly. What does not show: that
# e1 only takes. At first e2 is ahead of what it is alone, as v grows with e1; it starves later.
#
# On real digits
# --------------
#
# Threes and eights of MNIST. On a share of the training images a white square, left for a three and
# right for an eight, tells all. What is learnt of the digit? Kept, and again where the files are.

# %%
kept = studies.Result.kept("marked_digits")
results = {kept.settings["command"]: kept}
try:
    results["another seed"] = studies.marked_digits(seed=1)
except FileNotFoundError:
    print('MNIST is not here. To fetch it: python -c "import tinynet as tn; tn.mnist()"')
for title, found in results.items():
    print(f"{title}: share marked; test error, %, with the right mark, none, the wrong one")
    print(*np.column_stack([found["shares"], 100 * found["error"]]).round(2).tolist(), sep="\n")
fig, ax = plt.subplots(figsize=(plots.NARROW, 3.4), layout="constrained")
names = [f"{share:.0%}" for share in kept["shares"]]
ax.bar(names, 100 * kept["error"][:, 1], color=plots.AREAS[1], edgecolor="k")
ax.set(xlabel="training digits with a mark", ylabel="test error without marks, %")
plots.show("04_gradient_starvation_digits")

# %% [markdown]
# The digits are as informative as ever, and the network knows them three times worse: 5.7 % wrong
# without marks in place of 1.7 %. With the wrong mark it is wrong on 100 %.
#
# In three sentences
# ------------------
#
# From a small start nothing happens for a while, and then all of it, long and frequent first; a
# rectifier on the wrong side never learns. An example that has its margin pulls no more. So what
# other features tell comes late, with cross-entropy, or never, with the hinge.
#
# Exercises
# ---------
#
# Put your answers where the None is, and check them with ``python -m tinynet exercise L4``. For
# help add ``--hint``, and after a try ``--solution``.
#
# 2. A class has half of the data, its vector the length 1, and a = v = 0.01 at the start. When does
#    its hinge margin reach 1? (Within 1 %.)
# 3. Which share of the random starts with eight units learns a class? (Within 1 %.)
# 4. e2 is in half of the examples, q = 1/2. Where does the hinge leave u_2? (Within 5 %.)
# 5. Why does a network that saw marks know the digits worse? Say it in two sentences.

# %%
answer_2 = None
answer_3 = None
answer_4 = None
answer_5 = None

check("L4.2", answer_2)
check("L4.3", answer_3)
check("L4.4", answer_4)
check("L4.5", answer_5)

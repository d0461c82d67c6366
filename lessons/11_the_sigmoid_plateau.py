# %% [markdown]
"""
The sigmoid plateau
===================

Figure 2 of the paper: a deep sigmoid network sits at the chance level for a long time, with its
top layer shut, and then escapes; with one layer more it never does. This lesson watches both, and
looks into the first updates, where it is decided.
"""
# %% [markdown]
# Two runs
# --------
#
# Sigmoid, ``standard`` weights, 100 units in a layer, batches of 10, and a large learning rate: 1.
# (The paper has 1000 units, and does not give its rate.) One network has four hidden layers, the
# other five; a short third run has another seed. ``studies.watch`` trains them side by side. After
# every 500 updates a monitor, which records what a network does, looks at the same 300 test images.
# That takes half a minute on two idle cores, up to three minutes on busy ones. Runs are kept in
# ``~/.cache/tinynet/runs``, or where the environment variable TINYNET_RUNS says: start the lesson
# again, and they are there at once; delete the folder, and it trains anew.

# %%
import matplotlib.pyplot as plt
import numpy as np

import tinynet as tn
from tinynet import plots, studies
from tinynet.exercises import check

settings = {"activation": "sigmoid", "init": "standard", "lr": 1.0, "every": 500}
runs = {
    "sigmoid_4": studies.Run(**settings, depth=4, updates=50_000),
    "sigmoid_5": studies.Run(**settings, depth=5, updates=50_000),
    "sigmoid_4_seed_2": studies.Run(**settings, depth=4, updates=10_000, seed=2),
}
four, five, other_seed = studies.watch(runs).values()
updates = four["updates"]
x, labels = tn.Shapeset(rng=[0, 1]).draw(300)  # the monitor's: seed 0, stream 1
chance = tn.chance(labels, 9)
print(f"their class frequencies alone cost {chance.cost:.3f} nats and err in {chance.error:.1%}")

fig, panels = plt.subplots(3, 1, figsize=(plots.NARROW, 9), sharex=True, layout="constrained")
titles = "4 hidden layers: the top one shuts, then opens", "5 hidden layers: the top one stays shut"
for ax, run, title in zip(panels, (four, five), titles, strict=False):
    names = [f"layer {k + 1}" for k in range(run["z_mean"].shape[1])]
    plots.over_time(updates, run["z_mean"], names, spread=run["z_std"], ax=ax)
    ax.set(title=title, ylabel="mean of z; band: its std", ylim=(-0.05, 1.3))
panels[1].legend(ncols=3, loc="upper center", fontsize="small")
blue, red = plots.COLOURS[:2]
panels[2].plot(updates, 100 * four["test_error"], color=blue, label="4 hidden layers")
panels[2].plot(updates, 100 * five["test_error"], "--", color=red, label="5 hidden layers")
panels[2].axhline(100 * chance.error, color="0.4", linewidth=1, label="class frequencies")
panels[2].set(xlabel="updates", ylabel="test error (%)", title="at chance, until it escapes")
panels[2].legend()
plots.show("11_the_sigmoid_plateau_figure_2")

# %% [markdown]
# The plateau, and the escape
# ---------------------------

# %%
for seed, run in ((0, four), (2, other_seed)):
    below = run["updates"][run["test_error"] < 0.8]
    when = f"after {below[0]:,} updates" if len(below) else "at no time"
    print(f"4 layers, seed {seed}: the test error is first below 80 % {when}")
for name, t in (("start", 0), ("first look", 1), ("plateau", 40), ("end", 100)):
    means = " ".join(f"{mean:.3f}" for mean in four["z_mean"][t])
    print(f"{name:10} {updates[t]:6,}: mean of z {means}", end="")
    print(f", error {four['test_error'][t]:.1%}, cost {four['test_cost'][t]:.3f}")

# %% [markdown]
# On the plateau layers 1 to 4 have means of about 0.5, 0.6, 0.9 and 0. In the paper's Figure 2 they
# are about .5, .6, .8 and .01 to .02. The top layer is shut, at every image, and the network says
# nothing but how frequent the classes are: its cost is the chance level, give or take the noise of
# so large a rate. Then, within a few thousand updates, the top layer opens a little, to .05 to .07
# in the paper, layer 3 falls (the paper: to .43), layer 1 spreads out and saturates, and the error
# drops. With five layers nothing happens in our 50,000 updates, nor in all of the paper's.
#
# When it escapes is a matter of luck, as the two seeds show. Others took longer than all of this
# run, so one run with five layers proves little. (In the paper's Figure 2 it is after some 20
# million images, in its Figure 11 after 7 million: the two do not fit together.)
#
# Why the top layer shuts
# -----------------------
#
# The output is softmax(b + W h), as the paper writes it, h the top hidden layer. Its hypothesis: at
# first h says nothing about the class, so W h is noise. b learns how frequent the classes are, and
# the gradient pushes W h toward 0 by pushing h toward 0. But could W not do it?
#
# Let ds be the gradient at the nine outputs, before the softmax. Then dW = h^T ds, and a step of
# rate lr moves the outputs of this h by::
#
#     through b     -lr ds
#     through W     -lr (h . h) ds        h . h is the sum of the squares of 100 units
#     through h     (the step of h) W     h moves against dh = ds W^T, through the layers below
#
# At the start every unit is near 1/2, so h . h is 25: W moves the outputs 25 times as far as b. At
# a rate that suits b it overshoots. Let us take the first steps by hand, and see how far each one
# of the three moves the outputs, in the mean over the 300 images:

# %%
net = studies.seeded.network("sigmoid", "standard", width=100, depth=4, seed=0)
source, loss, sgd = tn.Shapeset(rng=[0, 3]), tn.SoftmaxCrossEntropy(), tn.SGD(net, 1.0)
top, last = net.layers[-2:]
print("update   cost  mean h   h . h   outputs move by b   by W   by h")
for k in range(1, 9):
    cost = loss.forward(net.forward(x), labels)
    h, W, b = top.y.copy(), last.W.copy(), last.b.copy()
    batch, its_labels = source.draw(10)
    loss.forward(net.forward(batch), its_labels)
    net.backward(loss.backward())
    sgd.step()
    net.forward(x)
    moves = last.b - b, h.mean(axis=0) @ (last.W - W), (top.y - h).mean(axis=0) @ W
    far = [np.sqrt((move**2).mean()) for move in moves]
    print(f"{k:6} {cost:6.2f} {h.mean():7.3f} {(h**2).sum(axis=1).mean():7.2f}", end="")
    print(f"{far[0]:20.3f}{far[1]:7.3f}{far[2]:7.3f}")

# %% [markdown]
# The first two steps of W overshoot: the cost goes from 2.19 to 6.25. As every unit is near 1/2,
# each step adds nearly the same row, a multiple of ds, to the weights of every unit. The outputs
# have gone too far along that row, so dh = ds W^T is above 0 for nearly all 100 units, and they go
# down together. That is the faster way. W mends W h in nine columns, by steps that are too long. A
# smaller h shrinks all nine parts of W h at once, wrong as they are, and with h . h it shortens the
# steps of W. At update 4 h moves the outputs further than W does; after it h . h is below 1, and
# mostly b is left to learn. How does it go on? W h has a part that is the same for all images, and
# one that depends on them; the last column is the mean slope f' of the top layer:

# %%
moments = [0, 1, 2, 10, 200, 2000]


def first_updates(activation, lr, batch=10, updates=2000):
    net = studies.seeded.network(activation, "standard", width=100, depth=4, seed=0)

    def look(k):
        output = net.forward(x)
        top, last = net.layers[-2:]
        depends = np.sqrt(((output - output.mean(axis=0)) ** 2).mean())
        print(f"{k:7,} {last.b.std():9.3f} {(top.y.mean(axis=0) @ last.W).std():10.3f}", end="")
        print(f"{depends:10.4f} {np.abs(top.y).mean():9.3f} {top.slope(top.x).mean():9.3f}")

    print(f"{activation}, rate {lr:g}, batches of {batch}")
    print("updates  std of b  W h: same    depends  mean |h|    f'(s)")
    source, loss, sgd = tn.Shapeset(rng=[0, 3]), tn.SoftmaxCrossEntropy(), tn.SGD(net, lr)
    look_on = {"watch": look, "every": [k for k in moments if k <= updates], "progress": None}
    tn.train(net, loss, sgd, source, updates, batch=batch, **look_on)


first_updates("sigmoid", 1.0)
first_updates("sigmoid", 0.1)
first_updates("sigmoid", 0.1, batch=100, updates=200)
first_updates("tanh", 0.03)

# %% [markdown]
# At rate 1 the part that is the same shrinks with h, and b takes over; what depends on the image
# stays below 2 thousandths. At rate 0.1 nothing overshoots, but h shuts all the same, later. Each
# batch of 10 has its own share of each class, W follows it in steps 25 times as long as those of b,
# and a small h lets less of that noise through. The third table checks it: with batches of 100
# there is less noise, and after 200 updates h is still near 1/2.
#
# The last column is what it costs. For sigmoid h = 0 is the flat end: f' = h (1 - h) falls from
# 0.245 to 0.006, and with it all gradients that the layers below receive. They hardly learn, so h
# says no more about the class than before: the circle is closed. For tanh, and for softsign, h = 0
# is the middle, where f' is 1: in the last table it stays at 0.99, and what h says depends on the
# image from the first update on.
#
# The plateau is not quite flat. In the upper picture layer 1 spreads out, slowly, by what little
# gradient arrives, until something worth listening to reaches the top. With five layers less does.
#
# In three sentences
# ------------------
#
# At first the top layer h says nothing about the class, so what it adds to the outputs is noise,
# and W, whose steps are h . h times those of b, keeps stirring it. The quickest way to less noise
# is a smaller h. For a sigmoid that is the flat end, where no gradient passes down and the layers
# below cannot learn to say more; for tanh it is the middle.
#
# Exercises
# ---------
#
# Work them out on paper. ``python -m tinynet exercise 11`` checks your answers (add ``--hint``,
# ``--solution``). To find out what ails a network: ``python -m tinynet assignment release 7 mine``.
#
# 1. How many times as far as b does W move the outputs in the paper's network, with 1000 units at
#    1/2? And later, with 1000 units at 0.01? (A list of two. Within 1 %.)
# 2. Write ``moved``: by how much one step of rate lr moves the outputs of a batch through W, and
#    through b. h is (m, n), and dy is the gradient of the mean cost at the outputs.
# 3. At the start, how many times smaller is the std of ds in layer 1 with five hidden layers than
#    with four? Take eq 6, with f' of the sigmoid at 0. (Within 1 %. Measured, it is a tenth more.)
# 4. Somebody starts with b = log p, so that nothing about frequencies is left to learn. Does the
#    top layer shut all the same? Say in two sentences what you expect, and why.


# %%
def moved(h, dy, lr):
    """Return by_W (m, 9) and by_b (9,): what one step adds to y = h W + b; dy is (m, 9)."""
    raise NotImplementedError


answer_1 = None
answer_3 = None
answer_4 = None
check("11.1", answer_1)
check("11.2", moved)
check("11.3", answer_3)
check("11.4", answer_4)

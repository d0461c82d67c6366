"""What data and watching cost, against the bare step in the same run.

    python tests/benchmarks/bench_training.py

First at width 100: images drawn, trained on and watched (300 images, and 2,000 test images, every
1,000 updates), as a share of the speed of forward, backward and step alone on batches that are
there already. The two take turns, so that the share holds while the speed of the machine drifts.
Then at the paper's width of 1000: one look at 300 images and 10,000 test images, as a share of the
20,000 updates that lie between two looks in the paper's Figure 2.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is loaded

import statistics
import time

import numpy as np

import tinynet as tn
from tinynet._internal.progress import Silent

DEPTH, CLASSES = 5, 9
TURNS, UPDATES = 9, 1000


def started(width, test_images):
    net = tn.mlp([1024] + [width] * DEPTH + [CLASSES], rng=0, dtype=np.float32)
    loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(net, lr=0.01)
    test = tn.Shapeset(rng=1).draw(test_images)
    monitor = tn.Monitor(net, *(part[:300] for part in test), test=test, optimizer=sgd)
    return net, loss, sgd, monitor


def bare(net, loss, sgd, batches):
    """Seconds for one update, of the four lines alone."""
    start = time.perf_counter()
    for x, labels in batches:
        loss.forward(net.forward(x), labels)
        net.backward(loss.backward())
        sgd.step()
    return (time.perf_counter() - start) / len(batches)


def whole(net, loss, sgd, monitor, source):
    """Seconds for one update, of all that tn.train does; one look among them."""
    start = time.perf_counter()
    looks = [UPDATES]
    tn.train(
        net, loss, sgd, source, UPDATES, watch=monitor, every=looks, progress=Silent
    )  # fmt: skip
    return (time.perf_counter() - start) / UPDATES


def main():
    net, loss, sgd, monitor = started(100, 2000)
    source, other = tn.Shapeset(rng=2), tn.Shapeset(rng=3)
    shares = []
    for _ in range(TURNS):
        batches = [other.draw(10) for _ in range(UPDATES)]
        alone = bare(net, loss, sgd, batches)
        shares.append(alone / whole(net, loss, sgd, monitor, source))
    print(f"width 100: the whole at {statistics.median(shares):.0%} of the bare step's speed")
    print(f"  (median of {TURNS} turns, {min(shares):.0%} to {max(shares):.0%})")

    net, loss, sgd, monitor = started(1000, 10_000)
    batches = [other.draw(10) for _ in range(100)]
    shares = []
    for _ in range(5):
        update, before = bare(net, loss, sgd, batches), monitor.seconds
        monitor(0)
        shares.append((monitor.seconds - before) / (20_000 * update))
    print(f"width 1000: a look takes {statistics.median(shares):.2%} of 20,000 updates")
    print(f"  (median of 5, {min(shares):.2%} to {max(shares):.2%})")


if __name__ == "__main__":
    main()

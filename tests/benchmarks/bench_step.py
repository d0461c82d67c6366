"""One update, forward, backward and step, against torch eager in the same run.

    python tests/benchmarks/bench_step.py

Both in float32 with one thread: tinynet with all its arrays kept and its arguments checked, torch
with autograd, the gradient of the input too, and its own SGD. The two take turns, a block of
updates each, so that the ratio holds while the speed of the machine drifts.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy and torch are loaded

import statistics
import time

import numpy as np

import tinynet as tn

try:
    import torch
except ImportError:
    raise SystemExit("torch, the peer of this benchmark, is not installed") from None

BATCH, DEPTH, CLASSES = 10, 5, 9
BLOCKS = 25


def with_tinynet(sizes, x, labels):
    net = tn.mlp(sizes, rng=0, dtype=np.float32)
    loss = tn.SoftmaxCrossEntropy()
    sgd = tn.SGD(net, lr=0.01)

    def update():
        cost = loss.forward(net.forward(x), labels)
        net.backward(loss.backward())
        sgd.step()
        return cost

    return update


def with_torch(sizes, x, labels):
    torch.set_num_threads(1)
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.Tanh()]
    net = torch.nn.Sequential(*layers[:-1])
    loss = torch.nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(net.parameters(), lr=0.01)
    x, labels = torch.from_numpy(x), torch.from_numpy(labels)

    def update():
        batch = x.clone().requires_grad_(True)
        sgd.zero_grad()
        cost = loss(net(batch), labels)
        cost.backward()
        sgd.step()
        return cost.item()

    return update


def seconds(update, updates):
    start = time.perf_counter()
    for _ in range(updates):
        update()
    return (time.perf_counter() - start) / updates


def main():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (BATCH, 1024)).astype(np.float32)
    labels = rng.integers(CLASSES, size=BATCH)
    print(f"tanh, depth {DEPTH}, batch {BATCH}, float32, one thread; torch {torch.__version__}")
    print(f"{'width':>6}{'tinynet us':>12}{'torch us':>12}{'ratio':>8}   (medians of {BLOCKS})")
    for width, updates in ((100, 300), (1000, 15)):
        sizes = [1024] + [width] * DEPTH + [CLASSES]
        ours, theirs = with_tinynet(sizes, x, labels), with_torch(sizes, x, labels)
        seconds(ours, updates), seconds(theirs, updates)  # warm up
        pairs = [(seconds(ours, updates), seconds(theirs, updates)) for _ in range(BLOCKS)]
        us = [1e6 * statistics.median(times) for times in zip(*pairs, strict=True)]
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{width:>6}{us[0]:>12.0f}{us[1]:>12.0f}{ratio:>8.2f}")


if __name__ == "__main__":
    main()

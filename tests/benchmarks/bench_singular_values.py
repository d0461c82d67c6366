"""Singular values of layer Jacobians at width 1000, against torch.linalg.svdvals.

    python tests/benchmarks/bench_singular_values.py

The same float64 matrices, one thread, in turn. Both print their largest difference too.
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

EXAMPLES = 8


def main():
    torch.set_num_threads(1)
    net = tn.mlp([1024, 1000, 1000, 9], rng=0, dtype=np.float32)
    x, _ = tn.Shapeset(rng=0).draw(EXAMPLES)
    ratios, differences = [], []
    for k in range(EXAMPLES):
        example = x[k : k + 1]
        J = torch.from_numpy(tn.jacobian(net, 1, example)[0].astype(np.float64))
        start = time.perf_counter()
        ours = tn.singular_values(net, 1, example)[0]
        middle = time.perf_counter()
        theirs = torch.linalg.svdvals(J).numpy()
        end = time.perf_counter()
        ratios.append((middle - start) / (end - middle))
        differences.append(np.abs(ours - theirs).max() / theirs.max())
    print(f"1000 x 1000, {EXAMPLES} examples, one thread; torch {torch.__version__}")
    print(f"time, tinynet / torch.linalg.svdvals: {statistics.median(ratios):.2f} (median)")
    print(f"largest difference, relative to the largest value: {max(differences):.1e}")


if __name__ == "__main__":
    main()

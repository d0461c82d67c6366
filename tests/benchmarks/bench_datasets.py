"""Seconds and memory to read MNIST and CIFAR-10, beside a few lines of NumPy and gzip by hand.

Run it: python tests/benchmarks/bench_datasets.py [FOLDER]

FOLDER holds the real files; as a rule they are looked for where tinynet looks. Each reading runs in
a process of its own, so that its peak memory is its own. The lines by hand check nothing.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported

import gzip
import statistics
import subprocess
import sys
import time

import numpy as np

import tinynet as tn
from tinynet.datasets.cifar10 import BATCHES
from tinynet.datasets.cifar10 import locate as locate_cifar10
from tinynet.datasets.mnist import locate as locate_mnist

ROUNDS = 5


def by_hand_mnist(folder):
    """The four files, as one writes it in a notebook."""
    parts = []
    for k, path in enumerate(locate_mnist(folder).values()):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rb") as file:
            content = np.frombuffer(file.read(), np.uint8, offset=8 if k % 2 else 16)
        parts.append(content if k % 2 else content.reshape(-1, 784).astype(np.float32) / 255)
    return parts


def by_hand_cifar10(folder):
    """The six files of the folder, likewise."""
    (unpacked,) = locate_cifar10(folder).values()
    if not unpacked.is_dir():
        raise SystemExit("CIFAR-10 by hand: only from the unpacked folder")
    parts = [np.fromfile(unpacked / name, np.uint8).reshape(-1, 3073) for name in BATCHES]
    records = np.concatenate(parts)
    return records[:, 1:].astype(np.float32) / 255, records[:, 0]


READINGS = {
    "mnist": (lambda folder: tn.mnist(folder, download=False), by_hand_mnist),
    "cifar10": (lambda folder: tn.cifar10(folder, download=False), by_hand_cifar10),
}


def once(name, way, folder):
    """Read once, in this process; print the seconds, and the MB that it took at its peak."""
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    data = READINGS[name][way](folder or None)
    seconds = time.perf_counter() - start
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(seconds, kilobytes * 1024 / 1e6)
    return data


def measure(name, way, folder):
    """Median seconds and the largest peak of ROUNDS processes."""
    command = [sys.executable, __file__, "--once", name, str(way), folder]
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append([float(number) for number in done.stdout.split()])
    seconds, megabytes = zip(*found, strict=True)
    return statistics.median(seconds), max(megabytes)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, locate in (("mnist", locate_mnist), ("cifar10", locate_cifar10)):
        if None in locate(folder or None).values():
            print(f"{name}: its files are not here")
            continue
        ours, peak = measure(name, 0, folder)
        print(f"{name}, tinynet: {ours:.2f} s, {peak:.0f} MB at the peak")
        peer, peak = measure(name, 1, folder)
        print(f"{name}, NumPy {np.__version__} by hand: {peer:.2f} s, {peak:.0f} MB at the peak")
        print(f"{name}: tinynet takes {ours / peer:.2f} times as long")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        main()

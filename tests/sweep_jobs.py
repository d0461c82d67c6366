"""The jobs of test_sweep.py and test_dask.py; child processes and workers must import them."""

import os
import signal
import time
from pathlib import Path


def square(n, progress, seconds=0.0):
    """Counts n steps, after a while."""
    time.sleep(seconds)
    with progress(total=n, desc="", unit="") as shown:
        for _ in range(n):
            shown.update(1)
    return n * n


def root(n, folder=None):
    """Leaves a line in a file for each call; fails for what has no root."""
    if folder:
        with open(Path(folder) / "called", "a") as file:
            file.write(f"{n}\n")
    if n < 0:
        raise ArithmeticError(f"{n} has no root")
    return n**0.5


def environment(names):
    return {name: os.environ.get(name) for name in names}


def product_in_float32(seed=0):
    """A sum whose last bits depend on the number of BLAS threads."""
    import numpy as np

    a = np.random.default_rng(seed).standard_normal((700, 700)).astype(np.float32)
    return (a @ a).tobytes().hex()[:4000]


def trained(seed, updates=20):
    """The bits of a small network that has learnt."""
    import tinynet as tn

    net = tn.mlp([1024, 30, 30, 9], rng=[seed, 0], dtype="float32")
    source = tn.Shapeset(rng=[seed, 1])
    tn.train(net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), source, updates, progress=None)
    return b"".join(P.tobytes() for P in net.named_parameters().values()).hex()[-4000:]


def process(k=0, seconds=0.0):
    time.sleep(seconds)
    return os.getpid()


def text(k, length):
    """Nothing is done, but there is something to keep."""
    return {"text": "x" * length}


def a_minute(progress, started=None, then=""):
    """Sixty seconds of work in steps of 10 ms, unless something is to be done then."""
    if started:
        open(started, "w").close()
    if then == "fail":
        raise ArithmeticError("a rate that was too large")
    if then == "be killed":  # as by a system that is short of memory
        os.kill(os.getpid(), signal.SIGKILL)
    with progress() as shown:
        for _ in range(6000):
            time.sleep(0.01)
            shown.update(1)


def with_checkpoint(n, checkpoint):
    """Leaves a file, and tells which."""
    if checkpoint is not None:
        checkpoint.write_text("half done")
    return None if checkpoint is None else checkpoint.name


def killed_once(k, folder):
    """Kills its process the first time that any of these jobs is called."""
    time.sleep(0.2)
    try:
        (Path(folder) / "killed").touch(exist_ok=False)
    except FileExistsError:
        return k * k
    os.kill(os.getpid(), signal.SIGKILL)
    return None

"""What the child processes of test_sweep.py do; a child must be able to import it."""

import os
import signal
import time


def square(n, progress, seconds=0.0):
    """Counts n steps, after a while."""
    time.sleep(seconds)
    with progress(total=n, desc="", unit="") as shown:
        for _ in range(n):
            shown.update(1)
    return n * n


def environment(names, progress):
    return {name: os.environ.get(name) for name in names}


def product_in_float32(progress):
    """A sum whose last bits depend on the number of BLAS threads."""
    import numpy as np

    a = np.random.default_rng(0).standard_normal((700, 700)).astype(np.float32)
    return (a @ a).tobytes()


def process(progress):
    return os.getpid()


def fail(progress):
    raise ArithmeticError("a rate that was too large")


def be_killed(progress):
    """As by a system that is short of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def a_minute(progress, started=None):
    """Sixty seconds of work in steps of 10 ms."""
    if started:
        open(started, "w").close()
    with progress() as shown:
        for _ in range(6000):
            time.sleep(0.01)
            shown.update(1)

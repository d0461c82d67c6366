"""A small assignment of our own, and commands as they are typed, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import tinynet as tn

HERE = Path(tn.__file__).parents[1]
SOLUTION = '''"""Assignment 9: scales. Put your code where a NotImplementedError is raised."""

import numpy as np


def scaled(x, factor):
    """The array x, factor times."""
    ### BEGIN SOLUTION Task 9.1: x, times a factor
    stretched = factor * np.asarray(x)
    return stretched
    ### END SOLUTION


def centred(x):
    """Each row of x, without its mean."""
    ### BEGIN SOLUTION Task 9.2: rows without their means
    middle = x.mean(axis=1, keepdims=True)
    return x - middle
    ### END SOLUTION
'''
TESTS = '''"""Tests of assignment 9."""

import numpy as np


def task9_1(student, x, factor):
    return {"y": student.scaled(x, factor)}


def cases9_1(rng):
    x = rng.normal(size=(4, 3))
    return [
        ("a factor", 2, {"x": x, "factor": np.array(rng.uniform(2, 3))}),
        ("a batch of one", 1, {"x": x[:1], "factor": np.array(rng.uniform(2, 3))}),
    ]


def task9_2(student, x):
    return {"z": student.centred(x)}


def cases9_2(rng):
    return [
        ("rows", 2, {"x": rng.normal(size=(3, 5))}),
        ("float32, loosely", 1, {"x": rng.normal(size=(3, 5)).astype("f4")}, 1e-2),
    ]
'''
HALF = "import numpy as np\n\n\ndef scaled(x, factor):\n    return factor * x\n"
FULL = 8


def write_assignment(folder):
    """The folder of assignments, with one in it."""
    place = folder / "assignments" / "09_scales"
    place.mkdir(parents=True)
    (place / "README.md").write_text("# Assignment 9: scales\n\nTwo tasks.\n")
    (place / "solution.py").write_text(SOLUTION)
    (place / "tests.py").write_text(TESTS)
    return place.parent


def start(*arguments, **keywords):
    """``python -m tinynet assignment``, of which warnings are errors."""
    environment = {**os.environ, "PYTHONPATH": str(HERE), **keywords.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tinynet", "assignment", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **keywords,
    )


def typed(*arguments, **keywords):
    """Exit code, what was printed, and what was complained of."""
    with start(*arguments, **keywords) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err

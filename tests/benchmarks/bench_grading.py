"""Seconds to grade a class of 200, beside as many processes that only import NumPy.

Run it: python tests/benchmarks/bench_grading.py [STUDENTS]

Each student of assignment 4 hands in the reference, the stub, or one of the planted mistakes, in
turn; every fiftieth an endless loop in the first task.
"""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "classroom"))
from mistakes import MISTAKES
from own import changes, with_a_mistake

from tinynet._internal.progress import Silent
from tinynet.classroom import assignments, grading
from tinynet.training.sweep import cores


def submissions(assignment, folder, students):
    """A file a student."""
    solution = assignment.solution
    texts = [solution, assignment.stub]
    texts += [
        with_a_mistake(assignment, task, right, wrong)
        for task, _, right, wrong in changes(MISTAKES)
        if task in assignment.tasks
    ]
    first = next(iter(assignment.tasks))
    mark = f"### BEGIN SOLUTION Task {first}: {assignment.tasks[first]}\n"
    endless = solution.replace(mark, mark + "    while True:\n        pass\n")
    assert endless != solution
    for k in range(students):
        text = endless if k % 50 == 49 else texts[k % len(texts)]
        (folder / f"student{k:03}.py").write_text(text, encoding="utf-8")


def peer(students, workers):
    """Processes that import NumPy, as many at a time."""
    command = [sys.executable, "-c", "import numpy"]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda _: subprocess.run(command, check=True), range(students)))


def main(students):
    """Print both times and their ratio."""
    assignment = assignments.find("4")
    with tempfile.TemporaryDirectory() as folder:
        submissions(assignment, Path(folder), students)
        started = time.perf_counter()
        graded = grading.grade(assignment, Path(folder), "a secret", progress=Silent)
        seconds = time.perf_counter() - started
    started = time.perf_counter()
    peer(students, cores())
    alone = time.perf_counter() - started
    points = sorted(sum(one.points.values()) for one in graded)
    print(f"{students} submissions of {assignment.name}, {cores()} cores: {seconds:.0f} s")
    print(f"as many processes that import NumPy: {alone:.0f} s; ratio {seconds / alone:.1f}")
    print(f"points from {points[0]} to {points[-1]}, median {points[len(points) // 2]}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

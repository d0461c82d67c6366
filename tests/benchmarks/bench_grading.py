"""Seconds to grade a class of 200, and to grade it again when one has changed.

Beside them as many processes that only import NumPy. Run it:
python tests/benchmarks/bench_grading.py [STUDENTS]

Each student of assignment 4 hands in the reference, the stub, or one of the planted mistakes, in
turn; every fiftieth an endless loop in the first task. CPU seconds are of all processes.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "classroom"))
from mistakes import MISTAKES
from own import changes, with_a_mistake

from tinynet.__main__ import main as typed
from tinynet._internal.cores import cores
from tinynet.classroom import assignments


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


def measured(what, work):
    """Print the seconds and CPU seconds of some work; return the second."""
    started, before = time.perf_counter(), sum(os.times()[:4])
    work()
    seconds, cpu = time.perf_counter() - started, sum(os.times()[:4]) - before
    print(f"{what}: {seconds:.1f} s, {cpu:.1f} CPU s")
    return cpu


def main(students):
    """Print both times and their ratio."""
    assignment = assignments.find("4")
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "in", Path(place) / "out"
        folder.mkdir()
        submissions(assignment, folder, students)

        def grade():
            typed(["assignment", "grade", "4", str(folder), "--out", str(out)])

        cpu = measured(f"{students} submissions, {cores()} cores", grade)
        with open(folder / "student000.py", "a", encoding="utf-8") as file:
            file.write("# changed\n")
        measured("one of them again", grade)
    alone = measured("as many imports of NumPy", lambda: peer(students, cores()))
    print(f"ratio of CPU seconds: {cpu / alone:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

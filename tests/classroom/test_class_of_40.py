"""A class of 40, as download folders really are, graded from end to end: the CSV files whole."""

import csv
import io
import json
import os
import signal
import time
import zipfile

import pytest
from small_class import HALF, SOLUTION, start, write_assignment

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name != "posix", reason="grading needs Linux or macOS"),
]
SYNTAX = 'it cannot be loaded: SyntaxError: invalid syntax ("scales.py", line 1)'
IMPORT = "it cannot be loaded: ModuleNotFoundError: No module named 'torch' (scales.py, line 1)"
NOT_ONE = "there is no scales.py; found: "
GRADED = "there is no scales.py: graded is "
ACCENT = "José Núñez"


def moodle(name, number, file):
    return f"{name}_{number}_assignsubmission_file_/{file}"


def the_class():
    """For each student: name, id, files by path, points, and the note."""
    names = {
        "Ann Lee": "scales.py",
        ACCENT: "scales.py",
        "Windows Will": "scales (1).py",
        "Cap Ital": "Scales.PY",
        "Nested Ned": "hw/one/scales.py",
        "Other Olga": "my work.py",
    }
    found = [
        (who, {moodle(who, k, name): SOLUTION}, 8, GRADED + name if name != "scales.py" else "")
        for k, (who, name) in enumerate(names.items())
    ]
    texts = {
        "Bom Bo": SOLUTION.encode("utf-8-sig"),
        "Utf Sixteen": SOLUTION.encode("utf-16"),
        "Latin Lou": "# coding: latin-1\n# ä\n".encode("latin-1") + SOLUTION.encode(),
        "Crlf Chris": SOLUTION.replace("\n", "\r\n").encode(),
        "Old Mac": SOLUTION.replace("\n", "\r").encode(),
    }
    found += [(name, {f"{name}/scales.py": text}, 8, "") for name, text in texts.items()]
    found += [
        ("=1+1", {"=1+1.py": SOLUTION}, 8, ""),
        ("Half Hal", {"halfhal_12_901_scales.py": HALF}, 4, ""),
        ("Late Lee", {"latelee_LATE_13_902_scales-1.py": SOLUTION}, 8, ""),
        (
            "Twice Tim",
            {"timtwice_14_903_scales.py": "x = (", "timtwice_14_904_scales-1.py": SOLUTION},
            8,
            "the newest of 2 counts: timtwice_14_904_scales-1.py",
        ),
        ("Note Book", {"Note Book/scales.ipynb": "{}"}, 0, NOT_ONE + "scales.ipynb"),
        ("Zip Zoe", {"Zip Zoe/scales.zip": zipped()}, 0, NOT_ONE + "scales.zip"),
        ("Two Files", {"Two Files/a.py": HALF, "Two Files/b.py": HALF}, 0, NOT_ONE + "a.py, b.py"),
        ("Empty Em", {"Empty Em.py": ""}, 0, "the file is empty"),
        ("Bad Encoding", {"Bad Encoding.py": b"x = '\xe4'\n"}, 0, "Bad Encoding.py cannot be read"),
        ("Syn Tax", {"Syn Tax.py": "def f(:\n"}, 0, SYNTAX),
        ("Im Port", {"Im Port.py": "import torch\n"}, 0, IMPORT),
        ("Loud Lu", {"Loud Lu.py": "while True: print('x' * 1000)\n"}, 0, "too much was printed"),
        ("Esc Ape", {"Esc Ape.py": "print('\\x1b[31m')\n" + SOLUTION}, 8, ""),
    ]
    found += [(f"Student {k}", {f"Student {k}.py": SOLUTION}, 8, "") for k in range(25, 39)]
    found += [("Absent Abe", {}, 0, "nothing was handed in")]
    found += [("Gone Gil", {}, 0, "nothing was handed in")]
    return {name: (100 + k, *rest) for k, (name, *rest) in enumerate(found)}


def zipped():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("scales.py", SOLUTION)
    return content.getvalue()


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def expected(people, changed):
    """The gradebook, whole, but for the notes that are compared by how they begin."""
    lines = {}
    for name, (number, _, points, note) in people.items():
        points, note = changed.get(name, (points, note))
        shown = "'" + name if name.startswith("=") else name
        lines[name] = [shown, str(number), f"s{number}@u.edu", str(points), note]
    return [lines[name] for name in sorted(lines)]


def seen(book):
    return [[*row[:3], row[5], row[7]] for row in rows(book)[1:]]


def alike(got, wanted):
    assert len(got) == len(wanted)
    for one, other in zip(got, wanted, strict=True):
        assert one[:-1] == other[:-1]
        assert one[-1].startswith(other[-1]) if other[-1] else not one[-1], one


def test_a_class_of_40_from_end_to_end(tmp_path):
    place, folder, out = write_assignment(tmp_path), tmp_path / "in", tmp_path / "out"
    people = the_class()
    assert len(people) == 40
    for _, files, _, _ in people.values():
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    with open(tmp_path / "roster.csv", "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["name", "id", "email"])
        lines.writerows([n, p[0], f"s{p[0]}@u.edu"] for n, p in people.items())
    words = ["grade", "9", folder, "--assignments", place, "--out", out]
    words += ["--roster", tmp_path / "roster.csv"]

    with start(*words) as grader:  # it is stopped half-way,
        until = time.monotonic() + 60
        while len(list((out / "results").glob("*.json"))) < 10 and time.monotonic() < until:
            time.sleep(0.02)
        grader.send_signal(signal.SIGINT)
        said = grader.communicate(timeout=30)[1]
    assert grader.returncode == 130, said
    assert not (out / "gradebook.csv").exists()
    kept = {path: path.stat().st_mtime_ns for path in (out / "results").glob("*.json")}
    assert 10 <= len(kept) < 40

    def again(run):
        with start(*words) as grader:
            said = "".join(grader.communicate(timeout=100))
        assert grader.returncode == 0, said
        assert f"{run} of 40 run" in said
        assert "\x1b" not in said
        return said

    again(40 - len(kept))  # goes on,
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    book = out / "gradebook.csv"
    assert rows(book)[0] == ["student", "id", "email", "9.1", "9.2", "points", "maximum", "note"]
    alike(seen(book), expected(people, {}))

    (folder / "Syn Tax.py").write_text(SOLUTION)  # one hands in again, and one is decided,
    (out / "overrides.csv").write_text("student,task,points,comment\n112,9.2,2,oral\n")
    said = again(1)
    assert "fails most: task 9." in said
    changed = {
        "Syn Tax": (8, ""),
        "Half Hal": (6, "task 9.2: 2 points: oral (by the instructor)"),
    }
    alike(seen(book), expected(people, changed))
    canvas, moodle_ = rows(out / "canvas.csv"), rows(out / "moodle.csv")
    points = {row[1]: row[3] for row in expected(people, changed)}
    assert canvas[0] == [*["Student", "ID", "SIS User ID", "SIS Login ID", "Section"], TITLE]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "8"]
    shown = {name: "'" + name if name.startswith("=") else name for name in people}
    assert canvas[2:] == [
        [shown[n], "", str(p[0]), f"s{p[0]}@u.edu", "", points[str(p[0])]]
        for n, p in people.items()
    ]
    assert moodle_[1:] == [
        ["", shown[n], str(p[0]), f"s{p[0]}@u.edu", points[str(p[0])], "8"]
        for n, p in people.items()
    ]
    before = book.read_bytes()
    again(0)
    assert book.read_bytes() == before
    assert json.loads((out / "about.json").read_text())["versions"].keys() >= {"python", "numpy"}
    for path in (out / "reports").iterdir():
        assert "\x1b" not in path.read_text()


TITLE = "Assignment 9: scales"

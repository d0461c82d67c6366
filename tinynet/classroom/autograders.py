"""What Gradescope and Classroom 50 run: tinynet, one assignment, its seed, and a script."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from shlex import quote

from tinynet._internal.replacing import replacing
from tinynet.classroom.assignments import Assignment
from tinynet.classroom.exports import VISIBILITY
from tinynet.classroom.seeds import SEED

PACKAGE = Path(__file__).parents[1]
SETUP = """#!/usr/bin/env bash
# Run once by Gradescope: a Python that tinynet runs on, and NumPy.
set -e
place=/autograder/python
apt-get update || true
for python in python3.13 python3.12 python3.11; do
    if $python -m venv $place; then break; fi
    if apt-get install --yes $python $python-venv && $python -m venv $place; then break; fi
done
$place/bin/python -m pip install "numpy>=2.0"
apt-get install --yes bubblewrap || true  # a room of its own for each submission
"""
RUN = """#!/usr/bin/env bash
# Run by Gradescope for each submission: its points go to results/results.json.
cd "${{AUTOGRADER:-/autograder}}"
chmod 700 source  # a submission, run as another user, cannot read it
PYTHON="${{PYTHON:-/autograder/python/bin/python}}"
# The seed goes in a file: what is typed on a command line can be read by every process.
rm -rf graded
mkdir -p results
mkdir -m 700 graded
mkdir graded/out
cp -p source/{seed} graded/out/{seed}
submitter=()
if [ -f submission_metadata.json ]; then submitter=(--submitter submission_metadata.json); fi
if PYTHONPATH=source "$PYTHON" -m tinynet assignment grade {name} submission --alone \\
    --out graded/out --gradescope --visibility {visibility} "${{submitter[@]}}"
then
    cp graded/out/gradescope/submission.json results/results.json
else
    echo '{{"score": 0, "output": "The autograder failed: tell your instructor."}}' \\
        > results/results.json
fi
rm -rf graded
"""
AUTOGRADER = '''"""Run by Classroom 50 in a student's checkout: writes ./result.json."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
environment = {{**os.environ, "PYTHONPATH": str(HERE)}}
try:
    import numpy
except ImportError:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "numpy>=2.0"], check=True)
with tempfile.TemporaryDirectory() as place:
    out, who = Path(place, "out"), Path(place, "who.json")
    out.mkdir(mode=0o700)
    shutil.copyfile(HERE / {seed!r}, out / {seed!r})
    (out / {seed!r}).chmod(0o600)
    owner = os.environ.get("OWNER") or os.environ["USERNAME"]
    who.write_text(json.dumps({{"users": [{{"id": owner}}]}}))
    words = ["assignment", "grade", {name!r}, ".", "--alone", "--submitter", str(who)]
    words += ["--out", str(out), "--classroom50"]
    subprocess.run([sys.executable, "-m", "tinynet", *words], env=environment, check=True)
    shutil.copyfile(out / "classroom50" / "submission.json", "result.json")
'''


def packed(assignment: Assignment) -> dict[str, Path]:
    """Return the files of tinynet and of one assignment, by their names in a clone."""
    found = {}
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            found[file.relative_to(PACKAGE.parent).as_posix()] = file
    for file in sorted(assignment.folder.iterdir()):
        if file.is_file():
            found[f"lessons/assignments/{assignment.name}/{file.name}"] = file
    return found


def autograder(
    assignment: Assignment, seed: str, path: Path, visibility: str = VISIBILITY[0]
) -> None:
    """Write the zip that Gradescope asks for: tinynet, one assignment, its seed, two scripts."""
    with (
        replacing(path) as out,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive,
    ):
        for name, file in packed(assignment).items():
            archive.write(file, name)
        archive.writestr(SEED, seed + "\n")  # others may not read it
        run = RUN.format(
            name=quote(assignment.name),
            seed=SEED,
            visibility=visibility,
        )
        for name, text in (("setup.sh", SETUP), ("run_autograder", run)):
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o755 << 16
            archive.writestr(member, text)


def bundle(assignment: Assignment, seed: str, folder: Path) -> None:
    """Write a folder for Classroom 50, with an ``autograder.py``.

    Classroom 50 publishes it: whoever finds its address can read reference and seed.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"file: expected a new or empty folder, got {folder}; name another")
    for name, file in packed(assignment).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)
    (folder / SEED).write_text(seed + "\n", encoding="utf-8")
    text = AUTOGRADER.format(name=assignment.name, seed=SEED)
    (folder / "autograder.py").write_text(text, encoding="utf-8")

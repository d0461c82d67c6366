"""Results in the form that other platforms read, and a Gradescope autograder."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Any

from tinynet._internal.replacing import replacing, write_json
from tinynet.classroom.assignments import Assignment
from tinynet.classroom.reports import Graded
from tinynet.classroom.seeds import SEED

VISIBILITY = ("visible", "hidden", "after_due_date", "after_published")
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
mkdir -p results graded/out
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


def submitter(path: Path) -> str:
    """Return who handed in, from Gradescope's ``submission_metadata.json``: the id of each user."""
    known = json.loads(path.read_text(encoding="utf-8"))
    try:
        return " ".join(sorted(str(user["id"]) for user in known["users"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: expected users with an id, got {error!r}") from None


def gradescope(
    one: Graded, tasks: Mapping[str, str], visibility: str = VISIBILITY[0]
) -> dict[str, Any]:
    """Return the ``results.json`` of a submission, as Gradescope reads it."""
    return {
        "output": "\n".join(filter(None, (one.note, one.printed))),
        "tests": [
            {
                "name": f"Task {mark.task} ({tasks[mark.task]}): {mark.test}",
                "score": mark.earned,
                "max_score": mark.points,
                "status": "passed" if mark.earned == mark.points else "failed",
                "output": mark.said,
                "visibility": visibility,
            }
            for mark in one.marks
        ],
    }


def classroom50(one: Graded, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the result of a submission, as Classroom 50 reads it.

    What the grading does not know comes from the environment variables CLASSROOM, ASSIGNMENT,
    SUBMISSION_TAG, COMMIT_URL, RELEASE_URL and REVIEW_URL; empty if one is not set.
    """
    known_by = {
        "classroom": "CLASSROOM",
        "assignment": "ASSIGNMENT",
        "submission": "SUBMISSION_TAG",
        "commit": "COMMIT_URL",
        "release": "RELEASE_URL",
        "review": "REVIEW_URL",
    }
    return {
        "schema": "classroom50/result/v1",
        **{name: environment.get(variable, "") for name, variable in known_by.items()},
        "datetime": datetime.now(UTC).isoformat(timespec="seconds"),
        "score": sum(mark.earned for mark in one.marks),
        "max-score": sum(mark.points for mark in one.marks),
        "tests": [
            {
                "test-name": f"{mark.task} {mark.test}",
                "passed": mark.earned == mark.points,
                "score": mark.earned,
                "max-score": mark.points,
            }
            for mark in one.marks
        ],
    }


def autograder(
    assignment: Assignment, seed: str, path: Path, visibility: str = VISIBILITY[0]
) -> None:
    """Write the zip that Gradescope asks for: tinynet, one assignment, its seed, two scripts."""
    with (
        replacing(path) as out,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive,
    ):
        for file in sorted(PACKAGE.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(PACKAGE.parent))
        for file in sorted(assignment.folder.iterdir()):
            if file.is_file():
                archive.write(file, Path("lessons", "assignments", assignment.name, file.name))
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


def write(folder: Path, student: str, result: Mapping[str, Any]) -> None:
    """Write one student's file."""
    folder.mkdir(exist_ok=True)
    write_json(folder / f"{student}.json", result)

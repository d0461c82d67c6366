"""Results in the form that Gradescope and Classroom 50 read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tinynet._internal.replacing import write_json
from tinynet.classroom.marking import Mark
from tinynet.classroom.reports import Graded

VISIBILITY = ("visible", "hidden", "after_due_date", "after_published")


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
        "execution_time": round(one.seconds, 3),
        "tests": [
            {
                "name": f"Task {mark.task} ({tasks[mark.task]}): {mark.test}",
                "score": mark.earned,
                "max_score": mark.points,
                "status": "passed" if mark.earned == mark.points else "failed",
                "output": mark.said,
                "visibility": visibility,
            }
            for mark in settled(one.marks)
        ],
    }


KNOWN_BY = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
TAG = re.compile(r"submit/.*?(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z.*")


def classroom50(one: Graded, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the result of a submission, as Classroom 50 reads it.

    What the grading does not know comes from the environment variables CLASSROOM, ASSIGNMENT,
    OWNER or else USERNAME, SUBMISSION_TAG, COMMIT_URL and RELEASE_URL; and from REVIEW_URL and
    ASSIGNMENT_TYPE, which may be missing. The time is that of the tag, when it was handed in:
    grading again makes nobody late.

    Raises
    ------
    ValueError
        A variable is not set, or the tag is none of Classroom 50's.
    """
    found = {name: environment.get(variable, "") for name, variable in KNOWN_BY.items()}
    found["owner"] = found["owner"] or environment.get("USERNAME", "")
    found["review"] = found["review"] or found["commit"]
    kind = environment.get("ASSIGNMENT_TYPE", "").strip().lower() or "individual"
    missing = [KNOWN_BY[name] for name, value in found.items() if not value.strip()]
    if missing:
        raise ValueError(
            f"--classroom50: expected the environment variable {missing[0]}, which is set where"
            " Classroom 50 runs autograder.py"
        )
    tag = TAG.fullmatch(found["submission"])
    if tag is None:
        raise ValueError(
            "SUBMISSION_TAG: expected submit/2026-06-01T14-32-05Z-a1b2c3d or the like, got"
            f" {found['submission']!r}"
        )
    marks = settled(one.marks)
    return {
        "schema": "classroom50/result/v1",
        **found,
        "assignment_type": kind,
        "datetime": f"{tag[1]}T{tag[2]}:{tag[3]}:{tag[4]}Z",
        "score": sum(mark.earned for mark in marks),
        "max-score": sum(mark.points for mark in marks),
        "tests": [
            {
                "test-name": f"{mark.task} {mark.test}",
                "passed": mark.earned == mark.points,
                "score": mark.earned,
                "max-score": mark.points,
            }
            for mark in marks
        ],
    }


def settled(marks: Sequence[Mark]) -> list[Mark]:
    """Put the marks of a task into one where the instructor decided: no test has more than all."""
    decided = {mark.task for mark in marks if not mark.points and mark.earned}
    found = [mark for mark in marks if mark.points and mark.task not in decided]
    for task in sorted(decided):
        own = [mark for mark in marks if mark.task == task]
        points, earned = (sum(getattr(m, what) for m in own) for what in ("points", "earned"))
        found.append(Mark(task, own[-1].test, points, earned, own[-1].said))
    return found


def write(folder: Path, student: str, result: Mapping[str, Any]) -> None:
    """Write one student's file."""
    folder.mkdir(exist_ok=True)
    write_json(folder / f"{student}.json", result)

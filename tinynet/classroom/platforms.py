"""The grades as Canvas and Moodle read them: a CSV file each, a line for each on the roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tinynet.classroom.reports import Graded, cell, write_rows
from tinynet.classroom.roster import Person

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
FILES = ("canvas.csv", "moodle.csv")


def write(
    folder: Path, title: str, people: Sequence[Person], of: Mapping[tuple[str, str], Graded]
) -> None:
    """Write both files; ``of`` is the result of each, by the name on the roster and the id.

    Who was not graded has no line: so the platform keeps what it has.
    """
    people = [person for person in people if (person.name, person.id) in of]
    if not people:
        return
    title = title.replace(",", " ")
    maximum = sum(next(iter(of.values())).maximum.values())
    canvas = [[*CANVAS, title], ["    Points Possible", "", "", "", "", str(maximum)]]
    moodle = [["Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum Grade"]]
    for person in people:
        points = str(sum(of[person.name, person.id].points.values()))
        row = person.row
        own = [row.get("Student") or person.name, row.get("ID", "")]
        sis = [row.get("SIS User ID", person.id), row.get("SIS Login ID", person.email)]
        canvas.append([*map(cell, [*own, *sis, row.get("Section", "")]), points])
        who = [
            row.get("Identifier", ""),
            person.name,
            row.get("ID number", "" if "Identifier" in row else person.id),
        ]
        moodle.append([*map(cell, [*who, person.email]), points, str(maximum)])
    for name, rows in zip(FILES, (canvas, moodle), strict=True):
        write_rows(folder / name, rows)

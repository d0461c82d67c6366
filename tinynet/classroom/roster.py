"""Who is in the class: a CSV file of our own, of Canvas or of Moodle."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tinynet.classroom.replies import plain

# What a column is called, in small letters: here, in Canvas' gradebook, in Moodle's lists.
NAMES = ("name", "student", "full name", "student name")
FIRST, LAST = ("first name",), ("last name", "surname")
IDS = ("id", "sis user id", "id number", "student id", "identifier", "sis login id", "username")
MAILS = ("email", "e-mail", "email address")


@dataclass(frozen=True)
class Person:
    """A line of the roster."""

    name: str
    id: str = ""
    email: str = ""
    known_as: frozenset[str] = field(default=frozenset(), repr=False)
    row: Mapping[str, str] = field(default_factory=dict, repr=False)


def read(path: Path) -> list[Person]:
    """Read the roster.

    Raises
    ------
    ValueError
        There is no column for the names, or an id or e-mail stands there twice.
    """
    head, rows = read_rows(path, "--roster: ")
    columns = {name.strip().lower(): name for name in rows[0] if name} if rows else {}
    if not any(name in columns for name in (*NAMES, *LAST)):
        raise ValueError(
            f"--roster: {path}: expected a first line with name, id, email, or an export of Canvas"
            f" or Moodle, got {head[:100]!r}"
        )
    people = [person for row in rows if (person := _person(row, columns)) is not None]
    for what in ("id", "email"):
        counts = Counter(getattr(person, what) for person in people)
        for value, count in counts.items():
            if value and count > 1:
                names = ", ".join(p.name for p in people if getattr(p, what) == value)
                raise ValueError(f"--roster: {path}: the {what} {value} stands for {names}")
    return people


def read_rows(path: Path, where: str = "") -> tuple[str, list[dict[str, str]]]:
    """Read a CSV file as spreadsheets write it; return its first line, and each other by column."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{where}{path}: expected text in UTF-8: {error}") from None
    head = text.partition("\n")[0].strip()
    separator = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restval="")
    return head, [{name: value for name, value in row.items() if name} for row in rows]


def _person(row: Mapping[str, str], columns: Mapping[str, str]) -> Person | None:
    """Make a person of a line; None if it is none, such as Canvas' line of possible points."""

    def of(names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if name in columns and (value := plain(" ".join(row[columns[name]].split()))):
                yield value

    first, last = next(of(FIRST), ""), next(of(LAST), "")
    name = next(of(NAMES), f"{first} {last}".strip())
    if not name or name == "Points Possible" or name == "Student, Test":
        return None
    # Canvas' own number is its ID, and who the student is stands in SIS User ID.
    order = (IDS[1], *IDS) if "sis user id" in columns else IDS
    ids, mails = [i.removeprefix("Participant ") for i in of(order)], list(of(MAILS))
    mails += [i for i in ids if "@" in i]
    names = {name, f"{first} {last}", f"{last} {first}", *ids, *mails}
    names |= {mail.partition("@")[0] for mail in mails}
    known_as = {key(text) for text in names if text.strip()}
    known_as |= {letters(text) for text in _orders(name)}
    return Person(name, next(iter(ids), ""), next(iter(mails), ""), frozenset(known_as), row)


def key(text: str) -> str:
    """Return what is the same for two ways to write a name."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def letters(text: str) -> str:
    """Return a name as Canvas writes it in the name of a file: leeann."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _orders(name: str) -> Iterator[str]:
    """Write a name with its last words first, as Canvas does, and as it is."""
    yield name
    words = name.replace(",", " ").split()
    for k in range(1, len(words)):
        yield " ".join(words[k:] + words[:k])


def who(people: Iterable[Person], names: Iterable[str]) -> Person | None:
    """Find the only person who is known by one of the names, the first that fits."""
    people = list(people)
    for name in filter(None, names):
        for text in (key(name), letters(name)):
            fits = [person for person in people if text in person.known_as]
            if len(fits) == 1:
                return fits[0]
    return None

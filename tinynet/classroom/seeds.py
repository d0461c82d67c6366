"""The secret from which the cases are drawn, and what each submission makes of it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

SEED = "secret-seed.txt"


def of_submission(seed: str, student: str, content: bytes) -> str:
    """Return the seed of one student's cases.

    A table of answers is worth nothing to another student, and nothing after a change of the file:
    what the report of one submission tells is never asked again.
    """
    return f"{seed} {student} {hashlib.sha256(content).hexdigest()}"


def new_seed() -> str:
    """Draw a seed that nobody can guess."""
    return secrets.token_hex(16)


def secret_seed(folder: Path, seed: str | None) -> str:
    """Return the given seed, or the one in the folder, or a new one; keep it in the folder."""
    file = folder / SEED
    kept = seed is None and file.exists()
    if kept:
        seed = file.read_text(encoding="utf-8")
    seed = new_seed() if seed is None else seed.strip()
    if not seed:
        raise ValueError(f"seed: expected a secret, got nothing; write --seed, or remove {file}")
    if not kept:
        file.unlink(missing_ok=True)  # others may be allowed to read it
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(seed.encode() + b"\n")
    return seed

"""What a submission may use, and what it sees of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tinynet._internal.cores import THREADS
from tinynet.classroom import processes

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What a child may use."""

    seconds: float = 10  # per call
    in_all: float = 60  # seconds for all calls
    memory: int = 1024 * MIB
    file: int = 1 * MIB  # for a file, and for what is printed
    processes: int = 20  # more than there were
    reply: int = 64 * MIB


LIMITS = Limits()


def rlimits(limits: Limits, user: int | None) -> Mapping[str, int]:
    """Return limits by their names in the module ``resource``."""
    found = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(limits.in_all) + 5,
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": 64,
    }
    others = 0 if user is not None or os.name != "posix" else processes.tasks(os.getuid())
    if others is not None:
        found["RLIMIT_NPROC"] = others + limits.processes
    return found


def environment(folder: str) -> dict[str, str]:
    """Return variables: none of ours, except what Windows cannot start without."""
    needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    folders = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), folder)
    return {**needed, **folders, **dict.fromkeys(THREADS, "1")}

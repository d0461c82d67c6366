"""Where to keep files that can be made again: data sets that were downloaded, runs."""

from __future__ import annotations

import os
from pathlib import Path


def caches() -> list[Path]:
    """List tinynet's cache folders, the first one first; none if there is no home folder."""
    bases = os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache")
    return [Path(base) / "tinynet" for base in bases if os.path.isabs(base)]

"""What a number can depend on, besides the settings that a result names."""

from __future__ import annotations

import platform

import numpy as np

__version__ = "0.1.0"


def versions() -> dict[str, str]:
    """Return the versions of tinynet, Python and NumPy, and the kind of machine."""
    return {
        "tinynet": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
    }

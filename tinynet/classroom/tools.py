"""A wheel for students: ``assignment check`` and the handout's pytest, and nothing else of tinynet.

The whole of tinynet answers most tasks: ``tn.Linear`` is assignment 2. The wheel has no layers,
losses, initializers or Jacobians in it, only what the check itself imports.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import zipfile
from pathlib import Path

from tinynet._internal.replacing import replacing
from tinynet._internal.versions import __version__

PACKAGE = Path(__file__).parents[1]
START = ("classroom/checking.py", "classroom/handout.py")
DISTRIBUTION = "tinynet_check"
EMPTY = '"""Part of tinynet that checks assignments."""\n'
MAIN = '''"""``python -m tinynet assignment check FILE``: the public tests, run on your file."""

import sys

from tinynet.classroom.checking import check


def main(words):
    """Check the file, and return an exit code."""
    if len(words) != 3 or words[:2] != ["assignment", "check"]:
        print("usage: python -m tinynet assignment check FILE", file=sys.stderr)
        return 2
    from pathlib import Path

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        good, lines = check(Path(words[2]).expanduser())
    except (OSError, ValueError) as error:
        print(f"tinynet: error: {error}", file=sys.stderr)
        return 1
    print("\\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''


def wheel(folder: Path) -> Path:
    """Write the wheel to a folder; return its path."""
    version = __version__
    info = f"{DISTRIBUTION}-{version}.dist-info"
    texts = {f"tinynet/{name}": (PACKAGE / name).read_text("utf-8") for name in _needed()}
    for name in list(texts):
        for parent in list(Path(name).parents)[:-1]:
            texts[f"{parent.as_posix()}/__init__.py"] = EMPTY
    texts |= {
        "tinynet/__main__.py": MAIN,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tinynet-check\n"
        f"Version: {version}\nSummary: Checks assignments of tinynet\n"
        "Requires-Python: >=3.11\nRequires-Dist: numpy>=2.0\nRequires-Dist: pytest\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tinynet\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in texts.items()]
    texts[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"{DISTRIBUTION}-{version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(path) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return path


def _needed() -> set[str]:
    """Find the files that the check imports, and what these import."""
    found: set[str] = set()
    left = list(START)
    while left:
        name = left.pop()
        found.add(name)
        for node in ast.walk(ast.parse((PACKAGE / name).read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tinynet."):
                place = (node.module or "").removeprefix("tinynet.").replace(".", "/")
                names = [f"{place}.py", *(f"{place}/{part.name}.py" for part in node.names)]
                left += [n for n in names if (PACKAGE / n).is_file() and n not in found]
    return found


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

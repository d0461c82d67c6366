"""Finding the files of a data set, and downloading missing ones.

A folder named by the user is searched first, then ``TINYNET_DATA``, then the cache folders.
Missing files are downloaded to the first of these. A download is checked by its SHA-256; a file
that you put there may be unpacked or recompressed, so its readers check its contents.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinynet._internal import checks
from tinynet._internal.caches import caches
from tinynet._internal.progress import checked, started
from tinynet._internal.replacing import replacing

CHUNK = 1 << 16  # bytes read at once
TIMEOUT = 30  # seconds without a byte after which a mirror is given up


@dataclass(frozen=True)
class Published:
    """A file as its makers published it."""

    name: str
    size: int  # bytes
    sha256: str
    mirrors: tuple[str, ...]  # addresses of folders, tried in this order


def folders(name: str, folder: str | os.PathLike | None = None) -> list[Path]:
    """List where the files of the data set ``name`` may be, in the order of the search.

    A place comes after its folder ``name``, but a folder named by the user comes before it.
    Downloads go to the first.
    """
    found = []
    if folder is not None:
        named = checks.path("folder", folder)
        found += [named, named / name]
    shared = os.environ.get("TINYNET_DATA", "")
    places = [*([checks.path("TINYNET_DATA", shared)] if shared else []), *caches()]
    for place in places:
        found += [place / name, place]
    if not found:
        raise FileNotFoundError("folder: expected one, because there is no home folder to search")
    return list(dict.fromkeys(found))


def find(names: Iterable[str], where: Sequence[Path]) -> Path | None:
    """Return the first file with one of these names, or None."""
    paths = (folder / name for folder in where for name in names)
    return next((path for path in paths if path.is_file()), None)


def complete(
    of: str,
    published: Sequence[Published],
    found: Mapping[str, Path | None],
    folder: Path,
    download: bool,
    progress: Callable[..., Any] | None,
) -> dict[str, Path]:
    """Download the files of a data set that were not found; return the paths of all of them.

    Raises
    ------
    FileNotFoundError
        ``download`` is not set, or no mirror sent one of them whole and unchanged. The message
        lists what is missing and where to put it. What did arrive is kept.
    """
    download, progress = checks.flag("download", download), checked(progress)
    missing = [file for file in published if found[file.name] is None]
    failures: list[str] = []
    while missing and download and _fetched(missing[0], folder, progress, failures):
        del missing[0]  # if no mirror has one file, the others are not asked for
    if missing:
        raise FileNotFoundError(_instructions(of, missing, folder, failures))
    return {file.name: found[file.name] or folder / file.name for file in published}


def _fetched(
    file: Published, folder: Path, progress: Callable[..., Any], failures: list[str]
) -> bool:
    """Tell whether one of the mirrors sent the file; add the failures to the list."""
    import http.client

    for mirror in file.mirrors:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _download(mirror + file.name, file, folder / file.name, progress)
            return True
        except (OSError, http.client.HTTPException, ValueError) as error:
            failures.append(f"{mirror}{file.name}: {str(error) or type(error).__name__}")
    return False


def _download(address: str, file: Published, path: Path, progress: Callable[..., Any]) -> None:
    """Download a file from one address; put it in place once its size and checksum are right."""
    import urllib.request  # not at the top: it loads ssl and email, a third of our import time

    checksum, size = hashlib.sha256(), 0
    with (
        urllib.request.urlopen(address, timeout=TIMEOUT) as response,
        replacing(path) as part,
        started(progress, total=file.size, desc=file.name, unit="bytes") as shown,
    ):
        while size <= file.size and (chunk := response.read(CHUNK)):
            size += len(chunk)
            checksum.update(chunk)
            part.write(chunk)
            shown.update(len(chunk))
        if size != file.size:
            got = f"{size:,}" if size < file.size else "more"
            raise ValueError(f"expected {file.size:,} bytes, got {got}")
        if checksum.hexdigest() != file.sha256:
            raise ValueError(f"expected SHA-256 {file.sha256}, got {checksum.hexdigest()}")


def _instructions(
    of: str, missing: Sequence[Published], folder: Path, failures: Sequence[str]
) -> str:
    """Say how to get the missing files by hand."""
    files = "\n".join(f"    {file.name}  {file.size:,} bytes" for file in missing)
    mirrors = dict.fromkeys(mirror for file in missing for mirror in file.mirrors)
    lines = [
        f"{of}: not found, and {'not downloaded' if failures else 'download=False'}:",
        files,
        f"Put them into the folder {str(folder)!r}, or into another one that you name as argument"
        " or in TINYNET_DATA. Download them from",
        *(f"    {mirror}" for mirror in mirrors),
    ]
    if failures:
        lines += ["What went wrong:", *(f"    {failure}" for failure in failures)]
    return "\n".join(lines)

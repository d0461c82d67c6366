"""Real pdb sessions: commands on stdin, and what was printed as one would see it on a screen.

A path, a line number and the frames of pdb itself differ from machine to machine. So of the line
that says where pdb is, only file and function are kept, and only where they change.

    python tests/pdb_sessions.py LESSON.py

prints the sessions of a lesson as they run now, to be copied into it.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PLACE = re.compile(r"^([> ]) ?(\S.*?)\(\d+\)([\w<>]+)\(\)(?:->.*)?$")


def blocks(lesson):
    """The indented blocks of the lesson's prose, without the indentation."""
    found, block = [], []
    for line in lesson.read_text(encoding="utf-8").splitlines():
        if line.startswith("#     "):
            block.append(line.removeprefix("#     "))
        elif block:
            found, block = [*found, block], []
    return found + [block] * bool(block)


def sessions(lesson):
    """Its sessions, each a list of lines: one of (Pdb), and those that begin at >>>."""
    typed = [block for block in blocks(lesson) if any("(Pdb) " in line for line in block)]
    prompts = [block for block in typed if block[0].startswith(">>> ")]
    debugger = [line for block in typed if block not in prompts for line in block]
    return debugger, *prompts


def aliases(lesson):
    """What the lesson puts into .pdbrc."""
    lines = [line for block in blocks(lesson) for line in block]
    return "".join(f"{line}\n" for line in lines if line.startswith("alias "))


def commands(session):
    """What is typed in a session."""
    return [line.split(" ", 1)[1] for line in session if line.startswith(("(Pdb) ", ">>> "))]


def drive(options, typed, pdbrc=""):
    """Run Python with these options and type these commands; all that was printed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".pdbrc").write_text(pdbrc, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-u", *map(str, options)],
            input="".join(f"{command}\n" for command in typed),
            cwd=folder,
            env={**os.environ, "HOME": folder, "PYTHONWARNINGS": "error", "COLUMNS": "100"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
        )
    return ran.stdout


def on_screen(printed, typed):
    """The lines of a session, each command after its prompt; what came before the first left out.

    With stdin that is no terminal, nothing that is typed is echoed.
    """
    answers = re.split(r"\(Pdb\) |>>> ", printed)[1:]
    prompts = re.findall(r"\(Pdb\) |>>> ", printed)
    lines, before = [], None
    for prompt, command, answer in zip(prompts, typed, answers, strict=False):
        lines.append(prompt + command)
        answer, before = _places(answer.splitlines(), before)
        lines += answer
    return lines


def _places(lines, before):
    """Places as file and function, a stop's only where they change; no frames of pdb itself.

    Of a traceback the last line.
    """
    kept, skip = [], False
    if any(line.startswith("Traceback ") for line in lines):
        lines = [line for line in lines if line[:1] != " " and not line.startswith("Traceback ")]
    for line in lines:
        found = PLACE.match(line)
        if found:
            mark, path, function = found.groups()
            file = re.split(r"[/\\]", path)[-1]
            place = f"{file} {function}()"
            skip = not re.search(r"(tinynet|lessons)[/\\]", path)
            if not skip and (mark, place) != (">", before):
                kept.append(f"{mark} {place}")
            before = place
        elif line.startswith("-> ") and skip:
            skip = False
        elif line.strip():
            kept.append(re.sub(r" at .*?([^/\\]+):\d+$", r" at \1", line))
    return kept, before


def run(lesson):
    """All sessions of a lesson as they run now."""
    debugger, *prompts = sessions(lesson)
    for session, options in [(debugger, ["-m", "pdb"]), *((p, ["-i"]) for p in prompts)]:
        typed = commands(session)
        yield on_screen(drive([*options, lesson], typed, aliases(lesson)), typed)


if __name__ == "__main__":
    for screen in run(Path(sys.argv[1]).resolve()):
        print("\n".join(f"#     {line}".rstrip() for line in screen), end="\n\n")

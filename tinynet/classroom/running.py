"""Running a student's code in child processes with few rights, and taking what comes back.

Nothing is compared where the student's code runs: arrays come back as plain ``.npz``. A child that
ends or hangs loses the call it was in; another one goes on with the next.
"""

from __future__ import annotations

import io
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from tinynet.classroom import places, processes, walls
from tinynet.classroom.assignments import Case
from tinynet.classroom.limits import LIMITS, MIB, Limits, environment, rlimits
from tinynet.classroom.python_copy import copied_library
from tinynet.classroom.replies import Reply, plain, reply, text

CHILD = Path(__file__).with_name("child.py")
NUMPY = Path(np.__file__).parent.parent
LOOK = 0.1  # seconds between two looks at the memory
SHOWN = 2000  # characters of what a student's code printed


def run(
    file: str,
    source: str,
    tests: str,
    cases: Sequence[Case],
    limits: Limits = LIMITS,
    user: int | None = None,
) -> tuple[list[Reply], str]:
    """Run the calls of a student's code; return what each gives, and what was printed.

    Parameters
    ----------
    file, source : str
        The name of the student's file, and its text.
    tests : str
        The text of the assignment's ``tests.py``.
    cases : sequence of Case
    limits : Limits, optional
    user : int, optional
        The number of the user and group that the code runs as; needs root.
    """
    replies: dict[int, Reply] = {}
    printed = ""
    until = time.monotonic() + limits.in_all
    while len(replies) < len(cases):
        left = range(len(replies), len(cases))
        if time.monotonic() >= until:
            late = Reply(error=f"not tried: all {limits.in_all:g} seconds were used up")
            replies.update(dict.fromkeys(left, late))
            break
        child = _Child(file, source, tests, cases, left, limits, user)
        try:
            printed += child.collect(replies, until)
        finally:
            child.end()
    return [replies[k] for k in range(len(cases))], _shortened(printed)


class _Child:
    """A child process and its folder, with the student's file alone."""

    def __init__(
        self,
        file: str,
        source: str,
        tests: str,
        cases: Sequence[Case],
        left: range,
        limits: Limits,
        user: int | None,
    ) -> None:
        self.limits, self.left = limits, left
        self.tasks = [case.task for case in cases]
        self.user = user
        self.walls = not walls.why_not()
        self.outside = None if self.walls else user  # where its orphans can be
        self.folder = places.make(user)
        self.printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115, closed in end()
        arrays = {f"{k} {name}": array for k in left for name, array in cases[k].arrays.items()}
        content = io.BytesIO()
        np.savez(content, **arrays)  # type: ignore[arg-type]
        order = {
            "file": file,
            "source": source,
            "tests": tests,
            "calls": [(k, cases[k].function) for k in left],
            "limits": rlimits(limits, user),
            "user": user,
            "place": walls.PLACE if self.walls else None,
            "library": None if user is None or self.walls else copied_library(),
            "bytes": content.tell(),
        }
        python, program, numpy = sys.executable, str(CHILD), str(NUMPY)
        room: list[str] = []
        if self.walls:
            python, program, numpy = walls.sys_executable(), walls.PROGRAM, walls.NUMPY
            room = walls.room()
        try:
            self.process = processes.start(
                [*room, python, "-I", "-S", "-X", "utf8", program, numpy],
                stdin=-1,
                stdout=-1,
                stderr=self.printed,
                cwd=self.folder,
                env=environment(walls.PLACE if self.walls else str(self.folder)),
            )
        except BaseException:  # told to stop, or there are too many processes
            self.printed.close()
            places.remove(self.folder, user)
            raise
        self.messages: queue.Queue = queue.Queue()
        self.look = time.monotonic() + LOOK
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n" + content.getvalue())
            self.process.stdin.close()
        except OSError:
            pass  # it has ended already: that will be seen

    def _listen(self) -> None:
        """Queue everything that the child says, as long as it keeps to the form."""
        pipe, most = self.process.stdout, self.limits.reply
        lines = 2 + 2 * len(self.left)  # before and after it is loaded, and each call
        try:
            while line := pipe.readline(MIB):
                message = json.loads(line)
                size = message["bytes"]
                most, lines = most - size, lines - 1
                if size < 0 or most < 0 or lines < 0:
                    raise ValueError("more than a reply may have")
                content = pipe.read(size)
                self.messages.put((message["at"], message, content))
        except Exception:  # a student's code may write there what it likes
            self.messages.put(("broken", {}, b""))
        self.messages.put(("end", {}, b""))

    def collect(self, replies: dict[int, Reply], until: float) -> str:
        """Take the replies until the calls are done or the child ends; return what it printed."""
        at: Any = "start"
        error, late = "", False
        while not error and len(replies) < self.left.stop:
            now = time.monotonic()
            got = self._next(max(0, min(until - now, self.limits.seconds)))
            if got is None:
                error, late = f"not done after {time.monotonic() - now:.0f} seconds", True
                break
            what, message, content = got
            if what == "end":
                error = self._ending()
            elif what == "memory":
                error = message["error"]
            elif what == "broken" or what not in ("import", len(replies)):
                error = "what came back does not have the form of a reply"
            elif "error" in message and what == "import":
                replies.update(dict.fromkeys(self.left, _not_loaded(text(message["error"]))))
            elif "error" in message:
                after = reply(content, self.limits.reply).arguments
                replies[what] = Reply(None, after, text(message["error"]))
            elif "done" in message:
                replies[what] = reply(content, self.limits.reply)
            else:
                at = what
        if error and at in ("start", "import"):
            replies.update(dict.fromkeys(self.left, _not_loaded(error)))
        elif error:
            task = self.tasks[len(replies)]
            replies[len(replies)] = Reply(error=error)
            while late and len(replies) < self.left.stop and self.tasks[len(replies)] == task:
                replies[len(replies)] = Reply(error="not tried: another test of this task hung")
        return self._output()

    def _next(self, seconds: float) -> tuple | None:
        """Wait for a message; look meanwhile at the memory of all the processes together."""
        until = time.monotonic() + seconds
        while True:
            processes.go_on()
            if time.monotonic() >= self.look:  # also where it has much to say
                if processes.memory(self.process.pid, self.outside) > self.limits.memory:
                    most = f"{self.limits.memory // MIB} MiB of memory"
                    return "memory", {"error": f"more than {most}, all processes together"}, b""
                self.look = time.monotonic() + LOOK
            try:
                left = min(self.look, until) - time.monotonic()
                return self.messages.get(timeout=max(0, left))
            except queue.Empty:
                if time.monotonic() >= until:
                    return None

    def _ending(self) -> str:
        try:
            code = self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the process closed the pipe for its answers"
        if self.walls and code > 128:  # as a shell, bwrap says so of a signal
            code = 128 - code
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"the process ended before an answer came back ({how})"

    def _output(self) -> str:
        self.printed.seek(0)
        return plain(self.printed.read(self.limits.file).decode(errors="replace"))

    def end(self) -> None:
        """Remove the process and the folder."""
        processes.end(self.process)
        self.printed.close()
        self.listener.join(timeout=1)
        if not self.listener.is_alive():  # or something that could not be ended holds the pipe
            self.process.stdout.close()
        places.remove(self.folder, self.user)


def _not_loaded(error: str) -> Reply:
    return Reply(error=f"{error}\nwhen the file was loaded", loaded=False)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "\n[and more]"

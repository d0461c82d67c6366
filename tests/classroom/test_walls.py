"""What a submission can reach, within walls and without; and what stays when a grader ends."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
import submitting
from small_class import FULL, HERE, SOLUTION, start, write_assignment
from submitting import (
    AS_ROOT,
    CASES,
    GOOD,
    ONLY_POSIX,
    PATIENT,
    TESTS,
    inside,
    outcome,
)

from tinynet.__main__ import main
from tinynet.classroom import places, processes, running, walls

pytestmark = ONLY_POSIX
WALLS = pytest.mark.skipif(bool(walls.why_not()), reason=f"needs walls: {walls.why_not()}")
ROOT = pytest.mark.skipif(not AS_ROOT, reason="needs root")


@pytest.fixture
def no_walls(monkeypatch):
    monkeypatch.setattr(walls, "why_not", lambda: "bwrap is not installed")


@pytest.fixture(params=["as we are", pytest.param("an ordinary user", marks=ROOT)])
def room(request, monkeypatch):
    """Within walls, as root and as bwrap builds them for anyone else."""
    if request.param == "an ordinary user":
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setattr(submitting, "USER", None)
        walls._room.cache_clear()
    yield
    monkeypatch.undo()
    walls._room.cache_clear()


# ---------------------------------------------------------------------------- within walls

LOOK = """import os, socket, sys
def tried(what, *arguments):
    try:
        return what(*arguments)
    except OSError as error:
        return type(error).__name__
print(tried(open, {secret!r}))
print(tried(os.listdir, {folder!r}))
print(sorted(set(os.listdir("/")) - set("bin dev etc lib lib64 numpy tmp usr".split())))
print(tried(os.kill, {pid}, 0))
places = ("/x", "/dev/x", "/numpy/x", "/usr/lib/x", sys.executable)
print([tried(open, path, "w") for path in places])
print(os.listdir("/tmp"), os.listdir("/dev/shm"))
print(tried(socket.create_connection, ("127.0.0.1", {port})))
print(os.getuid() != 0)
"""


@WALLS
def test_nothing_of_the_machine_can_be_read_written_ended_or_reached(room, tmp_path):
    secret = tmp_path / "solution.py"
    secret.write_text("the answer")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        look = LOOK.format(secret=str(secret), folder="/home", pid=os.getpid(), port=port)
        points, _, printed = outcome(look + GOOD, PATIENT)
    assert points == 5
    read, listed, top, killed, written, places_, reached, user = printed.splitlines()
    assert read == listed == "FileNotFoundError"
    assert set(eval(top)) <= {Path(walls.sys_executable()).parts[1], "child.py"}
    assert killed == "ProcessLookupError"
    assert set(eval(written)) <= {"PermissionError", "OSError", "FileNotFoundError"}
    assert places_ == "['work'] []"
    assert reached in ("ConnectionRefusedError", "OSError")
    assert user == "True"


@WALLS
def test_the_environment_says_nothing_and_packages_are_not_there(room):
    look = (
        "import os, sys\nprint(sorted(os.environ))\nfor p in [*sys.path, '/numpy']:\n"
        "    print([n for n in (os.listdir(p) if os.path.isdir(p) else []) if 'tinynet' in n])\n"
        "    q = os.path.join(p, 'site-packages')\n"
        "    print(os.listdir(q) if os.path.isdir(q) else [])\n"
    )
    _, _, printed = outcome(look + GOOD, PATIENT)
    names, *rest = printed.splitlines()
    known = {"HOME", "LC_CTYPE", "PWD", "TEMP", "TMP", "TMPDIR"}
    assert {name for name in eval(names) if "THREADS" not in name} <= known
    assert set(rest) == {"[]"}


HOGS = """import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(400 << 20)
        kept[::4096] = b"x" * len(kept[::4096])
        time.sleep(60)
"""


def test_memory_is_counted_for_all_processes_of_a_submission_together():
    """Also where one call after another comes back at once."""
    source = HOGS + GOOD.replace("return 2", "time.sleep(0.09)\n    return 2")
    order = ("work.py", source, TESTS, CASES[:1] * 200, range(200), PATIENT, submitting.USER)
    replies = {}
    with processes.adopting():
        child = running._Child(*order)
        try:
            child.collect(replies, time.monotonic() + 20)
        finally:
            child.end()
    *others, last = (replies[k].error for k in sorted(replies))
    assert last == "more than 1024 MiB of memory, all processes together"
    assert set(others) <= {""}


ESCAPES = """import ctypes, os
c = ctypes.CDLL(None)
print(c.unshare(0x10000000 | 0x20000), c.mount(b"t", b"/tmp", b"tmpfs", 0, b""))
print(c.shmget(0, 256 << 20, 0o1600))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux has")
@pytest.mark.parametrize("walled", [pytest.param(True, marks=WALLS), False])
def test_no_memory_can_be_had_that_is_not_counted(walled, request):
    """No user namespace, in which more could be mounted, and no segments that no process holds."""
    if not walled:
        request.getfixturevalue("no_walls")
    points, _, printed = outcome(ESCAPES + GOOD, PATIENT)
    assert points == 5
    assert printed.split() == ["-1"] * 3


FILL = """import os
for place, _, _ in os.walk("/"):
    try:
        for k in range(200):
            open(f"{place}/{k}", "wb").write(bytes(10**6))
        print(place)
    except OSError as error:
        if error.errno == 28:
            print("full", k < 80)
"""


@WALLS
def test_files_in_memory_are_small(room):
    points, _, printed = outcome(FILL + GOOD, PATIENT)
    assert points == 5
    assert set(printed.splitlines()) == {"full True"}


# ---------------------------------------------------------------------------- without walls


@ROOT
def test_a_renamed_folder_and_a_link_change_no_mode_of_a_folder_outside(no_walls, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    harm = (
        "here = os.getcwd()\nos.makedirs('a/b')\nos.chmod('a', 0)\n"
        f"up = os.path.dirname(here)\nos.rename(here, up + '/x')\nos.symlink({str(mine)!r}, here)\n"
        f"os.symlink({str(mine)!r}, up + '/y')\n"
        f"try:\n    os.rename(up, up + '2')\nexcept OSError as e:\n    print(type(e).__name__)"
    )
    points, _, printed = outcome(inside(harm))
    assert points == 2
    assert "PermissionError" in printed
    assert mine.stat().st_mode & 0o777 == 0o700


@ROOT
def test_what_a_user_leaves_in_writable_places_is_removed(no_walls):
    user = submitting.USER
    names = [f"{place}/left-by-{user}" for place in ("/tmp", "/var/tmp", "/dev/shm")]
    lines = "".join(f"os.makedirs('{name}/deep'); open('{name}/f', 'w')\n" for name in names)
    with processes.adopting():
        running.run("work.py", f"import os\n{lines}{GOOD}", TESTS, CASES, PATIENT, user)
        assert all(map(os.path.exists, names))
        places.remove_left(user)
    assert not any(map(os.path.exists, names))


def as_another(user, code):
    """A process that has given up root's rights, once it has printed a line."""
    words = [sys.executable, "-c", f"import os, time; os.setuid({user}); {code}"]
    process = subprocess.Popen(words, cwd="/", stdout=-1)
    process.stdout.readline()
    return process


@ROOT
def test_users_have_no_process_and_are_held(monkeypatch):
    with processes.users(50) as drawn:
        assert len(set(drawn)) == 50
    monkeypatch.setattr(processes, "UNNAMED", drawn[:3])
    with as_another(drawn[0], "print(flush=True); time.sleep(60)") as sleeper:
        try:
            with processes.users(1) as one, processes.users(1) as other:
                assert sorted(one + other) == sorted(drawn[1:3])
                with pytest.raises(RuntimeError, match="1 numbers of users are needed, and 0 are"):
                    processes.users(1).__enter__()
        finally:
            sleeper.kill()


@ROOT
def test_without_walls_open_folders_are_refused_with_the_command_that_closes_them(
    no_walls, capsys, monkeypatch
):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        place = write_assignment(folder)
        (folder / "in").mkdir()
        (folder / "in" / "ann.py").write_text(SOLUTION)
        out = folder / "out"
        words = ["grade", "9", folder / "in", "--assignments", place, "--out", out]
        words = ["assignment", *map(str, words)]
        for closed in (place / "09_scales", folder / "in"):
            assert main(words) == 1
            said = capsys.readouterr().err
            assert f"{closed}: anyone can read it, and so could a submission: chmod o-rwx" in said
            assert not out.exists()
            closed.chmod(0o700)
        assert main(words) == 0
        assert "bwrap is not installed: submissions run as users without a name" in (
            capsys.readouterr().err
        )


def test_a_user_is_told_what_is_not_safe_without_walls(no_walls, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "can read and end what you can" in walls.unsafe()
    walls.refuse_open([Path("/")])  # this would not help


@WALLS
def test_within_walls_nothing_is_refused_or_said():
    assert walls.unsafe() == ""
    walls.refuse_open([Path("/")])


def test_a_bwrap_that_does_not_work_is_no_wall(tmp_path, monkeypatch):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert walls.why_not.__wrapped__() == "bwrap does not work here: no namespaces here"
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert "apt-get install bubblewrap" in walls.why_not.__wrapped__()


def test_what_a_killed_grader_left_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        (tmp_path / f"tinynet-{pid}-abc" / "room" / "work").mkdir(parents=True)
        (tmp_path / f"tinynet-{pid}-library-x" / "python").mkdir(parents=True)
    (tmp_path / "tinynet-mine-x").mkdir()
    places.remove_forgotten()
    mine = [f"tinynet-{os.getpid()}-abc", f"tinynet-{os.getpid()}-library-x", "tinynet-mine-x"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(mine)


@ROOT
def test_with_a_killed_grader_go_processes_that_went_elsewhere_and_their_files(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    room = Path(tempfile.gettempdir(), f"tinynet-{ended.pid}-abc", "room")
    room.mkdir(parents=True)
    with processes.users(1) as drawn:
        os.chown(room, *drawn * 2)
        leave = f"open('/tmp/left by {drawn[0]}', 'w'); print(flush=True); time.sleep(60)"
        sleeper = as_another(drawn[0], leave)
        with processes.adopting():
            places.remove_forgotten()  # not what a grading holds
        assert sleeper.poll() is None
    room.mkdir(parents=True)
    os.chown(room, *drawn * 2)
    with processes.adopting():
        places.remove_forgotten()
    sleeper.communicate(timeout=10)
    assert sleeper.returncode == -signal.SIGKILL
    assert not os.path.exists(f"/tmp/left by {drawn[0]}")
    assert not room.parent.exists()


# ---------------------------------------------------------------------------- the long ones


def left_over(mark):
    """Processes in whose command or environment is a text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            texts = [(process / name).read_bytes() for name in ("environ", "cmdline")]
        except OSError:
            continue
        if any(mark.encode() in text for text in texts) and process.name != str(os.getpid()):
            found.append(texts[1])
    return found


def typed_by(user, folder, *words, **more):
    """``python -m tinynet assignment``, typed by a user with a number and no name."""
    seen = {sys.base_prefix: "python", HERE: "house", Path(np.__file__).parents[1]: "packages"}
    lines = [
        f"mkdir -p {folder}/{new}; mount --bind {old} {folder}/{new}" for old, new in seen.items()
    ]
    lines.append(f'exec setpriv --reuid {user} --regid {user} --clear-groups -- "$@"')
    python = folder / "python" / Path(walls.sys_executable()).relative_to(sys.base_prefix)
    return subprocess.Popen(
        ["unshare", "--mount", "sh", "-ec", "\n".join(lines), "sh", python]
        + ["-W", "error", "-m", "tinynet", "assignment", *map(str, words)],
        env={**os.environ, "PYTHONPATH": f"{folder}/house:{folder}/packages", **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def without_walls(folder):
    """An environment in which there is no bwrap, but all that the grader needs."""
    (folder / "bin").mkdir(exist_ok=True)
    for name in ("find", "chmod", "rm"):
        if not (folder / "bin" / name).exists():
            (folder / "bin" / name).symlink_to(f"/usr/bin/{name}")
    return {"PATH": str(folder / "bin")}


@pytest.mark.long
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("walled", [pytest.param(True, marks=WALLS), False])
def test_whenever_the_grader_is_ended_nothing_stays_or_the_next_removes_it(
    tmp_path, number, walled
):
    place = write_assignment(tmp_path)
    folder, temporary = tmp_path / "in", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir(mode=0o777)
    for path in (temporary, tmp_path, *tmp_path.parents[:2]):
        path.chmod(path.stat().st_mode | 0o011)
    for path in (place, folder):
        path.chmod(0o700)
    for k in range(2):
        (folder / f"{k}.py").write_text("import os\nos.fork()\nwhile True: pass")
    place_of = ["--assignments", place, "--out", tmp_path / "out", "--workers", "2"]
    environment = {"TMPDIR": str(temporary)} | ({} if walled else without_walls(tmp_path))
    rng = random.Random(number)
    for _ in range(5):
        with start("grade", "9", folder, *place_of, env=environment) as grader:
            time.sleep(rng.uniform(0.4, 2.0))
            grader.send_signal(getattr(signal, number))
            grader.communicate(timeout=15)
        if number != "SIGKILL" or walled:
            time.sleep(0.2)
            assert left_over(str(temporary)) == []
        if number != "SIGKILL":
            assert list(temporary.iterdir()) == []
    for k in range(2):
        (folder / f"{k}.py").write_text(SOLUTION)
    with start("grade", "9", folder, *place_of, env=environment) as grader:
        said = grader.communicate(timeout=60)
    assert grader.returncode == 0, said
    assert left_over(str(temporary)) == []
    assert list(temporary.iterdir()) == []


HOSTILE = """import os, signal, sys, time
for place in ("/tmp", "/var/tmp", "/dev/shm"):
    try:
        open(place + "/left-{mark}", "w").write("solution")
    except OSError:
        pass
try:
    here = os.getcwd()
    os.mkdir("sub")
    os.chmod("sub", 0)
    os.rename(here, here + "2")
    os.symlink({mine!r}, here)
except OSError:
    pass
try:
    exec(open({solution!r}).read())
except Exception:
    pass
try:
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) > 1 and int(pid) not in (os.getpid(), {spare}):
            try:
                os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass
except OSError:
    pass
"""


SETPRIV = pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")


@pytest.fixture
def folder():
    """A folder that others may look into, as they may not into those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def results(out):
    """The points of each student."""
    found = [json.loads(path.read_text())["marks"] for path in (out / "results").iterdir()]
    return [sum(mark["earned"] for mark in one) for one in found]


@pytest.mark.long
@pytest.mark.parametrize(
    "who",
    [
        pytest.param("root, walls", marks=[ROOT, WALLS]),
        pytest.param("root, no walls", marks=ROOT),
        pytest.param("a user, walls", marks=[ROOT, SETPRIV, WALLS]),
    ],
)
def test_a_hostile_class_beside_another_costs_it_nothing_and_leaves_nothing(folder, who):
    place = write_assignment(folder)
    mine = folder / "mine"
    mine.mkdir(mode=0o700)
    hostile = HOSTILE.format(
        mark=folder.name,
        mine=str(mine),
        solution=str(place / "09_scales" / "solution.py"),
        spare=os.getpid(),
    )
    environment = without_walls(folder) if "no" in who else {}
    for name, source in [("good", SOLUTION), ("bad", hostile)]:
        (folder / name).mkdir()
        for k in range(10):
            (folder / name / f"{k}.py").write_text(source)
    for path in (place, folder / "good", folder / "bad"):
        path.chmod(0o700)
    user = submitting.USER
    if "user" in who:
        subprocess.run(["chown", "-R", str(user), folder], check=True)
    graders = []
    for name in ("good", "bad"):
        words = ["grade", "9", folder / name, "--assignments", place, "--workers", "2"]
        words += ["--out", folder / f"{name} out"]
        typed = typed_by(user, folder, *words) if "user" in who else start(*words, env=environment)
        graders.append(typed)
    for grader in graders:
        said = grader.communicate(timeout=120)
        assert grader.returncode == 0, said
        assert ("bwrap is not installed" in said[1]) == ("no" in who)
    assert results(folder / "good out") == [FULL] * 10
    assert results(folder / "bad out") == [0] * 10
    for where in ("/tmp", "/var/tmp", "/dev/shm"):
        assert not os.path.exists(f"{where}/left-{folder.name}")
    assert mine.stat().st_mode & 0o777 == 0o700


HELD = """import ctypes, os, struct
c = ctypes.CDLL(None)
address = struct.pack("=HH", 2, {port} >> 8 | {port} % 256 << 8) + bytes([127, 0, 0, 1] + [0] * 8)
print(c.connect(c.socket(2, 1, 0), address, 16), c.shmget(0, 1 << 20, 0o1600))
try:
    print(open(f"/proc/{{os.getppid()}}/environ", "rb").read())
except OSError as error:
    print(type(error).__name__)
"""


@ROOT
@SETPRIV
@pytest.mark.long
def test_a_user_without_walls_grades_and_is_told_what_is_not_safe(folder):
    """Still without a network, and without the grader's memory, where the system allows it."""
    place = write_assignment(folder)
    (folder / "in").mkdir()
    hogs = HOGS + "time.sleep(60)"
    server = socket.create_server(("127.0.0.1", 0))
    look = HELD.format(port=server.getsockname()[1])
    for name, source in {"ann": SOLUTION, "bob": look + SOLUTION, "eve": hogs}.items():
        (folder / "in" / f"{name}.py").write_text(source)
    user = submitting.USER
    environment = without_walls(folder)
    for name in ("mkdir", "mount", "setpriv", "sh", "unshare"):
        (folder / "bin" / name).symlink_to(shutil.which(name))
    subprocess.run(["chown", "-R", str(user), folder], check=True)
    words = ["grade", "9", folder / "in", "--assignments", place, "--out", folder / "out"]
    with server:
        said = typed_by(user, folder, *words, **environment).communicate(timeout=120)
    assert "submissions run with your own permissions" in said[1]
    assert sorted(results(folder / "out")) == [0, FULL, FULL], said
    reports = {path.stem: path.read_text() for path in (folder / "out" / "reports").iterdir()}
    assert "\n-1 -1\nPermissionError\n" in reports["bob"]
    assert "more than 1024 MiB of memory, all processes together" in reports["eve"]

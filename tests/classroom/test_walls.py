"""What a submission can reach, within walls and without; and what stays when a grader ends."""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import submitting
from small_class import FULL, SOLUTION, start, write_assignment
from submitting import (
    AS_ROOT,
    CASES,
    GOOD,
    ONLY_POSIX,
    PATIENT,
    TESTS,
    inside,
    outcome,
    spoiled,
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
    import socket

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


def test_memory_is_counted_for_all_processes_of_a_submission_together():
    fork = """for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(400 << 20)
        kept[::4096] = b"x" * len(kept[::4096])
        time.sleep(60)
time.sleep(60)"""
    points, said, _ = outcome(inside(fork), PATIENT)
    assert points == 2
    assert "more than 1024 MiB of memory, all processes together" in said


@WALLS
def test_files_in_memory_are_small():
    fill = "import os\nfor k in range(200):\n    open(f'/dev/shm/{k}', 'wb').write(bytes(10**6))\n"
    points, said, _ = outcome(spoiled(fill))
    assert points == 0
    assert "No space left on device" in said


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
    (user,) = processes.unused_users(1)
    names = [f"{place}/left-by-{user}" for place in ("/tmp", "/var/tmp", "/dev/shm")]
    lines = "".join(f"os.makedirs('{name}/deep'); open('{name}/f', 'w')\n" for name in names)
    with processes.adopting():
        running.run("work.py", f"import os\n{lines}{GOOD}", TESTS, CASES, PATIENT, user)
        assert all(map(os.path.exists, names))
        places.remove_left(user)
    assert not any(map(os.path.exists, names))


@ROOT
def test_users_have_no_process(monkeypatch):
    users = processes.unused_users(50)
    assert len(set(users)) == 50
    monkeypatch.setattr(processes, "UNNAMED", users[:3])
    sleeper = subprocess.Popen(["sleep", "60"], user=users[0])
    try:
        assert sorted(processes.unused_users(2)) == sorted(users[1:3])
    finally:
        sleeper.kill()
        sleeper.wait()


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


@ROOT
@pytest.mark.long
@pytest.mark.parametrize("walled", [pytest.param(True, marks=WALLS), False])
def test_a_hostile_class_beside_another_costs_it_nothing_and_leaves_nothing(tmp_path, walled):
    place = write_assignment(tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    hostile = HOSTILE.format(
        mark=tmp_path.name,
        mine=str(mine),
        solution=str(place / "09_scales" / "solution.py"),
        spare=os.getpid(),
    )
    environment = {} if walled else without_walls(tmp_path)
    graders = []
    for name, source in [("good", SOLUTION), ("bad", hostile)]:
        (tmp_path / name).mkdir()
        for k in range(10):
            (tmp_path / name / f"{k}.py").write_text(source)
        words = ["grade", "9", tmp_path / name, "--assignments", place, "--workers", "2"]
        graders.append(start(*words, "--out", tmp_path / f"{name} out", env=environment))
    for grader in graders:
        said = grader.communicate(timeout=120)
        assert grader.returncode == 0, said
    results = {}
    for name in ("good", "bad"):
        files = (tmp_path / f"{name} out" / "results").iterdir()
        found = [json.loads(path.read_text())["marks"] for path in files]
        results[name] = [sum(mark["earned"] for mark in one) for one in found]
    assert results == {"good": [FULL] * 10, "bad": [0] * 10}
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        assert not os.path.exists(f"{folder}/left-{tmp_path.name}")
    assert mine.stat().st_mode & 0o777 == 0o700

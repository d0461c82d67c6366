"""What students install: the check, and no answers."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import tinynet as tn
from tinynet.__main__ import main
from tinynet.classroom.assignments import find

ANSWERS = re.compile(
    r"np\.(tanh|linalg|log)|"
    r"(class|def) (Linear|Tanh|forward|backward|slope|softmax|chance|jacobian|normalized|singular)"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the wheel, unpacked as pip unpacks it, and a handout."""
    folder = tmp_path_factory.mktemp("student")
    assert main(["assignment", "tools", str(folder / "tools")]) == 0
    (wheel,) = (folder / "tools").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    assert main(["assignment", "release", "2", str(folder / "handout")]) == 0
    return folder


def run(folder, *words):
    environment = {**os.environ, "PYTHONPATH": str(folder / "site"), "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", *words],
        cwd=folder / "handout",
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_holds_no_layers_losses_initializers_or_jacobians(installed):
    texts = {path: path.read_text() for path in (installed / "site").rglob("*.py")}
    assert len(texts) > 10
    for path, text in texts.items():
        assert ANSWERS.search(text) is None, path
    core = Path(tn.__file__).parent
    assert all(ANSWERS.search((core / name).read_text()) for name in ("layers.py", "losses.py"))
    done = run(installed, "timeit", "-n1", "-r1", "import tinynet; tinynet.Linear")
    assert "AttributeError" in done.stderr


@pytest.mark.long
def test_check_and_pytest_run_with_it_alone(installed):
    file = installed / "handout" / "linear.py"
    stub = file.read_text()
    assert "0 of 30 points" in run(installed, "tinynet", "assignment", "check", "linear.py").stdout
    file.write_text(find("2").solution)
    done = run(installed, "tinynet", "assignment", "check", "linear.py")
    assert done.returncode == 0, done.stderr
    assert "30 of 30 points" in done.stdout
    done = run(installed, "pytest", "-q", "-m", "task2_1")
    assert "4 passed" in done.stdout, done.stdout
    file.write_text(stub)
    assert run(installed, "tinynet", "assignment", "check", "nothing.py").returncode == 1
    assert "usage: " in run(installed, "tinynet", "grade").stderr


def test_the_record_of_the_wheel_names_every_file_with_its_hash(installed):
    from tinynet.classroom import tools

    (record,) = (installed / "site").rglob("RECORD")
    rows = [line.split(",") for line in record.read_text().splitlines()]
    assert {row[0] for row in rows} == {
        path.relative_to(installed / "site").as_posix()
        for path in (installed / "site").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name, digest, _ in rows[:-1]:
        assert digest == "sha256=" + tools._digest((installed / "site" / name).read_text())

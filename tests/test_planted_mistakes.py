"""Tests that are tested: each planted mistake makes a test fall, most of them one in tests/core.

``pytest tests/test_planted_mistakes.py -v`` has one line a mistake; with ``-rP`` it also says
which test fell. ``python tests/test_planted_mistakes.py`` prints that as one table.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from planted_mistakes import MISTAKES as IN_THE_CORE
from planted_mistakes import OTHERS, Mistake

ROOT = Path(__file__).resolve().parents[1]
MISTAKES = [*IN_THE_CORE, *OTHERS]
AT_A_TIME = 2
FIRST = {"_checks.py": "test_bad_input.py"}  # for the others test_<file>: only to be quick
UNPATCHED = Mistake("layers.py", "no mistake at all", "", "")

# Stands above the copied tests. It fails as the child starts, long before a test could, if what
# is imported is not the copy; and it has hypothesis try the same examples in every run, without
# the search for the smallest one that fails.
CONFTEST = """
from pathlib import Path

from hypothesis import Phase, settings

import tinynet

assert Path(tinynet.__file__).parent.parent == Path(__file__).parent, tinynet.__file__
settings.register_profile(
    "planted", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("planted")
"""


def source_of(mistake):
    return (ROOT / "tinynet" / mistake.file).read_text(encoding="utf-8")


def patched(mistake):
    """The source with the mistake in it; the text that it replaces must be there just once."""
    source = source_of(mistake)
    assert source.count(mistake.right) == 1, f"{source.count(mistake.right)} times: {mistake}"
    assert mistake.wrong != mistake.right
    return source.replace(mistake.right, mistake.wrong)


def run(mistake):
    """The tests of the core on a patched copy: the exit code and all that pytest printed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        old = shutil.ignore_patterns(f"{Path(mistake.file).stem}.*.pyc")
        shutil.copytree(ROOT / "tinynet", folder / "tinynet", ignore=old)
        if mistake.tests == "core":
            shutil.copytree(ROOT / "tests/core", folder / "tests/core")
        else:
            (folder / "tests").mkdir()
            for name in (mistake.tests, "conftest.py", "own_parts.py", "data_files.py"):
                shutil.copy(ROOT / "tests" / name, folder / "tests")
        shutil.copy(ROOT / "setup.cfg", folder)
        (folder / "conftest.py").write_text(CONFTEST)
        if mistake is not UNPATCHED:
            (folder / "tinynet" / mistake.file).write_text(patched(mistake), encoding="utf-8")
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1"),
        }
        files = sorted((folder / "tests").rglob("test_*.py"))
        files.sort(key=lambda file: file.name != FIRST.get(mistake.file, f"test_{mistake.file}"))
        options = ["-x", "-q", "-rf", "-p", "no:cacheprovider", "--assert=plain"]
        child = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *map(str, files)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
    return child.returncode, child.stdout


def fallen(printed):
    """The first test that pytest names as failed."""
    found = re.search(r"^FAILED tests/(.*?)(?: - |$)", printed, re.MULTILINE)
    return found.group(1) if found else "no test"


def name_of(mistake):
    return f"{mistake.file}: {mistake.thought}"


@pytest.fixture(scope="module")
def runs(request):
    """The runs of the mistakes that were selected, begun at once, so many at a time."""
    wanted = [
        item.callspec.params["mistake"]
        for item in request.session.items
        if "runs" in getattr(item, "fixturenames", ()) and item.path == request.path
    ]
    pool = ThreadPoolExecutor(AT_A_TIME)
    yield {mistake: pool.submit(run, mistake) for mistake in wanted}
    pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("mistake", MISTAKES, ids=name_of)
def test_the_text_to_replace_is_there_exactly_once(mistake):
    assert patched(mistake)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", [UNPATCHED], ids=name_of)
def test_the_copy_without_a_mistake_is_green(runs, mistake):
    code, printed = runs[mistake].result()
    assert code == 0, printed


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES, ids=name_of)
def test_a_test_falls_when_there_is_a_mistake(runs, mistake, record_property):
    """Exit code 1 and the name of a test: a crash or an error in collection catches nothing.

    The name is needed too: with ``-x`` pytest ends with 1 after an error in collection as well.
    """
    code, printed = runs[mistake].result()
    assert code == 1, f"{mistake}: exit code {code}\n{printed}"
    assert fallen(printed) != "no test", printed
    record_property("fell", fallen(printed))
    print(f"{mistake.right}  ->  {mistake.wrong}\nfell: {fallen(printed)}")


def equations(file):
    """The lines of a file on which a statement computes something: {number: text}."""
    source = (ROOT / "tinynet" / file).read_text(encoding="utf-8")
    found = {}
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef) or function.name in ("__init__", "__repr__"):
            continue
        for statement in ast.walk(function):
            simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr))
            if not simple or "checks." in ast.unparse(statement):
                continue
            computing = (ast.BinOp, ast.Call, ast.Compare)
            if any(isinstance(node, computing) for node in ast.walk(statement)):
                found[statement.lineno] = ast.unparse(statement)
    return found


def changed_lines(mistake):
    """The numbers of the lines on which ``wrong`` is not ``right``."""
    begin, rest = source_of(mistake).split(mistake.right)[0], mistake.right
    same = os.path.commonprefix([mistake.right, mistake.wrong])
    rest = rest[len(same) :]
    tail = os.path.commonprefix([rest[::-1], mistake.wrong[len(same) :][::-1]])
    changed = rest[: len(rest) - len(tail)]
    first = (begin + same).count("\n") + 1
    return range(first, first + changed.count("\n") + 1)


@pytest.mark.parametrize("file", sorted({m.file for m in IN_THE_CORE} - {"_checks.py"}))
def test_every_equation_has_a_planted_mistake(file):
    touched = {n for m in IN_THE_CORE if m.file == file for n in changed_lines(m)}
    missing = {n: text for n, text in equations(file).items() if n not in touched}
    assert not missing


def main():
    """One table of all mistakes and the tests that fell."""
    print(f"{'exit':4}  {'planted':72}  fell")
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        everything = [UNPATCHED, *MISTAKES]
        for mistake, (code, printed) in zip(everything, pool.map(run, everything), strict=True):
            print(f"{code:4}  {name_of(mistake):72}  {fallen(printed)}", flush=True)


if __name__ == "__main__":
    main()

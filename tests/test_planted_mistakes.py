"""Tests that are tested: for each planted mistake one of the tests named above it must fail.

``pytest tests/test_planted_mistakes.py -v`` prints a line for each mistake; with ``-rP`` it also
says which test failed. ``python tests/test_planted_mistakes.py`` prints that as one table.
"""

import ast
import contextlib
import functools
import importlib.machinery
import io
import multiprocessing
import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings
from planted_mistakes import THE_CONTRACTS, THE_CORE, THE_OTHERS, WHAT_CAME_AFTER

ROOT = Path(__file__).resolve().parents[1]
CORE = ("activations", "initializers", "layers", "losses", "network", "optimizers")
AT_A_TIME = 2
SECONDS = 120  # after which a run has caught nothing
# Where the system can do that, each process is forked from one that has imported all that takes
# long, except tinynet.
CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
if CAN_FORK:
    ours = ["hypothesis.strategies", "numpy.random", "numpy.testing", "pytest"]
    theirs = ["pdb", "tarfile", "urllib.request", "xml.etree.ElementTree"]
    PROCESSES.set_forkserver_preload([*ours, *theirs])


# ---------------------------------------------------------------------------- reading the tables


class Mistake(NamedTuple):
    file: str
    tests: str  # for pytest -k; empty: all of the file
    where: str
    thought: str
    right: str
    wrong: str


def read(table):
    """Read the mistakes of a table; a line that is indented further continues the one before."""
    mistakes = []
    file = where = tests = ""
    for line in re.sub(r"\n {6,}", " ", table).splitlines():
        indent = len(line) - len(line.lstrip())
        if indent == 4:
            thought, change = line.strip().split(": ", 1)
            right, wrong = change.split(" -> ")
            mistakes.append(Mistake(file, tests, where, thought, right, wrong))
        elif indent == 2:
            where, _, tests = line.strip().partition(" -k ")
        elif line:
            file = line
    return mistakes


def name_of(mistake):
    return f"{mistake.where}: {mistake.thought}"


MISTAKES = read(THE_CORE + THE_CONTRACTS + THE_OTHERS + WHAT_CAME_AFTER)
QUICK = set(read(THE_CORE))  # the equations of the core; the others are long


def each(mistakes, name):
    """Mark those that are not quick; ``name`` gives the name of one."""
    return [
        pytest.param(mistake, id=name(mistake), marks=[] if is_quick(mistake) else pytest.mark.long)
        for mistake in mistakes
    ]


def is_quick(mistake):
    """Tell whether a mistake, or all that a file of tests is to find, is planted in the core."""
    return any(
        mistake == quick or (not mistake.where and mistake.file == quick.file) for quick in QUICK
    )


# ---------------------------------------------------------------------------- where a mistake is


@functools.cache
def source_of(file):
    return file.read_text(encoding="utf-8")


@functools.cache
def definitions():
    """Find every module, class and function of tinynet: {dotted name: [(file, begin, end)]}.

    A property has an entry for each of its functions.
    """
    found = {}

    def add(name, file, node, starts):
        begin, end = getattr(node, "lineno", 1) - 1, getattr(node, "end_lineno", -1)
        found.setdefault(name, []).append((file, starts[begin], starts[end]))
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, (ast.ClassDef, ast.FunctionDef)):
                add(f"{name}.{inner.name}", file, inner, starts)

    for file in sorted(ROOT.glob("tinynet/**/*.py")):
        source = source_of(file)
        starts = [0, *(match.end() for match in re.finditer("\n", source))]
        add(module_of(file), file, ast.parse(source), starts)
    return found


def module_of(file):
    """Give the dotted name under which a file is imported."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


@functools.cache
def place(mistake):
    """Find the file, and in it the text to replace, however that is spread over lines."""
    names = [name for name in definitions() if re.search(rf"[._]{re.escape(mistake.where)}$", name)]
    assert len(names) == 1, f"{mistake.where}: expected one such name, got {names}"
    text = re.compile(r"\s*".join(re.escape(c) for c in mistake.right if not c.isspace()))
    found = [
        (file, match)
        for file, begin, end in definitions()[names[0]]
        for match in text.finditer(source_of(file), begin, end)
    ]
    assert len(found) == 1, f"{mistake.where}: {len(found)} times, expected once: {mistake.right}"
    return found[0]


def patched(mistake):
    """Give the name of a module, and its source with the mistake in it."""
    file, match = place(mistake)
    source = source_of(file)
    return module_of(file), source[: match.start()] + mistake.wrong + source[match.end() :]


# ---------------------------------------------------------------------------- running the tests


class Fallen:
    """A plugin of pytest that notes which tests failed; an error outside a test does not count."""

    def __init__(self):
        self.tests = []

    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.failed:
            self.tests.append(report.nodeid.removeprefix("tests/"))


def child(result, file, tests, name, source):
    """Test tinynet with this source in place of that of a module, in a process of its own.

    Sends pytest's exit code, the tests that failed, and what pytest printed.
    """
    assert "tinynet" not in sys.modules
    get_code = importlib.machinery.SourceFileLoader.get_code
    planted = []

    def get_planted(loader, fullname):
        if fullname != name:
            return get_code(loader, fullname)
        planted.append(name)
        return compile(source, loader.path, "exec")

    importlib.machinery.SourceFileLoader.get_code = get_planted
    module = importlib.import_module(name or "tinynet")
    assert Path(module.__file__).resolve().is_relative_to(ROOT), module
    assert planted or not name
    # The same examples in every run, and no search for the smallest one that fails.
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile(
        "planted", derandomize=True, database=None, phases=phases, deadline=None
    )
    os.environ["HYPOTHESIS_PROFILE"] = "planted"  # loaded in conftest.py
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(ROOT)
    fallen, printed = Fallen(), io.StringIO()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        options = ["-x", "-q", "-k", tests, "--assert=plain", f"--basetemp={folder}/tests"]
        options += ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
        code = pytest.main([*options, f"tests/{file}"], plugins=[fallen])
    result.send((code, fallen.tests, printed.getvalue()))


def run(planted):
    """Test with a mistake, or with none, in a process of its own; return what it sends."""
    change = patched(planted) if planted.right else (None, None)
    receiving, sending = PROCESSES.Pipe(duplex=False)
    arguments = [sending, planted.file, planted.tests, *change]
    process = PROCESSES.Process(target=child, args=arguments)
    process.start()
    sending.close()  # so that a process that crashes ends the wait below
    try:
        if not receiving.poll(SECONDS):
            raise TimeoutError(f"{planted}: expected to end within {SECONDS} s")
        return receiving.recv()
    finally:
        process.kill()
        process.join()


@contextlib.contextmanager
def running(planted):
    """Begin the runs of these mistakes, so many at a time."""
    with pytest.MonkeyPatch.context() as environment, ThreadPoolExecutor(AT_A_TIME) as pool:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment.setenv(name, "1")
        try:
            yield {mistake: pool.submit(run, mistake) for mistake in planted}
        finally:
            pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def runs(request):
    """Run those that were selected."""
    wanted = [
        item.callspec.params["planted"]
        for item in request.session.items
        if "runs" in getattr(item, "fixturenames", ()) and item.path == request.path
    ]
    with running(wanted) as begun:
        yield begun


# ---------------------------------------------------------------------------- tests


def unplanted():
    """List no mistake at all for each file, with all of its tests that are named anywhere."""
    named = {mistake.file: {} for mistake in MISTAKES}
    for mistake in MISTAKES:
        named[mistake.file][f"({mistake.tests})"] = mistake.tests
    either = {file: "" if "()" in some else " or ".join(some) for file, some in named.items()}
    return [Mistake(file, tests, *[""] * 4) for file, tests in either.items()]


@pytest.mark.parametrize("mistake", MISTAKES, ids=name_of)
def test_the_text_to_replace_is_there_exactly_once(mistake):
    module, source = patched(mistake)
    file, _ = place(mistake)
    assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(source_of(file))), module


@pytest.mark.parametrize("planted", each(unplanted(), lambda planted: planted.file))
def test_the_tests_are_green_without_a_mistake(runs, planted):
    code, _, printed = runs[planted].result()
    assert code == 0, printed


@pytest.mark.parametrize("planted", each(MISTAKES, name_of))
def test_a_test_falls_when_there_is_a_mistake(runs, planted, record_property):
    """Exit code 1 and a test that failed: a crash or an error in collection catches nothing."""
    code, fallen, printed = runs[planted].result()
    assert code == 1, f"{planted}: exit code {code}\n{printed}"
    assert fallen, printed
    record_property("fell", fallen[0])
    print(f"{planted.right}  ->  {planted.wrong}\nfell: {fallen[0]}")


def equations(file):
    """List the statements of a file that compute something: [(the numbers of its lines, text)]."""
    found = []
    for function in ast.walk(ast.parse(source_of(file))):
        if not isinstance(function, ast.FunctionDef) or function.name in ("__init__", "__repr__"):
            continue
        for statement in ast.walk(function):
            simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr))
            text = ast.unparse(statement)
            if not simple or re.search(r"\b(checks|contracts|states)\.", text):
                continue
            computing = (ast.BinOp, ast.Call, ast.Compare)
            if any(isinstance(node, computing) for node in ast.walk(statement)):
                lines = range(statement.lineno, statement.end_lineno + 1)
                found.append((lines, f"line {lines[0]}: {text}"))
    return found


def changed_lines(mistake):
    """Give the numbers of the lines on which ``wrong`` is not ``right``."""
    file, match = place(mistake)
    right = match.group()
    same = len(os.path.commonprefix([right, mistake.wrong]))
    tail = len(os.path.commonprefix([right[same:][::-1], mistake.wrong[same:][::-1]]))
    first = source_of(file).count("\n", 0, match.start() + same) + 1
    return {*range(first, first + right[same : len(right) - tail].count("\n") + 1)}


@pytest.mark.parametrize("name", CORE)
def test_every_equation_has_a_planted_mistake(name):
    file = ROOT / f"tinynet/{name}.py"
    touched = set()
    for mistake in MISTAKES:
        with contextlib.suppress(AssertionError):  # of one that is not there another test tells
            touched |= changed_lines(mistake) if place(mistake)[0] == file else set()
    missing = [text for lines, text in equations(file) if touched.isdisjoint(lines)]
    assert not missing


def main():
    """Print one table of all mistakes and the tests that failed."""
    with running(MISTAKES) as begun:
        for mistake in MISTAKES:
            code, fallen, _ = begun[mistake].result()
            fell = fallen[0] if fallen else "no test"
            print(f"{code!s:4}  {name_of(mistake):90}  {fell}", flush=True)


if __name__ == "__main__":
    main()

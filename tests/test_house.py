"""The house rules: imports run down, the core is small, nothing touches global state or pickles."""

import ast
import inspect
import io
import tokenize
from pathlib import Path

import pytest

import tinynet as tn

HOUSE = Path(tn.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
TREES = {path.relative_to(HOUSE).with_suffix("").as_posix(): path for path in FILES}

# From the top down: a file may import from the rooms below its own. Within a room imports run in
# no circle; a package's __init__ stands in the room of the package.
ROOMS = [
    "__main__",
    "commands",
    "classroom",
    "exercises",
    "studies",
    "plots",
    "training",
    "later",
    "looking",
    "saving",
    "network",
    "core",
    "datasets",
    "_internal",
]
CORE = ["layers", "activations", "losses", "initializers", "network", "optimizers"]
ROOM_OF_FILE = {name: "core" for name in CORE} | {"network": "network"}


def room_of(file):
    """The number of a file's room: 0 is the top."""
    first = file.split("/")[0]
    return ROOMS.index(ROOM_OF_FILE.get(first, first))


def imports(path):
    """What a file imports when it runs, as dotted names; not what stands there for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if file_of(full) else node.module


def file_of(module):
    """The file of tinynet that a dotted name is, or None."""
    inside = module.removeprefix("tinynet").removeprefix(".").replace(".", "/")
    if not module.startswith("tinynet"):
        return None
    return next((f for f in (inside, f"{inside}/__init__".lstrip("/")) if f in TREES), None)


def imported_files(file):
    return {found for module in imports(TREES[file]) if (found := file_of(module))}


@pytest.mark.parametrize("file", sorted(TREES.keys() - {"__init__"}))
def test_imports_point_down(file):
    for other in imported_files(file) - {"__init__"}:
        assert room_of(other) >= room_of(file), f"{file} imports {other}, which stands above it"


def test_only_the_commands_import_tinynet_as_a_whole():
    whole = [file for file in TREES if "__init__" in imported_files(file)]
    assert {room_of(file) for file in whole} == {ROOMS.index("commands")}


def test_there_are_no_import_cycles():
    waiting = {file: imported_files(file) - {file} for file in TREES}
    while waiting:
        free = {file for file, needs in waiting.items() if not needs & waiting.keys()}
        assert free, f"a circle among {sorted(waiting)}"
        waiting = {file: needs for file, needs in waiting.items() if file not in free}


def test_studies_never_import_plots():
    for file in TREES:
        if file.startswith("studies"):
            assert not [name for name in imports(TREES[file]) if "plot" in name]


@pytest.mark.parametrize("file", CORE)
def test_the_core_knows_numpy_and_the_standard_library_only(file):
    known = {"numpy", "tinynet", "__future__", "abc", "collections", "functools", "typing", "math"}
    assert {name.split(".")[0] for name in imports(TREES[file])} <= known


def test_the_classroom_knows_numpy_files_and_what_is_said_of_a_wrong_array():
    """And none of its files is long."""
    files = [file for file in TREES if file.startswith("classroom/")]
    for file in files:
        for other in imported_files(file):
            room = other.split("/")[0]
            assert room in ("classroom", "_internal") or other == "exercises/comparing", file
        assert "argparse" not in imports(TREES[file])
        assert len(TREES[file].read_text(encoding="utf-8").splitlines()) <= 250, file
    assert imported_files("exercises/comparing") == set()


# ---------------------------------------------------------------------------- the core is small


def docstring_lines(tree):
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            yield from range(node.body[0].lineno, node.body[0].end_lineno + 1)


def code_lines(text):
    """Lines with something on them that is neither a comment nor a docstring."""
    nothing = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
        *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
    }
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in nothing:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return lines - set(docstring_lines(ast.parse(text)))


def test_code_lines_are_counted_without_blank_lines_comments_and_docstrings():
    text = '"""Doc."""\n\nx = 1  # yes\n# no\ndef f():\n    """Doc\n\n    s."""\n    return "a"\n'
    assert code_lines(text) == {3, 5, 9}


def test_the_core_can_be_read_in_half_an_hour():
    texts = [TREES[name].read_text(encoding="utf-8") for name in CORE]
    assert sum(len(code_lines(text)) for text in texts) <= 370
    assert sum(len(text.splitlines()) for text in texts) <= 950


# ---------------------------------------------------------------------------- global state


def dotted_names(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("path", TREES.values(), ids=TREES)
def test_random_numbers_come_from_generators_only(path):
    drawn = {name for name in dotted_names(path) if name.startswith(("np.random.", "random."))}
    good = ("np.random.default_rng", "np.random.Generator")
    assert {name for name in drawn if not name.startswith(good)} == set()
    assert not {"random", "numpy.random"} & set(imports(path))


@pytest.mark.parametrize("file", TREES)
def test_nothing_is_pickled_evaluated_or_shown(file):
    path = TREES[file]
    text = path.read_text(encoding="utf-8")
    assert not {"pickle", "shelve", "marshal"} & set(imports(path))
    assert "allow_pickle=True" not in text
    tree = ast.parse(text)
    # A window opens, and a student's code is run, only in the one function that is for it.
    meant = {
        "plots/__init__": "show",
        "classroom/child": "loaded",
        "commands/exercise": "run",
    }.get(file)
    tree.body = [node for node in tree.body if getattr(node, "name", "") != meant]
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {"eval", "exec", "plt.show", "plt.style.use", "np.seterr"} & calls
    assert not [name for name in dotted_names(path) if "rcParams" in name]


# ---------------------------------------------------------------------------- the public face


def public(things):
    return [name for name in things if not name.startswith("_")]


def test_all_lists_each_public_name_once_and_sorted():
    imported = {name for name in public(vars(tn)) if not inspect.ismodule(getattr(tn, name))}
    assert set(tn.__all__) == imported
    assert sorted(set(tn.__all__)) == sorted(tn.__all__)


def public_definitions():
    """Public functions, classes and methods of public classes, wherever they stand."""
    for file, path in TREES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield file, tree
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_":
                yield f"{file}.{node.name}", node
                methods = node.body if isinstance(node, ast.ClassDef) else []
                for method in methods:
                    if isinstance(method, ast.FunctionDef) and method.name[0] != "_":
                        yield f"{file}.{node.name}.{method.name}", method


# Explained once: on Activation, on SGD, on later.normalization.Norm.
INHERITED = {"f", "slope", "change", "normalize", "through"}


def setter(node):
    return any(ast.unparse(d).endswith(".setter") for d in getattr(node, "decorator_list", []))


def test_everything_public_has_a_docstring():
    bare = [
        name
        for name, node in public_definitions()
        if ast.get_docstring(node) is None
        and name.rsplit(".")[-1] not in INHERITED
        and not setter(node)
    ]
    assert bare == []


@pytest.mark.parametrize("name", tn.__all__)
def test_a_public_name_says_what_it_is(name):
    doc = inspect.getdoc(getattr(tn, name))
    assert doc
    assert len(doc.splitlines()[0]) <= 100

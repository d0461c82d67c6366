"""Backprop in a debugger: real pdb sessions, and the lesson that shows them, line for line."""

import ast
import inspect
import re
import textwrap
import time
from pathlib import Path

import numpy as np
import pdb_sessions
import pytest

import tinynet as tn

LESSON = Path(__file__).parents[1] / "lessons/04_stepping_through_backprop.py"
PROGRAM = """\
import numpy as np

import tinynet as tn

net = tn.mlp([3, 4, 2], rng=0)
loss = tn.SoftmaxCrossEntropy()


def one_pass():
    loss.forward(net.forward(np.ones((5, 3))), np.array([0, 1, 1, 0, 1]))
    net.backward(loss.backward())


one_pass()
kept = [layer.dx.copy() for layer in net.layers]
one_pass()
print("same:", all((layer.dx == dx).all() for layer, dx in zip(net.layers, kept, strict=True)))
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "lessons" / "program.py"  # in a folder whose frames are shown
    path.parent.mkdir()
    path.write_text(PROGRAM)
    return path


def screen(program, *typed, pdbrc=""):
    """What one would see, typing these commands in pdb."""
    printed = pdb_sessions.drive(["-m", "pdb", program], typed, pdbrc)
    return pdb_sessions.on_screen(printed, typed)


def equations(function):
    """The lines of code of a function that has a bias: no signature, docstring, or other branch."""
    source = textwrap.dedent(inspect.getsource(function))
    others = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.If) and node.orelse
        for line in range(node.body[-1].end_lineno + 1, node.orelse[-1].end_lineno + 1)
    }
    start = source[: source.rindex('"""')].count("\n") + 2
    lines = enumerate(source.splitlines(), start=1)
    return [line.strip() for k, line in lines if k >= start and k not in others]


def test_the_lessons_sessions_are_what_pdb_prints():
    started = time.perf_counter()
    expected = pdb_sessions.sessions(LESSON)
    found = list(pdb_sessions.run(LESSON))
    assert len(found) == len(expected) == 2
    for screen, session in zip(found, expected, strict=True):
        assert [line.rstrip() for line in screen] == session
    assert time.perf_counter() - started < 30


METHODS = ["Linear.forward", "Linear.backward", "Activation.forward", "Activation.backward"]


@pytest.mark.parametrize("method", METHODS)
def test_every_equation_of_a_layer_is_a_stop_in_the_order_of_the_source(program, method):
    name, function = method.split(".")
    lines = equations(getattr(getattr(tn, name), function))
    seen = screen(program, "b one_pass", "c", f"b tn.{method}", "c", *["n"] * (len(lines) - 1))
    begin = seen.index(f"> layers.py {function}()")
    assert [line[3:] for line in seen[begin:] if line.startswith("-> ")] == lines


def test_shapes_and_names_are_there_at_the_breakpoint_and_the_alias_lists_them(program):
    alias = pdb_sessions.aliases(LESSON)
    assert alias.startswith("alias shapes ")
    typed = ["b one_pass", "c", "b tn.Linear.backward", "c"]
    typed += ["p dy.shape", "p self.x.shape", "p self", "shapes self"]
    seen = screen(program, *typed, pdbrc=alias)
    answers = {line[6:]: seen[k + 1] for k, line in enumerate(seen[:-1]) if line[:5] == "(Pdb)"}
    assert answers["p dy.shape"] == "(5, 2)"
    assert answers["p self.x.shape"] == "(5, 4)"
    assert answers["p self"] == "Linear(4, 2, float64): W b x y, batch 5"
    listed = [line.split(maxsplit=1) for line in seen[seen.index("(Pdb) shapes self") + 1 :]]
    assert dict(listed) == {
        **{"n_in": "4", "n_out": "2", "W": "(4, 2)", "b": "(2,)", "x": "(5, 4)", "y": "(5, 2)"},
        **{"dy": "None", "dW": "None", "db": "None", "dx": "None"},
    }


def test_stopping_and_looking_changes_nothing(program):
    """The same bits the second time, when every layer was printed on the way."""
    look = ["p self", "pp vars(self)", "p repr(self)", "c"]
    seen = screen(program, "b one_pass", "c", "c", "b tn.Linear.backward", "c", *look * 2)
    assert "same: True" in seen


def test_the_mistakes_of_the_lesson_run_and_are_caught():
    """They run; the trace and the gradient check see them; the answers mend them."""
    text = LESSON.read_text(encoding="utf-8")
    names = {"tn": tn, "np": np}
    classes = re.search(r"^class Tanh.*?(?=^right)", text, re.DOTALL | re.MULTILINE)
    exec(classes.group(0), names)
    for layer in (names["Tanh"](), names["Linear"](4, 4, rng=0)):
        rows = tn.gradient_check(tn.Network([layer]), np.random.default_rng(0).normal(size=(3, 4)))
        assert [row.array for row in rows if row.error > 1e-3] == ["dx"]
    wide = tn.Network([names["Linear"](4, 3, rng=0)])
    wide.forward(np.ones((2, 4)))
    with pytest.raises(ValueError, match="matmul"):  # not legal where W is not square
        wide.backward(np.ones((2, 3)))

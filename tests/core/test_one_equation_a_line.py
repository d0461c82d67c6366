"""The form that makes code good to step through, of each layer and loss: one equation a line.

No decorator, comprehension, lambda or ``with``: each adds a frame or hides a line from the
debugger. At most one matrix product a statement, and one name set by each assignment.
"""

import ast
import inspect
import textwrap

import pytest

import tinynet as tn
from tinynet import activations, layers, losses
from tinynet import network as networks

METHODS = ("forward", "backward", "f", "slope")
HIDING = (
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.Lambda, ast.With, ast.Try, ast.Yield, ast.YieldFrom, ast.NamedExpr),
    *(ast.FunctionDef, ast.ClassDef),
)
PRODUCTS = {"matmul", "dot", "einsum", "inner", "outer", "vdot", "tensordot", "multi_dot"}


def steps():
    """Every function that a student steps through, by its name."""
    for module in (layers, activations, losses, networks):
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == module.__name__:
                for name in METHODS:
                    function = vars(cls).get(name)
                    if function and not getattr(function, "__isabstractmethod__", False):
                        yield f"{cls.__name__}.{name}", function


STEPS = dict(steps())


def products(statement):
    """How many matrix products a statement takes, not counting those of statements in it."""
    count, waiting = 0, [statement]
    while waiting:
        node = waiting.pop()
        count += isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.MatMult)
        if isinstance(node, ast.Call):
            count += ast.unparse(node.func).split(".")[-1] in PRODUCTS
        waiting += [child for child in ast.iter_child_nodes(node) if not is_statement(child)]
    return count


def is_statement(node):
    return isinstance(node, ast.stmt)


def faults(source):
    """What a student would stumble over in a function."""
    tree = ast.parse(textwrap.dedent(source))
    whole = tree.body[0]
    if whole.decorator_list:
        yield "a decorator"
    lines = set()
    for node in ast.walk(whole):
        if isinstance(node, HIDING) and node is not whole:
            yield type(node).__name__
        if not is_statement(node) or node is whole:
            continue
        if products(node) > 1:
            yield f"{products(node)} matrix products: {ast.unparse(node)}"
        if node.lineno in lines:
            yield f"two statements on a line: {ast.unparse(node)}"
        lines.add(node.lineno)
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if len(node.targets) > 1 or isinstance(target, (ast.Tuple, ast.List)):
                yield f"several names set at once: {ast.unparse(node)}"


@pytest.mark.parametrize("name", STEPS)
def test_one_equation_a_line(name):
    assert list(faults(inspect.getsource(STEPS[name]))) == []


def test_every_layer_and_loss_is_looked_at():
    wanted = {"Linear", "Activation", "Network", "SoftmaxCrossEntropy", "Quadratic"}
    for name in wanted:
        assert {f"{name}.forward", f"{name}.backward"} <= STEPS.keys()
    for cls in (tn.Sigmoid, tn.Tanh, tn.Softsign, tn.ReLU, tn.Identity):
        assert {f"{cls.__name__}.f", f"{cls.__name__}.slope"} <= STEPS.keys()
        assert cls.forward is tn.Activation.forward
        assert cls.backward is tn.Activation.backward


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("self.dW = self.x.T @ dy @ dy.T", "2 matrix products"),
        ("self.rows = [row.sum() for row in dy]", "ListComp"),
        ("self.dy = self.dx = dy", "several names"),
        ("self.dy, self.dx = dy, dy", "several names"),
        ("self.slope = lambda s: 1", "Lambda"),
        ("self.dy = dy; self.dx = dy", "two statements"),
    ],
)
def test_what_hides_a_line_is_found(line, word):
    assert word in " ".join(faults(f"def backward(self, dy):\n    {line}\n    return dy"))

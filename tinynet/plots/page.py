"""One pass through a network as a page to step through: every array, and the line that made it.

Made from a :class:`tinynet.looking.Trace`: the numbers are those of a real pass, and the lines of
NumPy are read from the source of the layers, so neither can differ from what tinynet computes.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Container, Iterator, Sequence
from importlib import resources
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet.activations import Identity, ReLU, Sigmoid, Softsign, Tanh
from tinynet.layers import Linear
from tinynet.looking.traces import Trace, backward_names, forward_names
from tinynet.losses import Quadratic, SoftmaxCrossEntropy

LARGEST = 20_000  # numbers in a page: a browser lays out each of them
COMPUTED = (  # what the page can compute again, when a number is changed by hand
    *(Linear, Tanh, Softsign, Sigmoid, ReLU, Identity),
    *(SoftmaxCrossEntropy, Quadratic),
)


def page(trace: Trace) -> str:
    """Make one HTML file that needs nothing else: a slider, maps of colours, lines of code.

    A number that is pointed at lights up those it is made of. Where layers and loss are tinynet's
    own, in float64, entries of W, b and the input can be changed, and the pass is computed again.

    Parameters
    ----------
    trace : Trace
        Of a small network: every number is in the file.

    Raises
    ------
    ValueError
        A number of the trace is not finite, or there are more than 20,000 of them.
    """
    arrays = _of_a_trace(trace).named()
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"trace: expected finite numbers, got others in {name}")
    count = sum(array.size for array in arrays.values())
    if count > LARGEST:
        raise ValueError(
            f"trace: expected at most {LARGEST:,} numbers, got {count:,}: a page is for a small"
            " network and a small batch"
        )
    kinds = [kind.__name__ for kind in trace.kinds]
    titles = [f"{place} {kind}" for place, kind in zip(trace.places, kinds, strict=False)]
    content = {
        "places": [*titles, kinds[-1]],
        "steps": steps(trace),
        "kinds": [kind.__name__ if kind in COMPUTED else None for kind in trace.kinds],
        "computes": _can_be_computed(trace),
    }
    text = json.dumps(content, allow_nan=False).replace("</", "<\\/")  # "</" could end the script
    template = resources.files("tinynet.plots") / "page.html"
    return template.read_text(encoding="utf-8").replace('"CONTENT"', text)


def steps(trace: Trace) -> list[dict[str, Any]]:
    """List what is shown, step by step: forward through the layers, the loss, and back.

    Returns
    -------
    list of dict
        ``place``, the number of the layer, the loss being the last; ``way``, forward or backward;
        ``code``, the lines that compute; ``uses`` and ``makes``, lists of arrays. An array is a
        dict: ``name``, the paper's if it has one, ``where``, its place on the network, ``of``
        and ``attribute``, the number of its layer and its name there, ``shape`` and ``rows``, and
        ``scale``: signed, part (of 1) or plain. One that is made has ``line``, the number of its
        line in the code, None if another method makes it or the code is not at hand.
    """
    names = {id(array): name for name, array in _of_a_trace(trace).named().items()}
    forward, backward = [], []
    for k, (place, arrays) in enumerate(zip(trace.places, trace.layers, strict=True)):
        where = "net" + "".join(f".layers[{number}]" for number in place.split("."))
        show = _Step(k, trace.kinds[k], where, names)
        values = [name for name in forward_names(arrays) if name != "y"]
        forward.append(show("forward", arrays, uses=values, makes=["y"]))
        made = [name for name in backward_names(arrays) if name != "dy"]
        backward.append(show("backward", arrays, uses=["dy", *values], makes=made))
    show = _Step(len(trace.layers), trace.kinds[-1], "loss", names)
    arrays = {**trace.loss, "cost": np.array(trace.cost)}
    gradients = [name for name in arrays if name[0] == "d"]
    inputs = [name for name in trace.loss if name not in (*gradients, "p")]
    made = [name for name in ("p", "cost") if name in arrays]
    forward.append(show("forward", arrays, uses=inputs, makes=made))
    used = [name for name in trace.loss if name not in gradients]
    backward.append(show("backward", arrays, uses=used, makes=gradients))
    return [*forward, *reversed(backward)]


def _of_a_trace(trace: Any) -> Trace:
    if not isinstance(trace, Trace):
        got = checks.describe(trace)
        raise TypeError(f"trace: expected a Trace, got {got}; write tn.trace(net, x, labels, loss)")
    return trace


class _Step:
    """Makes the two steps of one layer, or of the loss."""

    def __init__(self, place: int, kind: type, owner: str, names: dict[int, str]) -> None:
        self.place, self.kind, self.owner, self.names = place, kind, owner, names

    def __call__(
        self, way: str, arrays: dict[str, np.ndarray], uses: Sequence[str], makes: Sequence[str]
    ) -> dict[str, Any]:
        code = computing_lines(getattr(self.kind, way), arrays)
        text = "\n".join(code)
        # "self.f(x)" alone says little: the lines of f follow.
        inner = [name for name in ("f", "slope") if f"self.{name}(" in text]
        for name in inner:
            code += [
                f"{name}(s): {line}" for line in computing_lines(getattr(self.kind, name), arrays)
            ]
        return {
            "place": self.place,
            "way": way,
            "code": code,
            "uses": [
                self.array(name, arrays[name])
                for name in uses
                if name in arrays and re.search(rf"\b{name}\b", text)
            ],
            "makes": [
                {
                    **self.array(name, arrays[name]),
                    "line": next((n for n, line in enumerate(code) if _makes(line, name)), None),
                }
                for name in makes
                if name in arrays
            ],
        }

    def array(self, name: str, array: np.ndarray) -> dict[str, Any]:
        """Return an array in the form that JSON holds."""
        where = f"{self.owner}.{name}"
        known = self.names.get(id(array), "")
        return {
            "name": name if "." in known or not known else known,
            "where": where,
            "of": self.place,
            "attribute": name,
            "scale": _scale(name, array),
            "shape": list(array.shape),
            "rows": np.atleast_2d(array).tolist(),
        }


def _scale(name: str, array: np.ndarray) -> str:
    """Tell what the colours of an array mean: classes and the cost have none."""
    if array.dtype.kind != "f" or array.ndim == 0:
        return "plain"
    return "part" if name == "p" else "signed"


def _can_be_computed(trace: Trace) -> bool:
    """Tell whether the page can do the whole pass itself: in float64, without blocks."""
    return all(kind in COMPUTED for kind in trace.kinds) and trace.output.dtype == np.float64


def computing_lines(function: Callable, arrays: Container[str] = ()) -> list[str]:
    """Return the statements of a method that compute something, as written in its source.

    From ``if self.b is not None`` they are those of the branch that was taken: the first, if "b"
    is in ``arrays``. There are none without a source: typed at a prompt, or no ``def``.
    """
    try:
        source = textwrap.dedent(inspect.getsource(function))
        definition: Any = ast.parse(source).body[0]
    except (OSError, TypeError, SyntaxError):
        return []
    lines = []
    for statement in _taken(getattr(definition, "body", []), arrays):
        text = textwrap.dedent(ast.get_source_segment(source, statement) or "")
        computing = (ast.Call, ast.BinOp, ast.Subscript)
        computes = any(isinstance(node, computing) for node in ast.walk(statement))
        if computes and "checks." not in text and not isinstance(statement, ast.If):
            lines.append(text)
    return lines


def _taken(statements: list[ast.stmt], arrays: Container[str]) -> Iterator[ast.stmt]:
    """Yield the statements, of ``if self.NAME is None`` those of the branch that was taken."""
    for statement in statements:
        test = ast.unparse(statement.test) if isinstance(statement, ast.If) else ""
        known = re.fullmatch(r"self\.(\w+) is (not )?None", test)
        if known and isinstance(statement, ast.If):
            there = (known[1] in arrays) == bool(known[2])
            yield from _taken(statement.body if there else statement.orelse, arrays)
        else:
            yield statement


def _makes(line: str, name: str) -> bool:
    """Tell whether a line computes self.name: assigns it, or has it as ``out=``."""
    return line.startswith(f"self.{name} = ") or f"out=self.{name})" in line

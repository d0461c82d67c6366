"""The page to step through: numbers of the trace, lines of the source, in a browser too."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from own_parts import batch_for, own_net, small_net

import tinynet as tn
from tinynet.__main__ import main
from tinynet.plots.page import computing_lines, page, steps

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="module")
def trace():
    net = small_net(sizes=(3, 4, 2))
    return tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())


def places(trace):
    return [(step["place"], step["way"]) for step in steps(trace)]


# ---------------------------------------------------------------------------- the steps


def test_steps_go_forward_through_layers_and_loss_and_back(trace):
    forward = [(k, "forward") for k in (0, 1, 2, 3)]
    assert places(trace) == forward + [(k, "backward") for k in (3, 2, 1, 0)]


def test_every_array_of_a_pass_is_made_once_with_the_numbers_of_the_trace(trace):
    made = [array for step in steps(trace) for array in step["makes"]]
    wanted = ["z[1]", "s[0]", "s[1]", "p", "cost", "ds[1]", "dW[1]", "db[1]", "dz[1]"]
    wanted += ["ds[0]", "dW[0]", "db[0]", "dz[0]"]
    assert sorted(array["name"] for array in made) == sorted(wanted)
    of_trace = trace.named()
    for array in made:
        rows = np.atleast_2d(of_trace.get(array["name"], trace.loss.get(array["name"])))
        np.testing.assert_array_equal(array["rows"], rows)


def test_a_step_shows_what_its_lines_read_and_nothing_else(trace):
    used = {
        (step["place"], step["way"]): [array["name"] for array in step["uses"]]
        for step in steps(trace)
    }
    assert used[0, "forward"] == ["W[0]", "b[0]", "z[0]"]
    assert used[1, "backward"] == ["dz[1]", "s[0]"]
    assert used[2, "backward"] == ["ds[1]", "W[1]", "z[1]"]
    assert used[3, "backward"] == ["labels", "p"]


@pytest.mark.parametrize(
    ("place", "way", "name", "line"),
    [
        (0, "forward", "s[0]", "self.y = x @ self.W + self.b"),
        (1, "forward", "z[1]", "self.y = self.f(x)"),
        (2, "backward", "dW[1]", "np.matmul(self.x.T, dy, out=self.dW)"),
        (2, "backward", "db[1]", "dy.sum(axis=0, out=self.db)"),
        (2, "backward", "dz[1]", "self.dx = dy @ self.W.T"),
        (1, "backward", "ds[0]", "self.dx = dy * slope"),
        (3, "forward", "p", "self.p = exps / total"),
        (3, "backward", "ds[1]", "self.doutput = (self.p - one_hot) / m"),
    ],
)
def test_each_array_is_beside_the_line_that_made_it(trace, place, way, name, line):
    step = steps(trace)[places(trace).index((place, way))]
    array = next(array for array in step["makes"] if array["name"] == name)
    assert step["code"][array["line"]].startswith(line)


def test_no_line_that_computes_is_left_out():
    lines = computing_lines(tn.SoftmaxCrossEntropy.backward)
    assert lines == [
        "m = len(self.labels)",
        "one_hot = np.zeros_like(self.p)",
        "one_hot[np.arange(m), self.labels] = 1",
        "self.doutput = (self.p - one_hot) / m",
    ]


def test_the_lines_of_f_and_slope_are_shown_too(trace):
    code = steps(trace)[1]["code"]
    assert "f(s): return np.tanh(s)" in code


def test_custom_layers_are_shown(tmp_path):
    net = own_net()
    own = tn.trace(net, *batch_for(net), tn.SoftmaxCrossEntropy())
    gain = next(step for step in steps(own) if step["place"] == 1 and step["way"] == "backward")
    assert [array["where"].rsplit(".")[-1] for array in gain["makes"]] == ["dgamma", "dx"]


def test_an_array_made_by_another_method_is_shown_without_a_line():
    class Turned(tn.Linear):
        def backward(self, dy):
            super().backward(dy)
            self.dx = dy @ self.W
            return self.dx

    net = tn.Network([Turned(3, 3, rng=0), tn.Tanh(), tn.Linear(3, 2, rng=1)])
    last = steps(tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy()))[-1]
    assert {array["name"]: array["line"] for array in last["makes"]} == {
        **{"dW[0]": None, "db[0]": None},
        "dz[0]": last["code"].index("self.dx = dy @ self.W"),
    }


def test_layers_typed_at_a_prompt_are_shown_without_lines():
    names = {"tn": tn}
    exec("class Double(tn.Activation):\n  def f(self, s): return 2 * s", names)
    typed = type("Typed", (names["Double"],), {"slope": lambda self, s: 0 * s + 2})
    net = tn.mlp([3, 4, 2], activation=typed, rng=0)
    own = tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())
    assert steps(own)[1]["code"] == ["self.y = self.f(x)"]  # of Activation; f is not at hand
    assert "z[1]" in page(own)


def test_a_network_too_large_to_look_at_is_refused():
    net = tn.mlp([200, 200, 2], rng=0)
    large = tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match="trace: expected at most 20,000 numbers, got"):
        page(large)


def test_numbers_that_are_not_finite_are_refused():
    net = small_net(sizes=(3, 4, 2))
    net.layers[0].b[0] = np.inf
    with np.errstate(all="ignore"):
        broken = tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())
        with pytest.raises(ValueError, match=r"trace: expected finite .*b\[0\]"):
            page(broken)


# ---------------------------------------------------------------------------- the file


def test_the_page_needs_no_other_file_and_holds_the_steps(trace):
    text = page(trace)
    assert not re.findall(r"(?:src|href|url)\s*[=(]|https?:", text)
    content = json.loads(re.search(r"const content = (.*);\n", text)[1].replace("<\\/", "</"))
    assert content["steps"] == json.loads(json.dumps(steps(trace)))


def test_the_command_writes_the_page_and_keeps_an_earlier_one(tmp_path, capsys):
    file = tmp_path / "page.html"
    assert main(["picture", "--out", str(file)]) == 0
    before = file.read_bytes()
    assert main(["picture", "--seed", "1", "--out", str(file)]) == 1
    said = capsys.readouterr().err
    assert f"--out: {file} " in said
    assert "--overwrite" in said
    assert file.read_bytes() == before
    assert main(["picture", "--seed", "1", "--out", str(file), "--overwrite"]) == 0
    assert file.read_bytes() != before


# ---------------------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def seen_at(trace, tmp_path_factory):
    """What a real browser makes of the page: its DOM at an address, after some keys."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here to show the page in")
    folder = tmp_path_factory.mktemp("browser")

    def dom(k, keys=()):
        press = "".join(
            f'document.dispatchEvent(new KeyboardEvent("keydown", {{key: "{key}"}}));'
            for key in keys
        )
        file = folder / "page.html"
        file.write_text(page(trace).replace("</body>", f"<script>{press}</script></body>"))
        command = [CHROMIUM, *QUIET, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
        ran = subprocess.run(
            [*command, f"{file.as_uri()}#step={k}"], capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return dom


def cells(dom, part):
    inside = re.search(rf'id="{part}">(.*?)</div>', dom, re.DOTALL)[1]
    return re.findall(r'<td[^>]*title="([^"]*)"[^>]*>([^<]*)</td>', inside)


def test_a_browser_shows_each_step_with_its_numbers_and_lines(trace, seen_at):
    all_steps = steps(trace)
    for k, step in enumerate(all_steps):
        dom = seen_at(k)
        assert f"Step {k + 1} of {len(all_steps)}: " in dom
        assert len(re.findall(r'aria-current="step"', dom)) == 1
        for part in ("makes", "uses"):
            numbers = [x for array in step[part] for row in array["rows"] for x in row]
            shown = cells(dom, part)
            assert [float(title.split(" = ")[1]) for title, _ in shown] == numbers
            for (_, text), x in zip(shown, numbers, strict=True):
                assert float(text) == pytest.approx(x, abs=6e-4, rel=0.06)
        marked = re.findall(r'<span class="made">([^<]*)</span>', dom)
        assert len(marked) == len({array["line"] for array in step["makes"]})


def test_red_is_above_0_and_blue_below_as_in_the_lessons(seen_at):
    cell = r'title="[^"]* = ([^"]*)" style="background: rgb\((\d+), (\d+), (\d+)\)'
    shown = [[float(x) for x in found] for found in re.findall(cell, seen_at(5))]
    assert {x > 0 for x, *_ in shown} == {True, False}
    for x, red, _, blue in shown:
        assert (red >= blue) if x > 0 else (blue >= red)
    assert max(abs(red - blue) for _, red, _, blue in shown) > 100


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        (["ArrowRight"], 3),
        (["ArrowLeft", "ArrowLeft", "ArrowLeft"], 0),
        (["End"], 7),
        (["End", "ArrowRight"], 7),
        (["Home"], 0),
        (["a"], 2),
    ],
)
def test_the_keyboard_steps_through_the_page(seen_at, keys, step):
    assert f'data-step="{step}"' in seen_at(2, keys)


def test_a_step_out_of_range_is_the_nearest_one(seen_at):
    assert 'data-step="7"' in seen_at(99)

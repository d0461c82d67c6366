"""Lessons as notebooks: jupytext makes them of the files as they are, and they run in a kernel."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lesson_facts import TRAINS

FOLDER = Path(__file__).parents[1] / "lessons"
LESSONS = {
    path.stem: path
    for where in (FOLDER, FOLDER / "later")
    for path in sorted(where.glob("[0-9][0-9]_*.py"))
}


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """Make a notebook of each lesson, as lessons/README.md says."""
    pytest.importorskip("jupytext", reason='needs pip install ".[web]"')
    folder = tmp_path_factory.mktemp("notebooks")
    for path in LESSONS.values():
        shutil.copy(path, folder)
    made = [str(folder / path.name) for path in LESSONS.values()]
    words = ["--quiet", "--to", "notebook", "--set-kernel", "python3"]
    command = [sys.executable, "-m", "jupytext", *words, *made]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return folder


def notebook_of(name, notebooks, folder):
    """Copy one to a folder of its own."""
    return Path(shutil.copy(notebooks / f"{name}.ipynb", folder))


def run(notebook):
    """Run all cells in a kernel; return the outputs, joined to one text, and the pictures."""
    pytest.importorskip("nbclient", reason='needs pip install ".[web]"')
    folder = notebook.parent
    execute = subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", "--inplace", "--timeout=300", str(notebook)],
        cwd=folder,
        env={
            **{key: value for key, value in os.environ.items() if key != "MPLBACKEND"},
            "HOME": str(folder),
            "XDG_CACHE_HOME": "",
            "TINYNET_DATA": "",
            "OPENBLAS_NUM_THREADS": "1",
        },
        capture_output=True,
        encoding="utf-8",
    )
    assert execute.returncode == 0, execute.stderr[-3000:]
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    printed = "".join("".join(output.get("text", "")) for output in outputs)
    return printed, sum("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("name", LESSONS)
def test_a_notebook_names_its_kernel_and_has_every_cell(name, notebooks):
    made = json.loads((notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert made["metadata"]["kernelspec"]["name"] == "python3"
    source = LESSONS[name].read_text(encoding="utf-8")
    assert len(made["cells"]) == len(re.findall("^# %%", source, re.MULTILINE))


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in LESSONS if name not in TRAINS])
def test_a_lesson_runs_as_a_notebook_with_its_pictures_in_it(name, notebooks, tmp_path):
    """Those that train take minutes; as scripts they run in the tests of the lessons."""
    printed, pictures = run(notebook_of(name, notebooks, tmp_path))
    assert "no answer yet" in printed
    source = LESSONS[name].read_text(encoding="utf-8")
    assert pictures == len(re.findall(r'^plots\.show\("', source, re.MULTILINE))
    assert not list(tmp_path.rglob("*.png"))


@pytest.mark.parametrize(("answer", "said"), [("0.2913", "right"), ("5", "not yet")])
def test_an_answer_is_checked_in_its_cell(notebooks, tmp_path, answer, said):
    notebook = notebook_of("01_one_neuron", notebooks, tmp_path)
    text = notebook.read_text(encoding="utf-8")
    assert "answer_3 = None" in text
    notebook.write_text(text.replace("answer_3 = None", f"answer_3 = {answer}"), encoding="utf-8")
    printed, _ = run(notebook)
    [line] = re.findall(r"^Exercise 1.3: .*", printed, re.MULTILINE)
    assert said in line

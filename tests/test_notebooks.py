"""Lessons as notebooks, which jupytext makes of the files as they are.

Here one runs, with answers in it; all of them run in the tests of the lessons.
"""

import json
import os
import re
import subprocess
import sys

import pytest
from lesson_facts import LESSONS


def run(notebook):
    """Run all cells as a reader may, in a kernel; return what they print."""
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
    return "".join("".join(output.get("text", "")) for output in outputs)


@pytest.mark.parametrize("name", LESSONS)
def test_a_notebook_names_its_kernel_and_has_every_cell(name, notebooks):
    made = json.loads((notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert made["metadata"]["kernelspec"]["name"] == "python3"
    source = LESSONS[name].read_text(encoding="utf-8")
    assert len(made["cells"]) == len(re.findall("^# %%", source, re.MULTILINE))


@pytest.mark.parametrize(("answer", "said"), [("0.2913", "right"), ("5", "not yet")])
def test_an_answer_is_checked_in_its_cell(notebooks, tmp_path, answer, said):
    text = (notebooks / "01_one_neuron.ipynb").read_text(encoding="utf-8")
    assert "answer_3 = None" in text
    notebook = tmp_path / "01_one_neuron.ipynb"
    notebook.write_text(text.replace("answer_3 = None", f"answer_3 = {answer}"), encoding="utf-8")
    [line] = re.findall(r"^Exercise 1.3: .*", run(notebook), re.MULTILINE)
    assert said in line

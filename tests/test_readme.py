"""README's Python runs as it stands there."""

import re
from pathlib import Path

import numpy as np

import tinynet as tn

README = Path(__file__).parents[1] / "README.md"


def test_the_python_of_readme_runs_and_prints_what_its_comments_say(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it saves a network
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(blocks) == 5
    names = {}
    for block in blocks:
        exec(block, names)
    printed = capsys.readouterr().out
    assert "(1024, 1000) (10, 1000)" in printed
    assert "True" in printed
    assert "Scale" in printed
    assert names["monitor"]["z_p98"].shape == (3, 5)
    assert names["monitor"]["dW_std"].shape == (3, 6)
    rows = tn.gradient_check(names["net"], np.ones((2, 6)))
    assert max(row.error for row in rows) < 1e-7


def test_the_table_of_rooms_names_every_file():
    table = README.read_text().split("## The rooms of the house")[1].split("## ")[0]
    folder = README.parent / "tinynet"
    for entry in folder.iterdir():
        if entry.name in ("__init__.py", "py.typed", "__pycache__"):
            continue
        name = entry.name + "/" if entry.is_dir() else entry.name
        assert f"`{name}`" in table, name

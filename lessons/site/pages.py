"""What the site needs beside Sphinx: pages from Markdown, numbers, equations, captions."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import captions
import equations
import matplotlib as mpl
import matplotlib.pyplot as plt
from docutils.utils.math.latex2mathml import tex2mathml
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas  # noqa: F401
from matplotlib.figure import Figure

import tinynet as tn
from tinynet import exercises, later, plots, studies
from tinynet.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
GALLERIES = {  # the name on the site: the folder, the title, and its first words
    "lessons": ("lessons", "The lessons", "From one neuron to the paper."),
    "later": ("lessons/later", "What came after", "Parts and ideas that came after the paper."),
}
HEADER = "{title}\n{line}\n\n{text} What each teaches is in :doc:`the syllabus </course>`.\n"
PAGES = {  # the name on the site, and the file it is made from
    "index": "README.md",
    "course": "lessons/README.md",
    "glossary": "lessons/GLOSSARY.md",
    "papers": "lessons/later/README.md",
    "assignments": "lessons/assignments/README.md",
}
PLAY = """# Pages to play with

Each is a single file: save it, and it works anywhere.

- <a href="live.html">What random weights do</a>: drag the scale of the weights of an untrained
  network, and see what arrives at the top, what comes back down, and what theory says of both.
- <a href="step.html">Stepping through backprop</a>: a pass through a small network, number by
  number. Point at one to see the sum that made it; change one, and the pass is computed again.

Make your own with `python -m tinynet live` and `python -m tinynet picture --sizes 3,4,2`.
"""

# ---------------------------------------------------------------------------- before a build


def make(here: Path) -> list[str]:
    """Write the sources of all pages beside conf.py; return the names of the galleries."""
    galleries = {}
    for name, (folder, title, text) in GALLERIES.items():
        lessons = sorted((ROOT / folder).glob("[0-9][0-9]_*.py"))
        if lessons:
            galleries[name] = lessons
            header = HEADER.format(title=title, line="=" * len(title), text=text)
            written(here / "examples" / name / "GALLERY_HEADER.rst", header)
        for lesson in lessons:
            written(here / "examples" / name / lesson.name, lesson.read_text(encoding="utf-8"))
    pictures = ROOT / "lessons" / "pictures"
    shutil.copytree(pictures, here / "pictures", dirs_exist_ok=True)
    shutil.copy(pictures / "network.png", here / "examples" / "thumbnail.png")

    tasks = sorted((ROOT / "lessons" / "assignments").glob("*/README.md"))
    tasks_of = {f"tasks/{path.parent.name}": str(path.relative_to(ROOT)) for path in tasks}
    places = {file: f"/{name}.md" for name, file in (PAGES | tasks_of).items()}
    for name, lessons in galleries.items():
        for path in lessons:
            places[str(path.relative_to(ROOT))] = f"/{name}/{path.stem}.rst"
    for name, file in (PAGES | tasks_of).items():
        text = (ROOT / file).read_text(encoding="utf-8")
        if name == "index":
            pages = [f"{gallery}/index" for gallery in galleries]
            pages += ["play", "The syllabus <course>", "papers", "glossary"]
            pages += ["assignments", "api"]
            text = text.split("\n## Look inside")[0] + toctree(pages)
        elif name == "assignments":
            text += toctree(tasks_of)
        written(here / f"{name}.md", linked(text, file, places))
    (here / "alive").mkdir(exist_ok=True)
    for command, file in (("live", "live.html"), ("picture", "step.html")):
        if main([command, "--overwrite", "--out", str(here / "alive" / file)]):
            raise RuntimeError(f"{file} was not written")
    written(here / "play.md", PLAY)
    written(here / "api.rst", reference())
    return list(galleries)


def written(file: Path, text: str) -> None:
    """Write a file, unless it is so already: Sphinx reads again what is newer."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def toctree(pages: Iterable[str]) -> str:
    return "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"


def linked(text: str, file: str, places: Mapping[str, str]) -> str:
    """Lead links to the pages of this site; what is not on it is named without a link."""

    def link(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        if target.startswith("http"):
            return found[0]
        path, _, anchor = target.partition("#")
        there = (ROOT / file).parent / path if path else ROOT / file
        name = there.resolve().relative_to(ROOT).as_posix()
        if picture:
            return f"![{words}](/{name.removeprefix('lessons/')})"
        if name not in places:
            return words
        return f"[{words}]({places[name]}{'#' * bool(anchor)}{anchor})"

    text = re.sub(r"(!?)\[([^\]]*)\]\(([^)]+)\)", link, text)
    # The syllabus names each lesson by its file, this page by its title.
    for name in re.findall(r"^\| `(\S+)\.py`", text, re.MULTILINE):
        lesson, place = ROOT / "lessons" / f"{name}.py", places.get(f"lessons/{name}.py")
        if place:
            title = lesson.read_text(encoding="utf-8").splitlines()[2]
            title = number(place.split("/")[1], lesson.name[:2]) + title
            text = text.replace(f"| `{name}.py` |", f"| [{title}]({place}) |")
    return text


# ---------------------------------------------------------------------------- the reference


def reference() -> str:
    """List the public face, by rooms: Sphinx makes a page of each name."""
    rooms: dict[str, list[str]] = {}
    titles = {
        **dict.fromkeys(("network", "layers", "activations", "losses"), "The core"),
        **dict.fromkeys(("initializers", "optimizers"), "The core"),
        **{"datasets": "Data", "training": "Training", "looking": "Looking inside"},
        "saving": "Saving",
    }
    for name in tn.__all__:
        room = inspect.getmodule(getattr(tn, name)).__name__.split(".")[1]
        rooms.setdefault(titles[room], []).append(f"tinynet.{name}")
    for module, title in (
        (later, "What came after"),
        (plots, "Pictures"),
        (studies, "Studies"),
        (exercises, "Exercises"),
    ):
        rooms[title] = [f"{module.__name__}.{name}" for name in public(module)]
    lines = ["Reference", "=========", ""]
    for title in sorted(rooms, key=[*titles.values(), *rooms].index):
        lines += [title, "-" * len(title), "", ".. autosummary::", "   :toctree: api", ""]
        lines += [*(f"   {name}" for name in rooms[title]), ""]
    return "\n".join(lines)


def public(module: ModuleType) -> list[str]:
    """Return a module's functions and classes: those of ``__all__``, or those defined there."""
    names = getattr(module, "__all__", None)
    if names is None:
        names = [name for name, thing in vars(module).items() if name[0] != "_" and callable(thing)]
        names = [n for n in names if getattr(vars(module)[n], "__module__", "")[:7] == "tinynet"]
    return [name for name in names if callable(getattr(module, name))]


# ---------------------------------------------------------------------------- while it is built


def setup(app: Any) -> dict[str, bool]:
    app.connect("source-read", change)
    app.connect("html-page-context", numbered)
    return {"parallel_read_safe": True}


def change(app: Any, name: str, source: list[str]) -> None:
    """Number the lessons in their titles, and typeset equations."""
    folder, _, page = name.partition("/")
    if folder in GALLERIES and page[:2].isdigit():
        source[0] = re.sub(r"^(.+)\n([=-])\2{3,}$", underlined, source[0], flags=re.MULTILINE)
        source[0] = re.sub(r"^\S.*", bars, source[0], flags=re.MULTILINE)
        source[0] = typeset(titled(source[0], number(folder, page[:2])))


def numbered(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Give a lesson the same title under its thumbnail as in the link behind it."""
    title = r'(<span class="doc">(.*?)</span></a></p>\s*<div class="sphx-glr-thumbnail-title">).*?<'
    context["body"] = re.sub(title, r"\1\2<", context.get("body", ""))


def in_order(path: str) -> tuple[bool, str]:
    """Sort the lessons: those on what came after come last."""
    return Path(path).parent.name == "later", path


def underlined(title: re.Match[str]) -> str:
    """Make the line under a title as long as it: in a lesson it may be short."""
    return f"{title[1]}\n{title[2] * max(len(title[0]) - len(title[1]) - 1, len(title[1]))}"


def bars(line: re.Match[str]) -> str:
    """Keep |V| in a line of text from being taken for a substitution, which is RST's."""
    parts = line[0].split("``")
    parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
    return "``".join(parts)


def number(folder: str, digits: str) -> str:
    return f"{'L' if folder == 'later' else ''}{int(digits)}. "


def titled(text: str, number: str) -> str:
    """Put a number before the title, which is the first line above a line of =."""
    return re.sub(
        r"^(.+)\n(=+)$",
        lambda m: f"{number}{m[1]}\n{'=' * len(number)}{m[2]}",
        text,
        count=1,
        flags=re.M,
    )


def typeset(text: str) -> str:
    """Replace literal blocks of which every line is a known equation; the others get no colours:
    as Python, which few of them are, f' would begin a string."""

    def block(found: re.Match[str]) -> str:
        before, lines = found[1], [line.strip() for line in found[2].splitlines() if line.strip()]
        if not all(line in equations.TEX for line in lines):
            return f"{before}\n\n.. code-block:: none\n\n{found[2]}"
        shown = "".join(
            tex2mathml(equations.TEX[line], as_block=True).replace("\n", " ") for line in lines
        )
        return f'{before}\n\n.. raw:: html\n\n    <div class="equation">{shown}</div>\n\n'

    return re.sub(r"(:):\n\n((?: {4}.*\n|[ \t]*\n)+)", block, text)


# ---------------------------------------------------------------------------- pictures


def keep_figures(gallery_conf: Mapping[str, Any], path: str) -> None:
    """Have ``plots.show`` leave a figure to the page, as in a notebook: this file is a backend."""
    mpl.rcdefaults()
    mpl.use(f"module://{__name__}")


def show(*args: Any, **keywords: Any) -> None:
    """Do nothing: figures stay, for :func:`captioned`."""


def captioned(block: Any, variables: Mapping[str, Any], gallery_conf: Mapping[str, Any]) -> str:
    """Save the figures of a cell; return them with what is to be seen, and what is drawn."""
    shown = []
    figures, names = plt.get_fignums(), re.findall(r'plots\.show\("(.*)"\)', block[1])
    if len(names) > len(figures):  # those that are indented need files that are not there
        names = re.findall(r'^plots\.show\("(.*)"\)', block[1], re.MULTILINE)
    for figure_number, name in zip(figures, names, strict=True):
        figure = plt.figure(figure_number)
        path = Path(next(variables["image_path_iterator"]))
        figure.savefig(path, dpi=130)
        folder = gallery_conf["src_dir"]
        place = path.resolve().relative_to(Path(folder).resolve()).as_posix()
        shown.append(
            f".. figure:: /{place}\n   :alt: {drawn(figure)}\n   :class: sphx-glr-single-img\n\n"
            f"   {captions.OF.get(name, '')}\n"
        )
    plt.close("all")
    return "\n".join(shown)


def drawn(figure: Figure) -> str:
    """Describe a figure by the words on it."""
    words = []
    for ax in figure.axes:
        labels = [ax.get_ylabel(), ax.get_xlabel()]
        words.append(
            ": ".join(filter(None, [ax.get_title(), " against ".join(filter(None, labels))]))
        )
    return " ".join("; ".join(dict.fromkeys(filter(None, words))).split()) or "A picture"

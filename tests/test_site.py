"""The site: built from the lessons as they are, without a warning, and readable by anyone."""

import ast
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser import SCHEMES, SIZES, browser, opened, problems
from lesson_facts import COURSE, LATER

import tinynet as tn

ROOT = Path(__file__).parents[1]
SITE = ROOT / "lessons" / "site"
LESSONS = {
    f"{gallery}/{name}": path
    for gallery, lessons in (("lessons", COURSE), ("later", LATER))
    for name, path in lessons.items()
}


def build(folder, *options, runs=""):
    """Copy what the site is made from, and build it: warnings are errors."""
    for package in ("sphinx_gallery", "furo", "numpydoc", "myst_parser"):
        pytest.importorskip(package, reason='needs pip install ".[web]"')
    made = shutil.ignore_patterns("__pycache__", *(p.name for p in SITE.glob("*/")))
    shutil.copytree(ROOT / "lessons", folder / "lessons", ignore=made)
    for kept in ("static", "templates"):
        shutil.copytree(SITE / kept, folder / "lessons" / "site" / kept)
    shutil.copy(ROOT / "README.md", folder)
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", *options]
        + ["lessons/site", "build/site"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder / "home"),
            "XDG_CACHE_HOME": "",
            "TINYNET_DATA": "",
            "TINYNET_RUNS": str(runs),
        },
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
    return folder / "build" / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site without the lessons' output: that takes seconds."""
    return build(tmp_path_factory.mktemp("site"), "-Dplot_gallery=0")


def text(page):
    return page.read_text(encoding="utf-8")


def heading(page):
    return re.sub("<[^>]*>", "", re.search(r"<h1>(.*?)<a ", text(page))[1])


# ---------------------------------------------------------------------------- what is there


def test_each_lesson_has_a_numbered_page_and_can_be_downloaded(site):
    for name, path in LESSONS.items():
        number = f"{'L' * name.startswith('later')}{int(path.name[:2])}. "
        title = path.read_text(encoding="utf-8").splitlines()[2]
        assert heading(site / f"{name}.html") == number + title
        assert number + title in text(site / name.split("/")[0] / "index.html")
        [script], [notebook] = (
            list((site / "_downloads").rglob(path.stem + ending)) for ending in (".py", ".ipynb")
        )
        assert script.read_bytes() == path.read_bytes()
        assert json.loads(text(notebook))["metadata"]["kernelspec"]["name"] == "python3"


def test_the_front_page_is_readmes_first_screen(site):
    front = text(site / "index.html")
    assert "A multi-layer perceptron in plain NumPy that you can see through" in front
    assert "Run it" in front
    assert "Train, watch, stop, go on" not in front


def test_glossary_syllabus_assignments_and_pages_to_play_with_are_there(site):
    assert heading(site / "glossary.html") == "Glossary"
    assert heading(site / "course.html") == "The lessons"
    assert heading(site / "papers.html") == "What came after: the papers"
    assert re.search(r"<a [^>]*lessons/03_[^>]*>.*3. A deep network", text(site / "course.html"))
    for path in (ROOT / "lessons" / "assignments").glob("*/README.md"):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert heading(site / "tasks" / f"{path.parent.name}.html") == title
    play = text(site / "play.html")
    for page in ("live.html", "step.html"):
        assert f'href="{page}"' in play
        assert "<main>" in text(site / page)


def called(path):
    """Find the functions and classes of tinynet that a lesson calls by their usual names."""
    rooms = {"tn": "tinynet", **{room: f"tinynet.{room}" for room in ("later", "plots", "studies")}}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            room = getattr(node.func.value, "id", None)
            if room in rooms:
                yield f"{rooms[room]}.{node.func.attr}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_name_in_a_lesson_opens_its_page_which_lists_the_lesson(site, lesson):
    page = text(site / f"{lesson}.html")
    names = set(called(LESSONS[lesson]))
    assert names
    for name in names:
        assert f'href="../api/{name}.html#{name}"' in page
        assert f'href="../{lesson}.html' in text(site / "api" / f"{name}.html")


def test_each_name_of_the_public_face_has_a_page(site):
    for name in tn.__all__:
        assert heading(site / "api" / f"tinynet.{name}.html") == f"tinynet.{name}"


def test_every_link_within_the_site_leads_somewhere(site):
    for page in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?]+)', text(page)):
            if not re.match(r"[a-z]+:", link):
                assert (page.parent / link).exists(), f"{page.relative_to(site)}: {link}"


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        loads = re.findall(r"<(?:script|img|iframe|source)[^>]*src=\"([^\"]*)", text(page))
        loads += re.findall(r"<link(?![^>]*rel=\"canonical)[^>]*href=\"([^\"]*)", text(page))
        assert not [address for address in loads if re.match(r"(https?:)?//", address)]


def test_a_lesson_takes_at_most_a_megabyte(site):
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert size <= 1_000_000 * len(LESSONS)


# ---------------------------------------------------------------------------- equations, captions


@pytest.fixture(scope="module")
def tables():
    """The two tables of the site, as they stand in its files."""
    found = {}
    for name in ("equations", "captions"):
        exec((SITE / f"{name}.py").read_text(encoding="utf-8"), found)
    return SimpleNamespace(tex=found["TEX"], captions=found["OF"])


def test_each_equation_of_the_table_still_stands_in_a_lesson(tables):
    lines = {
        line.lstrip("# ").strip()
        for path in LESSONS.values()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#     ")
    }
    assert set(tables.tex) - lines == set()


def test_equations_are_typeset_and_numpy_stays_as_it_is(site, tables):
    pages = [text(site / f"{name}.html") for name in LESSONS]
    shown = sum(page.count("<math") for page in pages)
    assert len(tables.tex) - 4 <= shown <= len(tables.tex) + 4  # some share a block, some repeat
    seventh = text(site / "lessons" / "07_what_random_weights_do.html")
    assert "E[z_i^2] = E[x^2] * product" not in seventh
    third = html.unescape(re.sub("<[^>]*>", "", text(site / "lessons" / "03_a_deep_network.html")))
    assert "dW2 = z2.T @ ds2" in third
    ninth = html.unescape(text(site / "lessons" / "09_jacobians.html"))
    assert "J[k, l] = f'(s_k) W[l, k]" in ninth  # in one colour: f' begins no string


def test_captions_and_pictures_are_the_same(tables):
    pictures = {
        picture
        for path in LESSONS.values()
        for picture in re.findall(r'plots\.show\("(.*)"\)', path.read_text(encoding="utf-8"))
    }
    assert set(tables.captions) == pictures
    assert all(caption.endswith(".") for caption in tables.captions.values())


# ---------------------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "page",
    [
        *("index", "play", "course", "lessons/index", "lessons/08_the_way_back"),
        *("later/04_gradient_starvation", "tasks/06_jacobians", "api/tinynet.Linear"),
    ],
)
def test_anyone_can_read_it(site, chromium, page, size, scheme):
    with opened(chromium, (site / f"{page}.html").as_uri(), size, scheme) as seen:
        assert problems(seen) == []


LINES = """() => {
  const lengths = [], range = document.createRange();
  for (const p of document.querySelectorAll("article section > p")) {
    const nodes = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    let line = 0, bottom = null;
    while (nodes.nextNode()) {
      for (let k = 0; k < nodes.currentNode.length; k++) {
        range.setStart(nodes.currentNode, k);
        range.setEnd(nodes.currentNode, k + 1);
        const [at] = range.getClientRects();
        if (at && bottom !== null && at.bottom > bottom + 10) { lengths.push(line); line = 0; }
        if (at) { bottom = at.bottom; line++; }
      }
    }
  }
  return lengths.sort((a, b) => a - b);
}"""


@pytest.mark.parametrize("name", ["lessons/08_the_way_back", "later/04_gradient_starvation"])
def test_prose_has_short_lines_and_code_fits(site, chromium, name):
    with opened(chromium, (site / f"{name}.html").as_uri()) as seen:
        lengths = seen.evaluate(LINES)  # in characters; the last line of a paragraph is left out
        assert len(lengths) > 20
        assert 60 <= lengths[len(lengths) // 2] <= 78
        assert lengths[len(lengths) * 9 // 10] <= 82  # fonts differ
        pres = "Array.from(document.querySelectorAll('pre'), (a) => a.scrollWidth - a.clientWidth)"
        assert max(seen.evaluate(pres)) <= 0


def test_search_finds_a_word(site, chromium):
    with opened(chromium, f"{(site / 'search.html').as_uri()}?q=Jacobian") as seen:
        seen.wait_for_selector("#search-results a")
        assert "Jacobian" in seen.inner_text("#search-results")


# ---------------------------------------------------------------------------- with the output


@pytest.mark.long
def test_lessons_run_into_their_pages_with_captioned_pictures(tmp_path, tables, kept):
    """They take the training runs that the tests of the lessons keep."""
    site = build(tmp_path, runs=kept / "no files")
    for name, path in LESSONS.items():
        page = text(site / f"{name}.html")
        assert "sphx-glr-script-out" in page
        assert "Picture: " not in page
        shown = re.findall(r"<figcaption>\s*<p><span[^>]*>(.*?)</span>", page, re.DOTALL)
        source = path.read_text(encoding="utf-8")
        wanted = re.findall(r'^plots\.show\("(.*)"\)', source, re.MULTILINE)
        assert [" ".join(html.unescape(words).split()) for words in shown] == [
            tables.captions[picture] for picture in wanted
        ]
        alts = re.findall(r'<img alt="([^"]*)"[^>]*sphx-glr-single-img', page)
        assert len(alts) == len(wanted)
        assert all(len(alt) > 8 for alt in alts)
    digits = re.sub("<[^>]*>", "", text(site / "lessons" / "15_real_digits.html"))
    assert "python -m tinynet figure12 --data mnist --size medium" in digits  # its kept numbers
    test_a_lesson_takes_at_most_a_megabyte(site)

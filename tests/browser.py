"""A page in a real browser: where it is looked at, and what is wrong with it there."""

import contextlib
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Every page is looked at on a desk and on a telephone, by day and at night.
SIZES = [(1280, 900), (390, 844)]
SCHEMES = ["light", "dark"]


@contextlib.contextmanager
def browser():
    """Start Chromium; skip the test where it, or what drives it, is not installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason='needs pip install ".[browser]"')
    if CHROMIUM is None:
        pytest.skip("no Chromium here to show the page in")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@contextlib.contextmanager
def opened(browser, address, size=SIZES[0], scheme="light"):
    """Open a page; a script of it that fails, and anything it asks of a server, fails the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: wrong.append(asked.url) if asked.url[:4] == "http" else None)
    page.goto(address)
    yield page
    context.close()
    assert wrong == []


def problems(page):
    """List what axe-core finds, and a page that is wider than the window."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason='needs pip install ".[browser]"'
    )
    found = axe.Axe().run(page).response["violations"]
    lines = [
        f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
    ]
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return lines + ([f"{over} px wider than the window"] if over > 0 else [])

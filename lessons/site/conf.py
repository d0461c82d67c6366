"""The lessons as a site: python -m sphinx lessons/site build/site.

Its pages are made from the lessons, README, the glossary and docstrings as they are; what is made
on the way stands beside this file, and git ignores it. With ``-D plot_gallery=0`` no lesson is run,
and it takes seconds.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import pages  # noqa: E402

galleries = pages.make(HERE)

project = html_title = "tinynet"
author = "the tinynet authors"
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "pages",
]
exclude_patterns = ["examples", "lessons/*.ipynb", "later/*.ipynb"]
templates_path = ["templates"]
smartquotes = False  # text stays as it is written
html_show_search_summary = False  # it would be fetched, which a file:// address forbids
myst_heading_anchors = 3
autosummary_generate = True
numpydoc_show_class_members = False
html_theme = "furo"
html_static_path = ["static"]
html_extra_path = ["alive"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sourcelink = html_show_copyright = html_show_sphinx = html_copy_source = False
# The colours of code: furo's own for the light page are too pale for its grey ground.
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"

sphinx_gallery_conf = {
    "examples_dirs": [f"examples/{name}" for name in galleries],
    "gallery_dirs": galleries,
    "filename_pattern": r"\d\d_\w+\.py",
    "within_subsection_order": "FileNameSortKey",
    "minigallery_sort_order": "pages.in_order",
    "nested_sections": False,
    "doc_module": ("tinynet",),
    "backreferences_dir": "api/used",
    "image_scrapers": ("pages.captioned",),
    "reset_modules": ("pages.keep_figures",),
    "capture_repr": (),
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "copyfile_regex": "",
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "default_thumb_file": str(HERE / "examples" / "thumbnail.png"),
}

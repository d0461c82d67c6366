"""What the paper did: each study is a function from settings to plain arrays.

Computing is kept apart from drawing: a study returns a :class:`Result`, which can be saved,
loaded, and drawn with :mod:`tinynet.plots` as often as you like.
"""

from tinynet.studies import figure11, figure12, race, seeded, significance, table1, tables
from tinynet.studies.costs import cost_surfaces
from tinynet.studies.histograms import layer_histograms
from tinynet.studies.race import Race
from tinynet.studies.result import Result
from tinynet.studies.spectra import geometric_mean, jacobian_spectra, law, marchenko_pastur
from tinynet.studies.table1 import Table1
from tinynet.studies.variance import linear_regime, mean_field, variance_theory
from tinynet.studies.watched import Run, runs_folder, watch

__all__ = [
    "Race",
    "Result",
    "Run",
    "Table1",
    "cost_surfaces",
    "figure11",
    "figure12",
    "geometric_mean",
    "jacobian_spectra",
    "law",
    "layer_histograms",
    "linear_regime",
    "marchenko_pastur",
    "mean_field",
    "race",
    "runs_folder",
    "seeded",
    "significance",
    "table1",
    "tables",
    "variance_theory",
    "watch",
]

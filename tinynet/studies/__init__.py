"""What the paper did: each study is a function from settings to plain arrays.

Computing is kept apart from drawing: a study returns a :class:`Result`, which can be saved,
loaded, and drawn with :mod:`tinynet.plots` as often as you like.
"""

from tinynet.studies import figure11, figure12, race, seeded, significance, table1, tables
from tinynet.studies.costs import cost_surfaces
from tinynet.studies.curvature import curvature
from tinynet.studies.dropout import dropout
from tinynet.studies.histograms import layer_histograms
from tinynet.studies.marked_digits import marked_digits
from tinynet.studies.normalizing import batch_sizes, landscape, larger_rates, plateau, with_norm
from tinynet.studies.private import private
from tinynet.studies.race import Race
from tinynet.studies.rectifiers import rectifiers
from tinynet.studies.result import Result
from tinynet.studies.spectra import geometric_mean, jacobian_spectra, law, marchenko_pastur
from tinynet.studies.table1 import Table1
from tinynet.studies.transfer import transfer
from tinynet.studies.variance import linear_regime, mean_field, variance_theory
from tinynet.studies.watched import Run, runs_folder, watch

__all__ = [
    "Race",
    "Result",
    "Run",
    "Table1",
    "batch_sizes",
    "cost_surfaces",
    "curvature",
    "dropout",
    "figure11",
    "figure12",
    "geometric_mean",
    "jacobian_spectra",
    "landscape",
    "larger_rates",
    "law",
    "layer_histograms",
    "linear_regime",
    "marchenko_pastur",
    "marked_digits",
    "mean_field",
    "plateau",
    "private",
    "race",
    "rectifiers",
    "runs_folder",
    "seeded",
    "significance",
    "table1",
    "tables",
    "transfer",
    "variance_theory",
    "watch",
    "with_norm",
]

# SPDX-License-Identifier: MIT
"""What the figure and the table of a fit show."""

import numpy as np
import pytest
from anisoap_md.active import report as active_report
from anisoap_md.training import report
from anisoap_md.training.fitting import fit
from testing.training.labelled import frames, label, linear_model, small_descriptor

UNITS = {"energy": "eV / particle", "forces": "eV / Å", "torques": "eV", "stress": "eV / particle"}


@pytest.fixture(scope="module")
def result():
    descriptor = small_descriptor()
    return fit(
        label(linear_model(descriptor), frames(14)), descriptor, units="metal", learning_curve=True, test=0.3
    )


def test_residuals_stand_below_the_parity_plots(result):
    figure = report.figure_of(result)
    axes = np.array(figure.axes).reshape(2, -1)
    for k, (target, unit) in enumerate(UNITS.items()):
        parity, residual = axes[:, k]
        assert parity.get_ylabel() == f"model ({unit})" and residual.get_xlabel() == f"label ({unit})"
        assert residual.get_ylabel() == f"model - label\n({unit})"
        for name, above, below in zip(("train", "test"), parity.lines, residual.lines, strict=False):
            labels, predictions = result.parity[name][target]
            np.testing.assert_array_equal(above.get_xdata(), labels)
            np.testing.assert_array_equal(above.get_ydata(), predictions)
            np.testing.assert_array_equal(below.get_xdata(), labels)
            np.testing.assert_array_equal(below.get_ydata(), predictions - labels)


def test_every_curve_has_a_label(result):
    for axis in report.figure_of(result).axes:
        horizontal = [
            line for line in axis.lines if np.ptp(line.get_ydata()) == 0 and len(line.get_xdata()) == 2
        ]
        named = [line for line in axis.lines if not line.get_label().startswith("_")]
        assert len(named) + len(horizontal) == len(axis.lines)


def test_the_table_of_errors_has_units(result):
    lines = repr(result).splitlines()
    assert len(lines) == 10
    for line in lines:
        _, target, words = line.split(maxsplit=2)
        if target == "pressure":
            assert words.endswith(" frames)") and " bar (virial" in words
            continue
        assert f" {UNITS[target].replace('Å', 'angstrom')}" in words.split(",")[0]
        assert words.isascii()


@pytest.mark.parametrize("measure, unit", [("uncertainty", "epsilon"), ("grade", "none")])
def test_the_table_of_rounds_has_units(measure, unit):
    content = {"finished": "all rounds are done", "units": "lj", "rounds": [dict.fromkeys(ROUND)]}
    content["measure"] = measure
    content["rounds"][0] |= {"round": 0, "n_runs": 0, "n_stopped": 0, "n_labelled": 0}
    of_errors = "energy epsilon / particle, forces epsilon / sigma, torques epsilon"
    assert f"units: {of_errors}; threshold, largest {unit}" in active_report.lines(content)


ROUND = (
    "round threshold n_runs n_stopped n_collected max_uncertainty largest_uncertainty n_labelled errors_before "
    "n_training_frames errors"
).split()

# SPDX-License-Identifier: MIT
"""Agreement with golden values: from the reference implementation where they are at hand, and from the repository's oracle."""

import warnings

import numpy as np
import pytest
from anisoap_md import Descriptor, _core
from testing.helpers import assert_close, golden_files, load_case

FILES = golden_files()
PATHS = [(isa, compiled) for isa in _core.instruction_sets() for compiled in (True, False)]


@pytest.fixture(params=FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def case(request):
    return load_case(request.param)


def check_power_spectrum(got, case, bound):
    """Pairs of species that the reference leaves out are exactly zero."""
    absent = np.isnan(case.power_spectrum)
    assert not got[absent].any()
    assert_close(np.where(absent, 0, got), np.nan_to_num(case.power_spectrum), bound)


def check_coefficients(got, case, bound):
    assert_close(
        np.concatenate([g.ravel() for g in got]),
        np.concatenate([c.ravel() for c in case.coefficients]),
        bound,
    )


def test_there_are_golden_files():
    assert any(path.parent.name == "golden" for path in FILES)


def test_double_precision_agrees(case):
    descriptor = Descriptor(species=case.species, **case.hypers)
    coefficients = descriptor.coefficients(case.frames)
    assert [c.shape for c in coefficients] == [c.shape for c in case.coefficients]
    check_coefficients(coefficients, case, case.bound)
    check_power_spectrum(descriptor.power_spectrum(case.frames), case, case.bound)


def test_single_precision_agrees(case):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "anisoap: dtype 'float32'", UserWarning)
        descriptor = Descriptor(species=case.species, dtype="float32", **case.hypers)
    coefficients = descriptor.coefficients(case.frames)
    assert all(c.dtype == np.float32 for c in coefficients)
    check_coefficients(coefficients, case, 1e-4)
    check_power_spectrum(descriptor.power_spectrum(case.frames), case, 1e-4)


@pytest.mark.parametrize(("instruction_set", "compiled"), PATHS)
def test_every_path_agrees(case, instruction_set, compiled):
    hypers = _core.Hypers(species=[str(s) for s in case.species], **case.hypers)
    core = _core.Descriptor(hypers, instruction_set=instruction_set, compiled_degrees=compiled)
    assert core.instruction_set == instruction_set
    for single, bound in ((False, case.bound), (True, 1e-4)):
        rows, _ = core.compute(case.frames, case.species, "coefficients", single)
        expected = np.hstack([c.reshape(len(c), -1) for c in case.coefficients])
        assert_close(rows, expected, bound)
        rows, _ = core.compute(case.frames, case.species, "power_spectrum", single)
        check_power_spectrum(rows, case, bound)

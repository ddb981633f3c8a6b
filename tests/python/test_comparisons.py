# SPDX-License-Identifier: MIT
"""The comparison of arrays that tests share."""

import re

import numpy as np
import pytest
from testing.helpers import SUPPORT, assert_close


def test_there_is_one():
    found = [p.name for p in SUPPORT.rglob("*.py") if re.search(r"def assert_close\(", p.read_text())]
    assert found == ["helpers.py"]


def test_zeros_are_zeros():
    assert_close(np.zeros(3), np.zeros(3), 0)
    assert_close([], [], 0)


@pytest.mark.parametrize(
    "got, expected",
    [
        ([0.0, 1e-300], [0.0, 0.0]),
        ([np.nan, 1.0], [0.0, 1.0]),
        ([0.0, 1.0], [np.nan, 1.0]),
        ([np.nan], [np.nan]),
        ([np.inf], [np.inf]),
        ([1.0 + 2e-9], [1.0]),
        ([1.0, 1.0], [1.0]),
    ],
)
def test_others_fail(got, expected):
    with pytest.raises(AssertionError):
        assert_close(got, expected, 1e-9)

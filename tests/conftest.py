# SPDX-License-Identifier: MIT
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", default="cpu", help="device of whatever takes one and whose test names none")

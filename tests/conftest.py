# SPDX-License-Identifier: MIT
import pytest

# Start of the names of tests: what they do, and within how many seconds all together by docs/guide/installation.md.
PROMISED = {
    "tests/docs/test_tutorials.py::test_tutorial_runs_as_printed": ("tutorials", 300),
    "tests/wheel/test_newcomer.py::test_from_nothing": ("wheel, from an empty HOME to a potential", 300),
    "tests/wheel/test_wheel.py": ("wheel, from an empty environment to lmp with both styles", 120),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", default="cpu", help="device of whatever takes one and whose test names none")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Seconds of tests whose time the documents promise. Told, not asserted: a busy machine makes no test fail."""
    each = [r for reports in terminalreporter.stats.values() for r in reports]
    for start, (what, bound) in PROMISED.items():
        taken = [r.duration for r in each if isinstance(r, pytest.TestReport) and r.nodeid.startswith(start)]
        if taken:
            terminalreporter.write_line(f"{what}: {sum(taken):.0f} s; promised {bound} s")

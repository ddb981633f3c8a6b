# SPDX-License-Identifier: MIT
"""Signals that a library drops, or makes an error of its own of, end a command all the same."""

import signal
import sys
import time

import pytest
from anisoap_md.cli.process.signals import ended_by_signals


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    """Under nohup the tests begin with a SIGHUP that is ignored, which a command leaves ignored."""
    former = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


class Dropping:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_while_an_object_is_deleted_comes_again(capsys):
    @ended_by_signals
    def command(argv):
        Dropping()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            time.sleep(0.001)
        return 0

    former = sys.unraisablehook
    assert command() == 143
    assert capsys.readouterr().err == "anisoap-md: ended by SIGTERM\n"
    assert sys.unraisablehook is former
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_an_error_made_of_a_signal_is_the_signal(capsys):
    @ended_by_signals
    def command(argv):
        try:
            signal.raise_signal(signal.SIGHUP)
        except BaseException:
            return 1
        return 0

    assert command() == 129
    assert capsys.readouterr().err == "anisoap-md: ended by SIGHUP\n"


def test_a_command_that_was_done_is_done(capsys):
    assert ended_by_signals(lambda argv: 0)() == 0
    assert capsys.readouterr().err == ""

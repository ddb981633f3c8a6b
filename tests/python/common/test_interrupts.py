# SPDX-License-Identifier: MIT
"""Ctrl-C ends every call of many frames, or of a large one, within a second on an idle machine; one that waits is not lost."""

import signal
import subprocess
import sys
import threading
import time

import pytest
from anisoap_md.common.interrupts import waiting
from testing import long_calls
from testing.helpers import SUPPORT

SECONDS = 5  # for the end of a call; what is idle needs less than one
PATIENCE = 120  # seconds until a process that says nothing is ended


@pytest.mark.parametrize("name", long_calls.CALLS)
def test_an_interrupt_ends_the_call(name):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "testing.long_calls", name],
        cwd=SUPPORT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = threading.Timer(PATIENCE, process.kill)
    watch.start()
    try:
        assert process.stdout.readline().strip() == "started"
        time.sleep(0.5)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline().strip() == "interrupted"
        assert time.monotonic() - sent < SECONDS
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


@pytest.fixture
def handlers():
    """Those of a test, which raise; set back after it."""

    def end(number, frame):
        raise SystemExit(128 + number)

    former = {n: signal.signal(n, end) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield lambda: {signal.getsignal(n) for n in former} == {end}
    for number, handler in former.items():
        signal.signal(number, handler)


def test_a_signal_waits_and_handlers_are_set_back(handlers):
    done = []
    with pytest.raises(SystemExit, match="143"), waiting(impatient=False):
        signal.raise_signal(signal.SIGTERM)
        done.append(1)
    assert done and handlers()


def test_a_signal_in_a_block_that_raises_is_not_lost(handlers):
    with pytest.raises(SystemExit, match="129") as ended, waiting():
        signal.raise_signal(signal.SIGHUP)
        raise OSError("full")
    assert isinstance(ended.value.__context__, OSError) and handlers()


def test_a_second_ctrl_c_waits_where_nobody_is_impatient(handlers):
    done = []
    for impatient in (True, False):
        with pytest.raises(SystemExit, match="130"), waiting(impatient=impatient):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append(impatient)
        assert handlers()
    assert done == [False]


def test_a_handler_that_raises_while_others_are_set_back(handlers, monkeypatch):
    """As a signal does that comes just then."""
    real, count = signal.signal, []

    def set_back(number, handler):
        count.append(number)
        found = real(number, handler)
        if len(count) == 4:
            raise SystemExit(7)
        return found

    monkeypatch.setattr(signal, "signal", set_back)
    with pytest.raises(SystemExit, match="7"), waiting():
        assert len(count) == 3
    monkeypatch.undo()
    assert len(count) == 6 and handlers()


def test_a_block_in_a_thread_leaves_the_handlers(handlers):
    found = []

    def block():
        with waiting():
            found.append(handlers())

    thread = threading.Thread(target=block)
    thread.start()
    thread.join()
    assert found == [True]

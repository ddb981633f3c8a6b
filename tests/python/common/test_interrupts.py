# SPDX-License-Identifier: MIT
"""Ctrl-C ends every call of many frames, or of a large one, within a second on an idle machine."""

import signal
import subprocess
import sys
import threading
import time

import pytest
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

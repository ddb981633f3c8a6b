# SPDX-License-Identifier: MIT
"""Ctrl-C ends every call of many frames, or of a large one, within a second."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from testing import long_calls

SUPPORT = Path(__file__).parents[2] / "support"


@pytest.mark.parametrize("name", long_calls.CALLS)
def test_an_interrupt_ends_the_call(name):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "testing.long_calls", name],
        cwd=SUPPORT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout.readline().strip() == "started"
        time.sleep(0.5)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline().strip() == "interrupted"
        assert time.monotonic() - sent < 1
    finally:
        process.kill()
        process.communicate()

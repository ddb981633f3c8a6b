# SPDX-License-Identifier: MIT
"""Signals that end a command."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Terminated(BaseException):
    """A signal other than that of Ctrl-C; `status` is the exit status that shells give for it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated(number)


@contextmanager
def terminating() -> Iterator[None]:
    """SIGTERM and SIGHUP raise Terminated, so that files which are being written are removed first.

    Signals that the process ignores (nohup) or handles already stay as they are.
    """
    taken = []
    if threading.current_thread() is threading.main_thread():
        taken = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)

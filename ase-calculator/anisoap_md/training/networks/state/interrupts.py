# SPDX-License-Identifier: MIT
"""Signals that wait for the end of a step, so that the state between two steps can be kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Waiting:
    """The signal that came first, and what answers it."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._handlers: dict[int, Any] = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.number is not None and number == signal.SIGINT:
            self.answer()  # a second Ctrl-C does not wait
        self.number = number

    def answer(self) -> None:
        """Calls the handler, which raises as a rule."""
        number, self.number = self.number, None
        if number is not None:
            self._handlers[number](number, None)


@contextmanager
def waiting(wanted: bool) -> Iterator[Waiting]:
    """Notes signals that have handlers of Python in the main thread; the others stay as they are."""
    found = Waiting()
    if wanted and threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler):
                found._handlers[number] = handler
                signal.signal(number, found._note)
    try:
        yield found
    finally:
        for taken, handler in found._handlers.items():
            signal.signal(taken, handler)
    found.answer()

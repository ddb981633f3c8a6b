# SPDX-License-Identifier: MIT
"""Signals that wait for the end of a step: so that the state between two steps can be kept, or a library loses none."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Waiting:
    """The signal that came last, and what answers it."""

    def __init__(self, impatient: bool) -> None:
        self.number: int | None = None
        self._impatient = impatient
        self._handlers: dict[int, Any] = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._impatient and self.number is not None and number == signal.SIGINT:
            self.answer()  # a second Ctrl-C does not wait
        self.number = number

    def answer(self) -> None:
        """Calls the handler, which raises as a rule."""
        number, self.number = self.number, None
        if number is not None:
            self._handlers[number](number, None)


@contextmanager
def waiting(wanted: bool = True, *, impatient: bool = True) -> Iterator[Waiting]:
    """Notes signals that have handlers of Python in the main thread; the others stay as they are.

    The handler is called at the end of the block, also of one that raises; where `impatient`, at once by a second Ctrl-C.
    """
    found = Waiting(impatient)
    try:
        with ExitStack() as former:  # sets each handler back, also where one of them raises meanwhile
            if wanted and threading.current_thread() is threading.main_thread():
                for number in _SIGNALS:
                    handler = signal.getsignal(number)
                    if callable(handler):
                        found._handlers[number] = handler
                        former.callback(signal.signal, number, handler)
                        signal.signal(number, found._note)
            yield found
    finally:
        found.answer()

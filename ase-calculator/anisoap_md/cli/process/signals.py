# SPDX-License-Identifier: MIT
"""Signals that end a command."""

import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn, TypeVar

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class _Ended(BaseException):
    """By a signal other than that of Ctrl-C."""


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    raise _Ended(number)


@contextmanager
def _raising() -> Iterator[None]:
    """Signals that the process ignores (nohup) or handles already stay as they are."""
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


def ended_by_signals(command: _Command) -> _Command:
    """Makes SIGTERM and SIGHUP end a command as Ctrl-C does: files that are being written are removed. The exit status is
    128 + the number of the signal, as shells have it.
    """

    @functools.wraps(command)
    def run(argv: list[str] | None = None) -> int:
        try:
            with _raising():
                return command(argv)
        except _Ended as ended:
            number = signal.Signals(ended.args[0])
            print(f"anisoap-md: ended by {number.name}", file=sys.stderr)
            return 128 + number

    return run  # type: ignore[return-value]

# SPDX-License-Identifier: MIT
"""Signals that end a command."""

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn, TypeVar

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_SOON = 0.01  # s


class _Ended(BaseException):
    """By a signal other than that of Ctrl-C."""


@contextmanager
def _raising() -> Iterator[list[int]]:
    """Gives the signals that came. Those that the process ignores (nohup) or handles already stay as they are.

    Python drops what is raised while an object is deleted or a library calls back: such a signal comes again.
    """
    seen: list[int] = []
    later: list[threading.Timer] = []
    former, taken = sys.unraisablehook, []
    if threading.current_thread() is threading.main_thread():
        taken = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]

    def end(number: int, frame: FrameType | None) -> NoReturn:
        seen.append(number)
        raise _Ended(number)

    def again(dropped: Any) -> None:
        if isinstance(dropped.exc_value, _Ended):
            later.append(threading.Timer(_SOON, os.kill, (os.getpid(), dropped.exc_value.args[0])))
            later[-1].start()
        else:
            former(dropped)

    for number in taken:
        signal.signal(number, end)
    if taken:
        sys.unraisablehook = again
    try:
        yield seen
    finally:
        for timer in later:
            timer.cancel()
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
        if taken:
            sys.unraisablehook = former


def ended_by_signals(command: _Command) -> _Command:
    """Makes SIGTERM and SIGHUP end a command as Ctrl-C does: files that are being written are removed. The exit status is
    128 + the number of the signal, as shells have it.
    """

    @functools.wraps(command)
    def run(argv: list[str] | None = None) -> int:
        seen: list[int] = []
        try:
            with _raising() as seen:
                status = command(argv)
        except _Ended:
            status = 1
        if not (status and seen):  # a library may have made an error of its own of it
            return status
        print(f"anisoap-md: ended by {signal.Signals(seen[0]).name}", file=sys.stderr)
        return 128 + seen[0]

    return run  # type: ignore[return-value]

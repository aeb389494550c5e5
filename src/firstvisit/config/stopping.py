"""Being told to stop: Ctrl-C, SIGTERM, SIGHUP.

Python runs a signal's handler between two steps of whatever it is doing, also inside a `__del__` or a
callback whose exceptions it prints and drops. What a handler raises can therefore be lost; so it is
remembered as well, nothing of it is printed, and whoever is about to go on serving asks first.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_told: int | None = None
_raises = True


def listen() -> None:
    """From now on each of the three ends what is being done, as SystemExit, and what was begun is put away.

    A SIGHUP that is ignored stays ignored, as under nohup. A SIGINT that a shell ignores for what it starts in
    the background is heard all the same: whoever sends it means us.
    """
    global _told, _raises
    _told, _raises = None, True
    _install()
    sys.unraisablehook = _lost


def only_remember() -> None:
    """From now on nothing is raised: whoever called this looks at `asked` often enough. What was heard
    before is not forgotten."""
    global _raises
    _raises = False
    _install()


def asked() -> bool:
    """Whether we were told to stop since `listen`."""
    return _told is not None


def obey() -> None:
    """SystemExit when we were told to stop, also when the first one was lost."""
    if _told is not None:
        sys.exit(128 + _told)


def _install() -> None:
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)


def _hear(number: int, _: FrameType | None) -> None:
    global _told
    _told = number  # a plain name: taking a lock in a handler can wait for the very code it interrupted
    if _raises:
        obey()


def _lost(what: sys.UnraisableHookArgs) -> None:
    """Print what Python drops, but for our own way of stopping: that is obeyed in a moment."""
    if not (_told is not None and isinstance(what.exc_value, SystemExit)):
        sys.__unraisablehook__(what)

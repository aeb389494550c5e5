"""How a preparing process begins. Imports nothing of Django: it runs before Django is ready."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def begin(parent: int) -> None:
    """Django, the data files, and an end with its parent: it holds nothing that could be lost (prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit("the process that asked for this one is gone")
    import django

    django.setup()
    from firstvisit.reference import preload

    preload()

"""The sandbox payer in this process, named in the environment, and the asking that the worker's thread does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings as live

from firstvisit.config.demo.payer import SandboxPayer
from firstvisit.journey.coverage.asking import Asker
from firstvisit.steps.coverage.connectors.sandbox import URL


@contextmanager
def answering(settings: Any, *, port: int = 0, seconds: float = 0.0) -> Iterator[SandboxPayer]:
    """A sandbox payer that answers while the block runs."""
    with SandboxPayer(port, seconds) as payer:
        thread = threading.Thread(target=payer.serve_forever, args=(0.02,))
        thread.start()
        settings.ENVIRONMENT = replace(live.ENVIRONMENT, connectors={URL: payer.url})
        yield payer
        payer.over.set()
        payer.shutdown()
        thread.join()


def ask_all(*, steps: int = 400) -> int:
    """Ask whatever is due, as the worker does, until nobody is asked any more; how many questions began or ended."""
    asker, moved = Asker(), 0
    for _ in range(steps):
        now = asker.step(pause=0.1)
        moved += now
        if not now and not asker.under_way:
            return moved
    raise AssertionError("questions never came to an end")

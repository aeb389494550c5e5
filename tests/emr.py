"""The sandbox EMR in this process, and the telling that the worker's thread does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings as live

from firstvisit.config.demo.emr import Answers, SandboxEmr
from firstvisit.journey.booking.registering import tell_next
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy


@contextmanager
def listening(settings: Any, answers: Answers | None = None) -> Iterator[SandboxEmr]:
    """An EMR that listens while the block runs, named in the environment."""
    with SandboxEmr(0, answers=answers) as emr:
        thread = threading.Thread(target=emr.serve_forever, args=(0.02,))
        thread.start()
        settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_url=emr.url)
        yield emr
        emr.shutdown()
        thread.join()


def tell_all(most: int = 20) -> int:
    """Tell whatever is due, as the worker does; how much that was."""
    return next((told for told in range(most) if not tell_next()), most)


def told_by(staff: Callable[[str], User], **rules: Any) -> None:
    """The practice tells its EMR by these rules from now on."""
    sections = live_policy().as_json()
    sections["emr"] |= rules
    publish_policy(sections, note="emr", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()

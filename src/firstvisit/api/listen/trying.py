"""Trying a way in when a person asks for it: what is really there, found out where the listener runs; nothing changes.

Whoever listens does it, for folders, ports and mailboxes are reached from their machine and not from the web server's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

import structlog
from django.db import DatabaseError, close_old_connections, connection

from firstvisit.api.listen import folder, mailbox, mllp, over_the_web, polled
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources.ways import KINDS, Transport
from firstvisit.steps.intake.ways_in import Finding

log = structlog.get_logger("listen")
LOOK_SECONDS: Final = 1.0

TRIES: Final[dict[Transport, Callable[[WayIn], Iterator[Finding]]]] = {
    "folder": folder.tried,
    "mailbox": mailbox.tried,
    "mllp": mllp.tried,
    "poll": polled.tried,
    "web": over_the_web.tried,
}
"""What each transport looks at; it ends with the first thing without which the rest cannot be looked at."""


def try_wanted(stop: threading.Event) -> None:
    """Try every way in that somebody wants tried, until `stop`."""
    while not stop.is_set():
        try:
            while (way := ways_in.begin_test(now=clock.now())) is not None:
                ways_in.tested(way, found(way), now=clock.now())
        except DatabaseError as error:  # asked for again once the database is back: what was begun lapses
            log.error("way_not_tried", exc_info=error)
            close_old_connections()
        connection.close()
        stop.wait(LOOK_SECONDS)


def found(way: WayIn) -> list[Finding]:
    """What is found of one way, the reason why it cannot go on last."""
    findings = list[Finding]()
    try:
        findings += _missing(way)
        for each in TRIES[KINDS[way.kind].transport](way):
            findings.append(each)
    except ConnectorError as error:
        findings.append(Finding("wrong", f"{str(error)[:1].upper()}{str(error)[1:]}."))
    except OSError as error:
        findings.append(Finding("wrong", f"It cannot be reached: {error.strerror or type(error).__name__}."))
    except Exception as error:  # the page says that we failed, and the next way is tried all the same
        log.error("test_failed", way=str(way.id), exc_info=error)
        findings.append(Finding("wrong", f"The test itself failed, a fault of ours: {type(error).__name__}."))
    return findings


def _missing(way: WayIn) -> Iterator[Finding]:
    """Secrets that nobody has entered, and what was never compared with a real delivery."""
    kind = KINDS[way.kind]
    for name in ways_in.missing_secrets(way):
        yield Finding("look", f"The {name.replace('_', ' ')} is missing; keep it below.")
    if not kind.verified and way.recorded_at is None:
        yield Finding("look", "No real delivery of this vendor was recorded yet, so it cannot be switched on.")

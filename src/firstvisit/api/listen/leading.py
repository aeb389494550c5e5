"""One leader for each way in: whoever holds its advisory lock serves it; who loses the database loses the lock."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, Protocol

import psycopg
import structlog
from django.db import DatabaseError, close_old_connections, connection

from firstvisit.api.listen import counted, folder, mailbox, mllp, polled
from firstvisit.api.listen.calendars import read_due
from firstvisit.api.listen.trying import try_wanted
from firstvisit.kernel import clock
from firstvisit.kernel.blind import short
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources.delivery import What
from firstvisit.steps.intake.sources.ways import KINDS, Transport

log = structlog.get_logger("listen")
LOOK_SECONDS: Final = 2.0
"""How often the list of ways is read, and how often whoever does not lead tries to."""
PAUSE_AFTER_FAULT: Final = 10.0
TELLING_SECONDS: Final = 20.0
ASK_AGAIN: Final = timedelta(minutes=30)
"""How soon a day is asked for again that could not be told, or was told before it had ended."""


class Line(Protocol):
    """One way in while it is served. Made by its transport's `serve`, closed when it is switched off or lost."""

    def look(self) -> float:
        """Take what is there; the seconds until it is worth looking again. ConnectorError says what is wrong."""

    def told(self, day: date) -> list[tuple[What, str]] | None:
        """What the other side itself says it brought on a day; None where it does not say."""

    def close(self) -> None:
        """Let go of whatever is held."""


Serve = Callable[[WayIn, threading.Event], Line]

CALENDARS_AT_ONCE: Final = 3
"""So many calendars elsewhere are read at the same time: one slow server does not keep the others waiting."""
SERVES: Final[dict[Transport, Serve]] = {
    "folder": folder.serve,
    "mailbox": mailbox.serve,
    "mllp": mllp.serve,
    "poll": polled.serve,
    "web": counted.serve,
}
"""How each transport is served; over the web a vendor comes by itself and is only asked what it brought."""


def listen(database: str, stop: threading.Event, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve every way in that is not off, until `stop`. `database` is the application's own address; `ready` is called
    once the first list was read."""
    threads: dict[uuid.UUID, threading.Thread] = {}
    beside = [
        threading.Thread(target=work, args=(stop,), name=name)
        for name, work in (("trying", try_wanted), *(("calendars", read_due),) * CALENDARS_AT_ONCE)
    ]
    for thread in beside:
        thread.start()
    try:
        while not stop.is_set():
            try:
                for way_id in _served():
                    known = threads.get(way_id)
                    if known is None or not known.is_alive():
                        threads[way_id] = thread = threading.Thread(
                            target=_lead, args=(way_id, database, stop), name=f"way-{way_id}"
                        )
                        thread.start()
                ready()
            except DatabaseError as error:  # the list is read again once the database is back
                log.error("ways_not_read", exc_info=error)
                close_old_connections()
            stop.wait(LOOK_SECONDS)
    finally:
        stop.set()
        for thread in (*beside, *threads.values()):
            thread.join()
        connection.close()


def _served() -> list[uuid.UUID]:
    kinds = [name for name, kind in KINDS.items() if kind.transport != "web" or kind.lists is not None]
    ways = WayIn.objects.filter(kind__in=kinds).exclude(status="off")
    return list(ways.values_list("id", flat=True))


def _lead(way_id: uuid.UUID, database: str, stop: threading.Event) -> None:
    """Become the leader of one way and serve it, until it is switched off, its settings change, or the lock is lost."""
    try:
        while not stop.is_set():
            with psycopg.connect(database, autocommit=True) as lock:
                if not lock.execute("SELECT pg_try_advisory_lock(%s)", [number_of(way_id)]).fetchone()[0]:  # type: ignore[index]
                    stop.wait(LOOK_SECONDS)
                    continue
                way = WayIn.objects.select_related("key").get(id=way_id)
                if way.status == "off":
                    return
                _serve(way, lock, stop)
    except (psycopg.Error, WayIn.DoesNotExist) as error:
        log.error("leading_failed", way=str(way_id), exc_info=error)
    finally:
        connection.close()


def number_of(way_id: uuid.UUID) -> int:
    """The number of a way's advisory lock."""
    return short("way_in", str(way_id), bits=63)


def _told(way: WayIn, line: Line, asked: dict[date, datetime], wrong: str) -> str:
    """Ask the other side for every day of which it has not told all, each at most once in `ASK_AGAIN`, so that of an
    outage no day is passed over; what went wrong when one was asked for last, in words, "" when nothing did."""
    now, begun = clock.now(), time.monotonic()
    for day in deliveries.days_untold(way, now=now):
        if day in asked and now - asked[day] < ASK_AGAIN:
            continue
        if time.monotonic() - begun > TELLING_SECONDS:
            break  # what comes now is taken first, the other days at the next look
        asked[day], wrong = now, ""
        try:
            found = line.told(day)
        except ConnectorError as error:
            wrong = f"it does not tell what it brought on {day:%b} {day.day}: {error}"
            break  # whoever does not tell of one day is not asked for thirty more in a row
        if found is not None:
            deliveries.carrier_told(way, day, found, now=now)
    return wrong


def _serve(way: WayIn, lock: psycopg.Connection[tuple[object, ...]], stop: threading.Event) -> None:
    """Look again and again. A fault is noted on the way, where its page shows it, and tried again after a pause."""
    line: Line | None = None
    asked: dict[date, datetime] = {}
    wrong = ""
    try:
        while not stop.is_set():
            lock.execute("SELECT 1")  # raises when the lock went with its connection
            fresh = WayIn.objects.select_related("key").get(id=way.id)
            if (fresh.status, fresh.settings, fresh.sealed) != (way.status, way.settings, way.sealed):
                return  # whoever leads next begins with what is kept now
            try:
                if line is None:
                    line = SERVES[KINDS[way.kind].transport](fresh, stop)
                pause = line.look()
                wrong = _told(fresh, line, asked, wrong)
                if wrong:
                    ways_in.looked(way, now=clock.now(), error=wrong)
            except (ConnectorError, OSError) as error:
                log.warning("way_failed", way=str(way.id), error=type(error).__name__)
                said = str(error) if isinstance(error, ConnectorError) else (error.strerror or type(error).__name__)
                ways_in.looked(way, now=clock.now(), error=said)
                pause = PAUSE_AFTER_FAULT
                if line is not None:
                    line.close()
                line = None
            except Exception as error:  # one delivery of one way must not end the others
                log.error("way_failed", way=str(way.id), exc_info=error)
                close_old_connections()
                ways_in.looked(way, now=clock.now(), error=f"a fault of ours: {type(error).__name__}")
                pause = PAUSE_AFTER_FAULT
            connection.close()  # between two looks nobody holds one of the pool
            stop.wait(pause)
    finally:
        if line is not None:
            line.close()

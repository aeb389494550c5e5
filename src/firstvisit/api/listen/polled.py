"""A vendor that is asked: SRFax. Each fax is fetched once, by its number there; the inbox is left as it is."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from firstvisit.journey import arriving
from firstvisit.kernel import clock
from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.deadlines import unanswered, within
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake import deliveries, recorder, ways_in
from firstvisit.steps.intake.models import Delivery, WayIn
from firstvisit.steps.intake.sources import srfax
from firstvisit.steps.intake.sources.delivery import Delivery as Asked
from firstvisit.steps.intake.sources.delivery import What
from firstvisit.steps.intake.sources.ways import KINDS
from firstvisit.steps.intake.ways_in import Finding

SECONDS = 60
WHOLE_SECONDS = 180
LARGEST = 80 * 1024 * 1024
LOOK_BACK = timedelta(days=3)
"""How far each look goes back at least: faxes show up in the list late."""


def serve(way: WayIn, stop: threading.Event) -> _Asked:
    """Begin to ask."""
    return _Asked(way, stop)


def tried(way: WayIn) -> Iterator[Finding]:
    """Ask the vendor for today's list; nothing is fetched."""
    today = clock.now().date()
    listed = _Asked(way, threading.Event()).told(today) or []
    yield Finding("ok", f"{KINDS[way.kind].title} lets us in; of today it lists {len(listed)}.")


class _Asked:
    """One account."""

    def __init__(self, way: WayIn, stop: threading.Event) -> None:
        self.way, self.stop = way, stop
        self.settings: srfax.Settings = ways_in.settings_of(way)
        self.secrets = ways_in.secrets_of(way)
        self.position: dict[str, Any] = dict(way.position)
        self.answer = b""

    def _since(self, today: date) -> date:
        """The day before the last one of which we had all, or three days ago where that is earlier."""
        until = self.position.get("all_until", "")
        all_until = date.fromisoformat(until) if until else today
        return min(all_until - timedelta(days=1), today - LOOK_BACK)

    def look(self) -> float:
        """Fetch what the inbox holds since we last had all of it, and of the last days, and we have not. One fax that
        cannot be had keeps back none behind it; it is asked for at each look, and what is wrong is said."""
        today, taken, wrong = clock.now().date(), 0, ""
        for fax in self._inbox(self._since(today), today + timedelta(days=1)):
            if self.stop.is_set():
                return 0.0
            mark = deliveries.mark_of(self.way, "document", fax.mark)
            if Delivery.objects.filter(way=self.way, mark=mark).exists():
                continue
            answer = self._ask(srfax.fax_request(self.settings, self.secrets, fax.mark))
            try:
                arriving.take(self.way, srfax.received(fax, answer))
                taken += 1
            except ConnectorError as error:
                wrong = str(error)
        if taken and self.way.status == "recording":
            kind = {"content-type": "application/json"}
            seen = Asked(self.settings.address, kind, self.answer, clock.now())
            brought = "1 fax was" if taken == 1 else f"{taken} faxes were"
            said = f"We were let in, and {brought} fetched."
            recorder.record_asked(self.way, seen, said, now=clock.now())
        if not wrong:
            self.position = {"all_until": today.isoformat()}
        ways_in.looked(self.way, now=clock.now(), error=wrong, position=self.position)
        return float(self.settings.poll_seconds)

    def told(self, day: date) -> list[tuple[What, str]] | None:
        """Every fax that SRFax says it received on that day."""
        return [("document", fax.mark) for fax in self._inbox(day, day)]

    def close(self) -> None:
        """Nothing is held between two looks."""

    def _inbox(self, since: date, until: date) -> list[srfax.Listed]:
        self.answer = self._ask(srfax.inbox_request(self.settings, self.secrets, since, until))
        return srfax.listed(self.answer)

    def _ask(self, form: dict[str, str]) -> bytes:
        parts = urlsplit(self.settings.address)
        if parts.scheme != "https" and not is_ours(parts.hostname or ""):
            raise ConnectorError("SRFax is asked over TLS only", temporary=False)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            with within(WHOLE_SECONDS, line) as late:
                line.request("POST", parts.path or "/", urlencode(form), headers)
                with line.getresponse() as answer:
                    body = answer.read(LARGEST)
            if late.is_set():
                raise TimeoutError
        except (OSError, http.client.HTTPException) as error:
            raise ConnectorError(f"SRFax {unanswered(error)}", temporary=True) from None
        finally:
            line.close()
        if answer.status != 200:
            raise ConnectorError(f"SRFax answers {answer.status}", temporary=True)
        return body

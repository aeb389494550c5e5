"""Trying what comes over the web: is the address reached, is a right signature taken and a wrong one refused?"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from firstvisit.api.listen import counted
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources import webhook
from firstvisit.steps.intake.sources.delivery import Delivery, WrongSignature
from firstvisit.steps.intake.sources.ways import KINDS
from firstvisit.steps.intake.ways_in import Finding

SECONDS: Final = 10
BODY: Final = b'{"firstvisit": "a test of the signature, of which nothing is kept"}'


def tried(way: WayIn) -> Iterator[Finding]:
    """The signature, the address from here, and where the vendor counts, whether it answers. Nothing is delivered."""
    if way.kind == "webhook":
        yield from _signature(way)
    yield from _address(way)
    kind = KINDS[way.kind]
    if kind.lists is not None:
        day = clock.now().date() - timedelta(days=1)
        brought = counted.brought(way, day)
        yield Finding("ok", f"{kind.title} lets us in; of yesterday it lists {len(brought)}.")


def _signature(way: WayIn) -> Iterator[Finding]:
    """A delivery of ours, signed as the settings say, is taken; changed by one letter, or sent late, it is refused."""
    there, secrets, now = ways_in.settings_of(way), ways_in.secrets_of(way), clock.now()
    if not secrets.get("secret"):
        yield Finding("wrong", "Without a secret nothing can be signed.")
        return
    address = f"{settings.ENVIRONMENT.address}/in/{way.slug}"
    headers = webhook.signed_headers(BODY, address, secrets["secret"], there.scheme, at=now)
    late = now + timedelta(seconds=there.scheme.tolerance_seconds + 1)
    right = Delivery(address, headers, BODY, now)
    if (why := _refused(way, right)) is not None:
        yield Finding("wrong", f"A delivery signed with our own secret is refused: {why}.")
        return
    if _refused(way, Delivery(address, headers, BODY.replace(b"a test", b"A test"), now)) is None:
        yield Finding("wrong", "A delivery that was changed after it was signed is taken.")
        return
    said = "Signed with our secret it is taken, changed by one letter it is refused"
    if there.scheme.signed != "timestamp.body":
        yield Finding("look", f"{said}. It carries no time, so one that was overheard could be sent again.")
    elif _refused(way, Delivery(address, headers, BODY, late)) is None:
        yield Finding("wrong", "A delivery that is sent again later is taken.")
    else:
        yield Finding("ok", f"{said}, and so it is {there.scheme.tolerance_seconds} seconds later.")


def _refused(way: WayIn, delivery: Delivery) -> str | None:
    """Why a delivery is refused, None when it is taken."""
    verify = KINDS[way.kind].verify
    assert verify is not None
    try:
        verify(delivery, ways_in.secrets_of(way), ways_in.settings_of(way))
    except (WrongSignature, BadInput) as error:
        return str(error)
    return None


def _address(way: WayIn) -> Iterator[Finding]:
    """Whether our own address answers from here; while the way is on, whether an unsigned delivery is refused there."""
    address = f"{settings.ENVIRONMENT.address}/in/{way.slug}"
    try:
        status, body = _asked(address, b"" if way.status == "on" else None)
    except (OSError, http.client.HTTPException) as error:
        words = "behind a proxy that may be right, else whoever sends does not reach us either"
        yield Finding("look", f"{address} does not answer from here ({type(error).__name__}); {words}.")
        return
    ours = _names_a_problem(body)
    if way.status == "on" and status == 401 and ours:
        yield Finding("ok", f"{address} answers, and refuses what is not signed.")
    elif way.status == "on":
        yield Finding("wrong", f"{address} answers {status} to an unsigned delivery, where 401 was to be expected.")
    elif status == 405 and ours:
        yield Finding("ok", f"{address} answers. It takes nothing until it is switched on.")
    else:
        yield Finding("wrong", f"{address} answers {status}; that is not this door.")


def _asked(address: str, body: bytes | None) -> tuple[int, bytes]:
    parts = urlsplit(address)
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        line = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=context)
    else:
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        line.request("GET" if body is None else "POST", parts.path, body)
        with line.getresponse() as answer:
            return answer.status, answer.read(10_000)
    finally:
        line.close()


def _names_a_problem(body: bytes) -> bool:
    """Whether an answer is of our own door's shape."""
    try:
        return "problems" in json.loads(body)
    except (ValueError, TypeError):
        return False

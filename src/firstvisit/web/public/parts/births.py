"""The birth date that a link of ours asks for before it shows anything: one door for every page that does.

Only another birth date counts as a try: an empty field, one that is no date, and the right one do not. Who was sent the
link by somebody else, and guesses, shuts it for their own address; from all addresses together there is an end as well,
for a birth date is one of some thousands. Both last until the day of the counters ends, at midnight UTC: in the evening
or night where we are, and always before tomorrow morning.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse

from firstvisit.kernel import audit, rates
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.referral.vocabulary import birth_date
from firstvisit.web.middleware import actor_of, client_address
from firstvisit.web.public.parts.door import refused

HERE: Final = 6
"""Other birth dates from one address for one lead in a day: a family that mistypes."""
EVERYWHERE: Final = 18
"""The same from all addresses: in the 180 days of a link fewer than a tenth of the birth dates that there are."""
DAY: Final = timedelta(days=1)
NO_BIRTH: Final = "Enter the birth date of whoever comes to the visit."
OTHER_BIRTH: Final = "This is not the birth date that we have; check it, or call us."


class TooMany(Conflict):
    """Too many birth dates were tried: no more is looked at today, not even the right one."""


def check(
    request: HttpRequest,
    typed: Mapping[str, str],
    field: str,
    *,
    lead: uuid.UUID,
    right: date | None,
    now: datetime,
    other: str = OTHER_BIRTH,
    noted: str = "",
) -> None:
    """Pass if what was typed is the birth date of the lead's patient. BadInput says what to enter instead, TooMany that
    nothing helps today; another birth date is `noted` in the log by this verb."""
    text = typed.get(field, "").strip()
    if not text:
        raise BadInput([Problem(field, NO_BIRTH)])
    try:
        said = birth_date(text, now.date())
    except ValueError as error:
        raise BadInput([Problem(field, str(error))]) from None
    # Counted before it is compared, so that many at once are no more than one after the other; the right one is given
    # back. What an address may no more is not counted against everybody.
    limits = (
        (token("births_here", f"{lead} {client_address(request)}"), HERE),
        (token("births", str(lead)), EVERYWHERE),
    )
    counted: list[uuid.UUID] = []
    for key, limit in limits:
        if not rates.within(key, limit=limit, per=DAY, now=now):
            raise TooMany("too many birth dates were tried")
        counted.append(key)
    if said == right:
        for key in counted:
            rates.give_back(key, per=DAY, now=now)
        return
    if noted:
        audit.note(actor_of(request), noted, "lead", [lead])
    raise BadInput([Problem(field, other)])


def shut(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The page that says so, and until when."""
    response = refused(request, "tries", 429)
    opens = datetime.combine(now.astimezone(UTC).date() + DAY, time(), UTC)
    response["Retry-After"] = str(int((opens - now).total_seconds()) + 1)
    return response

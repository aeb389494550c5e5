"""The consent gate: may this message go to this person this way, now? Pure.

One gate for every channel: purpose, channel, consent, suppression, the recipient's local time. Quiet hours
are the product default of the domain sheet, section 3 (transactional 8:00 to 20:00 local); an answer the
person has just asked for may go at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Literal

from firstvisit.kernel.decisions import Decision, Reason

Purpose = Literal["receipt", "appointment", "nurture"]
_OPENS, _CLOSES = time(8), time(20)


def may_send(
    purpose: Purpose,
    *,
    consent: bool | None,
    suppressed: bool,
    do_not_contact: bool,
    local: datetime,
    just_asked: bool,
) -> Decision:
    """Outcome "send", "wait" (quiet hours) or "refuse".

    `consent` is the latest ledger entry for person and channel: None when they were never asked;
    `suppressed` when anybody has stopped this very address; `local` is the recipient's time.
    """
    if do_not_contact:
        return Decision("refuse", (Reason("do_not_contact", "A person ruled: do not contact", "no"),))
    if suppressed:
        return Decision("refuse", (Reason("stopped", "This address was stopped by its holder", "no"),))
    if consent is None:
        return Decision("refuse", (Reason("not_asked", "Consent was not asked for this channel", "unknown"),))
    if not consent:
        return Decision("refuse", (Reason("refused", "Consent was refused or taken back", "no"),))
    if purpose == "receipt" and just_asked:
        return Decision("send", (Reason("just_asked", "The answer they have just asked for", "yes"),))
    if not _OPENS <= local.time() < _CLOSES:
        return Decision("wait", (Reason("quiet_hours", "Quiet hours at the recipient", "waiting"),))
    return Decision("send", (Reason("consented", "Consent is on the ledger", "yes"),))


def quiet_until(local: datetime) -> datetime:
    """The end (UTC) of the quiet hours in which `local` lies."""
    day = local.date() if local.time() < _OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, _OPENS, local.tzinfo).astimezone(UTC)

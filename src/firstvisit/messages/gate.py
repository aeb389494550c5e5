"""The consent gate: may this message go to this recipient this way, now? Pure.

One gate for every channel: purpose, channel, consent, suppression, the recipient's local time. Quiet hours
are the product defaults of the domain sheet, section 3: what somebody's request needs from 8:00 to 20:00, what
keeps in touch from 9:00 and on Sundays from 12:00, both from 10:00 to 18:00 of the clinic where nobody knows
where the recipient lives. An answer the person has just asked for may go at once.

A partner who referred is no consumer and gave no consent: a treating provider may be told what became of the
patient they sent (45 CFR 164.506(c)); what may be said is the template's business. Their stop counts as anybody's.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from firstvisit.kernel.decisions import Decision, Reason

Purpose = Literal["receipt", "appointment", "request", "nurture", "partner"]
_REQUEST: Final = (time(8), time(20))
_NURTURE: Final = (time(9), time(20))
_NURTURE_SUNDAY: Final = (time(12), time(20))
_ZONE_UNKNOWN: Final = (time(10), time(18))
_SUNDAY: Final = 6


def may_send(
    purpose: Purpose,
    *,
    consent: bool | None,
    suppressed: bool,
    do_not_contact: bool,
    local: datetime,
    just_asked: bool,
    zone_known: bool = True,
    restricted: bool = False,
) -> Decision:
    """Outcome "send", "wait" (quiet hours) or "refuse".

    `consent` is the latest ledger entry for person and channel: None when they were never asked;
    `suppressed` when anybody has stopped this very address; `local` is the recipient's time, the clinic's where
    `zone_known` is false; `restricted` when a restriction about the patient forbids the person or the address.
    """
    if restricted:
        return Decision("refuse", (Reason("restricted", "A restriction forbids this person or address", "no"),))
    if do_not_contact and purpose != "partner":
        return Decision("refuse", (Reason("do_not_contact", "A person ruled: do not contact", "no"),))
    if suppressed:
        return Decision("refuse", (Reason("stopped", "This address was stopped by its holder", "no"),))
    if purpose != "partner" and consent is None:
        return Decision("refuse", (Reason("not_asked", "Consent was not asked for this channel", "unknown"),))
    if purpose != "partner" and not consent:
        return Decision("refuse", (Reason("refused", "Consent was refused or taken back", "no"),))
    if purpose in ("receipt", "appointment", "partner") and just_asked:
        return Decision("send", (Reason("just_asked", "The answer they have just asked for", "yes"),))
    opens, closes = _hours(purpose, local, zone_known)
    if not opens <= local.time() < closes:
        return Decision("wait", (Reason("quiet_hours", "Quiet hours at the recipient", "waiting"),))
    why = "A partner who sent somebody" if purpose == "partner" else "Consent is on the ledger"
    return Decision("send", (Reason("partner" if purpose == "partner" else "consented", why, "yes"),))


def quiet_until(local: datetime, purpose: Purpose = "receipt", *, zone_known: bool = True) -> datetime:
    """The end (UTC) of the quiet hours in which `local` lies."""
    opens, _ = _hours(purpose, local, zone_known)
    if local.time() < opens:
        return datetime.combine(local.date(), opens, local.tzinfo).astimezone(UTC)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    opens, _ = _hours(purpose, tomorrow, zone_known)
    return datetime.combine(tomorrow.date(), opens, local.tzinfo).astimezone(UTC)


def _hours(purpose: Purpose, local: datetime, zone_known: bool) -> tuple[time, time]:
    """Between which local times this may arrive on that day."""
    if not zone_known and purpose in ("request", "appointment", "nurture"):
        opens, closes = _ZONE_UNKNOWN
        return (max(opens, _NURTURE_SUNDAY[0]), closes) if _sunday_nurture(purpose, local) else (opens, closes)
    if _sunday_nurture(purpose, local):
        return _NURTURE_SUNDAY
    return _NURTURE if purpose == "nurture" else _REQUEST


def _sunday_nurture(purpose: Purpose, local: datetime) -> bool:
    return purpose == "nurture" and local.weekday() == _SUNDAY

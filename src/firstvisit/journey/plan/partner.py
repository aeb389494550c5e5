"""What whoever referred is told: that it arrived, that a first visit is agreed, how it ended. Never more."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage


def tell_referrer(
    ground: Ground,
    draft: Draft,
    template: str,
    what: str,
    since: datetime,
    details: tuple[tuple[str, str], ...] = (),
    *,
    why: str,
    action: str = "partner_status",
) -> None:
    """One message to the referrer's own address, by the switch of the `action`.

    A treating provider may be told by the machine what became of it; anybody else (a school, an employer) needs the
    patient's authorization first (45 CFR 164.508), so a person presses, who knows of it. That what they sent has
    arrived anybody may be told.
    """
    case = ground.case
    if case.referrer is None or not case.referrer_mail or case.mourned is not None:
        return
    key = f"{ground.prefix}:{template}:{what}"
    outside = case.referrer_mail != "treating" and action == "partner_status"
    if outside:
        why = f"{why}; not a treating provider: only with the patient's authorization"
    if permitted(ground, draft, action, key, why, since=since, pressed=outside):
        received = ("received", case.received_at.astimezone(ground.site.tz).date().isoformat())
        draft.messages.append(
            WantedMessage(
                key, "email", "partner", template, case.lead, to="referrer", details=(received, *details)
            )
        )


def arrived(ground: Ground, draft: Draft) -> None:
    """Whoever refers is told once that it arrived. What came in a file is older than the telling."""
    case = ground.case
    if case.quiet or ground.silent:
        return
    why = "Tell whoever referred that it arrived"
    more = () if case.referrer_mail == "treating" else (("told", "received_only"),)
    tell_referrer(
        ground, draft, "partner_receipt", "received", case.received_at, more, why=why, action="partner_receipt"
    )


def scheduled(ground: Ground, draft: Draft) -> None:
    """Whoever refers is told that a first visit is agreed."""
    agreed = next((t for t in ground.case.tasks if t.tried and t.result == "reached_booked"), None)
    if agreed is None or agreed.ended_at is None:
        return
    details = (("status", "scheduled"),)
    why = "A first visit is agreed: tell whoever referred"
    tell_referrer(ground, draft, "partner_status", "scheduled", agreed.ended_at, details, why=why)

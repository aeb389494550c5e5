"""What a person does about benefits: ask the payer again, or note what was told by phone or in its portal."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from firstvisit.journey.verbs import act_on
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.coverage import told
from firstvisit.steps.coverage.findings import of_answer, wants_referral
from firstvisit.steps.coverage.kept import seal_told
from firstvisit.steps.coverage.models import Check, Insured
from firstvisit.steps.coverage.services import check_row
from firstvisit.steps.coverage.told import Told

CAPABILITY: Final = "insurance.see"
ONCE: Final = timedelta(minutes=1)
"""Presses of the same button within so long ask once."""
HAND, TOLD = "hand", "told"
"""Causes of a check."""


def ask_again(lead: Lead, by: User, *, actor: Actor, rank: int, discipline: str) -> None:
    """Ask the payer of this rank about one therapy, now. A question that waits for its next try is tried now, one under
    way is not asked twice. BadInput where nobody can be asked, with why."""
    _may(by)

    def write(locked: Lead, now: datetime) -> None:
        insured = _insured(locked, rank, discipline)
        if why := unaskable(insured):
            raise BadInput([Problem("ask_again", why)])
        asked = Check.objects.select_for_update().filter(
            lead=locked, rank=rank, discipline=discipline, token=insured.token
        )
        if waiting := asked.filter(status__in=("wanted", "asked")).first():
            if waiting.status == "wanted" and waiting.again_at > now:
                Check.objects.filter(id=waiting.id).update(again_at=now)
            return
        if asked.filter(cause=HAND, wanted_at__gt=now - ONCE).exists():
            return  # pressed twice
        check = _check(locked, insured, discipline, HAND, now)
        check.save(force_insert=True)
        services.noted(locked, "benefits_asked_again", actor, at=now, data=_about(check))

    act_on(lead, by, "leads.work", write)


def unaskable(insured: Insured) -> str:
    """Why the payer of this plan cannot be asked by machine; "" where it can."""
    if insured.withheld:
        return "They pay in full and asked us to tell their plan nothing: nobody is asked."
    if insured.missing:
        return "A field is missing without which no payer knows who is meant: add it first."
    payer = practice().payers.get(insured.payer)
    if payer is None or not payer.connector:
        return "No connector asks this payer: ask by phone or in its portal."
    return ""


def tell(
    lead: Lead, by: User, *, actor: Actor, rank: int, discipline: str, what: Told, instead_of: uuid.UUID | None = None
) -> Check:
    """Keep what somebody was told of one therapy. `instead_of` is the check that it corrects, which is shown no more.
    BadInput where the lead states no such plan, or the patient asked that it be told nothing."""
    _may(by)
    kept: list[Check] = []

    def write(locked: Lead, now: datetime) -> None:
        insured = _insured(locked, rank, discipline)
        if insured.withheld:
            raise BadInput([Problem("how", "They pay in full and asked us to tell their plan nothing.")])
        before = Check.objects.select_for_update().filter(lead=locked, cause=TOLD, status="answered")
        corrected = before.filter(id=instead_of).update(status="withdrawn") if instead_of else 0
        check = _check(locked, insured, discipline, TOLD, now)
        key = LeadReferral.objects.select_related("key").get(lead=locked).key
        ours = practice().payers.get(insured.payer)
        said = told.answer(what, discipline, network_of(ours.in_network if ours else ""))
        check.key_row, check.connector, check.line = key, "", ""
        check.told = seal_told(check, open_key(key), what)
        check.status, check.answered_at, check.told_by = "answered", now, by
        check.finding, check.active = of_answer(said), said.active
        check.covered, check.authorization = said.covered, said.authorization
        check.referral = wants_referral(said)
        check.save(force_insert=True)
        data = {**_about(check), "how": what.how, "finding": check.finding, "corrected": bool(corrected)}
        services.noted(locked, "benefits_told", actor, at=now, data=data)
        kept.append(check)

    act_on(lead, by, "leads.work", write)
    return kept[0]


def network_of(in_network: str) -> str | None:
    """Whether we are in a payer's network, as benefits have it: in, out, or None where we do not know."""
    return {"yes": "in", "no": "out"}.get(in_network)


def _insured(lead: Lead, rank: int, discipline: str) -> Insured:
    found = Insured.objects.filter(lead=lead, rank=rank).first()
    if found is None:
        raise BadInput([Problem("payer", "Nobody has said who pays: add the payer first.")])
    if discipline not in found.disciplines:
        raise BadInput([Problem("payer", "This lead is not about this therapy any more: open it again.")])
    return found


def _check(lead: Lead, insured: Insured, discipline: str, cause: str, now: datetime) -> Check:
    """A check of ours, not yet written."""
    day, nonce = _day(lead, insured, discipline, now), new_id()
    key = f"{lead.id}:check:{insured.rank}:{discipline}:{cause}:{nonce}"
    return check_row(
        lead.id, practice(), key=key, rank=insured.rank, token=str(insured.token), payer=insured.payer,
        discipline=discipline, cause=cause, day=day, now=now,
    )  # fmt: skip


def _day(lead: Lead, insured: Insured, discipline: str, now: datetime) -> date:
    """The day that is asked about: that of the last question where it is still to come, else today."""
    today = now.astimezone(practice().sites[lead.site].tz).date()
    asked = Check.objects.filter(lead=lead, rank=insured.rank, discipline=discipline).exclude(status="withdrawn")
    last = asked.order_by("-wanted_at").values_list("service_date", flat=True).first()
    return max(last, today) if last is not None else today


def _about(check: Check) -> dict[str, object]:
    return {"check": str(check.id), "rank": check.rank, "discipline": check.discipline, "payer": check.payer}


def _may(by: User) -> None:
    if not by.may(CAPABILITY):
        raise NotAllowed(CAPABILITY)

"""What is known of a lead's coverage, opened once: the plans, what each was asked, and what each said when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firstvisit.journey.coverage.asking import why_off
from firstvisit.journey.coverage.by_hand import network_of
from firstvisit.kernel import clock
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.seal import OpenKey, open_key
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.practice import shape
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Payer, Referral
from firstvisit.steps.coverage.cards import HEALTH_PLANS, holder_of
from firstvisit.steps.coverage.connectors import CONNECTORS
from firstvisit.steps.coverage.kept import Kept, opened
from firstvisit.steps.coverage.models import Check, Insured
from firstvisit.steps.coverage.sentences import home_health_days

EARLIER: Final = 6
"""Earlier answers of one therapy that are shown, newest first."""


@dataclass(frozen=True, slots=True)
class Therapy:
    """What the payer of a plan was asked and said of one discipline.

    `latest` is the newest answer to a question that would say the same of the patient today; `earlier` all older ones,
    also those to what was stated before. `under_way` waits for an answer; `failed` is the newest question when nobody
    could be asked in time.
    """

    discipline: str
    latest: Kept | None
    earlier: tuple[Kept, ...]
    under_way: Check | None
    failed: Check | None


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of the lead: `stated` is what the reading says of it, `payer` the payer of our list that it is, if any.
    `nobody` says in a word why nobody is asked: withheld, missing, not_stated, no_health_plan, not_ours, no_connector,
    off; "" where somebody is."""

    insured: Insured
    stated: Payer
    payer: shape.Payer | None
    nobody: str
    therapies: tuple[Therapy, ...]
    holder: bool
    """Somebody else than the patient holds the plan, as it is asked about."""


def plans_of(lead: Lead, referral: Referral) -> list[Plan]:
    """The plans of a lead with what is known of each, first to pay first. Five questions to the database at most."""
    rows = list(Insured.objects.filter(lead=lead).order_by("rank"))
    if not rows:
        return []
    asked = Check.objects.filter(lead=lead).exclude(status="withdrawn").select_related("key_row", "told_by")
    checks = list(asked.order_by("-wanted_at", "-id"))
    key = _key(lead) if checks else None
    return [_plan(row, referral, [check for check in checks if check.rank == row.rank], key) for row in rows]


def one_check(lead: Lead, check: uuid.UUID) -> Kept | None:
    """One check of this lead, opened; None where it is no check of it."""
    found = Check.objects.filter(lead=lead, id=check).select_related("key_row", "told_by").first()
    return None if found is None else opened(found, network=_network(found.payer))


def home_health_told(lead: Lead, referral: Referral, today: dt.date) -> str:
    """The home health care that the newest answers of whoever pays first name and that is not over; "" for none."""
    answers = [each.latest.answer for plan in plans_of(lead, referral)[:1] for each in plan.therapies if each.latest]
    periods = [period for said in answers if said is not None for period in said.home_health if not period.over(today)]
    return "; ".join(dict.fromkeys(f"{each.agency or 'an agency'}, {home_health_days(each)}" for each in periods))


def told_before(lead: Lead, check: str) -> Kept | None:
    """An answer by phone or portal of this lead that can be corrected; None where there is none of this id."""
    try:
        kept = one_check(lead, uuid.UUID(check))
    except ValueError:
        return None
    return kept if kept is not None and kept.told is not None and kept.check.status == "answered" else None


def may_see(user: User) -> bool:
    """Whether somebody sees what payers say."""
    return user.may("insurance.see")


def _key(lead: Lead) -> OpenKey | None:
    """The key under which all of it lies, unwrapped once; None where it is gone."""
    try:
        return open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    except SealBroken:
        return None


def _plan(row: Insured, referral: Referral, checks: Sequence[Check], key: OpenKey | None) -> Plan:
    stated = referral.payers or ()
    payer = practice().payers.get(row.payer)
    network = network_of(payer.in_network if payer else "")
    asked = dict.fromkeys((*row.disciplines, *(check.discipline for check in checks)))
    therapies = tuple(
        _therapy(each, row, [check for check in checks if check.discipline == each], network, key) for each in asked
    )
    own = stated[row.rank] if row.rank < len(stated) else Payer()
    holder = holder_of(referral, own, payer.kind if payer else own.kind or "") is not None
    return Plan(row, own, payer, _nobody(row, payer), therapies, holder)


def _therapy(
    discipline: str, row: Insured, checks: Sequence[Check], network: str | None, key: OpenKey | None
) -> Therapy:
    answered = sorted(
        (check for check in checks if check.status == "answered" and check.answered_at is not None),
        key=lambda check: (check.answered_at, check.id), reverse=True,
    )  # fmt: skip
    now = next((check for check in answered if check.token == row.token), None)
    current = [check for check in checks if check.token == row.token]
    under_way = next((check for check in current if check.status in ("wanted", "asked")), None)
    failed = next((check for check in current if check.status == "failed"), None)
    if failed is not None and now is not None and now.answered_at and now.answered_at > failed.wanted_at:
        failed = None
    before = [check for check in answered if check is not now][:EARLIER]
    # Without the lead's key each tries its own, which says what is wrong.
    kept = {each.id: opened(each, network=network, key=key if each.key_row_id == _id(key) else None)
            for each in (now, *before) if each is not None}  # fmt: skip
    return Therapy(
        discipline, kept[now.id] if now else None, tuple(kept[each.id] for each in before), under_way, failed
    )


def _id(key: OpenKey | None) -> uuid.UUID | None:
    return key.id if key is not None else None


def _network(slug: str) -> str | None:
    payer = practice().payers.get(slug)
    return network_of(payer.in_network if payer else "")


def _nobody(row: Insured, payer: shape.Payer | None) -> str:
    if row.withheld:
        return "withheld"
    if row.kind not in HEALTH_PLANS:
        return "no_health_plan" if row.kind else "not_stated"
    if row.missing:
        return "missing"
    if payer is None:
        return "not_ours"
    if not payer.connector:
        return "no_connector"
    connector = CONNECTORS.get(payer.connector)
    return "off" if connector is None or why_off(connector, clock.now()) else ""



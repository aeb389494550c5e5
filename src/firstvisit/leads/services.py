"""The verbs of the case file: open, join, record, judge, rule. Each checks, writes and records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, models

from firstvisit.kernel import audit, clock, seal
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import ContactAttempt, Event, FactsRow, Lead, LeadReferral, Ruling, Task
from firstvisit.leads.queries import facts_of_columns
from firstvisit.people import strangers
from firstvisit.people.queries import same_people
from firstvisit.people.resolved import Resolved
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.joining_office import is_unknown_office
from firstvisit.referral.record import Referral

JOIN_WITHIN = timedelta(days=120)
"""A new request of a person joins an open lead of the same therapy; an older one is a new episode."""


def next_number() -> int:
    """The number of the next lead, as people say it (L-2641)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('leads_lead_code')")
        return int(cursor.fetchone()[0])


def next_numbers(count: int) -> list[int]:
    """Numbers of the next leads, in one question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('leads_lead_code') FROM generate_series(1, %s)", [count])
        return [int(number) for (number,) in cursor.fetchall()]


def find_open(resolved: Resolved, referral: Referral, *, received_at: datetime) -> Lead | None:
    """The open lead that this request, received then, belongs to, locked; None when it is a new one.

    A named patient's open lead of the same therapy; for a request that does not name the patient yet, the
    latest open lead of the same contact; for an organization, its own open enquiry.
    """
    open_leads = Lead.objects.select_for_update(of=("self",)).filter(closed_at__isnull=True)
    if resolved.patient is not None and not resolved.patient.new:
        since = received_at - JOIN_WITHIN
        person = resolved.patient.person
        theirs = models.Q(patient=person) | models.Q(patient__same_as=person)
        if resolved.instead_of is not None:
            theirs &= ~models.Q(patient=resolved.instead_of)  # what was only begun is continued, not joined
        # In the order in which everybody locks several leads of one person.
        for lead in open_leads.filter(theirs, received_at__gte=since).select_related("facts").order_by("id"):
            asked, has = set(referral.disciplines or ()), _therapies_of(lead)
            if not asked or not has or asked & has:
                return lead
        return None
    contact = resolved.contact
    if resolved.patient is not None:
        unnamed = not (resolved.patient.identity.first_name or resolved.patient.identity.last_name)
        if unnamed and contact is not None and not contact.new:
            return open_leads.filter(contact=contact.person).order_by("-number").first()
        return None
    if resolved.organization is not None and resolved.organization._state.adding is False:
        return (
            open_leads.filter(organization=resolved.organization, patient__isnull=True)
            .order_by("-number")
            .first()
        )
    return None


def find_joined(resolved: Resolved) -> Lead | None:
    """The latest open lead, locked, that whoever asks and names nobody joined before as a stranger: of a patient whom
    nobody knew it would be their own."""
    contact = resolved.contact
    if contact is None or contact.new or (resolved.patient is not None and resolved.patient.identity.is_named):
        return None
    if not (patients := strangers.patients_asked_about(contact.person.id)):
        return None
    open_leads = Lead.objects.select_for_update(of=("self",)).filter(closed_at__isnull=True)
    return open_leads.filter(patient__in=patients).order_by("-number").first()


def _therapies_of(lead: Lead) -> set[str]:
    """What a lead is about: of the therapies asked for those that its program does, so that the other has a lead of its
    own."""
    asked = set(lead.facts.disciplines)
    program = practice().programs.get(lead.facts.program or "")
    return (asked & set(program.disciplines) if program is not None else asked) or asked


def opened(
    resolved: Resolved,
    referral: Referral,
    facts: Facts,
    *,
    queue_id: int,
    received_at: datetime,
    number: int | None = None,
) -> tuple[Lead, list[models.Model]]:
    """A new lead with its reading and facts, not yet written; rows in insertable order."""
    patient, contact = resolved.patient, resolved.contact
    lead = Lead(
        number=number if number is not None else next_number(),
        kind=referral.lead_kind or "patient",
        patient=patient.person if patient else None,
        contact=contact.person if contact else None,
        organization=resolved.organization,
        referrer=resolved.referrer,
        referrer_mail=referrer_mail(referral) if resolved.referrer else "",
        site=facts.site,
        stage="received",
        outcome="",
        owner_queue_id=queue_id,
        received_at=received_at,
        look_again_at=received_at,
    )
    rows: list[models.Model] = [lead]
    key: seal.OpenKey
    if patient is not None:
        key = patient.key
    elif contact is not None:
        key = contact.key
    else:
        key_row, key = seal.new_key()
        rows.insert(0, key_row)
    rows += [reading_row(lead, key, referral), facts_row(lead, facts)]
    return lead, rows


TREATING: Final = frozenset({"physician", "pt", "ot", "slp", "therapist", "hospital"})
"""Roles of referrers that treat the patient, who may be told what became of them (45 CFR 164.506(c))."""


def referrer_mail(referral: Referral) -> str:
    """How whoever refers is told, and whether they treat the patient or hold the patient's authorization; of one who
    said neither, the role tells (`Lead.referrer_mail`). Of an office that joined somebody else's request, and that
    nobody else knows, it is their own word alone. An organization's own enquiry is about no patient."""
    referrer = referral.referrer
    if referral.lead_kind == "organization":
        return "treating" if referrer.email and referrer.updates_by in (None, "email") else ""
    if referrer.updates_by == "none" or not (referrer.email or referrer.phone or referrer.fax):
        return ""
    treats = referrer.role in TREATING
    if referrer.may_be_told is not None:
        treats = referrer.may_be_told != "received_only"
    unknown = treats and is_unknown_office(referral)
    if referrer.email and referrer.updates_by in (None, "email"):
        return "joins" if unknown else "treating" if treats else "outside"
    return "hand_joins" if unknown else "by_hand" if treats else "hand_out"


JOINING: Final = frozenset({"joins", "hand_joins"})
"""How those are told who joined somebody else's request and whom nobody else knows (`Lead.referrer_mail`)."""


def reading_row(lead: Lead, key: seal.OpenKey, referral: Referral) -> LeadReferral:
    """The sealed reading of a lead, not yet written."""
    plain = referral.model_dump_json(exclude_none=True, exclude_defaults=True).encode()
    return LeadReferral(
        lead_id=lead.id, key_id=key.id, sealed=seal.seal(key, "leads_leadreferral", "sealed", lead.id, plain)
    )


def read(reading: LeadReferral, key: seal.OpenKey | None = None) -> Referral:
    """The reading in the clear."""
    opened_key = key or seal.open_key(reading.key)
    plain = seal.unseal(opened_key, "leads_leadreferral", "sealed", reading.lead_id, reading.sealed)
    return Referral.model_validate_json(plain)


def facts_row(lead: Lead, facts: Facts) -> FactsRow:
    """The facts as a row, not yet written."""
    return FactsRow(lead_id=lead.id, **{name: _column(value) for name, value in facts._asdict().items()})


def facts_of_row(row: FactsRow) -> Facts:
    """The row as the plain value that rules read."""
    return facts_of_columns([getattr(row, name) for name in Facts._fields])


def replace_reading(lead: Lead, key: seal.OpenKey, referral: Referral, facts: Facts) -> None:
    """Reading and facts of a lead that stands, anew, together."""
    sealed = reading_row(lead, key, referral).sealed
    LeadReferral.objects.filter(lead=lead).update(sealed=sealed, revision=models.F("revision") + 1)
    told_before, lead.referrer_mail = lead.referrer_mail, referrer_mail(referral)
    if lead.referrer_id is not None and lead.referrer_mail != told_before:
        lead.save(update_fields=["referrer_mail"])
    values = {name: _column(value) for name, value in facts._asdict().items()}
    FactsRow.objects.filter(lead=lead).update(**values)
    if lead.site != facts.site:
        # The nearer site was not known before; whoever sees that site's leads sees this one from now on.
        lead.site = facts.site
        lead.save(update_fields=["site"])
        Task.objects.filter(lead=lead, status="open").update(site=facts.site)


def take_people(lead: Lead, resolved: Resolved, facts: Facts) -> None:
    """People that a later request of the same lead brought: a first contact, a first referrer.

    A grown patient who can be reached stays the one we talk to; whoever else asks about them is known as
    somebody who speaks for them. Somebody of the family goes before a stranger, who asked first.
    """
    own = resolved.patient.identity if resolved.patient else None
    grown = facts.age_months is None or facts.age_months >= 18 * 12
    first = lead.contact_id is None or _takes_over(lead, resolved)
    if first and resolved.contact and not (grown and own and (own.phone or own.email)):
        lead.contact = resolved.contact.person
    if lead.organization_id is None:
        lead.organization = resolved.organization
    if lead.referrer_id is None:
        lead.referrer = resolved.referrer
    if lead.referrer_id is None:
        lead.referrer_mail = ""
    lead.save(update_fields=["contact", "organization", "referrer", "referrer_mail"])


def _takes_over(lead: Lead, resolved: Resolved) -> bool:
    """Whether a stranger opened the lead and whoever asks now is known to belong to the patient."""
    if lead.patient_id is None or lead.contact_id is None or resolved.contact is None or resolved.stranger:
        return False
    asks = resolved.contact.person.id
    unknown = strangers.is_stranger_to(lead.patient_id, lead.contact_id)
    return unknown and not strangers.is_stranger_to(lead.patient_id, asks)


def record(
    lead: Lead | None,
    name: str,
    actor: Actor,
    *,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    words: str | None = None,
    subject: tuple[str, uuid.UUID] | None = None,
    key: seal.OpenKey | None = None,
) -> Event:
    """The only maker of timeline entries: the entry, not yet written, and a lead that is looked at again.

    `words` of a person are sealed under the lead's reading key. The caller saves the lead in the same
    transaction (`writes.insert` for a new one, `save` for one that stands).
    """
    kind, subject_id = subject or ("lead", lead.id if lead else uuid.UUID(int=0))
    event = Event(
        lead_id=lead.id if lead else None,
        subject_kind=kind,
        subject_id=subject_id,
        name=name,
        at=at,
        actor=str(actor),
        data=dict(data or {}),
    )
    if words:
        if lead is None:
            raise ValueError("words are sealed under a lead's key; there is no lead")
        sealing = key or seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
        event.sealed = seal.seal(sealing, "leads_event", "sealed", event.event_id, words.encode())
    if lead is not None:
        lead.look_again_at = at
    return event


def noted(lead: Lead, name: str, actor: Actor, **details: Any) -> None:
    """Record on a lead that stands, and write it now together with the audit row."""
    at = details.pop("at", None) or clock.now()
    record(lead, name, actor, at=at, **details).save(force_insert=True)
    Lead.objects.filter(id=lead.id).update(look_again_at=lead.look_again_at)
    audit.note(actor, name, "lead", [lead.id])


def rule(
    *,
    lead: Lead,
    what: str,
    value: Mapping[str, Any],
    reason: str,
    by: User,
    actor: Actor,
    at: datetime,
    until: datetime | None = None,
) -> Ruling:
    """A person decides; what they decided before on the same matter is withdrawn. The plan yields from now."""
    Ruling.objects.filter(lead=lead, what=what, withdrawn_at__isnull=True).update(withdrawn_at=at)
    key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    person = lead.writes_to_id if what == "do_not_contact" else None
    ruling = Ruling(lead=lead, what=what, person_id=person, value=dict(value), by=by, at=at, until=until)
    ruling.sealed = seal.seal(key, "leads_ruling", "sealed", ruling.id, reason.encode())
    ruling.save(force_insert=True)
    name = what if what == "reopened" else f"{what}_ruled"
    noted(lead, name, actor, at=at, data=dict(value), words=reason, key=key)
    if person is not None:
        _look_at_all(person, at)
    return ruling


def ruled_already(
    lead: Lead, what: str, value: Mapping[str, Any], reason: str, *, by: User, since: datetime
) -> bool:
    """Whether this very ruling is in force: the same person, value and words, made since then.
    A button was pressed twice."""
    ruled = Ruling.objects.filter(lead=lead, what=what, value=dict(value), by=by, at__gte=since)
    same = ruled.filter(withdrawn_at__isnull=True).first()
    if same is None:
        return False
    key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    return seal.unseal(key, "leads_ruling", "sealed", same.id, same.sealed) == reason.encode()


def lift_do_not_contact(lead: Lead, *, words: str, actor: Actor, at: datetime) -> None:
    """The person may be contacted again, about every lead of theirs; each is looked at anew."""
    records = same_people([lead.writes_to_id])[lead.writes_to_id] if lead.writes_to_id else set()
    standing = Ruling.objects.filter(what="do_not_contact", withdrawn_at__isnull=True).filter(
        models.Q(lead=lead) | models.Q(person__in=records)
    )
    standing.update(withdrawn_at=at)
    noted(lead, "do_not_contact_lifted", actor, at=at, words=words)
    if lead.writes_to_id is not None:
        _look_at_all(lead.writes_to_id, at)


def _look_at_all(person: uuid.UUID, at: datetime) -> None:
    records = same_people([person])[person]
    theirs = models.Q(contact__in=records) | models.Q(contact__isnull=True, patient__in=records)
    Lead.objects.filter(theirs, closed_at__isnull=True).update(look_again_at=at)


def end_task(task: Task, *, result: str, by: User, at: datetime) -> None:
    """A task is done, with what it ended in."""
    task.status, task.result, task.ended_at, task.ended_by = "done", result, at, by
    task.save(update_fields=["status", "result", "ended_at", "ended_by"])


def attempted(
    lead: Lead,
    task: Task,
    *,
    outcome: str,
    reached: bool,
    why: str,
    again_at: datetime | None,
    visit: tuple[str, str],
    by: User,
    at: datetime,
) -> ContactAttempt:
    """A human try to reach somebody, kept; the first one and the first two-way contact stay on the lead. `visit` is
    the site of an agreed visit and with whom it is, by their slugs."""
    site, clinician = visit
    attempt = ContactAttempt.objects.create(
        lead=lead, task=task, outcome=outcome, reached=reached, why=why, again_at=again_at, by=by, at=at,
        visit_site=site, visit_with=clinician,
    )  # fmt: skip
    changed = []
    if lead.first_tried_at is None:
        lead.first_tried_at = at
        changed.append("first_tried_at")
    if reached and lead.first_reached_at is None:
        lead.first_reached_at = at
        changed.append("first_reached_at")
    if changed:
        lead.save(update_fields=changed)
    return attempt


def withdraw_tasks(ids: Iterable[uuid.UUID], *, at: datetime) -> None:
    """Withdraw planner-made tasks that are no longer wanted."""
    Task.objects.filter(id__in=list(ids), status="open").update(status="withdrawn", ended_at=at)


def _column(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def open_tasks(lead: Lead) -> models.QuerySet[Task]:
    """The tasks that end with the lead. That the glass was broken stays with the owner until they have looked."""
    return Task.objects.filter(lead=lead, status="open").exclude(kind="glass_broken")


def close(lead: Lead, *, how: str, words: str, by: User | None, actor: Actor, at: datetime) -> None:
    """End a lead that stands and is locked: no task, no look ahead; the timeline says how and why. `by` None:
    the clock, as a switch or a person allowed."""
    open_tasks(lead).update(status="withdrawn", ended_at=at, ended_by=by)
    noted(lead, "closed", actor, at=at, data={"how": how}, words=words)
    lead.closed_at, lead.closed_how, lead.stage, lead.look_again_at = at, how, "closed", None
    lead.save(update_fields=["closed_at", "closed_how", "stage", "look_again_at"])


def open_as_it_stood(lead: Lead, *, at: datetime) -> None:
    """Open a closed, locked lead whose closing was a mistake: what people decided about it stands, and the tasks that
    the closing withdrew are open again. A lead that is asked anew is `reopen`."""
    withdrawn = Task.objects.filter(lead=lead, status="withdrawn", ended_at=lead.closed_at)
    withdrawn.update(status="open", ended_at=None, ended_by=None)
    lead.closed_at, lead.closed_how, lead.look_again_at = None, "", at
    lead.save(update_fields=["closed_at", "closed_how", "look_again_at"])


def continue_in(lead: Lead, other: Lead, *, at: datetime) -> None:
    """End a lead that was only the beginning of a request which turned out to belong to `other`."""
    lead = Lead.objects.select_for_update().get(id=lead.id)
    if lead.closed_at is not None:
        return
    open_tasks(lead).update(status="withdrawn", ended_at=at)
    noted(lead, "continued", SYSTEM, at=at, data={"in": f"L-{other.number}"})
    lead.closed_at, lead.closed_how, lead.stage, lead.look_again_at = at, "continued", "closed", None
    lead.save(update_fields=["closed_at", "closed_how", "stage", "look_again_at"])


def reopen(lead: Lead, *, words: str, by: User, actor: Actor, at: datetime) -> None:
    """Open a closed, locked lead again; the plan asks anew. Only "do not contact" outlives a closing, what a
    clinician found to be no red flag, and for which program and setting it is."""
    standing = Ruling.objects.filter(lead=lead, withdrawn_at__isnull=True)
    lifted = standing.exclude(what__in=("do_not_contact", "no_red_flag", "program", "setting"))
    lifted.update(withdrawn_at=at)
    lead.closed_at, lead.closed_how = None, ""
    lead.assigned_user, lead.assigned_queue, lead.assigned_at = None, None, None
    lead.save(update_fields=["closed_at", "closed_how", "assigned_user", "assigned_queue", "assigned_at"])
    rule(lead=lead, what="reopened", value={}, reason=words, by=by, actor=actor, at=at)

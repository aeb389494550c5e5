"""Telling the EMR: one thread takes what is due, says it, and settles what came back. No transaction is open meanwhile.

What is said is kept, sealed and under its number, before a word leaves. What a killed process had under way is found by
its `sent_until` and said again word for word: the EMR knows a repeat by MSH-10.
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from firstvisit.journey.advancing import advance_locked
from firstvisit.journey.booking.known import known
from firstvisit.kernel import clock, seal, writes
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.kernel.errors import ConnectorError
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.services import record
from firstvisit.practice.queries import policy
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.emr import csv_rows, folder, hl7_messages, mllp
from firstvisit.steps.booking.emr.carried import carried, differing, taken_out
from firstvisit.steps.booking.emr.hl7_messages import Envelope
from firstvisit.steps.booking.emr.owed import OF_FACTS
from firstvisit.steps.booking.emr.registration import Registration
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.models import Outgoing

log = structlog.get_logger("journey")
TIDIES_SECONDS: Final = 600.0
"""So often what a dead process left in the folder is looked for; younger than so long it may be under way."""
ENDED: Final = ("acknowledged", "refused", "failed")
NO_ADDRESS: Final = "nobody said where the EMR listens (FIRSTVISIT_EMR_URL)"
NO_NAME: Final = "the patient's first and last name are not both known; enter them on the lead, then send it again"
"""No EMR makes a chart without a name (HL7 2.5.1, 3.4.2.5: PID-5 is required)."""
NO_FOLDER: Final = "nobody said where its files are put (FIRSTVISIT_EMR_FOLDER)"


@dataclass(frozen=True, slots=True)
class Saying:
    """Something on its way to the EMR."""

    row: uuid.UUID
    way: str
    what: str
    control: str
    payload: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it: the reply as it came; `refused` why not, in words that name nobody."""

    reply: bytes = b""
    refused: str = ""


def tell_until(stop: threading.Event, bell: Callable[[float], None]) -> None:
    """Tell until `stop` is set. `bell(seconds)` waits for something new, at most so long."""
    tidied = -math.inf
    while not stop.is_set():
        if not tell_next():
            bell(1.0)
        if (idle := time.monotonic()) - tidied > TIDIES_SECONDS:
            tidied = idle
            tidy()


def tidy() -> int:
    """Remove what a process had prepared in the EMR's folder and no telling knows, because it died before that was
    written down: it names a patient, and nobody would ever put it. How many there were."""
    into: Path | None = settings.ENVIRONMENT.emr_folder
    if into is None:
        return 0
    found = folder.left_over(into, older=TIDIES_SECONDS)
    controls = {name: control for name in found if (control := csv_rows.control_in(name))}
    known_here = Outgoing.objects.filter(control__in=controls.values(), payload__isnull=False)
    kept = set(known_here.values_list("control", flat=True))
    gone = [name for name, control in controls.items() if control not in kept]
    for name in gone:
        folder.forget(into, name)
    return len(gone)


def tell_next() -> bool:
    """Tell the next thing that is due; whether there was one."""
    found = take()
    if found is None:
        return False
    row, outcome = found
    if outcome is not None:
        settle(row, say(outcome) if isinstance(outcome, Saying) else outcome)
    return True


def take() -> tuple[uuid.UUID, Saying | ConnectorError | None] | None:
    """The next thing that is due, written down as it will be said, or None in its place where there is nothing to say
    of it any more; committed. None where nothing is due."""
    now, rules = clock.now(), policy().section(Emr)
    with transaction.atomic():
        for row in outgoing.take(now=now, limit=1):
            return row.id, _begin(row, rules, now)
    return None


def _begin(row: Outgoing, rules: Emr, now: datetime) -> Saying | ConnectorError | None:
    try:
        key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=row.lead_id).key)
        payload = outgoing.opened(row, "payload", key)
        if payload is None:
            reading = _reading_for(row)
            about, control = known(reading, seal.open_key(reading.key), row.appointment_id), outgoing.control_of()
            facts, before = carried(about), _told_before(row, key)
            if (row.what == "corrected" and facts == before) or (row.what == "referral" and not about.referred):
                outgoing.needless(row, now=now)
                return None
            if not (about.patient.last and about.patient.first):
                raise ConnectorError(NO_NAME, temporary=False)
            kind, payload = _written(row, about, taken_out(before, facts), control, rules, now)
            if row.way == "csv":
                folder.prepare(_folder(), csv_rows.file_name(row.what, control), payload)
            if before:
                row.corrects = list(differing(before, facts))
            outgoing.says(row, facts, reading.revision, key)
            if about.visit is not None:
                outgoing.says_when(row, about.visit.sequence, about.visit.starts)
            outgoing.sending(row, kind, payload, control, key, rules, now=now)
        else:
            outgoing.repeat(row, rules, now=now)
    except ConnectorError as error:
        trouble = error
    except Exception as error:  # one that cannot be written (an erased person, a site that is gone) stops no other
        log.error("emr_not_written", outgoing=str(row.id), exc_info=error)
        trouble = ConnectorError(f"it could not be written ({type(error).__name__})", temporary=False)
    else:
        return Saying(row.id, row.way, row.what, row.control, payload, float(rules.seconds))
    row.status, row.sent_until = "sent", now + outgoing.GRACE
    row.control = row.control or outgoing.control_of()
    row.save(update_fields=["status", "sent_until", "control"])
    return trouble


def _reading_for(row: Outgoing) -> LeadReferral:
    """The reading that a telling speaks from: that of the lead that has the visit now, where it went along."""
    lead = row.appointment.lead_id if row.appointment is not None else row.lead_id
    return LeadReferral.objects.select_related("key", "lead", "lead__facts").get(lead=lead)


def _told_before(row: Outgoing, key: seal.OpenKey) -> dict[str, str]:
    """The facts of the person as they were last told of this lead; none where they were not."""
    before = outgoing.last_said(row.lead_id, row.number) if row.what == "corrected" else None
    return outgoing.said_of(before, key) if before is not None else {}


def _written(
    row: Outgoing, about: Registration, gone: tuple[str, ...], control: str, rules: Emr, now: datetime
) -> tuple[str, bytes]:
    """The kind of message and its bytes. `gone` are facts that were told and stand no more."""
    if row.what == "merged":
        goes, stays = row.corrects
        about = replace(about, number=stays)
        if row.way == "csv":
            return "csv", csv_rows.merged_file(about, goes)
        envelope = Envelope(rules, control, now, about.site.tz, test=settings.DEMO)
        return "a40", hl7_messages.written(hl7_messages.merge(about, envelope, goes), rules)
    if row.way == "csv":
        visit = about.visit
        if row.what in OF_FACTS or visit is None:
            return "csv", csv_rows.patient_file(about, what=row.what, corrected=row.corrects)
        return "csv", csv_rows.visit_file(row.what, about, visit)
    envelope = Envelope(rules, control, now, about.site.tz, test=settings.DEMO)
    if row.what == "patient":
        return rules.register_as, hl7_messages.written(hl7_messages.admit(about, envelope), rules)
    if row.what == "corrected":
        message = hl7_messages.correct(about, envelope, gone)
        return hl7_messages.CORRECTS[rules.register_as], hl7_messages.written(message, rules)
    if row.what == "referral":
        return "i12", hl7_messages.written(hl7_messages.refer(about, envelope), rules)
    if about.visit is None:
        raise LookupError("a visit that is not there cannot be told")
    message = hl7_messages.schedule(row.what, about, about.visit, envelope)
    return hl7_messages.SIU[row.what], hl7_messages.written(message, rules)


def say(what: Saying) -> Heard | ConnectorError:
    """Say it, without the database. Whatever goes wrong is an answer of its own."""
    try:
        if what.way == "csv":
            folder.put(_folder(), csv_rows.file_name(what.what, what.control))
            return Heard()
        url = settings.ENVIRONMENT.emr_url
        if not url:
            raise ConnectorError(NO_ADDRESS, temporary=False)
        answer = mllp.say(url, what.payload, what.control, seconds=what.seconds)
    except ConnectorError as error:
        return error
    read = answer.read
    if read.verdict == "taken":
        return Heard(answer.raw)
    if read.verdict == "again":
        return ConnectorError(f"the EMR could not take it for the moment ({read.told})", temporary=True)
    return Heard(answer.raw, refused=read.told)


def _folder() -> Path:
    found: Path | None = settings.ENVIRONMENT.emr_folder
    if found is None:
        raise ConnectorError(NO_FOLDER, temporary=False)
    return found


def settle(row_id: uuid.UUID, outcome: Heard | ConnectorError, *, now: datetime | None = None) -> bool:
    """Commit what came of it, with a line of the timeline where it ended; False where nobody waits for it any more."""
    now = now or clock.now()
    with transaction.atomic():
        mine = Q(outgoing=row_id) | Q(appointments__outgoing=row_id)  # of a visit that went along, two
        ids = list(Lead.objects.filter(mine).values_list("id", flat=True).distinct())
        leads = list(Lead.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id"))
        row = Outgoing.objects.select_for_update(of=("self",)).filter(id=row_id, status="sent").first()
        lead = next((each for each in leads if row is not None and each.id == row.lead_id), None)
        if lead is None or row is None:
            return False
        rules = policy().section(Emr)
        if isinstance(outcome, ConnectorError):
            outgoing.failed(row, str(outcome), rules, temporary=outcome.temporary, now=now)
            log.warning("emr_not_told", outgoing=str(row.id), why=str(outcome), temporary=outcome.temporary)
        else:
            key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
            if outcome.refused:
                outgoing.refused(row, outcome.refused, outcome.reply, key, now=now)
            else:
                outgoing.acknowledged(row, outcome.reply, key, now=now)
        if row.status in ENDED:
            tell(lead, row, now)
            advance_locked(leads, now)
        return True


def tell(lead: Lead, row: Outgoing, now: datetime, *, actor: Actor = SYSTEM) -> None:
    """A line of the timeline: what the EMR was told, and whether it took it."""
    data = {"what": row.what, "kind": row.kind, "status": row.status, "way": row.way, "why": row.why}
    if row.corrects:
        data["corrects"] = row.corrects
    writes.insert([record(lead, "emr_told", actor, at=now, subject=("outgoing", row.id), data=data)])

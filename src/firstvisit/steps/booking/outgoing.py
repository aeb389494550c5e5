"""What the EMR is to be told, as rows: wanted, sent, acknowledged; or refused, failed, withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from firstvisit.kernel import seal
from firstvisit.kernel.errors import Conflict
from firstvisit.kernel.ids import new_id
from firstvisit.practice.models import User
from firstvisit.steps.booking.emr.owed import OF_FACTS, OF_PERSON, Holds, Told
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.models import Outgoing

GRACE: Final = timedelta(seconds=15)
"""Beyond the time an answer may take: whoever sent it is dead by then."""
LONGEST_PAUSE: Final = timedelta(minutes=15)
GATHERS: Final = timedelta(minutes=1)
"""A correction seldom comes alone: what is put right within so long is told together."""
SETTLED: Final = ("acknowledged", "withdrawn")
_TABLE: Final = "booking_outgoing"


def row(lead: uuid.UUID, told: Told) -> Outgoing:
    """What the plan wants told, not yet written."""
    return Outgoing(
        id=new_id(), key=told.key, lead_id=lead, appointment_id=told.appointment, what=told.what, way=told.way,
        sequence=told.sequence, told_start=told.told_start, number=told.number, wanted_at=told.wanted_at,
        again_at=told.wanted_at + (GATHERS if told.what == "corrected" else timedelta(0)),
        revision=told.revision, corrects=list(told.corrects),
    )  # fmt: skip


def withdraw(keys: Sequence[str], *, now: datetime) -> None:
    """What nobody has said a word of and the plan wants no more."""
    if keys:
        unsaid = Outgoing.objects.filter(key__in=keys, status="wanted", tries=0, payload__isnull=True)
        unsaid.update(status="withdrawn", ended_at=now)


def want_again(keys: Sequence[str], *, now: datetime) -> None:
    """What was withdrawn and is wanted after all."""
    if keys:
        withdrawn = Outgoing.objects.filter(key__in=keys, status="withdrawn")
        withdrawn.update(status="wanted", ended_at=None, wanted_at=now, again_at=now)


def hold(found: Sequence[Holds]) -> None:
    """Of these it is known how they stand beside the newest reading."""
    for each in found:
        Outgoing.objects.filter(key=each.key).update(revision=each.revision, corrects=list(each.corrects))


def take(*, now: datetime, limit: int) -> list[Outgoing]:
    """What a machine is to be told now, locked; inside a transaction. Of each lead the first that is not settled, so
    that nobody hears of a visit before its patient; a referral, and what a person parts there, hold nothing up. Where
    two leads became one, no visit goes before that the patients are one, and that not before both. What a dead process
    had sent is sent again, as it was."""
    Outgoing.objects.filter(status="sent", sent_until__lt=now).update(status="wanted", sent_until=None, again_at=now)
    earlier = Outgoing.objects.filter(lead=OuterRef("lead"), number__lt=OuterRef("number")).exclude(status__in=SETTLED)
    earlier = earlier.exclude(what__in=("referral", "parted"))
    unsettled = Outgoing.objects.exclude(status__in=SETTLED).exclude(lead=OuterRef("lead"))
    other = unsettled.filter(what="patient", appointment__lead=OuterRef("lead"))
    here = unsettled.filter(what__in=("patient", "merged"), lead=OuterRef("appointment__lead"))
    waits = (Exists(other) & Q(what="merged")) | (Exists(here) & ~Q(what__in=OF_PERSON))
    due = Outgoing.objects.filter(~Exists(earlier), ~waits, status="wanted", again_at__lte=now, way__in=("hl7", "csv"))
    return list(due.select_for_update(skip_locked=True, of=("self",)).order_by("again_at")[:limit])


def sending(
    row: Outgoing, kind: str, payload: bytes, control: str, key: seal.OpenKey, rules: Emr, *, now: datetime
) -> None:
    """It is about to be said: what and under which number is kept, sealed, before a word leaves."""
    row.kind, row.control = kind, control
    row.payload = seal.seal(key, _TABLE, "payload", row.id, payload)
    repeat(row, rules, now=now)


def repeat(row: Outgoing, rules: Emr, *, now: datetime) -> None:
    """It is about to be said, word for word as it was written down."""
    row.status, row.sent_at = "sent", now
    row.sent_until = now + timedelta(seconds=rules.seconds) + GRACE
    row.save()


def says(row: Outgoing, facts: Mapping[str, str], revision: int, key: seal.OpenKey) -> None:
    """Keep the facts of the person that a telling says, by which a later correction is known; not yet saved."""
    if row.what in OF_FACTS:
        row.said = seal.seal_json(key, _TABLE, "said", row.id, dict(facts))
        row.revision = revision


def says_when(row: Outgoing, sequence: int, starts: datetime) -> None:
    """Keep when the visit is that a telling says, by which a later move is known; not yet saved."""
    if row.what not in OF_PERSON:
        row.sequence, row.told_start = sequence, starts


def last_said(lead: uuid.UUID, before: int) -> Outgoing | None:
    """The telling before this number that last said the facts of the person of a lead."""
    rows = Outgoing.objects.filter(lead=lead, number__lt=before, what__in=OF_FACTS, said__isnull=False)
    return rows.exclude(status__in=("withdrawn", "refused")).order_by("-number").first()


def said_of(row: Outgoing, key: seal.OpenKey) -> dict[str, str]:
    """The facts of the person as a telling said them; none of one that says none."""
    if row.said is None:
        return {}
    found: dict[str, str] = seal.unseal_json(key, _TABLE, "said", row.id, row.said)
    return found


def needless(row: Outgoing, *, now: datetime) -> None:
    """There is nothing to say any more."""
    row.status, row.ended_at = "withdrawn", now
    row.save(update_fields=["status", "ended_at"])


def acknowledged(row: Outgoing, reply: bytes, key: seal.OpenKey, *, now: datetime) -> None:
    """The EMR has it."""
    row.status, row.ended_at, row.sent_until, row.why = "acknowledged", now, None, ""
    row.tries += 1
    row.reply = seal.seal(key, _TABLE, "reply", row.id, reply)
    row.save()


def refused(row: Outgoing, why: str, reply: bytes, key: seal.OpenKey, *, now: datetime) -> None:
    """The EMR said no, and would say it again. `why` names nobody; its own words are in the reply."""
    row.status, row.ended_at, row.sent_until, row.why = "refused", now, None, why[:300]
    row.tries += 1
    row.reply = seal.seal(key, _TABLE, "reply", row.id, reply)
    row.save()


def failed(row: Outgoing, why: str, rules: Emr, *, temporary: bool, now: datetime) -> None:
    """Nobody took it: said again after a pause; after the rules' minutes a person looks."""
    row.tries += 1
    row.sent_until, row.why = None, why[:300]
    if temporary and now - row.wanted_at < timedelta(minutes=rules.give_up_minutes):
        row.status, row.again_at = "wanted", now + _pause(row, rules)
    else:
        row.status, row.ended_at = "failed", now
    row.save()


def _pause(row: Outgoing, rules: Emr) -> timedelta:
    doubled = timedelta(seconds=rules.first_pause_seconds << min(row.tries - 1, 10))
    return min(doubled, LONGEST_PAUSE)


def say_again(row: Outgoing, *, by: User, now: datetime) -> None:
    """A person mended it, or the EMR is back. What was refused is written anew, under another number; what nobody
    answered keeps its number, for the EMR may have it. Conflict where it waits for nobody."""
    if row.status not in ("refused", "failed"):
        raise Conflict("this waits for nobody any more")
    if row.status == "refused":
        row.payload, row.reply, row.control = None, None, ""
    row.status, row.again_at, row.ended_at, row.wanted_at, row.by = "wanted", now, None, now, by
    row.save()


def entered(rows: Sequence[Outgoing], *, by: User, now: datetime) -> None:
    """A person typed it into the EMR. Conflict where somebody did before."""
    for each in rows:
        if each.status not in ("wanted", "refused", "failed"):
            raise Conflict("somebody has entered it already")
        each.status, each.ended_at, each.by = "acknowledged", now, by
        if each.way == "copy_card":
            each.kind = "card"
        else:
            each.control = each.control or control_of()
        each.save()


def control_of() -> str:
    """A number under which something is said (MSH-10, twenty characters at most); it names nobody."""
    return f"FV{new_id().hex[-16:].upper()}"


def opened(row: Outgoing, column: str, key: seal.OpenKey) -> bytes | None:
    """What was sent ("payload") or came back ("reply"); None where there is none."""
    sealed: Any = getattr(row, column)
    return None if sealed is None else seal.unseal(key, _TABLE, column, row.id, sealed)

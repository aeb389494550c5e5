"""The outbox: decide, mark, send, settle. The only door to sending."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import structlog

from firstvisit.kernel import seal, writes
from firstvisit.kernel.errors import Conflict, ConnectorError
from firstvisit.messages import gate, recipients
from firstvisit.messages.channels import Unclear, register
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.messages.templates import NOTHING, Calendar, Text, render
from firstvisit.messages.texts import in_spanish, version
from firstvisit.messages.visit_texts import TOLD_AT_ONCE
from firstvisit.people import forbidding
from firstvisit.people import queries as people
from firstvisit.practice.shape import Practice
from firstvisit.practice.texts import signed_versions

log = structlog.get_logger("messages")

UNCLEAR_AFTER = timedelta(minutes=5)
"""A message that a dead process left `sending` is unclear after this long; nobody sends it again by machine."""
RETRY_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5
NOT_REACHED = "not reached"
JUST_ASKED = timedelta(hours=2)
PARTNER_ASKED = frozenset({"partner_receipt", "status_link"})
"""What a partner has just asked for: any other letter to one waits for the day."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message marked `sending`, ready to leave."""

    id: uuid.UUID
    channel: str
    address: str
    text: Text
    sender: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A message that is not in the outbox yet: what it would say, to whom, and their address, masked."""

    text: Text
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one: status sent, refused, unclear, or wanted again after a temporary failure."""

    id: uuid.UUID
    status: str
    why: str


def prepare(
    messages: Iterable[Message],
    *,
    practice: Practice,
    forbidden: set[uuid.UUID],
    now: datetime,
    details: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    calendars: Mapping[str, tuple[Calendar, ...]] = MappingProxyType({}),
) -> list[Outgoing]:
    """Last look at consent and suppression; those that may leave are marked `sending`, the rest end or wait.

    Runs in the transaction that holds the locks; `messages` carry lead and person. `forbidden` are leads
    that nobody may contact; `details` what the plan knows for a message's gaps, by its key, `calendars` the visits that
    go with messages, by the same.
    """
    messages = list(messages)
    to = recipients.of(messages)
    stopped = people.stopped(recipient.email for recipient in to.values())
    spanish = any(recipient.language == "Spanish" for recipient in to.values())
    signed = signed_versions("es") if spanish else {}
    ways = [_way(message, to[message.id]) for message in messages if message.id in to]
    restricted = forbidding.forbidden(way for way in ways if way is not None)
    leaving: list[Outgoing] = []
    for message in messages:
        recipient = to.get(message.id)
        if recipient is None:
            _end(message, "refused", "no address", now)
            continue
        gaps = details.get(message.key, NOTHING)
        site = practice.sites[gaps.get("site", message.lead.site)]
        purpose: gate.Purpose = message.purpose  # type: ignore[assignment]
        local, known = now.astimezone(ZoneInfo(recipient.zone or site.zone)), recipient.zone is not None
        decision = gate.may_send(
            purpose,
            consent=recipient.consent,
            suppressed=recipient.email in stopped,
            do_not_contact=message.lead_id in forbidden,
            restricted=_way(message, recipient) in restricted,
            local=local,
            just_asked=_asked_for(message) and now - message.made_at < JUST_ASKED,
            zone_known=known,
        )
        if decision.outcome == "refuse":
            _end(message, "refused", decision.reasons[0].code, now)
            continue
        if decision.outcome == "wait":
            message.wanted_at = gate.quiet_until(local, purpose, zone_known=known)
            continue
        text = render(
            message.template,
            recipient.language,
            practice=practice.identity,
            site=site,
            code=f"L-{message.lead.number}",
            first_name=recipient.first_name,
            stop=recipient.stop,
            details=gaps,
            reviewed=_reviewed(message.template, signed),
            zone=recipient.zone,
        )
        if message.words is not None:
            said = seal.unseal_json(recipient.key, "messages_message", "words", message.id, message.words)
            text = text.reworded(said["subject"], said["words"])
        text = replace(text, calendars=calendars.get(message.key, ()))
        message.status, message.sending_at = "sending", now
        message.attempts += 1
        message.sealed = seal.seal(
            recipient.key, "messages_message", "sealed", message.id, f"{text.subject}\n\n{text.body}".encode()
        )
        leaving.append(Outgoing(message.id, message.channel, recipient.email, text, practice.identity.name))
    writes.update(Message, messages, "status", "wanted_at", "sending_at", "attempts", "sealed", "ended_at", "why")
    return leaving


def proposed(
    message: Message, *, practice: Practice, details: Mapping[str, str] = NOTHING
) -> Proposed | None:
    """What a message that is not in the outbox yet would say, and to whom; None where it would reach nobody."""
    recipient = recipients.of([message]).get(message.id)
    if recipient is None:
        return None
    signed = signed_versions("es") if recipient.language == "Spanish" else {}
    text = render(
        message.template,
        recipient.language,
        practice=practice.identity,
        site=practice.sites[details.get("site", message.lead.site)],
        code=f"L-{message.lead.number}",
        first_name=recipient.first_name,
        stop=recipient.stop,
        details=details,
        reviewed=_reviewed(message.template, signed),
        zone=recipient.zone,
    )
    return Proposed(text, recipient.name, recipient.masked)


def reword(message: Message, *, subject: str, words: str) -> None:
    """Keep what a person wrote in the place of a waiting message's template, sealed."""
    recipient = recipients.of([message]).get(message.id)
    if recipient is None:
        raise Conflict("this message reaches nobody")
    said = {"subject": subject, "words": words}
    message.words = seal.seal_json(recipient.key, "messages_message", "words", message.id, said)
    message.save(update_fields=["words"])


def send(leaving: Iterable[Outgoing]) -> list[Result]:
    """Hand messages to their channels, one session a channel. Holds no transaction and no lock.

    A message whose line broke while it was being handed over is unclear; those after it have not left and
    are wanted again.
    """
    results: list[Result] = []
    by_channel: dict[str, list[Outgoing]] = {}
    for outgoing in leaving:
        by_channel.setdefault(outgoing.channel, []).append(outgoing)
    for channel, batch in by_channel.items():
        done: set[uuid.UUID] = set()
        try:
            with register()[channel]() as session:
                for outgoing in batch:
                    results.append(_one(session, outgoing))
                    done.add(outgoing.id)
                    if results[-1].status == "unclear":
                        break
        except ConnectorError as error:
            log.warning("channel_unreachable", channel=channel, why=str(error))
        results += [Result(o.id, "wanted", NOT_REACHED) for o in batch if o.id not in done]
    return results


def settle(results: Iterable[Result], *, now: datetime) -> list[Message]:
    """Write what became of each; the messages that ended. One that failed too often is refused."""
    by_id = {result.id: result for result in results}
    rows = list(
        Message.objects.select_for_update().filter(id__in=by_id, status="sending").select_related("lead")
    )
    for row in rows:
        result = by_id[row.id]
        if result.why == NOT_REACHED:
            row.attempts -= 1  # nothing was tried: an outage of the mail server refuses nobody
        if result.status == "wanted" and row.attempts < MOST_ATTEMPTS:
            row.status, row.why, row.wanted_at = "wanted", result.why, now + RETRY_AFTER
        else:
            _end(row, "refused" if result.status == "wanted" else result.status, result.why, now)
    writes.update(Message, rows, "status", "why", "wanted_at", "ended_at", "attempts")
    return [row for row in rows if row.ended_at is not None]


def abandoned(*, now: datetime) -> list[Message]:
    """Messages that a dead process left `sending` become unclear; those, with their leads."""
    rows = list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(status="sending", sending_at__lt=now - UNCLEAR_AFTER)
        .select_related("lead")
    )
    for row in rows:
        _end(row, "unclear", "process ended while sending", now)
    writes.update(Message, rows, "status", "why", "ended_at")
    return rows


def _one(session: object, outgoing: Outgoing) -> Result:
    try:
        session.send(  # type: ignore[attr-defined]
            address=outgoing.address, text=outgoing.text, message_id=str(outgoing.id), sender=outgoing.sender
        )
    except ConnectorError as error:
        return Result(outgoing.id, "wanted" if error.temporary else "refused", str(error)[:60])
    except Unclear as error:
        return Result(outgoing.id, "unclear", str(error)[:60])
    return Result(outgoing.id, "sent", "")


def _way(message: Message, recipient: recipients.Recipient) -> forbidding.Way | None:
    """Whom a message is about, whom it goes to, and where; None for one about no patient, and for what answers
    somebody's own request by itself: it says nothing of any patient, and that it does not come would."""
    patient = message.lead.patient_id
    return None if patient is None or message.cause_kind == BY_ITSELF else (patient, message.person_id, recipient.email)


def _reviewed(template: str, signed: Mapping[str, frozenset[str]]) -> bool:
    """Whether somebody signed the Spanish of a template as it is now; one without Spanish needs no review."""
    return template not in in_spanish() or version(template) in signed.get(f"mail-{template}", ())


def _asked_for(message: Message) -> bool:
    """Whether a message that was just made answers whoever it goes to."""
    if message.purpose == "appointment":
        return message.template in TOLD_AT_ONCE
    return message.purpose != "partner" or message.template in PARTNER_ASKED


def _end(message: Message, status: str, why: str, now: datetime) -> None:
    message.status, message.why, message.ended_at = status, why, now

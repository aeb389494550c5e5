"""The outbox: decide, mark, send, settle. The only door to sending."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings

from firstvisit.kernel import seal, writes
from firstvisit.kernel.errors import ConnectorError
from firstvisit.messages import gate
from firstvisit.messages.channels import Unclear, register
from firstvisit.messages.models import Message
from firstvisit.messages.templates import Text, render
from firstvisit.people import queries as people
from firstvisit.people.stopping import stop_mark
from firstvisit.practice.shape import Practice
from firstvisit.reference import zips

log = structlog.get_logger("messages")

UNCLEAR_AFTER = timedelta(minutes=5)
"""A message that a dead process left `sending` is unclear after this long; nobody sends it again by machine."""
RETRY_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5
NOT_REACHED = "not reached"
JUST_ASKED = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message marked `sending`, ready to leave."""

    id: uuid.UUID
    channel: str
    address: str
    text: Text
    sender: str


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
    minutes: dict[uuid.UUID, int],
    now: datetime,
) -> list[Outgoing]:
    """Last look at consent and suppression; those that may leave are marked `sending`, the rest end or wait.

    Runs in the transaction that holds the locks; `messages` carry lead and person. `forbidden` are leads
    that nobody may contact; `minutes` are the leads' business minutes to the promised answer.
    """
    messages = list(messages)
    who = people.identities(message.person_id for message in messages)
    consent = people.consents((m.person_id for m in messages), "email")
    stopped = people.stopped(i.email for i, _ in who.values() if i.email)
    leaving: list[Outgoing] = []
    for message in messages:
        identity, key = who.get(message.person_id, (None, None))
        if identity is None or key is None or identity.email is None:
            _end(message, "refused", "no address", now)
            continue
        site = practice.sites[message.lead.site]
        local = now.astimezone(ZoneInfo(_zone(identity.postal_code) or site.zone))
        decision = gate.may_send(
            message.purpose,  # type: ignore[arg-type]
            consent=consent.get(message.person_id),
            suppressed=identity.email in stopped,
            do_not_contact=message.lead_id in forbidden,
            local=local,
            just_asked=now - message.made_at < JUST_ASKED,
        )
        if decision.outcome == "refuse":
            _end(message, "refused", decision.reasons[0].code, now)
            continue
        if decision.outcome == "wait":
            message.wanted_at = gate.quiet_until(local)
            continue
        text = render(
            message.template,
            identity.language,
            practice=practice.identity,
            site=site,
            code=f"L-{message.lead.number}",
            first_name=identity.first_name if message.lead.contact_id == message.person_id else None,
            minutes=minutes.get(message.lead_id, practice.identity.answers_within_minutes),
            stop=f"{settings.ENVIRONMENT.address}/stop/{stop_mark(message.person_id)}",
        )
        message.status, message.sending_at = "sending", now
        message.attempts += 1
        message.sealed = seal.seal(
            key, "messages_message", "sealed", message.id, f"{text.subject}\n\n{text.body}".encode()
        )
        leaving.append(Outgoing(message.id, message.channel, identity.email, text, practice.identity.name))
    writes.update(messages, "status", "wanted_at", "sending_at", "attempts", "sealed", "ended_at", "why")
    return leaving


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
    writes.update(rows, "status", "why", "wanted_at", "ended_at", "attempts")
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
    writes.update(rows, "status", "why", "ended_at")
    return rows


def _zone(postal_code: str | None) -> str | None:
    """The recipient's time zone by their ZIP code, when it is known."""
    home = zips.place(postal_code) if postal_code else None
    return home.zone if home else None


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


def _end(message: Message, status: str, why: str, now: datetime) -> None:
    message.status, message.why, message.ended_at = status, why, now

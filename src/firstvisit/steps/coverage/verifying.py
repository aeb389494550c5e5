"""That a connector was seen to answer for real: recorded and taken back by an administrator."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from firstvisit.kernel import audit, erasure, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict, NotAllowed
from firstvisit.kernel.ids import new_id
from firstvisit.practice.models import User
from firstvisit.steps.coverage.connectors.port import Connector, Reply
from firstvisit.steps.coverage.inquiries import Inquiry, as_json
from firstvisit.steps.coverage.models import VerifiedConnector

CAPABILITY = "keys.manage"
_TABLE = "coverage_verifiedconnector"


def verified() -> frozenset[str]:
    """The connectors of which one exchange is recorded and was not taken back, by slug."""
    rows = VerifiedConnector.objects.filter(taken_back_at__isnull=True)
    return frozenset(rows.values_list("connector", flat=True))


def answered(inquiry: Inquiry, reply: Reply) -> bool:
    """Whether a connector can be verified by a reply: it answers this question and says whether the plan is active. A
    refusal shows a line that works and nothing of how benefits are read."""
    return any(
        each.answers(inquiry.trace, inquiry.origin) and each.active is not None for each in reply.benefits
    )


def record(
    connector: Connector,
    inquiry: Inquiry,
    reply: Reply,
    *,
    by: User,
    took_ms: int,
    actor: Actor,
    at: datetime,
) -> VerifiedConnector:
    """Keep the exchange, sealed, as the one by which the connector is verified. NotAllowed without the capability;
    Conflict where the reply does not answer the question."""
    _may(by)
    if not answered(inquiry, reply):
        raise Conflict("this reply does not say whether the plan is active")
    key_row, key = seal.new_key()
    row = VerifiedConnector(
        id=new_id(), connector=connector.slug, payer_id=inquiry.payer_id, at=at, by=by, took_ms=took_ms,
        digest=hashlib.sha256(reply.raw).hexdigest(), key=key_row,
    )  # fmt: skip
    row.request = seal.seal(key, _TABLE, "request", row.id, as_json(inquiry))
    row.reply = seal.seal(key, _TABLE, "reply", row.id, reply.raw)
    with transaction.atomic():
        noted = audit.row(actor, "connector_verified", "connector", [row.id], why=connector.slug)
        writes.insert([key_row, row, noted])
    return row


def take_back(slug: str, *, by: User, actor: Actor, at: datetime) -> int:
    """Take every exchange of a connector back and destroy what was kept of them; how many there were."""
    _may(by)
    with transaction.atomic():
        rows = list(
            VerifiedConnector.objects.select_for_update().filter(connector=slug, taken_back_at__isnull=True)
        )
        if rows:
            erasure.destroy([row.key_id for row in rows], at=at)
            VerifiedConnector.objects.filter(id__in=[row.id for row in rows]).update(taken_back_at=at)
            why = slug
            writes.insert(
                [audit.row(actor, "connector_taken_back", "connector", [row.id for row in rows], why=why)]
            )
    return len(rows)


def _may(by: User) -> None:
    if not by.may(CAPABILITY):
        raise NotAllowed(CAPABILITY)

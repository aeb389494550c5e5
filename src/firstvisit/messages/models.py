"""The outbox: every message to a person, from wanted to sent, refused or unclear."""

from __future__ import annotations

from typing import Final

from django.db import models

from firstvisit.kernel.ids import new_id
from firstvisit.leads.models import Lead
from firstvisit.people.models import OrganizationPerson, Person

BY_ITSELF: Final = "by_itself"
"""`cause_kind` of a receipt for whoever joined a lead that is not theirs: of their request by itself, and no plan's."""


class Message(models.Model):
    """One message. `key` makes it once; `status` runs wanted -> sending -> sent | refused | unclear,
    or wanted -> withdrawn when the plan no longer wants it. `made_at` is when the plan first wanted it, `wanted_at`
    when it is tried next.

    It goes to a `person`, or to a `referrer` at the organization that sent them; never to both. What was said is
    sealed under the recipient's key when it leaves; `words` are what a person wrote in the template's place,
    sealed under the same key until then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="messages")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="messages")
    referrer = models.ForeignKey(
        OrganizationPerson, on_delete=models.PROTECT, null=True, related_name="messages"
    )
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    template = models.CharField(max_length=40)
    cause_kind = models.CharField(max_length=20)
    cause_id = models.UUIDField()
    status = models.CharField(max_length=10, default="wanted")
    made_at = models.DateTimeField()
    wanted_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=60, default="")
    sealed = models.BinaryField(null=True)
    words = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="message_key_once"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True, referrer__isnull=False)
                | models.Q(person__isnull=False, referrer__isnull=True),
                name="message_has_one_recipient",
            ),
        ]
        indexes = [
            models.Index(
                fields=["wanted_at"],
                condition=models.Q(status__in=["wanted", "sending"]),
                name="message_outbox",
            ),
        ]

"""What reached us, whole and sealed, and what each part of it became."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstvisit.documents.models import Document
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey
from firstvisit.leads.models import Lead


class Item(models.Model):
    """One thing that arrived. `received` means it is safely kept; `settled` that every part found its end;
    `waiting` that a person must look because settling failed three times.

    `token` makes a repeated delivery the same item (kept seven days), `digest` tells whether the repeat
    said the same, `answer` is what the sender was told.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=20)
    sender = models.CharField(max_length=60)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default="received")
    received_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=120, default="")
    token = models.UUIDField(null=True, unique=True)
    digest = models.UUIDField()
    answer = models.JSONField(null=True)
    joins = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], condition=~models.Q(status="settled"), name="item_unsettled"
            ),
            models.Index(
                fields=["received_at"], condition=models.Q(token__isnull=False), name="item_token_age"
            ),
        ]


class Part(models.Model):
    """One patient's share of an item and its single end, found at `at`.

    `red_flags` are those it states itself, `names_patient` whether it says who it is about: what arrives later
    for the same lead may say something new of either.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="parts")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="parts")
    end = models.CharField(max_length=16)
    at = models.DateTimeField()
    red_flags = ArrayField(models.CharField(max_length=20), default=list)
    names_patient = models.BooleanField(default=True)
    pages = models.SmallIntegerField(default=1)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__in=["opened", "joined"], lead__isnull=False)
                | models.Q(end="answered")
                | models.Q(end="not_a_lead", signed_by__isnull=False),
                name="part_has_one_end",
            )
        ]

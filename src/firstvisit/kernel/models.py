"""Tables that know nothing of therapy: data keys, the audit log, leases, the clock's offset."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstvisit.kernel.ids import new_id

APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
]
"""Guards of a table whose rows are never changed. The application's role lacks the rights as well."""


class DataKey(models.Model):
    """A person's or an item's key, wrapped by the master key named in `master`. `wrapped` NULL: destroyed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wrapped = models.BinaryField(null=True)
    master = models.CharField(max_length=12)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["master"], name="datakey_master")]


class AuditRow(models.Model):
    """Who saw or changed what. Ids only; `why` is a code, and a reason in words is sealed elsewhere.

    `era` and `transaction` place the row for the closer: within one era transactions are numbered upward,
    and a restore into another cluster begins a new era.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subjects = ArrayField(models.CharField(max_length=60))
    why = models.CharField(max_length=120, default="")
    address = models.CharField(max_length=45, default="")
    era = models.SmallIntegerField()
    transaction = models.BigIntegerField()

    filled_by_database = ("at", "era", "transaction")
    """Columns whose default stands in the migration; `kernel.writes` leaves them out."""

    class Meta:
        indexes = [
            models.Index(fields=["era", "transaction", "id"], name="audit_order"),
            models.Index(fields=["-id", "actor"], name="audit_actor"),
        ]
        triggers = APPEND_ONLY


class AuditBlock(models.Model):
    """A closed stretch of the log: every row after the block before it, up to and without `below`."""

    number = models.IntegerField(primary_key=True)
    era = models.SmallIntegerField()
    below = models.BigIntegerField()
    rows = models.IntegerField()
    head = models.CharField(max_length=64)
    closed_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY


class Lease(models.Model):
    """Who is working on a thing right now, and until when; an abandoned one lapses by itself."""

    kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    holder = models.UUIDField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="lease_once")]


class ClockOffset(models.Model):
    """How far the demo's clock runs ahead, in seconds. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seconds = models.FloatField(default=0)


class Counter(models.Model):
    """How often a thing was done by somebody since `window` began; keys are blind tokens."""

    key = models.UUIDField()
    window = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="counter_once")]

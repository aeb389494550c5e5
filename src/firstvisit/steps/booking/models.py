"""Supply, claims and appointments. Nothing here names a patient: an appointment points at its lead, and what is sealed
lies under the lead's reading key."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q

from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey
from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource


class Block(models.Model):
    """A stretch that repeats: when a resource works, or what of its time is kept from visits.

    `rule` is an RFC 5545 RRULE without DTSTART ("FREQ=WEEKLY;BYDAY=MO,WE"); "" is `first_day` alone. It runs from
    `first_day` through `last_day` (none: on), but for `except_days`, in the zone of `site`. `begins` and `ends` are
    wall-clock times; `ends` not after `begins` is on the next day. `programs`: only these are booked there.

    `what`: clinic, home and video are open for such visits (a resource with none of them is open when its hours, or
    else its site's, say so); documentation, supervision, case_review, meeting and travel are protected.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="blocks")
    site = models.CharField(max_length=60)
    what = models.CharField(max_length=14)
    rule = models.CharField(max_length=300, default="")
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    begins = models.TimeField()
    ends = models.TimeField()
    except_days = ArrayField(models.DateField(), default=list)
    programs = ArrayField(models.CharField(max_length=60), default=list)


class Change(models.Model):
    """One dated departure from the pattern: of a resource, or of a whole site where `resource` is null.

    `what`: away (vacation, illness, course, leave, other: `why`), closed (a site: weather, other), extra (open beyond
    the pattern, as a per-diem's days) or busy (brought by `feed`, whose event `uid_token` names it by a keyed hash).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="changes")
    site = models.CharField(max_length=60, default="")
    what = models.CharField(max_length=6)
    why = models.CharField(max_length=10, default="")
    during = DateTimeRangeField()
    feed = models.ForeignKey("Feed", on_delete=models.CASCADE, null=True, related_name="busy")
    uid_token = models.CharField(max_length=40, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resource__isnull=False) | (Q(what="closed") & ~Q(site="")), name="change_is_somebodys"
            )
        ]
        indexes = [
            models.Index(fields=["resource"], name="change_resource"),
            GistIndex(fields=["during"], name="change_during"),
        ]


class Terms(models.Model):
    """What holds of one resource beside its hours: limits a day (null: those of the rules), per-diem (works only where
    a change says extra), the last day of whoever leaves, and how far somebody drives for visits at home."""

    resource = models.OneToOneField(Resource, primary_key=True, on_delete=models.PROTECT, related_name="terms")
    evaluations_a_day = models.SmallIntegerField(null=True)
    new_patients_a_day = models.SmallIntegerField(null=True)
    per_diem = models.BooleanField(default=False)
    last_day = models.DateField(null=True)
    home_miles = models.SmallIntegerField(null=True)
    home_zips = ArrayField(models.CharField(max_length=5), default=list)


class Feed(models.Model):
    """A calendar elsewhere whose busy times are ours to keep free. Its address often holds a secret: sealed under a key
    of its own. `failed` says in words why the last reading brought nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="feeds")
    name = models.CharField(max_length=120)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    sealed = models.BinaryField()
    every_minutes = models.SmallIntegerField(default=15)
    look_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=200, default="")
    events = models.IntegerField(default=0)


class SupplyRevision(models.Model):
    """Raised by every change of supply, so that each process compiles it anew. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="supply_revision_is_one")]


class Group(models.Model):
    """A session that several share: one claim on its resources, a seat each."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    program = models.CharField(max_length=60, default="")
    site = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.SmallIntegerField()
    cancelled_at = models.DateTimeField(null=True)


TAKES_TIME = ("held", "booked", "arrived", "completed", "left", "missed")
"""Statuses of an appointment that keeps its time and its seat."""


class Appointment(models.Model):
    """A visit of one lead, from the hold to its end.

    `status`: held (until `held_until`), booked, arrived, completed, left (before being seen), missed, cancelled
    (`why`: a code of `endings`; `cancelled_by` is family where they did it on their own page), lapsed (a hold that
    nobody took). A moved one stays the same appointment: `sequence` counts its times, as iCalendar and SIU do.
    `moved_at` is when it was moved last. `made_by` says through which door: desk, family, call; `confirmed_at` when
    the family said that they come.
    `service`: evaluation, treatment, group. `clinician` is null of nobody's. `series` joins an evaluation with the
    treatment booked together.

    `resources` and `claimed` are what it takes: for as long as it keeps its time there is a claim on each of them
    (a group's are the group's). A hold that ran out may have lost some to somebody else. `new_patient`: an evaluation
    of somebody who comes for the first time, of whom a therapist has only so many a day.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="appointments")
    came_from = ArrayField(models.UUIDField(), default=list)
    """The leads that had it before and were continued in the next, the first one first."""
    series = models.UUIDField(null=True)
    kind = models.CharField(max_length=60)
    service = models.CharField(max_length=10)
    program = models.CharField(max_length=60, default="")
    discipline = models.CharField(max_length=3, default="")
    site = models.CharField(max_length=60)
    setting = models.CharField(max_length=10, default="clinic")
    clinician = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="appointments")
    resources = ArrayField(models.BigIntegerField(), default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    claimed = DateTimeRangeField(null=True)
    new_patient = models.BooleanField(default=False)
    status = models.CharField(max_length=10)
    status_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    why = models.CharField(max_length=20, default="")
    cancelled_by = models.CharField(max_length=8, default="")
    sequence = models.SmallIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="taken")
    seat = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "seat"], condition=Q(status__in=TAKES_TIME), name="seat_taken_once"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_runs_forward"),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False), name="hold_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "starts_at"], name="appointment_of_lead"),
            models.Index(fields=["starts_at"], condition=Q(status="booked"), name="appointment_to_come"),
            models.Index(fields=["site", "starts_at"], name="appointment_of_site"),
            models.Index(fields=["clinician", "starts_at"], name="appointment_of_clinician"),
        ]

    @property
    def changed_at(self) -> datetime:
        """When its time or its status changed last, as iCalendar asks."""
        return max(self.status_at, self.moved_at or self.status_at)


class Subscription(models.Model):
    """An address at which a calendar program of somebody of ours reads appointments: those of `resource`, or the first
    visits of `site`. Only the address's blind token is kept; it is shown once and can be revoked.

    What is read there lies with whoever runs that program: it names nobody, and says `initials` only where its owner
    chose so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(unique=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="+")
    site = models.CharField(max_length=60, default="")
    initials = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resource__isnull=False, site="") | (Q(resource__isnull=True) & ~Q(site="")),
                name="subscription_is_of_one",
            )
        ]


class Claim(models.Model):
    """A resource taken for a stretch, buffers included: by an appointment, or by a group for all who sit in it.

    Null `expires_at` is a visit, else a hold until then. Two claims of one resource never overlap, and none is longer
    than a day, which the reading of them counts on (`busy`): the database refuses it. An expired hold is deleted by
    whoever wants its time.
    """

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="claims", db_index=False)
    during = DateTimeRangeField()
    expires_at = models.DateTimeField(null=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True, related_name="claims")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="claims")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="resource_claimed_once",
                expressions=[
                    (
                        Func(
                            F("resource_id"),
                            F("resource_id"),
                            function="int8range",
                            template="%(function)s(%(expressions)s, '[]')",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, group__isnull=True)
                | Q(appointment__isnull=True, group__isnull=False),
                name="claim_is_of_one",
            ),
            models.CheckConstraint(
                condition=Q(during__endswith__lte=F("during__startswith") + timedelta(days=1)),
                name="claim_within_a_day",
            ),
        ]
        indexes = [
            models.Index("resource", Func(F("during"), function="lower"), name="claim_of_resource"),
        ]


class Outgoing(models.Model):
    """One thing that the EMR is to be told: a patient, what was corrected of them, or what became of a visit.

    `key` is the plan's. `what`: patient, corrected, referral, booked, moved, changed, cancelled, deleted, missed; or of
    two patients that the EMR has merged, parted (they are one, they are two after all; `one_chart`). `way`: hl7,
    csv or copy_card (a person types it). `kind` is how it was said: a04, a28, a08, a31, s12 ... s26, csv, card; ""
    until it is said. `sequence` and `told_start` are the visit's as they are told, so that the next telling knows what
    changed; so is `revision`, the reading's, of the facts of the person. `corrects` names those that a correction is
    about, or holds the numbers of two patients: the one that goes and the one that stays.

    `status`: wanted -> sent (until `sent_until`: by then whoever sent it is dead) -> acknowledged; refused (the EMR
    said no, `why` in its words) or failed (nobody answered for too long) wait for a person, and withdrawn was never
    said.
    `control` (MSH-10) is fixed with the payload before the first send, so that the EMR knows a repeat. What of a lead
    was asked for first is said first.

    Sealed under the lead's reading key: `payload` as it was sent, `reply` as it came, `said` the facts of the person as
    they were told (`emr.carried`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="outgoing")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="outgoing")
    what = models.CharField(max_length=9)
    way = models.CharField(max_length=9)
    kind = models.CharField(max_length=4, default="")
    sequence = models.SmallIntegerField(default=0)
    told_start = models.DateTimeField(null=True)
    number = models.SmallIntegerField()
    """The how manyth of its lead: said in this order."""
    status = models.CharField(max_length=12, default="wanted")
    control = models.CharField(max_length=20, default="")
    wanted_at = models.DateTimeField()
    again_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=300, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    payload = models.BinaryField(null=True)
    reply = models.BinaryField(null=True)
    said = models.BinaryField(null=True)
    revision = models.IntegerField(null=True)
    corrects = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "number"], name="outgoing_number_once"),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_until__isnull=False), name="outgoing_sent_until"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent", "acknowledged"]) | Q(way="copy_card") | ~Q(control=""),
                name="outgoing_said_under_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["again_at"], condition=Q(status="wanted"), name="outgoing_due"),
            models.Index(fields=["sent_until"], condition=Q(status="sent"), name="outgoing_under_way"),
            models.Index(
                fields=["lead", "number"], condition=~Q(status__in=["acknowledged", "withdrawn"]), name="outgoing_open"
            ),
            models.Index(fields=["-ended_at"], condition=Q(ended_at__isnull=False), name="outgoing_ended"),
        ]

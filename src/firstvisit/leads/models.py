"""The case file of a lead: stage, reading, facts, decisions, tasks, rulings and the timeline."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import APPEND_ONLY, DataKey
from firstvisit.people.models import Merge, Organization, OrganizationPerson, Person
from firstvisit.practice.models import Queue

OWNED_ONCE = models.Q(owner_user__isnull=True, owner_queue__isnull=False) | models.Q(
    owner_user__isnull=False, owner_queue__isnull=True
)


class Lead(models.Model):
    """One request for care on its way to the first completed evaluation, or an organization's enquiry.

    `number` is what people call it (L-2641). `look_again_at` is when the journey looks next, also at a closed
    lead that is to be asked once more; `failures` counts advances that raised, and at three the lead leaves the
    sweep and becomes a task. `assigned_*` is whom the machine gave it to (balance, a broken clock), `owner_reason`
    why the present owner has it, `route_queue` the queue its route leads to, whoever has it. `first_tried_at` is
    the first human try and `first_reached_at` the first two-way contact, both kept for good; a receipt is neither.
    `planned_under` is the revision of practice and rules it was last planned under, `judged` what that
    judgement came to (its outcome and a hash of its reasons).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=20)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="leads")
    contact = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="speaks_on")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="leads")
    referrer = models.ForeignKey(
        OrganizationPerson, on_delete=models.PROTECT, null=True, related_name="referred"
    )
    site = models.CharField(max_length=60)
    stage = models.CharField(max_length=20)
    outcome = models.CharField(max_length=40)
    blockers = models.JSONField(default=list)
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, related_name="+")
    route_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, related_name="+")
    assigned_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    assigned_queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField(null=True)
    roused_at = models.DateTimeField(null=True)
    """When it last left rest (kept in touch, waitlist, elsewhere) for work of ours: its clocks run from here."""
    unreachable = models.BooleanField(default=False)
    """Whether every known way to reach them is one that nothing may go to."""
    owner_reason = models.CharField(max_length=200, default="")
    referrer_mail = models.CharField(max_length=10, default="")
    """How whoever refers is told what became of it: "" not at all, "treating" by e-mail a treating provider or an
    organization about its own enquiry, "outside" by e-mail somebody who needs the patient's authorization first
    (45 CFR 164.508); "by_hand" and "hand_out" the same two where they have only a phone or a fax, or wished so.
    "joins" and "hand_joins" are those who say themselves that they may be told and joined what somebody else had asked
    (docs/why/0025): nothing beyond the arrival without a person's word."""
    received_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    first_reached_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_how = models.CharField(max_length=24, default="")
    look_again_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(default=0)
    planned_under = models.BigIntegerField(default=0)
    judged = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=OWNED_ONCE | models.Q(closed_at__isnull=False), name="lead_has_one_owner"
            )
        ]
        indexes = [
            models.Index(
                fields=["look_again_at"],
                condition=models.Q(look_again_at__isnull=False, failures__lt=3),
                name="lead_due",
            ),
            models.Index(
                fields=["planned_under"],
                condition=models.Q(closed_at__isnull=True, failures__lt=3),
                name="lead_planned_under",
            ),
            models.Index(
                fields=["owner_queue"], condition=models.Q(closed_at__isnull=True), name="lead_open_queue"
            ),
        ]

    @property
    def writes_to_id(self) -> uuid.UUID | None:
        """The person to write to and to call: the contact, else the patient."""
        return self.contact_id or self.patient_id


class LeadReferral(models.Model):
    """The current reading of the lead: the sealed `Referral` with its evidence, under `key`."""

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="reading")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    revision = models.IntegerField(default=1)
    """Which reading of the lead it is: what was made of an older one is made anew."""


class LeadMerge(models.Model):
    """A lead that is continued in another, because two records turned out to be one person's, and what is needed to
    part them again as they were.

    `sealed` is the reading of `staying` before, under its reading's key; `written` a digest of what the merge wrote in
    its place: a reading that was completed since is left as it is. `facts` are those of `staying` before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="leads")
    going = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", db_index=False)
    staying = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=20)
    withdrawn = ArrayField(models.UUIDField(), default=list)
    moved = ArrayField(models.UUIDField(), default=list)
    sealed = models.BinaryField()
    written = models.CharField(max_length=64)
    facts = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["going"], condition=models.Q(undone_at__isnull=True), name="lead_goes_once"
            )
        ]


class FactsRow(models.Model):
    """What rules read and reports group by: typed, with no identifier and no free text.

    The columns are those of `leads.facts.Facts`; docs/why says why this names nobody and is still not
    de-identified data.
    """

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="facts")
    received_at = models.DateTimeField()
    source = models.CharField(max_length=20)
    lead_kind = models.CharField(max_length=20, null=True)
    site = models.CharField(max_length=60)
    asked_program = models.CharField(max_length=60, null=True)
    program = models.CharField(max_length=60, null=True)
    disciplines = ArrayField(models.CharField(max_length=3))
    setting = models.CharField(max_length=12, null=True)
    age_months = models.IntegerField(null=True)
    icd_categories = ArrayField(models.CharField(max_length=3))
    timing = models.CharField(max_length=12, null=True)
    event_kind = models.CharField(max_length=12, null=True)
    event_on = models.DateField(null=True)
    order_state = models.CharField(max_length=12)
    documents = ArrayField(models.CharField(max_length=20))
    payer_kind = models.CharField(max_length=26, null=True)
    payer = models.CharField(max_length=60, null=True)
    authorization = models.CharField(max_length=14, null=True)
    language = models.CharField(max_length=30, null=True)
    sex = models.CharField(max_length=8, null=True)
    miles = models.IntegerField(null=True)
    in_area = models.BooleanField(null=True)
    places_near = ArrayField(models.CharField(max_length=60))
    half_days = models.SmallIntegerField(null=True)
    has_name = models.BooleanField()
    has_phone = models.BooleanField()
    has_email = models.BooleanField()
    says_why = models.BooleanField()
    complete_form = models.BooleanField()
    may_email = models.BooleanField()
    may_text = models.BooleanField()
    red_flags = ArrayField(models.CharField(max_length=40))
    source_kind = models.CharField(max_length=14, null=True)
    cause = models.CharField(max_length=8, null=True)
    returning = models.BooleanField(null=True)
    home_health = models.BooleanField(null=True)
    interpreter = models.BooleanField(null=True)
    ordering = models.BooleanField(null=True)
    sides_disagree = models.BooleanField(null=True)
    zip_disagrees = models.BooleanField(null=True)
    several_patients = models.BooleanField(null=True)
    organization_states = ArrayField(models.CharField(max_length=16), default=list)
    not_before = models.DateField(null=True)
    not_known = ArrayField(models.CharField(max_length=60), default=list)
    order_here = models.BooleanField(null=True)
    speaks_of = ArrayField(models.CharField(max_length=60), default=list)
    away = models.TextField(default="")
    surgery_or_on = models.DateField(null=True)


class DecisionRow(models.Model):
    """One judgement with everything it was made from; `verify` makes it again and must agree."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=40)
    score_lo = models.SmallIntegerField(null=True)
    score_hi = models.SmallIntegerField(null=True)
    inputs = models.JSONField()
    reasons = models.JSONField()
    practice_version = models.IntegerField()
    policy_version = models.IntegerField()
    engine_version = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["lead", "-at"], name="decision_of_lead")]
        triggers = APPEND_ONLY


class Task(models.Model):
    """One next thing with a due time and a reason. `key` is set on those the planner made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, null=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="tasks")
    about_kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
    site = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    reason = models.CharField(max_length=200)
    safety = models.BooleanField(default=False)
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    minutes = models.IntegerField()
    snoozed_until = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    """When its clock broke and that was acted upon; once a clock."""
    status = models.CharField(max_length=10, default="open")
    result = models.CharField(max_length=24, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="task_key_once"),
            models.CheckConstraint(condition=OWNED_ONCE, name="task_has_one_owner"),
        ]
        indexes = [
            models.Index(
                fields=["-safety", "due_at", "id"], condition=models.Q(status="open"), name="task_today"
            ),
        ]


class ContactAttempt(models.Model):
    """One human try to reach somebody, with what it ended in (domain sheet, section 8, contact outcomes).

    `reached` is a two-way contact; `why` the reason of a decline; `again_at` the call back or
    the visit that was agreed, `visit_site` and `visit_with` where and with whom (slugs of the practice; "" not said).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="attempts")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="attempt")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=24)
    reached = models.BooleanField()
    why = models.CharField(max_length=20, default="")
    again_at = models.DateTimeField(null=True)
    visit_site = models.CharField(max_length=60, default="")
    visit_with = models.CharField(max_length=60, default="")


class Ruling(models.Model):
    """What a person decided; the plan yields to it until it is withdrawn or `until` has passed.

    `what` is outcome, owner, due, stage, reopened, program, setting, authorization, estimate, offer, treatment,
    end_taken_back, no_red_flag or do_not_contact;
    `value` holds slugs and ids only, the reason in words is sealed under the lead's reading key. "Do not contact" names
    the `person` and holds for every lead about which we would write to them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="rulings")
    what = models.CharField(max_length=20)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.JSONField()
    sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "what"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="ruling_one_in_force",
            )
        ]


class Event(models.Model):
    """The timeline: what happened, to what, when, by whom. Written by `leads.services.record` alone.

    `data` holds ids, codes and counts; words are sealed under the lead's reading key.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="events", db_index=False)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    event_id = models.UUIDField(default=new_id)
    sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lead", "-id"], name="event_of_lead")]
        triggers = APPEND_ONLY


class UndoStep(models.Model):
    """How one lead stood before a person did something on screen, so that it can be put back for some seconds.

    `before` holds ids, codes, times and states; no words and nothing of a person. `upto` is the newest timeline
    entry of that moment. Where the verb wrote into what the lead says, `sealed` is the reading before, under its
    reading's key, and `written` a digest of what was written in its place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    verb = models.CharField(max_length=24)
    before = models.JSONField()
    sealed = models.BinaryField(null=True)
    written = models.CharField(max_length=64, default="")
    upto = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

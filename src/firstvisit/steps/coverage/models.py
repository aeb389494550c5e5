"""What payers were asked and what they said. Everything that names anybody is sealed under the lead's reading key."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstvisit.documents.models import Document
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import APPEND_ONLY, DataKey
from firstvisit.leads.models import Lead
from firstvisit.people.models import Person


class Insured(models.Model):
    """One plan of a lead, as far as asking it goes: the first payer has `rank` 0. Names nobody.

    Made from the reading whose `revision` it names. `payer` is a slug of the practice or "", `token` a keyed hash of
    all that a question would say, `missing` the fields without which nobody can be asked, `withheld` that the
    patient pays in full and the plan is not to know (45 CFR 164.522(a)(1)(vi)).
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="insured")
    rank = models.SmallIntegerField()
    revision = models.IntegerField()
    kind = models.CharField(max_length=26, default="")
    payer = models.CharField(max_length=60, default="")
    token = models.UUIDField()
    missing = ArrayField(models.CharField(max_length=60), default=list)
    withheld = models.BooleanField(default=False)
    disciplines = ArrayField(models.CharField(max_length=3), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "rank"], name="insured_rank_once")]


class Check(models.Model):
    """One question about benefits, of one therapy, to one payer, and what came of it.

    `key` is the plan's. `status`: wanted, asked, answered, failed (nobody could be asked, or in time), withdrawn.
    `cause` is why it was asked: captured, month, visit, hand (a person wished it), told (a person asked by phone or
    portal and typed the answer). `line` is whose limits it counts towards: the connector and the payer. `trace` is
    the number that the reply must repeat. `finding` and the three that may be null are what it came to
    (`steps.coverage.findings`); `refused` the AAA as codes, who may mend what, without a word of anybody's.

    Sealed under `key_row`, the lead's reading key: `request` and `reply` as they crossed the line, `told` what a
    person typed. Nothing parsed is kept: the reply is read again, so that a better reader reads old answers better.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="checks")
    rank = models.SmallIntegerField(default=0)
    token = models.UUIDField()
    payer = models.CharField(max_length=60, default="")
    connector = models.CharField(max_length=30, default="")
    line = models.CharField(max_length=100, default="")
    discipline = models.CharField(max_length=3)
    cause = models.CharField(max_length=10)
    service_date = models.DateField()
    trace = models.CharField(max_length=32, unique=True)
    status = models.CharField(max_length=10, default="wanted")
    wanted_at = models.DateTimeField()
    again_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_until = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=160, default="")
    took_ms = models.IntegerField(null=True)
    finding = models.CharField(max_length=16, default="")
    active = models.BooleanField(null=True)
    covered = models.BooleanField(null=True)
    authorization = models.BooleanField(null=True)
    referral = models.BooleanField(null=True)
    """Whether the payer names somebody whose referral it may want, writes of one, or said so on the phone; None where
    it speaks of none."""
    refused = models.JSONField(default=list)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    key_row = models.ForeignKey(
        DataKey, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    request = models.BinaryField(null=True)
    reply = models.BinaryField(null=True)
    told = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="answered") | models.Q(answered_at__isnull=False),
                name="check_answered_when",
            )
        ]
        indexes = [
            models.Index(fields=["again_at"], condition=models.Q(status="wanted"), name="check_due"),
            models.Index(fields=["asked_until"], condition=models.Q(status="asked"), name="check_under_way"),
            models.Index(fields=["line", "-asked_at"], name="check_line"),
        ]


class AuthorizationRequest(models.Model):
    """One authorization asked of one payer, for one therapy: of the first evaluation or of the treatment behind it.

    `key` is the plan's. `status`: needed, prepared (what is asked for is said), requested, pended (the payer has it
    in hand), approved, partly, denied, cancelled (by us), not_needed. `needed_by` says how we know that it is needed:
    271, rule (the payer's, in the practice) or told, `needed_from` where that stands written. `trace` is the number
    that a 278 reply must repeat. `extends` is the one before, whose units or days run out. `way` is how it was sent.
    `expected_from` is where the day of the answer is from: payer (it said so), rule, law, median; "" where none is
    known. `nudges` counts how often the payer was asked how it stands. `asked_units` were asked for, `units` given,
    `used` since (`counted_at`). `procedures` is the group of codes (CPT) it holds for.

    Sealed under the lead's reading key: `details` (reference number, names, words, to whom it was sent), `request`
    and `reply` as they were sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="requests")
    rank = models.SmallIntegerField(default=0)
    payer = models.CharField(max_length=60, default="")
    discipline = models.CharField(max_length=3, default="")
    service = models.CharField(max_length=10)
    extends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="extensions")
    status = models.CharField(max_length=10, default="needed")
    needed_by = models.CharField(max_length=4)
    needed_from = models.CharField(max_length=300, default="")
    needed_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    trace = models.CharField(max_length=32, unique=True)
    way = models.CharField(max_length=8, default="")
    requested_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    expected_from = models.CharField(max_length=6, default="")
    nudged_at = models.DateTimeField(null=True)
    nudges = models.SmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    asked_units = models.IntegerField(null=True)
    units = models.IntegerField(null=True)
    used = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)
    procedures = ArrayField(models.CharField(max_length=5), default=list)
    details = models.BinaryField(null=True)
    request = models.BinaryField(null=True)
    reply = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status__in=["requested", "pended"])
                | models.Q(requested_at__isnull=False),
                name="authorization_requested_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["approved", "partly", "denied"])
                | models.Q(decided_at__isnull=False),
                name="authorization_decided_when",
            ),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="authorization_used_counts_up"),
        ]
        indexes = [
            models.Index(fields=["payer", "decided_at"], name="authorization_payer"),
        ]


class Estimate(models.Model):
    """What a first visit was said to cost, as it was known at that moment. Never changed: a newer one `supersedes` it,
    and both stay readable.

    `good_faith`: it is the one that 45 CFR 149.610 asks for, for who has no insurance or uses none. `prices` is a hash
    of what such a visit costs without insurance (`fees.Fees.digest`): another one makes this estimate out of date.
    `check_id` is the payer's answer that it was made from. `visit_at` is the visit it names, None where none was
    agreed.

    Sealed under the lead's reading key: `sealed`, all that stands in it (who, what, the arithmetic). `document` is the
    PDF, under the same key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="estimates")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    discipline = models.CharField(max_length=3)
    program = models.CharField(max_length=60, default="")
    payer = models.CharField(max_length=60, default="")
    basis = models.CharField(max_length=14)
    good_faith = models.BooleanField()
    language = models.CharField(max_length=2)
    prices = models.CharField(max_length=12)
    policy_version = models.IntegerField()
    visit_at = models.DateTimeField(null=True)
    check_id = models.UUIDField(null=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["lead", "-made_at"], name="estimate_of_lead")]
        triggers = APPEND_ONLY


class EstimateStep(models.Model):
    """What became of an estimate: `what` is given or accepted, `how` email, print, aloud (read to them), page (their
    own link), paper or phone. `to` is the person it was given to, or who accepted; `by` whoever of ours did it or noted
    it, None where the page did."""

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="history")
    what = models.CharField(max_length=8)
    how = models.CharField(max_length=6)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["estimate"], condition=models.Q(what="accepted"), name="estimate_accepted_once"
            )
        ]
        triggers = APPEND_ONLY


class TherapyYear(models.Model):
    """Dollars of therapy that Medicare counts for a lead's patient in a calendar year, as somebody told us.

    `group` is pt_slp or ot, which have an amount each; `whose` elsewhere or ours (what we billed and is not in the
    other yet), `source` hets, portal, family or billing. A newer row of the same kind counts in place of an older one,
    which stays.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="therapy_years")
    year = models.SmallIntegerField()
    group = models.CharField(max_length=6)
    whose = models.CharField(max_length=9)
    dollars = models.DecimalField(max_digits=9, decimal_places=2)
    source = models.CharField(max_length=8)
    as_of = models.DateField()
    noted_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")


class VerifiedConnector(models.Model):
    """One real exchange through a connector, which somebody compared with what the payer says elsewhere.

    A connector of which only the vendor's description is known is off until there is one that was not taken back
    (`taken_back_at`). `digest` is the SHA-256 of the reply as it was kept. `request` and `reply` are sealed under a key
    of their own: they may name a member who is nobody's lead. Taking it back destroys the key, and the row stands.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connector = models.CharField(max_length=30)
    payer_id = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    took_ms = models.IntegerField()
    digest = models.CharField(max_length=64)
    taken_back_at = models.DateTimeField(null=True)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    request = models.BinaryField()
    reply = models.BinaryField()

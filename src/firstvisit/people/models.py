"""Who it is: sealed identities, the tokens they are found by, guardians, consent, and who refers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Greatest, Least

from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import APPEND_ONLY, DataKey


class Person(models.Model):
    """A patient or a guardian. `sealed` holds the identity; merging writes `same_as` and moves nothing.

    `blocks` are short blind tokens, each of two things that go together (name and birth date, name and street
    ...): people who have one in common are worth comparing. Only patients have them. `finders` are those by which
    anybody is found while somebody types (`people.finding`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="also", db_index=False
    )
    blocks = ArrayField(models.IntegerField(), default=list)
    finders = ArrayField(models.IntegerField(), default=list)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Without the list of pending entries: it would have to be searched whole at every look-up.
            GinIndex(fields=["blocks"], name="person_blocks", fastupdate=False),
            GinIndex(fields=["finders"], name="person_finders", fastupdate=False),
            models.Index(
                fields=["same_as"], condition=models.Q(same_as__isnull=False), name="person_same_as"
            ),
        ]


class PossibleMatch(models.Model):
    """Two records that may be one person: `known` stood when `newcomer` was made. A person decides, once.

    `reasons` are codes of agreements and doubts, never values; `weight` is in bits. `status` is open, asking (a
    person asks the family first), same or different.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    known = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="possible_newcomers", db_index=False
    )
    newcomer = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="possible_matches", db_index=False
    )
    weight = models.FloatField()
    reasons = models.JSONField()
    status = models.CharField(max_length=10, default="open")
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Least("known", "newcomer"), Greatest("known", "newcomer"), name="pair_once"),
            models.CheckConstraint(
                condition=~models.Q(known=models.F("newcomer")), name="pair_of_two"
            ),
        ]
        indexes = [
            models.Index(
                fields=["newcomer"], condition=models.Q(status__in=["open", "asking"]), name="pair_newcomer"
            ),
            models.Index(fields=["known"], name="pair_known"),
        ]


WAITING = ("open", "asking")
"""Statuses of a pair that nobody has decided yet."""


class Merge(models.Model):
    """That two records are one person's, decided by a person. Undoing it takes `same_as` back.

    `followed` are the records that pointed at `merged` before and were pointed at `standing`. `apart` says that the
    pair had been told apart before, as it is again when the merge is undone; else it waits for a person again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    match = models.ForeignKey(PossibleMatch, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    standing = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    followed = ArrayField(models.UUIDField(), default=list)
    apart = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at__isnull=True), name="merged_once"
            )
        ]


class PersonKey(models.Model):
    """A strong key: a blind token under which a person is found (name and birth date, name and phone ...)."""

    pk = models.CompositePrimaryKey("token", "person_id")
    token = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")


class ContactPoint(models.Model):
    """A phone number or e-mail address of a person, sealed under the person's key.

    `whose` says whose it is (own, mother, work ...); `avoid` that nothing may ever be sent or said there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="contact_points", db_index=False
    )
    kind = models.CharField(max_length=10)
    sealed = models.BinaryField()
    token = models.UUIDField(db_index=True)
    whose = models.CharField(max_length=20, default="")
    no_voicemail = models.BooleanField(default=False)
    avoid = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "token"], name="contact_point_once")]


class Guardian(models.Model):
    """Who speaks for a patient. `relationship` is a word of the vocabulary, not free text.

    `authority` is what they may decide (`people.guarding.AUTHORITIES`); `authority_from` through what they said so
    themselves, "" where staff noted it, and `authority_at` when (`people.authority`); `may_be_told` whether they are on
    the list of those we may talk to, None while nobody has asked. `stranger` says that they stated a patient who was
    known, by no phone or mailbox of the family, and that nobody has said since that they belong to them.
    """

    patient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardians", db_index=False)
    guardian = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="speaks_for")
    relationship = models.CharField(max_length=20)
    authority = models.CharField(max_length=20, default="")
    authority_from = models.CharField(max_length=20, default="")
    authority_at = models.DateTimeField(null=True)
    may_be_told = models.BooleanField(null=True)
    stranger = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "guardian"], name="guardian_once")]
        indexes = [
            models.Index(fields=["guardian"], condition=models.Q(may_be_told=False), name="guardian_left_out"),
        ]


class Restriction(models.Model):
    """What must not happen about a patient: a court order, an address to avoid, somebody who may not be told.

    `address` is the blind token of a phone or e-mail that nothing may go to; `person` somebody nothing may be
    told to, who may never have written to us; `sealed` is that address and says why, how they are related, since when
    and whether anybody saw the paper, under the patient's key. It holds until somebody lifts it; an address to avoid
    holds for everybody of the household.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="restrictions", db_index=False
    )
    kind = models.CharField(max_length=20)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, related_name="named_in", db_index=False
    )
    address = models.UUIDField(null=True)
    sealed = models.BinaryField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["patient"], condition=models.Q(lifted_at__isnull=True), name="restriction_of"
            ),
            models.Index(
                fields=["address"],
                condition=models.Q(lifted_at__isnull=True, address__isnull=False),
                name="restriction_address",
            ),
            models.Index(
                fields=["person"],
                condition=models.Q(lifted_at__isnull=True, person__isnull=False),
                name="restriction_person",
            ),
        ]


class Insurance(models.Model):
    """A member number with a payer, sealed; `payer` is the practice's slug or empty when it is not known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="insurances", db_index=False)
    payer = models.CharField(max_length=60, default="")
    sealed = models.BinaryField()
    token = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "token"], name="insurance_once")]


class ConsentWording(models.Model):
    """The exact words somebody agreed to; a changed text is a new version, never an edit."""

    slug = models.CharField(max_length=40)
    version = models.IntegerField()
    language = models.CharField(max_length=20, default="English")
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "version", "language"], name="consent_wording_once")
        ]


OWN_WORDS = ("form", "event", "guide", "preferences", "sms")
"""Ways in by which people speak for themselves; by any other somebody reports of them."""


NOT_THEIRS = "not_theirs"
"""The wording of a line that answers one which turned out to be somebody else's: this person was not asked."""


class ConsentEntry(models.Model):
    """One line of the consent ledger: given or taken back, for a channel, at a moment, under a wording.

    `address` is the blind token of the phone or e-mail it is about; a withdrawal stops that address for
    every person who shares it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents", db_index=False)
    channel = models.CharField(max_length=10)
    given = models.BooleanField()
    wording = models.CharField(max_length=60)
    address = models.UUIDField(null=True)
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "channel", "-id"], name="consent_person"),
            models.Index(fields=["address"], condition=models.Q(given=False), name="consent_stopped"),
        ]
        triggers = APPEND_ONLY


class Organization(models.Model):
    """A practice, school, hospital or facility that refers or asks. Sealed, because names of people hide in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    token = models.UUIDField(unique=True)
    role = models.CharField(max_length=20, default="other")


class OrganizationPerson(models.Model):
    """Somebody who refers, at their organization or alone, as they were stated: another phone, fax or e-mail address
    is another row, so that a letter goes where the referral that it answers says. `npi` is the NPI's blind token."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="people")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    token = models.UUIDField(unique=True)
    npi = models.UUIDField(null=True, db_index=True)

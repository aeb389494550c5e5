"""Who it is: sealed identities, the tokens they are found by, guardians, consent, and who refers."""

from __future__ import annotations

from django.db import models

from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import APPEND_ONLY, DataKey


class Person(models.Model):
    """A patient or a guardian. `sealed` holds the identity; merging writes `same_as` and moves nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="also")
    erased_at = models.DateTimeField(null=True)


class PersonKey(models.Model):
    """A strong key: a blind token under which a person is found (name and birth date, name and phone ...)."""

    pk = models.CompositePrimaryKey("token", "person_id")
    token = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")


class ContactPoint(models.Model):
    """A phone number or e-mail address of a person, sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="contact_points", db_index=False
    )
    kind = models.CharField(max_length=10)
    sealed = models.BinaryField()
    token = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "token"], name="contact_point_once")]


class Guardian(models.Model):
    """Who speaks for a patient. `relationship` is a word of the vocabulary, not free text."""

    patient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardians", db_index=False)
    guardian = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="speaks_for")
    relationship = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "guardian"], name="guardian_once")]


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


OWN_WORDS = ("form", "preferences")
"""Ways in by which people speak for themselves; by any other somebody reports of them."""


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
    """Somebody who refers, at their organization or alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="people")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    token = models.UUIDField(unique=True)

"""Rows of the practice: what it offers as checked JSON, its accounts, and the versions of its rules.

A row's `data` holds exactly the JSON of its shape in `shape.py`; services check it before they write.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from firstvisit.practice import shape
from firstvisit.practice.capabilities import CAPABILITIES


class Row(models.Model):
    """One entry. A retired one stays for whatever points at it and is no longer part of the practice."""

    slug = models.CharField(max_length=60, unique=True)
    data = models.JSONField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def shape(self) -> shape.Shape:
        """The value that rules read."""
        raise NotImplementedError


class SiteRow(Row):
    def shape(self) -> shape.Site:
        return shape.Site.model_validate(self.data)


class ProgramRow(Row):
    def shape(self) -> shape.Program:
        return shape.Program.model_validate(self.data)


class PayerRow(Row):
    def shape(self) -> shape.Payer:
        return shape.Payer.model_validate(self.data)


class Resource(Row):
    """A person, room or device that can be booked: one id space, so that one constraint guards them all."""

    def shape(self) -> shape.Resource:
        return shape.Resource.model_validate(self.data)


class Queue(Row):
    def shape(self) -> shape.Queue:
        return shape.Queue.model_validate(self.data)


class OtherPlaceRow(Row):
    def shape(self) -> shape.OtherPlace:
        return shape.OtherPlace.model_validate(self.data)


class NotOfferedRow(Row):
    def shape(self) -> shape.NotOffered:
        return shape.NotOffered.model_validate(self.data)


class AgreementRow(Row):
    def shape(self) -> shape.VendorAgreement:
        return shape.VendorAgreement.model_validate(self.data)


class IdentityRow(models.Model):
    """The practice as it signs its messages. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    data = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="identity_is_one")]

    def shape(self) -> shape.Identity:
        return shape.Identity.model_validate(self.data)


class Role(models.Model):
    """An editable set of capabilities."""

    slug = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    capabilities = ArrayField(models.TextField())

    def shape(self) -> shape.Role:
        return shape.Role(slug=self.slug, name=self.name, capabilities=tuple(self.capabilities))


class Users(BaseUserManager["User"]):
    """Accounts by e-mail address, whatever its capitals."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Insert an account; without a password nobody can sign in to it until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """An account. No site means every site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    sites = models.ManyToManyField(SiteRow, related_name="users", blank=True)
    queues = models.ManyToManyField(Queue, related_name="users", blank=True)
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    session_epoch = models.PositiveIntegerField(default=0)

    objects = Users()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_in_lower_case")
        ]

    def shape(self) -> shape.StaffMember:
        """The account as the practice files say it."""
        return shape.StaffMember(
            email=self.email,
            name=self.name,
            role=self.role.slug,
            sites=tuple(sorted(site.slug for site in self.sites.all())),
            queues=tuple(sorted(queue.slug for queue in self.queues.all())),
            resource=self.resource.slug if self.resource else None,
        )

    @property
    def capabilities(self) -> frozenset[str]:
        """What the account may do; nothing once it is disabled."""
        return frozenset(self.role.capabilities) if self.is_active else frozenset()

    def may(self, capability: str) -> bool:
        """Whether the account has this capability. ValueError for one that does not exist."""
        if capability not in CAPABILITIES:
            raise ValueError(f"there is no capability {capability!r}")
        return capability in self.capabilities

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Django ends every session whose hash no longer fits; with the epoch in it, raising the epoch
        # signs the person out everywhere, on every process, at the next request.
        salt = "firstvisit.practice.models.User.session"
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class PolicyVersion(models.Model):
    """One version of the rules: every section in full, so that a later default changes nothing in it.

    A draft is begun from version `base` and changed `edits` times, last by `changed_by`; `hands` says who wrote what of
    it (`practice.authorship`). From `ready_at` on it may be signed, until somebody changes it again. A dropped one is
    kept to be seen, never to go live.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        LIVE = "live"
        RETIRED = "retired"
        DROPPED = "dropped"

    number = models.PositiveIntegerField(unique=True)
    sections = models.JSONField()
    status = models.CharField(max_length=10, choices=Status)
    note = models.TextField(blank=True)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    base = models.PositiveIntegerField(default=0)
    edits = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)
    hands = models.JSONField(default=dict)
    ready_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ready_at = models.DateTimeField(null=True)
    live_from = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="live"), name="one_policy_is_live"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "dropped"], live_from__isnull=True)
                | models.Q(status__in=["live", "retired"], live_from__isnull=False),
                name="policy_is_dated_once_live",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="settled",
                operation=pgtrigger.UpdateOf("number", "sections", "live_from") | pgtrigger.Delete,  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(old__live_from__isnull=False),
            )
        ]


class PracticeRevision(models.Model):
    """Raised by every change to the practice, so that each process notices. One row.

    `stamp` is made anew each time: a number that was rolled back and then given again is not mistaken for
    the same state.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    stamp = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="revision_is_one")]


class PracticeSnapshot(models.Model):
    """The whole practice as it was at a revision, so that an old decision can be judged again.

    `rules` is the version of the rules that was live then; null in what was kept before that was noted.
    """

    number = models.BigIntegerField(primary_key=True)
    data = models.JSONField()
    rules = models.PositiveIntegerField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class EntryChange(models.Model):
    """One entry before and after one change: what the history shows and what a return goes back to.

    `before` is null for a new entry, `after` for a retired one. Of an account there stand its name, role, sites
    and queues, and no address. `made_by` is null for what a command did, then `how` says which.
    """

    id = models.BigAutoField(primary_key=True)
    revision = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    how = models.CharField(max_length=40)
    collection = models.CharField(max_length=20)
    slug = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["collection", "slug", "-id"], name="entry_history")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


ROWS: dict[str, type[Row]] = {
    "sites": SiteRow,
    "programs": ProgramRow,
    "payers": PayerRow,
    "resources": Resource,
    "queues": Queue,
    "places": OtherPlaceRow,
    "not_offered": NotOfferedRow,
    "agreements": AgreementRow,
}
"""The table of each collection in `content.PracticeFiles`; roles and accounts have columns of their own."""


class TextReview(models.Model):
    """A qualified person has read the Spanish of a page against its English and signed (45 CFR 92.201(c)(3)).

    Holds for `version` alone: a text that changes has another version, which nobody has signed. A signature that was
    taken back stays as a row and holds no more.
    """

    page = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    version = models.CharField(max_length=12)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    qualification = models.CharField(max_length=200)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "language", "version"],
                condition=models.Q(taken_back_at__isnull=True),
                name="text_reviewed_once",
            ),
        ]

"""Keys of machines that may send us referrals."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstvisit.kernel.ids import new_id


class ApiKey(models.Model):
    """A sender's key. Only its blind token is kept; the key itself is shown once. `files_from` is the address below
    which files that its bundles point at may be fetched; empty: none is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    token = models.UUIDField(unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    files_from = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

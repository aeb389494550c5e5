"""Sealed originals. Knows no person and no lead."""

from __future__ import annotations

from django.db import models

from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey


class Document(models.Model):
    """What arrived, byte for byte, sealed under the key of the item it arrived with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=80)
    size = models.IntegerField()
    sealed = models.BinaryField()

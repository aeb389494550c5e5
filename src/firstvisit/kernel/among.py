"""`filter(lead__among=ids)`: rows of many ids, asked with one value.

Django's own `in` binds every id by itself: for a thousand of them the statement is written, sent and planned anew each
time, which takes longer than to find the rows. An array is one value, and the statement stays the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Lookup = models.Lookup[Any]
else:
    _Lookup = models.Lookup


@models.ForeignKey.register_lookup
@models.UUIDField.register_lookup
class Among(_Lookup):
    """Whether a column of ids is one of these `uuid.UUID`; an empty collection finds nothing."""

    lookup_name = "among"

    def get_prep_lookup(self) -> str:
        ids: Any = self.rhs
        return "{" + ",".join([each.hex for each in ids]) + "}"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", (*values, self.rhs)

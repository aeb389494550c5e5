"""New rows of one transaction, written together.

A receipt of one referral makes some twenty rows in a dozen tables. The ORM's `create` costs a round trip
and a compilation for each; here the services hand over unsaved model instances, in the order in which
foreign keys allow, and all INSERTs leave in one network exchange (psycopg's pipeline). The SQL text of a
table is made once. Rows are complete before they are inserted: ids are made in Python.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import psycopg
from django.db import connection, models
from psycopg import sql


class _Insert(NamedTuple):
    statement: sql.Composed
    values: Callable[[models.Model], tuple[Any, ...]]


def insert(rows: Iterable[models.Model]) -> None:
    """Insert new rows in the order given, inside the running transaction.

    Columns with a database default or a generated id are left to the database. Database errors are
    Django's own (IntegrityError and so on) and arise here, before the call returns.
    """
    connection.ensure_connection()
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside transaction.atomic(), or a half of them could stay")
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, raw.pipeline():
        with psycopg.Cursor(raw) as cursor:
            for row in rows:
                prepared = _insert_of(type(row))
                cursor.execute(prepared.statement, prepared.values(row), prepare=True)
    for row in rows:
        row._state.adding = False
        row._state.db = "default"


@functools.cache
def _insert_of(model: type[models.Model]) -> _Insert:
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if field.db_default is models.NOT_PROVIDED and not isinstance(field, models.AutoField)
    ]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
        sql.SQL(", ").join(sql.Placeholder() for _ in fields),
    )
    takers = [
        (attrgetter(field.attname), functools.partial(field.get_db_prep_save, connection=connection))
        for field in fields
    ]

    def values(row: models.Model) -> tuple[Any, ...]:
        return tuple(prepare(take(row)) for take, prepare in takers)

    return _Insert(statement, values)

"""New rows of one transaction, written together.

A receipt of one referral makes some thirty rows in a dozen tables. The ORM's `create` costs a round trip
and a compilation for each; here the services hand over unsaved model instances, in the order in which
foreign keys allow, and all INSERTs leave in one network exchange (psycopg's pipeline). Rows of one table share a
statement, and the text of a statement is made once. Rows are complete before they are
inserted: ids are made in Python.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, models
from psycopg import sql


def insert(rows: Iterable[models.Model]) -> None:
    """Insert new rows inside the running transaction, table by table in the order in which tables first
    appear, so that rows of one table share a statement.

    Generated ids and the columns a model names in `filled_by_database` are left to the database. Database
    errors are Django's own (IntegrityError and so on) and arise here, before the call returns.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside transaction.atomic(), or a half of them could stay")
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    tables: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        tables.setdefault(type(row), []).append(row)
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        for model, together in tables.items():
            takers = _takers(model)
            values = [take(row) for row in together for take in takers]
            cursor.execute(_statement(model, len(together)), values, prepare=True)
            for row in together:
                row._state.adding = False
                row._state.db = "default"


def update(rows: Iterable[models.Model], *fields: str) -> None:
    """Write the named fields of rows that stand, one statement a row, all in one network exchange."""
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside transaction.atomic(), or a half of them could stay")
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        for row in rows:
            statement, takers = _update(type(row), fields)
            cursor.execute(statement, [take(row) for take in takers], prepare=True)


@functools.cache
def _update(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[bytes, list[Callable[[models.Model], Any]]]:
    fields = [field for name in names for field in model._meta.local_concrete_fields if field.name == name]
    key = model._meta.pk
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(
            [sql.SQL("{} = {}").format(_column(field), sql.Placeholder()) for field in fields]
        ),
        _column(key),
        sql.Placeholder(),
    )
    return statement.as_bytes(None), [_taker(field) for field in (*fields, key)]


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    left_out = getattr(model, "filled_by_database", ())
    return [
        field
        for field in model._meta.local_concrete_fields
        if field.name not in left_out and not isinstance(field, models.AutoField)
    ]


def _column(field: models.Field[Any, Any]) -> sql.Identifier:
    return sql.Identifier(str(field.column))


@functools.cache
def _statement(model: type[models.Model], rows: int) -> bytes:
    fields = _columns(model)
    one = sql.SQL("({})").format(sql.SQL(", ").join(sql.Placeholder() for _ in fields))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([_column(field) for field in fields]),
        sql.SQL(", ").join([one] * rows),
    )
    return statement.as_bytes(None)


@functools.cache
def _takers(model: type[models.Model]) -> list[Callable[[models.Model], Any]]:
    """One function a column, from a row to the value psycopg sends."""
    return [_taker(field) for field in _columns(model)]


_AS_THEY_ARE = (
    models.UUIDField, models.CharField, models.TextField, models.IntegerField, models.BooleanField,
    models.DateTimeField, models.DateField,
)  # fmt: skip
"""Fields whose Python value psycopg takes without Django's preparation."""


def _taker(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    take = attrgetter(field.attname)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, _AS_THEY_ARE):
        return take
    prepare = functools.partial(field.get_db_prep_save, connection=connection)
    return lambda row: prepare(take(row))

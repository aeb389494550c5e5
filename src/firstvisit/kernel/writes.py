"""New rows of one transaction, written together.

A receipt of one referral makes some thirty rows in a dozen tables. The ORM's `create` costs a round trip
and a compilation for each; here the services hand over unsaved model instances, in the order in which
foreign keys allow, and all INSERTs leave in one network exchange (psycopg's pipeline). Rows of one table share a
statement, and the text of a statement is made once. Rows are complete before they are
inserted: ids are made in Python.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, models
from psycopg import sql


def insert(rows: Iterable[models.Model]) -> None:
    """Insert new rows inside the running transaction; one that is refused refuses all.

    Tables with one new row share a statement; a table with more has its own. Foreign keys are checked at the
    commit, so the order of the rows does not matter.

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
    single = tuple(model for model, together in tables.items() if len(together) == 1)
    with connection.wrap_database_errors, raw.pipeline(), psycopg.RawCursor(raw) as cursor:
        if single:
            values = [take(tables[model][0]) for model in single for take in _takers(model)]
            cursor.execute(_statement(tuple((model, 1) for model in single)), values, prepare=True)
        for model, together in tables.items():
            if len(together) > 1:
                values = [take(row) for row in together for take in _takers(model)]
                cursor.execute(_statement(((model, len(together)),)), values, prepare=True)
    for together in tables.values():
        for row in together:
            row._state.adding = False
            row._state.db = "default"


def update(rows: Iterable[models.Model], *fields: str) -> None:
    """Write the named fields of rows that stand, one statement a row, all in one network exchange."""
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside transaction.atomic(), or a half of them could stay")
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), psycopg.RawCursor(raw) as cursor:
        for row in rows:
            statement, takers = _update(type(row), fields)
            cursor.execute(statement, [take(row) for take in takers], prepare=True)


@functools.cache
def _update(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[bytes, list[Callable[[models.Model], Any]]]:
    fields = [field for name in names for field in model._meta.local_concrete_fields if field.name == name]
    key, number = model._meta.pk, itertools.count(1)
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(
            [sql.SQL("{} = {}").format(_column(field), _placeholder(number)) for field in fields]
        ),
        _column(key),
        _placeholder(number),
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


@functools.lru_cache(maxsize=1000)
def _statement(inserts: tuple[tuple[type[models.Model], int], ...]) -> bytes:
    """One statement that inserts so many rows into each table: every INSERT but the last is a common table
    expression. Placeholders are numbered, as the server has them; psycopg would translate `%s` at each call."""
    number = itertools.count(1)
    parts = []
    for model, rows in inserts:
        fields = _columns(model)
        one = [
            sql.SQL("({})").format(sql.SQL(", ").join([_placeholder(number) for _ in fields]))
            for _ in range(rows)
        ]
        parts.append(
            sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join([_column(field) for field in fields]),
                sql.SQL(", ").join(one),
            )
        )
    *first, last = parts
    if first:
        named = [sql.SQL("{} AS ({})").format(sql.Identifier(f"t{n}"), part) for n, part in enumerate(first)]
        last = sql.SQL("WITH {} {}").format(sql.SQL(", ").join(named), last)
    return last.as_bytes(None)


def _placeholder(number: Iterator[int]) -> sql.SQL:
    return sql.SQL(f"${next(number)}")


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

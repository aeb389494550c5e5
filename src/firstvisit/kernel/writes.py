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
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from operator import attrgetter, itemgetter
from typing import Any, Final

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql

MANY: Final = 100
"""From so many new rows of one table on they leave as COPY, which the server reads at a third of the cost."""


def insert(rows: Iterable[models.Model]) -> None:
    """Insert new rows inside the running transaction; one that is refused refuses all.

    Tables with one new row share a statement, a table with more has its own, and one with `MANY` is copied. Foreign
    keys are checked at the commit, so the order of the rows does not matter.

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
            if 1 < len(together) < MANY:
                values = [take(row) for row in together for take in _takers(model)]
                cursor.execute(_statement(((model, len(together)),)), values, prepare=True)
    if many := lines(row for together in tables.values() if len(together) >= MANY for row in together):
        copy(many)
    for together in tables.values():
        for row in together:
            row._state.adding = False
            row._state.db = "default"


Lines = dict[str, list[bytes]]
"""New rows as COPY reads them, by table: what `lines` makes in one process another can send with `copy`."""


def lines(rows: Iterable[models.Model]) -> Lines:
    """New rows in COPY's text format, the columns and their order as `insert` has them."""
    found: Lines = {}
    for row in rows:
        table, take, encoders = _encoding(type(row))
        values = [
            "\\N" if value is None else encode(value)
            for encode, value in zip(encoders, take(row.__dict__), strict=True)
        ]
        found.setdefault(table, []).append("\t".join(values).encode() + b"\n")
    return found


def copy(tables: Lines) -> None:
    """Send rows made by `lines` inside the running transaction, one COPY a table; one that is refused refuses all."""
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside transaction.atomic(), or a half of them could stay")
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, raw.cursor() as cursor:
        for table, rows in tables.items():
            with cursor.copy(_copy_statement(_by_table()[table])) as sending:
                sending.write(b"".join(rows))


@functools.cache
def _by_table() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


@functools.cache
def _copy_statement(model: type[models.Model]) -> bytes:
    return (
        sql.SQL("COPY {} ({}) FROM STDIN")
        .format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join([_column(field) for field in _columns(model)]),
        )
        .as_bytes(None)
    )


Encode = Callable[[Any], str]


@functools.cache
def _encoding(model: type[models.Model]) -> tuple[str, Callable[[Any], tuple[Any, ...]], tuple[Encode, ...]]:
    """A model's table, what takes a row's values from its attributes, and for each the function to its text in
    COPY's format. Rows are whole, so no attribute is missing."""
    columns = _columns(model)
    take = itemgetter(*(column.attname for column in columns))
    return model._meta.db_table, take, tuple(_encoder(column) for column in columns)


def _encoder(field: models.Field[Any, Any]) -> Encode:
    """A value's text in COPY's format."""
    if isinstance(field, models.BinaryField):
        return lambda value: "\\\\x" + value.hex()  # its one backslash escaped
    text, escapes = _text(field)
    return (lambda value: _escaped(text(value))) if escapes else text


def _text(field: models.Field[Any, Any]) -> tuple[Encode, bool]:
    """The function to a value's text as SQL reads it, and whether that text may hold what a format escapes."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.JSONField):
        return _JSON.encode, True
    if isinstance(target, models.BinaryField):
        return lambda value: "\\x" + value.hex(), True
    if isinstance(target, models.UUIDField):
        return lambda value: f"{value.int:032x}", False
    if isinstance(target, models.CharField | models.TextField):
        return str, True
    if isinstance(target, ArrayField):
        return _array_text, True
    if isinstance(target, models.BooleanField):
        return lambda value: "t" if value else "f", False
    return str, False  # numbers, days and moments read in SQL as Python writes them


_JSON = json.JSONEncoder(separators=(",", ":"))


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\")
    if text.isprintable():
        return text
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _array_text(values: Iterable[Any]) -> str:
    """An array in SQL's own text form; every text in quotes."""
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "NULL" if value is None else str(value)


def update(model: type[models.Model], rows: Collection[Any], *fields: str) -> None:
    """Write the named fields (or columns) of rows that stand, all in one statement. KeyError for a name there is not.

    `rows` are rows of the model, or whatever has their id and these columns as attributes. Values of array columns are
    not taken: PostgreSQL would flatten arrays of arrays.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside transaction.atomic(), or a half of them could stay")
    if not rows:
        return
    statement, columns = _update(model, fields)
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, psycopg.RawCursor(raw) as cursor:
        values = [_array_text([text(value) for value in map(take, rows)]) for take, text in columns]
        cursor.execute(statement, values, prepare=True)


@functools.cache
def _update(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[bytes, list[tuple[Callable[[Any], Any], Callable[[Any], str | None]]]]:
    """The statement, and for each of its arrays what takes a value from a row and what makes its text."""
    key = model._meta.pk
    known = {name: f for f in model._meta.local_concrete_fields for name in (f.name, f.attname)}
    fields = [key, *(known[name] for name in names)]
    statement = sql.SQL(
        "UPDATE {table} SET {columns} FROM unnest({values}) AS v({names}) WHERE {table}.{key} = v.{key}"
    )
    number = itertools.count(1)
    return statement.format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(
            [sql.SQL("{0} = v.{0}").format(_column(field)) for field in fields[1:]]
        ),
        values=sql.SQL(", ").join([_array(field, number) for field in fields]),
        names=sql.SQL(", ").join([_column(field) for field in fields]),
        key=_column(key),
    ).as_bytes(None), [(attrgetter(field.attname), _text_or_null(field)) for field in fields]


def _text_or_null(field: models.Field[Any, Any]) -> Callable[[Any], str | None]:
    text, _ = _text(field)
    return lambda value: None if value is None else text(value)


def _array(field: models.Field[Any, Any], number: Iterator[int]) -> sql.Composed:
    """A placeholder for all values of one column."""
    kind = str(field.rel_db_type(connection) if isinstance(field, models.AutoField) else field.db_type(connection))
    return _placeholder(number) + sql.SQL(f"::{kind}[]")


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
    models.DateTimeField, models.DateField, models.BinaryField,
)  # fmt: skip
"""Fields whose Python value psycopg takes without Django's preparation."""


def _taker(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    take = attrgetter(field.attname)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, _AS_THEY_ARE):
        return take
    if isinstance(target, ArrayField) and isinstance(target.base_field, _AS_THEY_ARE):
        return lambda row: None if (values := take(row)) is None else list(values)
    prepare = functools.partial(field.get_db_prep_save, connection=connection)
    return lambda row: prepare(take(row))

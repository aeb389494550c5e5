"""Starting the embedded server and bringing a database to this version of the software."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import StringIO
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from firstvisit.config.databases import urls
from firstvisit.config.env import Environment
from firstvisit.kernel import postgres
from firstvisit.kernel.errors import ConfigurationError, DatabaseUnreachable

OLDEST = 150_000
APPEND_ONLY = (
    "kernel_auditrow",
    "kernel_auditblock",
    "leads_event",
    "leads_decisionrow",
    "people_consententry",
    "practice_entrychange",
    "practice_practicesnapshot",
    "coverage_estimate",
    "coverage_estimatestep",
)
"""Tables in which the application's role may insert and read, nothing else."""


def start(environment: Environment) -> None:
    """Start or join the embedded server of this home. DatabaseUnreachable says what to do."""
    postgres.start(environment.home)


def as_owner(environment: Environment) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection of the owner's role, in autocommit. DatabaseUnreachable in words."""
    owner_url, _ = urls(environment)
    try:
        return psycopg.connect(owner_url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(f"cannot reach the database: {_first_line(error)}") from None


def is_prepared(environment: Environment) -> bool:
    """Whether the database answers and holds our tables. DatabaseUnreachable when it does not answer."""
    with as_owner(environment) as owner:
        return owner.execute("SELECT to_regclass('public.kernel_auditrow') IS NOT NULL").fetchone() == (True,)


def prepare(environment: Environment) -> None:
    """Migrate as the owner, make the application's role, give it exactly its rights.

    Safe to run again and by two processes at once: an advisory lock makes them take turns.
    """
    _, app_url = urls(environment)
    with as_owner(environment) as lock:
        if lock.info.server_version < OLDEST:
            raise ConfigurationError(
                [f"PostgreSQL 15 or newer is needed; this server is {lock.info.server_version // 10000}."]
            )
        lock.execute("SELECT pg_advisory_lock(hashtext('firstvisit migrate'))")
        _make_role(lock, app_url)
        _migrate()
        _grant(lock, app_url)
        _make_narrow_doors(lock, app_url)
    _fill_wordings()


def _make_role(connection: psycopg.Connection[tuple[object, ...]], app_url: str) -> None:
    parts = urlsplit(app_url)
    role, password = unquote(parts.username or ""), unquote(parts.password or "")
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    try:
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password))
        )
    except psycopg.errors.InsufficientPrivilege:
        if not known:
            raise ConfigurationError(
                [
                    f"The role in DATABASE_URL may not make roles. Let an administrator run"
                    f" CREATE ROLE {role} LOGIN PASSWORD '...' and give its address as DATABASE_APP_URL."
                ]
            ) from None


def _migrate() -> None:
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command  # by class: our own `migrate` has its name

    call_command(Command(), database="owner", interactive=False, verbosity=0, stdout=StringIO())


def _grant(connection: psycopg.Connection[tuple[object, ...]], app_url: str) -> None:
    role = sql.Identifier(unquote(urlsplit(app_url).username or ""))

    def run(text: str, names: Iterable[str] = ()) -> None:
        tables = sql.SQL(", ").join(sql.Identifier(name) for name in names)
        connection.execute(sql.SQL(text).format(role=role, tables=tables))

    run("GRANT USAGE ON SCHEMA public TO {role}")
    run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    run("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    run("REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}", APPEND_ONLY)
    run("REVOKE INSERT, UPDATE, DELETE ON {tables} FROM {role}", ["django_migrations"])


def _make_narrow_doors(connection: psycopg.Connection[tuple[object, ...]], app_url: str) -> None:
    """The one change that an append-only table allows: the address token of an erased person's consent.

    A line that stops an address keeps it, or we could write to that address again. The function runs as the
    owner; the application may call it and has no other way to change the ledger.
    """
    from firstvisit.people.models import ConsentEntry

    (trigger,) = (t for t in ConsentEntry._meta.triggers if t.name == "append_only")  # type: ignore[attr-defined]
    connection.execute(
        sql.SQL(
            "CREATE OR REPLACE FUNCTION people_forget_addresses(whose uuid[]) RETURNS bigint"
            " LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$"
            " DECLARE forgotten bigint; BEGIN"
            # A function's own SET clause may not name a parameter the server does not know.
            " PERFORM set_config('pgtrigger.ignore', {trigger}, true);"
            " UPDATE public.people_consententry SET address = NULL"
            " WHERE person_id = ANY(whose) AND given AND address IS NOT NULL;"
            " GET DIAGNOSTICS forgotten = ROW_COUNT;"
            " PERFORM set_config('pgtrigger.ignore', '', true);"
            " RETURN forgotten; END $$;"
            " REVOKE ALL ON FUNCTION people_forget_addresses FROM PUBLIC;"
            " GRANT EXECUTE ON FUNCTION people_forget_addresses TO {role}"
        ).format(
            trigger=sql.Literal("{" + trigger.get_pgid(ConsentEntry) + "}"),
            role=sql.Identifier(unquote(urlsplit(app_url).username or "")),
        )
    )


def _fill_wordings() -> None:
    """The consent texts that this version shows, kept by version for good."""
    from firstvisit.people.models import ConsentWording
    from firstvisit.people.wordings import WORDINGS

    for wording in WORDINGS:
        ConsentWording.objects.get_or_create(
            slug=wording.slug,
            version=wording.version,
            language=wording.language,
            defaults={"text": wording.text},
        )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def say(text: str) -> None:
    """A word to the person at the terminal; data goes to standard output."""
    print(text, file=sys.stderr, flush=True)

"""The pytest plugin of this project: a real PostgreSQL for the tests, as two roles, migrated as in service.

Loaded by `-p firstvisit.config.testing`. Uses DATABASE_URL where it is set, else the embedded server in
var/test. The test database is made anew for each run beside the configured one and dropped afterwards.

Of the processes among which pytest-xdist divides a run each has an embedded server of its own: the oldest running
transaction of a server holds back what the audit's closer takes for final, in whichever database it runs. With
DATABASE_URL they share one server, so let one process run there (`-n 0`).
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

os.environ["FIRSTVISIT_DEMO"] = "1"
os.environ.setdefault("FIRSTVISIT_HOME", str(Path("var/test").absolute()))
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes of a run: keys and collected files of its own
    os.environ["FIRSTVISIT_HOME"] += f"/{os.environ['PYTEST_XDIST_WORKER']}"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstvisit.config.settings")
os.environ["FIRSTVISIT_LOG_LEVEL"] = "error"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Choose this run's own database before anything reads Django's settings; pytest-django does so in
    this very hook, and a wrapper runs before it."""
    _choose_database(early_config)
    return (yield)


def _choose_database(config: pytest.Config) -> None:
    """Start the server; what is tested finds this run's database in DATABASE_URL."""
    from firstvisit.config import env
    from firstvisit.kernel import postgres

    environment = env.read()
    base = os.environ.setdefault(SERVER, environment.database_url or "")
    base = base or postgres.start(environment.home).owner_url
    name = f"test_{urlsplit(base).path.strip('/')}_{os.getpid()}"
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(base)._replace(path=f"/{name}"))
    config.stash[_BASE], config.stash[_NAME] = base, name


SERVER = "FIRSTVISIT_TEST_SERVER"
"""What DATABASE_URL was before this run's own database took its place; "" where a home has its embedded server."""
_BASE = pytest.StashKey[str]()
_NAME = pytest.StashKey[str]()


def drop_database(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a test's database and whoever is connected to it.

    FORCE is refused while an autovacuum worker is in it, which belongs to no role of ours; the plain command
    asks such a worker to end and waits for it (PostgreSQL, CountOtherDBBackends).
    """
    try:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: object) -> Iterator[None]:
    """The run's database: created by the owner, migrated and granted exactly as in service."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from firstvisit.config import database

    base, name = request.config.stash[_BASE], request.config.stash[_NAME]
    with psycopg.connect(base, autocommit=True) as server:
        drop_database(server, name)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.prepare(settings.ENVIRONMENT)
        call_command("collectstatic", interactive=False, verbosity=0)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for connection in connections.all():
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()
    with psycopg.connect(base, autocommit=True) as server:
        drop_database(server, name)
        server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name}_app")))


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """What a process keeps in memory of the practice, its supply, its visits and the clock does not outlive a test."""
    from firstvisit.journey.booking import expecting
    from firstvisit.kernel import clock
    from firstvisit.practice import queries
    from firstvisit.steps.booking import shows, supply

    kept = (queries, supply, shows, expecting, clock)
    for each in kept:
        each.forget()
    yield
    for each in kept:
        each.forget()

"""Installations of their own for the commands: a fresh database, home and key file each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from firstvisit.config.testing import drop_database

SETUP = [
    "setup", "--practice-name", "Elm Row Therapy", "--legal-name", "Elm Row Therapy LLC",
    "--address", "9 Elm Row, Madison, WI 53703", "--phone", "(608) 555-0177", "--email", "front@example.org",
    "--site-name", "Madison East", "--street", "9 Elm Row", "--city", "Madison",
    "--state", "wi", "--zip", "53703",
    "--owner-email", "dana@example.org", "--owner-name", "Dana Reyes", "--password-stdin",
]  # fmt: skip
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Installation:
    """A home and a database ("" is the embedded one); `run` starts a command in it as a person would."""

    home: Path
    url: str = ""

    def run(self, *words: str, given: str = "", **environ: str) -> Said:
        done = subprocess.run(
            self.words(*words),
            env={**self.environ, **environ},
            input=given, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def begin(self, *words: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command and go on beside it."""
        return subprocess.Popen(
            self.words(*words),
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def words(self, *words: str) -> list[str]:
        """The command line of one of our commands."""
        return [str(Path(sys.executable).with_name("firstvisit")), *words]

    @property
    def environ(self) -> dict[str, str]:
        """Nothing of the test run's own settings reaches a command."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("FIRSTVISIT", "DJANGO"))}
        ours = {"FIRSTVISIT_HOME": str(self.home), "DATABASE_URL": self.url, "FIRSTVISIT_LOG_LEVEL": "error"}
        return {**kept, **ours}


Install = Callable[[], Installation]


@pytest.fixture
def install(tmp_path: Path, django_db_setup: None) -> Iterator[Install]:
    """Make empty installations; their databases and roles are gone afterwards."""
    server = os.environ["DATABASE_URL"]
    made: list[str] = []
    with psycopg.connect(server, autocommit=True) as owner:

        def make() -> Installation:
            name = f"test_command_{os.getpid()}_{len(made)}"
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            made.append(name)
            return Installation(tmp_path / name, urlunsplit(urlsplit(server)._replace(path=f"/{name}")))

        yield make
        for name in made:
            drop_database(owner, name)
            owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name}_app")))


@pytest.fixture
def practice(install: Install) -> Installation:
    """An installation that is set up."""
    here = install()
    done = here.run(*SETUP, given=f"{PASSWORD}\n")
    assert done.code == 0, done.err
    return here


def columns(url: str, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query as the owner."""
    with psycopg.connect(url, autocommit=True) as owner:
        return owner.execute(query).fetchall()  # type: ignore[arg-type]

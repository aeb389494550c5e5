"""What `up` and `demo` share: prepare, start every process, wait until the web answers, stop in order."""

from __future__ import annotations

import http.client
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from firstvisit.config import database
from firstvisit.config.env import DEMO_EMR, DEMO_MAILBOX, DEMO_PAYER, Environment
from firstvisit.config.locks import note_port, only_one
from firstvisit.config.ports import refuse_taken, smtp_port
from firstvisit.config.processes import Family, own, web_command
from firstvisit.kernel import postgres
from firstvisit.kernel.errors import ConfigurationError

WAIT_SECONDS = 60
HEAVY_NICE = 10
"""Long work steps back for whoever waits at a screen."""


def prepare(environment: Environment) -> None:
    """Database and static files of this version."""
    database.prepare(environment)
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def alone(environment: Environment, *more_ports: int) -> Iterator[None]:
    """Nobody else runs everything in this home, and the ports are free: the web's and `more_ports`.

    ConfigurationError says what is in the way; nothing has been changed then.
    """
    lock = only_one(environment.home)
    try:
        refuse_taken(environment, *more_ports)
        note_port(lock, environment.port)
        yield
    finally:
        note_port(lock, None)
        lock.close()


@contextmanager
def everything(environment: Environment, *, workers: int, mail: Path | None = None) -> Iterator[Family]:
    """Web and workers (with `mail` also the demo's mail server, mailbox and sandbox payer), started and answering;
    stopped at the end.

    ConfigurationError when the web does not come up. The embedded database is stopped by `config.cli`, whose
    command this is part of.
    """
    family = Family()
    try:
        if mail is not None:
            words = [sys.executable, "-m", "firstvisit.config.demo.smtp", str(mail)]
            folder = str(mail.parent / "mailbox")
            family.start("mail", [*words, str(smtp_port(environment)), folder])
            words = [sys.executable, "-m", "firstvisit.config.demo.imap", folder]
            family.start("mailbox", [*words, str(environment.port + DEMO_MAILBOX)])
            words = [sys.executable, "-m", "firstvisit.config.demo.payer", str(environment.port + DEMO_PAYER)]
            family.start("payer", [*words, str(environment.sandbox_seconds)])
            words = [sys.executable, "-m", "firstvisit.config.demo.emr", str(environment.port + DEMO_EMR)]
            family.start("emr", [*words, str(environment.home / "emr")])
        family.start("web", web_command(environment.port, workers=workers))
        family.start("prompt", own("worker", "prompt"))
        family.start("heavy", own("worker", "heavy"), nice=HEAVY_NICE)
        family.start("listen", own("listen"))
        _wait_until_ready(environment.port, family)
        yield family
    finally:
        family.stop()
        for connection in connections.all():
            connection.close()
            if isinstance(connection, DatabaseWrapper):
                connection.close_pool()


def keep_database(environment: Environment) -> None:
    """Start the embedded server again if it is not there; a server of your own is not ours to start."""
    if environment.database_url is None:
        postgres.start(environment.home)


def _wait_until_ready(port: int, family: Family) -> None:
    pause = threading.Event()
    for _ in range(WAIT_SECONDS * 10):
        if _answers(port, "/readyz"):
            return
        if (name := family.dead()) is not None:
            raise ConfigurationError(
                [f"The process {name} ended while it was starting; see its words above."]
            )
        pause.wait(0.1)
    raise ConfigurationError([f"The web server did not answer on port {port} within {WAIT_SECONDS} seconds."])


def _answers(port: int, path: str = "/healthz") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

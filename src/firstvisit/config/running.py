"""What `up` and `demo` share: prepare, start every process, wait until the web answers, stop in order."""

from __future__ import annotations

import http.client
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from firstvisit.config import database
from firstvisit.config.env import Environment
from firstvisit.config.locks import only_one
from firstvisit.config.processes import Family, own, web_command
from firstvisit.kernel import postgres
from firstvisit.kernel.errors import ConfigurationError

WAIT_SECONDS = 60


def prepare(environment: Environment) -> None:
    """Database and static files of this version."""
    database.prepare(environment)
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def everything(environment: Environment, *, workers: int, mail: Path | None = None) -> Iterator[Family]:
    """Web and workers (and, with `mail`, the demo's mail server), started and answering; stopped at the end.

    The embedded database is stopped last. ConfigurationError when the port is taken or the web does not come up.
    """
    port = environment.port
    alone = only_one(environment.home)
    if _taken(port):
        raise ConfigurationError(
            [f"Something is already listening on port {port}; choose another with --port."]
        )
    family = Family()
    try:
        if mail is not None:
            smtp_port = str(urlsplit(environment.smtp_url).port)
            family.start("mail", [sys.executable, "-m", "firstvisit.config.demo.smtp", str(mail), smtp_port])
        family.start("web", web_command(port, workers=workers))
        family.start("prompt", own("worker", "prompt"))
        _wait_until_ready(port)
        yield family
    finally:
        family.stop()
        for connection in connections.all():
            connection.close()
            if isinstance(connection, DatabaseWrapper):
                connection.close_pool()
        if environment.database_url is None:
            postgres.stop(environment.home)
        alone.close()


def keep_database(environment: Environment) -> None:
    """Start the embedded server again if it is not there; a server of your own is not ours to start."""
    if environment.database_url is None:
        postgres.start(environment.home)


def _taken(port: int) -> bool:
    """Whether anybody listens there, ours or not."""
    with socket.socket() as caller:
        caller.settimeout(2)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_ready(port: int) -> None:
    pause = threading.Event()
    for _ in range(WAIT_SECONDS * 10):
        if _answers(port, "/readyz"):
            return
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

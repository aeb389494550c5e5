"""A whole installation as its processes: PostgreSQL, web and worker in a home of their own, which a test may
kill and start again. Nothing of the test's own settings or database takes part."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from tests.mail import Mailbox

from firstvisit.config.processes import web_command
from firstvisit.kernel import postgres

PATIENCE = 90.0
PREPARE = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from firstvisit.api.services import make_key
from firstvisit.config import database
from firstvisit.kernel.audit import SYSTEM
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
database.prepare(settings.ENVIRONMENT)
call_command("collectstatic", interactive=False, verbosity=0)
services.load(read_folder(SAMPLE), by="storm")
print(make_key(name="Storm", scopes=["referrals:write"], actor=SYSTEM)[1])
"""


def wait_until(what: str, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look again and again until it holds; AssertionError with `what` when it never does."""
    pause, looks = threading.Event(), int(seconds / 0.1)
    for _ in range(looks):
        if holds():
            return
        pause.wait(0.1)
    raise AssertionError(f"within {seconds:.0f} s it did not come true: {what}")


class Installation:
    """Addresses, processes, and the verbs of whoever supervises them."""

    def __init__(self, home: Path, mailbox: Mailbox) -> None:
        self.home, self.mailbox = home, mailbox
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("DATABASE_", "FIRSTVISIT_"))
            },
            "FIRSTVISIT_HOME": str(home),
            "FIRSTVISIT_DEMO": "1",
            "FIRSTVISIT_PORT": str(self.port),
            "FIRSTVISIT_LOG_LEVEL": "info",
            "SMTP_URL": mailbox.url,
            "DJANGO_SETTINGS_MODULE": "firstvisit.config.settings",
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[str, IO[bytes]] = {}
        self.server = postgres.start(home)
        self.api_key = self.run([sys.executable, "-c", PREPARE]).stdout.decode().strip()
        self.start("web")
        self.start("worker")
        self.wait_until_ready()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, words: list[str]) -> subprocess.CompletedProcess[bytes]:
        """Run a command of this installation to its end."""
        done = subprocess.run(
            words, env=self._environment, capture_output=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done

    def command(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run one of our own commands."""
        return self.run([str(Path(sys.executable).with_name("firstvisit")), *words])

    def start(self, name: str) -> None:
        """Start web or worker in a process group of its own; what it says goes to a file."""
        words = {
            "web": web_command(self.port, workers=1),
            "worker": [str(Path(sys.executable).with_name("firstvisit")), "worker", "prompt"],
            "heavy": [str(Path(sys.executable).with_name("firstvisit")), "worker", "heavy"],
            "listen": [str(Path(sys.executable).with_name("firstvisit")), "listen"],
        }[name]
        if name not in self._logs:
            self._logs[name] = (self.home / f"{name}.stderr").open("ab")
        self._processes[name] = subprocess.Popen(
            words,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._logs[name],
            stderr=self._logs[name],
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """kill -9, then start it again: web and worker with all their children, the database's head alone."""
        if name == "database":
            os.kill(self.server.pid, signal.SIGKILL)
            self.server = postgres.start(self.home)
            return
        process = self._processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        self.start(name)

    def supervise(self) -> None:
        """Start again what ended by itself: a worker goes when it loses its database."""
        for name, process in list(self._processes.items()):
            if process.poll() is not None:
                self.start(name)

    def post(
        self, body: Any, *, repeat: str | None = None, timeout: float = 30
    ) -> tuple[int, dict[str, Any]]:
        """Post one referral; status and answer. OSError or HTTPException when nobody answers."""
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        if repeat is not None:
            headers["Idempotency-Key"] = repeat
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", "/api/v1/referrals", json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(text) if text.startswith(b"{") else {}

    def wait_until_ready(self) -> None:
        """Until the web answers and has its database."""

        def ready() -> bool:
            self.supervise()
            return self._status("/readyz") == 200

        wait_until("the web is ready", ready)

    def _status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query as the owner."""
        with psycopg.connect(self.server.owner_url, autocommit=True) as owner:
            return owner.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:
        """The first column of the first row."""
        return self.ask(query)[0][0]

    def move_clock(self, seconds: float) -> None:
        """Let time pass for every process."""
        with psycopg.connect(self.server.owner_url, autocommit=True) as owner:
            owner.execute(
                "INSERT INTO kernel_clockoffset (id, seconds) VALUES (1, %s)"
                " ON CONFLICT (id) DO UPDATE SET seconds = kernel_clockoffset.seconds + excluded.seconds",
                [seconds],
            )

    def settle(self, *, hurry: float = 0) -> None:
        """Until every item is settled, no message is on its way and every lead was looked at since.

        With `hurry` the clock moves by so many seconds at each look, because a second try waits for minutes.
        """
        unsettled = (
            "SELECT (SELECT count(*) FROM intake_item WHERE status = 'received')"
            " + (SELECT count(*) FROM messages_message WHERE status IN ('wanted', 'sending'))"
            " + (SELECT count(*) FROM leads_lead WHERE closed_at IS NULL AND look_again_at <= now()"
            "   + make_interval(secs => coalesce((SELECT seconds FROM kernel_clockoffset), 0)))"
        )

        def settled() -> bool:
            self.supervise()
            if hurry:
                self.move_clock(hurry)
            return not self.value(unsettled)

        try:
            wait_until("everything is settled and sent", settled, 45)
        except AssertionError as error:
            for query in (
                "SELECT status, attempts, error, count(*) FROM intake_item GROUP BY 1, 2, 3",
                "SELECT status, why, count(*) FROM messages_message GROUP BY 1, 2",
                "SELECT failures, count(*) FROM leads_lead GROUP BY 1",
            ):
                error.add_note(f"{query}: {self.ask(query)}")
            error.add_note((self.home / "worker.stderr").read_text()[-1500:])
            raise

    def written(self) -> dict[str, bytes]:
        """Everything that any process wrote to a log, by file."""
        places = {self.home, postgres.place(self.home).parent}
        files = {file for place in places for kind in ("*.log*", "*.stderr") for file in place.rglob(kind)}
        return {str(file): file.read_bytes() for file in files if file.is_file()}

    def stop(self) -> None:
        """End everything and leave nothing behind."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)
        for log in self._logs.values():
            log.close()
        place = postgres.place(self.home).parent
        postgres.stop(self.home)
        if place != self.home:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def installation(home: Path) -> Iterator[Installation]:
    """Start one in an empty folder; stopped at the end."""
    home.mkdir(parents=True, exist_ok=True)
    with Mailbox() as mailbox:
        running = Installation(home, mailbox)
        try:
            yield running
        finally:
            running.stop()

"""A whole installation of its own for a measurement: real PostgreSQL, web, worker and mail server on loopback,
in a temporary home. Used by the benches beside it; nothing here is measured."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Installation:
    """Addresses and process ids of what runs."""

    home: Path
    port: int
    api_key: str
    web: int
    worker: int
    postgres: int

    def cpu(self) -> dict[str, float]:
        """Processor seconds so far of web, worker and database, children included."""
        return {"web": _tree(self.web), "worker": _tree(self.worker), "database": _tree(self.postgres)}


def machine() -> str:
    """The processor's name and the number of cores."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{names[0].partition(':')[2].strip() if names else 'unknown'}, {os.cpu_count()} cores"


def _stat(pid: int) -> tuple[int, float]:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICK


def _tree(root: int) -> float:
    """Seconds of a process and everything below it, ended children included."""
    parents: dict[int, list[int]] = {}
    seconds: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent, used = _stat(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
            seconds[int(entry.name)] = used
    total, left = 0.0, [root]
    while left:
        pid = left.pop()
        total += seconds.get(pid, 0.0)
        left += parents.get(pid, [])
    return total


class Mailbox:
    """A local SMTP server in this process that counts what it accepted."""

    def __init__(self) -> None:
        self.accepted = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.accepted += 1
        return "250 taken"

    def __enter__(self) -> Mailbox:
        from aiosmtpd.smtp import SMTP

        self._thread.start()
        serving = self._loop.create_server(lambda: SMTP(self, loop=self._loop), "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@contextmanager
def running(
    mail_port: int, *, web_workers: int = 1, heavy: bool = False, home: Path | None = None
) -> Iterator[Installation]:
    """Start everything, yield it, stop it; the heavy worker only where asked for. A `home` given is kept for the
    next measurement."""
    with tempfile.TemporaryDirectory(prefix="firstvisit-bench-") as temporary:
        where = home or Path(temporary)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        os.environ.update(
            FIRSTVISIT_HOME=str(where),
            FIRSTVISIT_DEMO="1",
            FIRSTVISIT_LOG_LEVEL="error",
            SMTP_URL=f"smtp://127.0.0.1:{mail_port}",
            DJANGO_SETTINGS_MODULE="firstvisit.config.settings",
        )
        from firstvisit.kernel import postgres

        server = postgres.start(where)
        api_key = _load()
        web = subprocess.Popen(_granian(port, web_workers))
        firstvisit = str(Path(sys.executable).with_name("firstvisit"))
        worker = subprocess.Popen([firstvisit, "worker", "prompt"])
        beside = [subprocess.Popen(["nice", "-n", "10", firstvisit, "worker", "heavy"])] if heavy else []
        try:
            _wait(port)
            yield Installation(where, port, api_key, web.pid, worker.pid, server.pid)
        finally:
            for process in (web, worker, *beside):
                process.terminate()
            for process in (web, worker, *beside):
                process.wait(30)
            postgres.stop(where)


def _granian(port: int, workers: int) -> list[str]:
    from firstvisit.config.processes import web_command

    return web_command(port, workers=workers)


def _load() -> str:
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
    services.load(read_folder(SAMPLE), by="bench")
    return make_key(name="bench", scopes=["referrals:write"], actor=SYSTEM)[1]


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            client.request("GET", "/readyz")
            if client.getresponse().status == 200:
                return
        except OSError:
            threading.Event().wait(0.1)
    raise TimeoutError("the web server did not answer")


ZIPS = (
    "53703", "53704", "53705", "53711", "53713", "53714", "53715", "53716", "53717", "53718", "53719", "53562", "53590",
    "53593", "53597",
)  # fmt: skip
"""Of Madison and around it, where families of one practice live."""
AREA_CODES = (608, 715, 414, 262, 920, 906, 231, 616, 517, 313, 248, 312, 773, 847, 612, 651, 952, 763, 218, 507)


def referral(number: int) -> dict[str, object]:
    """One family's complete request; every number is another family, with names as often as they are."""
    from invented import Maker

    child = Maker(number).person(born=range(2020, 2025))
    mother = Maker(-1 - number).person()
    return {
        "lead_kind": "caregiver",
        "discipline": ["SLP"],
        "program": "early_language",
        "patient": {
            "first_name": child.first_name,
            "last_name": child.last_name,
            "date_of_birth": child.date_of_birth,
            "postal_code": ZIPS[number % len(ZIPS)],
        },
        "contact": {
            "name": f"{mother.first_name} {child.last_name}",
            "relationship": "mother",
            "phone": f"+1{AREA_CODES[number // 10_000 % len(AREA_CODES)]}555{number % 10_000:04d}",
            "email": f"family{number}@example.org",
        },
        "concern": "She says about twenty words and does not put two together",
        "availability": ["tue_am", "thu_am"],
        "payers": [{"name": "Northfield Health", "member_id": f"NH{number:08d}"}],
        "documents": ["order"],
        "order_signed": True,
        "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
    }


class Sender:
    """Clients that post referrals over kept connections and note each answer's time in seconds."""

    def __init__(
        self, installation: Installation, body: Callable[[int], dict[str, object]] = referral
    ) -> None:
        self._installation, self._body = installation, body
        self.seconds: list[float] = []
        self.failures: list[str] = []
        self._lock = threading.Lock()

    def send(self, numbers: list[int], *, clients: int, pace: float | None = None) -> None:
        """Post the referrals `numbers` from so many threads; `pace` is requests a second over all of them."""
        left, start = iter(numbers), time.monotonic()
        threads = [
            threading.Thread(target=self._client, args=(left, start, pace, numbers[0]))
            for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _client(self, left: Iterator[int], start: float, pace: float | None, first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._installation.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {self._installation.api_key}",
            "Content-Type": "application/json",
        }
        while True:
            with self._lock:
                number = next(left, None)
            if number is None:
                return
            if pace is not None:
                wait = start + (number - first) / pace - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
            body = json.dumps(self._body(number))
            begun = time.perf_counter()
            connection.request(
                "POST", "/api/v1/referrals", body, {**headers, "Idempotency-Key": f"bench-{number}"}
            )
            answer = connection.getresponse()
            text = answer.read()
            taken = time.perf_counter() - begun
            with self._lock:
                self.seconds.append(taken)
                if answer.status != 201:
                    self.failures.append(f"{answer.status} {text[:200]!r}")


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

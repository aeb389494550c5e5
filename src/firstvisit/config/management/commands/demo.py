"""The sample practice, running."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from firstvisit.api.services import make_key
from firstvisit.config import running
from firstvisit.config.demo import referrals, send, table
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.postgres.files import write_private
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.queries import is_set_up

PASSWORD = "maple-harbor-lantern"  # noqa: S105  the demo's accounts are printed for everybody


class Command(BaseCommand):
    help = (
        "Run the sample practice Cedar Street Therapy in var/demo: database, web, workers, a local mail "
        "server and demo referrals sent through the real doors. Ctrl-C stops it; the next start finds the "
        "data. Example: firstvisit demo --port 8000"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default FIRSTVISIT_PORT or 8000)")
        parser.add_argument("--workers", type=int, default=1, help="web processes (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        environment, port = settings.ENVIRONMENT, options["port"] or settings.ENVIRONMENT.port
        if "SMTP_URL" not in os.environ:
            settings.SMTP_URL = os.environ["SMTP_URL"] = f"smtp://127.0.0.1:{_free_port()}"
        running.prepare(environment)
        if not is_set_up():
            self._load_practice()
        mail = environment.home / "mail"
        with running.everything(environment, port=port, workers=options["workers"], mail=mail) as family:
            address = f"http://127.0.0.1:{port}"
            _send_once(address, environment.home)
            table.print_table()
            self.stdout.write(f"\n{address}\n")
            for user in User.objects.filter(is_active=True).select_related("role").order_by("email"):
                self.stdout.write(f"  {user.email:<34}{PASSWORD}  {user.role.name}")
            self.stdout.write("ready")
            self.stdout.flush()
            family.watch()

    def _load_practice(self) -> None:
        services.load(read_folder(SAMPLE), by="demo")
        for user in User.objects.all():
            services.set_password(user=user, password=PASSWORD)


def _send_once(address: str, home: Path) -> None:
    """Send the demo's referrals at the first start; one cut off in the middle is finished by the next."""
    sent = home / "demo-sent"
    if not sent.exists():
        today = clock.now().date()
        send.send(referrals.all_of(today), base_url=address, api_key=_api_key(home))
        write_private(sent, today.isoformat())


def _api_key(home: Path) -> str:
    """The demo sender's key, made once and kept beside the demo's data."""
    path = home / "demo-api-key.json"
    if path.exists():
        text: str = json.loads(path.read_text())["key"]
        return text
    _, text = make_key(name="Demo sender", scopes=["referrals:write"], actor=SYSTEM)
    write_private(path, json.dumps({"key": text}))
    return text


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

"""Everything at once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from firstvisit.config import running
from firstvisit.config.database import say
from firstvisit.practice.queries import is_set_up


class Command(BaseCommand):
    help = (
        "Bring the database to this version, then run web and workers until Ctrl-C. "
        "Example: FIRSTVISIT_ADDRESS=https://intake.example.org firstvisit up"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default FIRSTVISIT_PORT)")
        parser.add_argument("--workers", type=int, default=2, help="web processes (default 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        running.prepare(environment)
        if not is_set_up():
            say("This installation has no practice yet. Run: firstvisit setup")
        port = options["port"] or environment.port
        with running.everything(environment, port=port, workers=options["workers"]) as family:
            say(f"ready at {environment.address}")
            family.watch()

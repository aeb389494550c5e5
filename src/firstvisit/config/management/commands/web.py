"""The web server alone."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from firstvisit.config.processes import web_command


class Command(BaseCommand):
    help = "Run the web server alone on 127.0.0.1. Example: firstvisit web --port 8000 --workers 2"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default FIRSTVISIT_PORT)")
        parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"] or settings.ENVIRONMENT.port
        words = web_command(port, workers=options["workers"])
        os.execv(words[0], words)  # noqa: S606  no shell; the words are ours

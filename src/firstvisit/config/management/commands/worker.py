"""One worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from firstvisit.config.processes import run_worker


class Command(BaseCommand):
    help = (
        "Run one worker until it is told to stop. prompt: receipts, planning, the audit log; heavy: long work, "
        "one piece at a time. Example: firstvisit worker prompt"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queue", choices=["prompt", "heavy"])

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(options["queue"])

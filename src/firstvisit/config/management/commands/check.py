"""The invariants against the live database."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings

from firstvisit.config.commands import Operation, held
from firstvisit.journey.invariants import Scope
from firstvisit.kernel import clock


class Command(Operation):
    words = (
        "Hold the invariants against the live database, while everything runs. Every break is a "
        "sentence; the exit code is 1 when there is one."
    )
    example = "firstvisit check --json"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--all", action="store_true", help="every decision and sealed value, not only the newest"
        )
        parser.add_argument("--json", action="store_true", help="one JSON line for each invariant")

    def run(self, options: argparse.Namespace) -> int:
        scope = Scope(now=clock.now(), heads=settings.AUDIT_HEADS, everything=options.all)
        return held(scope, as_json=options.json)

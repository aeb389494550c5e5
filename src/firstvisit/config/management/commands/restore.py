"""A backup brought back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings

from firstvisit.config import restoring
from firstvisit.config.commands import PROBLEMS, Operation, environment, held, say
from firstvisit.journey.invariants import Scope
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError


class Command(Operation):
    words = (
        "Bring a backup back into an empty installation and hold the invariants against it. The key "
        "file of the backup has to be in its place first; without it nothing is restored."
    )
    example = "FIRSTVISIT_HOME=/srv/new firstvisit restore /srv/backups/firstvisit-20260105-031500"
    needs = "database"
    tells_of_new_key = False

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("dir", type=Path, help="the folder that `firstvisit backup` made")

    def run(self, options: argparse.Namespace) -> int:
        try:
            manifest = restoring.restore(environment(), options.dir, settings.AUDIT_HEADS)
        except ConfigurationError as error:
            for problem in error.problems:
                say(f"firstvisit: {problem}")
            return PROBLEMS
        say(f"Restored the backup of {manifest.made_at}. Holding the invariants against it:")
        return held(Scope(now=clock.now(), heads=settings.AUDIT_HEADS))

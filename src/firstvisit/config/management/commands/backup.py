"""A backup of everything but the key."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings

from firstvisit.config import backups
from firstvisit.config.commands import DONE, Operation, environment, out, say
from firstvisit.kernel import keyring


class Command(Operation):
    words = (
        "Back the database up into a new folder DIR/firstvisit-DATE-TIME (UTC), while everything "
        "runs. The key file is never in it: keep that apart, or the backup and the key are lost and "
        "stolen together."
    )
    example = "firstvisit backup /srv/backups"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("dir", type=Path)

    def run(self, options: argparse.Namespace) -> int:
        here = environment()
        folder = backups.back_up(here, options.dir, settings.AUDIT_HEADS)
        out(str(folder))
        mark = keyring.read(here.key_file).fingerprint()
        say(
            f"Backed up. To open it you need the key file, or the recovery sheet, with the fingerprint {mark} "
            f"({here.key_file})."
        )
        return DONE

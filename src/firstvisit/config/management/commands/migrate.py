"""The database of this version."""

from __future__ import annotations

import argparse

from django.core.management import call_command
from django.db.migrations.autodetector import MigrationAutodetector

from firstvisit.config import database
from firstvisit.config.commands import DONE, Operation, environment, say


class Command(Operation):
    words = (
        "Bring the database to this version of the software (tables, the application's role and its "
        "rights) and collect the files that the web server sends. Safe to run again; `firstvisit up` "
        "does it by itself."
    )
    example = "firstvisit migrate"
    needs = "database"
    autodetector = MigrationAutodetector
    """makemigrations looks for it on the command called migrate."""

    def run(self, options: argparse.Namespace) -> int:
        database.prepare(environment())
        call_command("collectstatic", interactive=False, verbosity=0)
        say("The database is at this version.")
        return DONE

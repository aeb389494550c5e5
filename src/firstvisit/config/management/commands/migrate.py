"""The database of this version."""

from __future__ import annotations

import argparse

from firstvisit.config import database
from firstvisit.config.commands import DONE, Operation, environment, say


class Command(Operation):
    words = (
        "Bring the database to this version of the software: tables, the application's role and its rights.\n"
        "Safe to run again; `firstvisit up` does it by itself."
    )
    example = "firstvisit migrate"
    needs = "database"

    def run(self, options: argparse.Namespace) -> int:
        database.prepare(environment())
        say("The database is at this version.")
        return DONE

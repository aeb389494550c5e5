"""Everything at once."""

from __future__ import annotations

import argparse

from firstvisit.config import running
from firstvisit.config.commands import DONE, Operation, environment, say
from firstvisit.practice.queries import is_set_up


class Command(Operation):
    words = "Bring the database to this version, then run web and workers until Ctrl-C."
    example = "FIRSTVISIT_ADDRESS=https://intake.example.org firstvisit up"
    needs = "database"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default FIRSTVISIT_PORT)")
        parser.add_argument("--workers", type=int, default=2, help="web processes (default 2)")

    def run(self, options: argparse.Namespace) -> int:
        here = environment()
        with running.alone(here):
            running.prepare(here)
            if not is_set_up():
                say("This installation has no practice yet. Run: firstvisit setup")
            with running.everything(here, workers=options.workers) as family:
                say(f"ready at {here.address}")
                family.watch(lambda: running.keep_database(here))
        return DONE

"""The web server alone."""

from __future__ import annotations

import argparse
import os

from firstvisit.config import stopping
from firstvisit.config.commands import Operation, environment
from firstvisit.config.ports import refuse_taken
from firstvisit.config.processes import web_command


class Command(Operation):
    words = "Run the web server alone on 127.0.0.1."
    example = "firstvisit web --port 8000 --workers 2"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default FIRSTVISIT_PORT)")
        parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")

    def run(self, options: argparse.Namespace) -> int:
        refuse_taken(environment())
        words = web_command(environment().port, workers=options.workers)
        stopping.obey()
        os.execv(words[0], words)

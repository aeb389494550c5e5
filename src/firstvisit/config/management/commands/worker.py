"""One worker."""

from __future__ import annotations

import argparse

from firstvisit.config.commands import DONE, Operation
from firstvisit.config.processes import run_worker


class Command(Operation):
    words = (
        "Run one worker until it is told to stop. prompt: receipts, planning, the audit log; heavy: long "
        "work, one piece at a time."
    )
    example = "firstvisit worker prompt"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("queue", choices=["prompt", "heavy"])

    def run(self, options: argparse.Namespace) -> int:
        run_worker(options.queue)
        return DONE

"""Everything that comes in by itself and not over the web."""

from __future__ import annotations

import argparse

from firstvisit.config.commands import DONE, Operation
from firstvisit.config.processes import run_listener


class Command(Operation):
    words = (
        "Serve the ways in that are switched on, until it is told to stop: watched folders, mailboxes, HL7 ports, "
        "vendors that are asked. Several may run; each way in is served by one of them."
    )
    example = "firstvisit listen"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """None: which ways there are, and how they are set, stands on the screen Ways in."""

    def run(self, options: argparse.Namespace) -> int:
        run_listener()
        return DONE

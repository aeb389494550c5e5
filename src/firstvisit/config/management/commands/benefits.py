"""What payers' replies say. `config.cli` runs it without Django; this is the same command, called by its name."""

from __future__ import annotations

import argparse
from typing import Any

from firstvisit.config import benefits
from firstvisit.config.commands import Operation


class Command(Operation):
    words = benefits.WORDS
    example = benefits.EXAMPLE
    needs = "nothing"

    def add_arguments(self, parser: Any) -> None:
        benefits.arguments(parser)

    def run(self, options: argparse.Namespace) -> int:
        return benefits.run(options)

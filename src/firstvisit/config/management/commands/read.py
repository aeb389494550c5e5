"""What documents say. Run from `config.cli` without Django; this is the same command for those who call it by name."""

from __future__ import annotations

import argparse
from typing import Any

from firstvisit.config import reading
from firstvisit.config.commands import Operation


class Command(Operation):
    words = reading.WORDS
    example = reading.EXAMPLE
    needs = "nothing"

    def add_arguments(self, parser: Any) -> None:
        reading.arguments(parser)

    def run(self, options: argparse.Namespace) -> int:
        return reading.run(options)

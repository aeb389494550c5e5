"""Is this installation healthy?"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from firstvisit.config.commands import DONE, PROBLEMS, Operation, environment, out
from firstvisit.config.doctoring import examine


class Command(Operation):
    words = (
        "Look at the whole installation and say for each thing whether it is ok, wants a look, or is "
        "broken, and what to do. The exit code is 1 when something is broken. Sends nothing and "
        "changes nothing."
    )
    example = "firstvisit doctor"
    needs = "nothing"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON line for each finding")

    def run(self, options: argparse.Namespace) -> int:
        broken = False
        for finding in examine(environment()):
            broken |= finding.state == "broken"
            words = f"{finding.state:<7} {finding.about:<11} {finding.words}"
            out(json.dumps(asdict(finding)) if options.json else words)
        return PROBLEMS if broken else DONE

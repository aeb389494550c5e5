"""Erasing a person."""

from __future__ import annotations

import argparse
from typing import Any

from firstvisit.config.commands import ACTOR, DONE, PROBLEMS, Operation, confirmed, say
from firstvisit.journey import privacy
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads.queries import by_code


class Command(Operation):
    words = (
        "Erase the patient or the contact of a lead for good: their data key is destroyed, so "
        "identity, words and documents cannot be opened again; counts, decisions and the audit log "
        "stay. Refused while a lead of theirs is open and until the practice's retention time is "
        "over."
    )
    example = "firstvisit erase L-12 --person patient --reason retention_over"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("code", help="a lead of the person, such as L-12")
        parser.add_argument("--person", required=True, choices=["patient", "contact"])
        parser.add_argument(
            "--reason", required=True, choices=list(privacy.REASONS),
            help="; ".join(f"{slug}: {words}" for slug, words in privacy.REASONS.items()),
        )  # fmt: skip
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def run(self, options: argparse.Namespace) -> int:
        lead = by_code(options.code)
        if lead is None:
            raise BadInput([Problem("code", f"there is no lead {options.code}")])
        reach = privacy.erase(lead, options.person, reason=options.reason, actor=ACTOR, only_look=True)
        say(
            f"{reach.records} records of one person, {len(reach.leads)} leads about them "
            f"({', '.join(reach.leads) or 'none'}), {reach.originals} originals."
        )
        if reach.shared_originals:
            say(f"{reach.shared_originals} originals are about other people as well and stay.")
        if reach.readings_without_contact:
            say(f"They go out of {reach.readings_without_contact} readings of patients they spoke for.")
        if not options.yes and not confirmed("This cannot be undone."):
            say("Nothing was erased.")
            return PROBLEMS
        privacy.erase(lead, options.person, reason=options.reason, actor=ACTOR)
        say("Erased. Backups made before this moment still hold them; see docs/reference/commands.md.")
        return DONE

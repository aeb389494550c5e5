"""A new master key."""

from __future__ import annotations

import argparse

from firstvisit.config import database
from firstvisit.config.commands import ACTOR, DONE, PROBLEMS, Operation, environment, say
from firstvisit.kernel import keyring, rotation


class Command(Operation):
    words = (
        "Make a new master key and wrap every data key with it again, while everything runs. "
        "Interrupted, it goes on where it stood when it is run again. Afterwards print the new "
        "recovery sheet, which has another fingerprint; keep the old one as long as a backup from before "
        "this moment."
    )
    example = "firstvisit rotate-keys"

    def run(self, options: argparse.Namespace) -> int:
        here = environment()
        with database.as_owner(here) as owner:
            done = rotation.rotate(here.key_file, owner, actor=ACTOR, progress=_tell)
        say(f"{done.wrapped} data keys were wrapped with master key {done.current}.")
        if done.left:
            say(
                f"Master key {', '.join(done.left)} stays in the file: a long-running transaction (a "
                f"backup?) was "
                "in the way. Nothing is lost; run it once more."
            )
            return PROBLEMS
        say(f"Master key {', '.join(done.retired)} was removed from {here.key_file}.")
        say(keyring.recovery_sheet(keyring.read(here.key_file), here.key_file))
        return DONE


def _tell(done: int, total: int) -> None:
    say(f"  {done} of {total}")

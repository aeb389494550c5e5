"""The practice as a folder of files."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from firstvisit.config.commands import ACTOR, DONE, PROBLEMS, WHY, Operation, add_verb, out, say
from firstvisit.journey import changing, retiring, signing
from firstvisit.kernel import audit
from firstvisit.kernel.errors import ConfigurationError, Conflict
from firstvisit.practice import queries, services
from firstvisit.practice.files import read_folder, with_lines, write_folder


class Command(Operation):
    words = (
        "Save the practice to a folder of TOML files, or load it from one. Loading checks every file "
        "first and says all that is wrong. What the files no longer name is retired; a site or queue with "
        "open work is not, and then nothing is changed. Rules that differ from the live ones become a draft "
        "that waits for a signature."
    )
    example = "firstvisit practice save my-practice"

    def add_arguments(self, parser: Any) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb, words in {
            "load": "make the practice what the files say",
            "save": "write the files",
        }.items():
            example = f"firstvisit practice {verb} my-practice"
            add_verb(verbs, verb, words, example=example).add_argument("folder", type=Path)

    def run(self, options: argparse.Namespace) -> int:
        if options.verb == "save":
            files = queries.as_files()
            write_folder(replace(files, rules=_said(files.rules)), options.folder)
            say(f"The practice is written to {options.folder}.")
            return DONE
        files = read_folder(options.folder)
        try:
            with transaction.atomic():
                loaded = services.load(files, by=WHY)
                if found := retiring.needed(loaded.retired):
                    raise Conflict("\n".join(found))  # and the load is undone
                signing.settle()
                back = changing.return_lost(actor=ACTOR)
                if loaded.anything:
                    audit.note(ACTOR, "practice_loaded", "practice", [], why=WHY)
        except Conflict as error:
            for sentence in str(error).splitlines():
                say(f"firstvisit: {sentence}")
            say("firstvisit: nothing was changed")
            return PROBLEMS
        except ConfigurationError as error:
            raise ConfigurationError(with_lines(error.problems, options.folder)) from None
        for sentence in loaded.looks:
            say(f"firstvisit: look at this: {sentence}")
        if back:
            say(f"firstvisit: back in the queue of their route, as whoever had them may no longer: {', '.join(back)}")
        out(str(loaded))
        return DONE


def _said(value: Any) -> Any:
    """Rules as TOML can say them: what is null is left out, and reads as null again."""
    if isinstance(value, Mapping):
        return {name: _said(one) for name, one in value.items() if one is not None}
    return [_said(one) for one in value] if isinstance(value, list | tuple) else value

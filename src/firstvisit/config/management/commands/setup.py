"""Make this installation a practice."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from firstvisit.config import database
from firstvisit.config.commands import ACTOR, DONE, WHY, Operation, environment, new_password, say
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.practice import founding, queries
from firstvisit.practice.files import read_folder

QUESTIONS = {
    "practice_name": "Name of the practice, as patients know it",
    "legal_name": "Legal name",
    "address": "Postal address in one line",
    "phone": "Phone",
    "email": "E-mail address of the front desk",
    "site_name": "Name of the first site",
    "street": "Its street and number",
    "city": "Its city",
    "state": "Its state, two letters",
    "zip": "Its ZIP code",
}
OWNER = {"owner_email": "Your e-mail address, to sign in with", "owner_name": "Your name"}


class Command(Operation):
    words = (
        "Make this installation your practice: its identity, first site (Monday to Friday 8 to 17 "
        "until you change it), roles and queues, rules as shipped, and the owner's account. Asks for "
        "what is not given."
    )
    example = "firstvisit setup --from my-practice --owner-email dana@example.org --owner-name 'Dana Reyes'"
    needs = "database"

    def add_arguments(self, parser: Any) -> None:
        for name, words in {**QUESTIONS, **OWNER}.items():
            parser.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT", help=words)
        parser.add_argument(
            "--from", dest="folder", type=Path, help="folder of practice files instead of the answers"
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="the owner's password is on standard input"
        )

    def run(self, options: argparse.Namespace) -> int:
        database.prepare(environment())
        if queries.is_set_up():
            raise Conflict("this installation is set up already; change it with: firstvisit practice load FOLDER")
        asked = {**(QUESTIONS if options.folder is None else {}), **OWNER}
        answers = {name: getattr(options, name) or "" for name in asked}
        _ask(answers, asked, quiet=options.password_stdin)
        password = new_password(from_stdin=options.password_stdin)
        if password is None:
            raise BadInput([Problem("password", "nobody can be asked here; give it with --password-stdin")])
        if options.folder is not None:
            files = founding.completed(read_folder(options.folder))
        else:
            words = {("zip_code" if name == "zip" else name): answers[name] for name in QUESTIONS}
            files = founding.practice_of(founding.Answers(**words))
        founding.found(
            files,
            owner_email=answers["owner_email"],
            owner_name=answers["owner_name"],
            password=password,
            actor=ACTOR,
            why=WHY,
        )
        say(
            f"{files.identity.name if files.identity else 'The practice'} is set up. What is next:\n"
            "  firstvisit up           run it; sign in and set up your second factor\n"
            "  firstvisit user add     an account for everybody who works with leads\n"
            "  firstvisit practice     save it to files, add programs, payers and people, load it again\n"
            "  firstvisit doctor       what is still missing (mail, address, backups)"
        )
        return DONE


def _ask(answers: dict[str, str], asked: dict[str, str], *, quiet: bool) -> None:
    """Fill what is missing from the terminal; BadInput names all of it where nobody can be asked."""
    missing = [name for name in asked if not answers[name].strip()]
    if missing and (quiet or not sys.stdin.isatty()):
        raise BadInput([Problem(f"--{name.replace('_', '-')}", "is missing") for name in missing])
    for name in missing:
        while not answers[name].strip():
            print(f"{asked[name]}: ", end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            if not line:
                raise BadInput([Problem(f"--{name.replace('_', '-')}", "is missing")])
            answers[name] = line.strip()

"""What our operations commands share: help with an example, data and words apart, exit codes.

An operation parses its words, calls one service, prints, and returns an exit code of `config.cli`.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
import textwrap
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NoReturn

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, ProgrammingError, connections

from firstvisit.config import database
from firstvisit.config.database import say as say
from firstvisit.config.env import Environment
from firstvisit.journey.invariants import INVARIANTS, Scope
from firstvisit.kernel import keyring
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, ConfigurationError, Problem

DONE, PROBLEMS, WRONG_USE, NO_DATABASE = 0, 1, 2, 3
ACTOR = Actor("system")
"""Who acts at the terminal: whoever may run commands on this machine is not known to us by name."""
WHY = "command"


class Operation(BaseCommand, ABC):
    """Base of the operations. `needs` says what has to stand before `run` is called."""

    words: ClassVar[str]
    """One sentence for --help."""
    example: ClassVar[str]
    """One command line for --help, as a person would type it."""
    needs: ClassVar[str] = "prepared"
    """"prepared": a database with our tables · "database": one that answers · "nothing"."""
    tells_of_new_key: ClassVar[bool] = True
    """Print the recovery sheet when this very process made the key file."""
    requires_system_checks: list[str] = []

    @abstractmethod
    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """A plain parser: of Django's own options none is of use here."""
        parser = argparse.ArgumentParser(prog=f"firstvisit {subcommand}", **_help(self.words, self.example))
        self.add_arguments(parser)  # type: ignore[arg-type]
        return parser

    def run_from_argv(self, argv: list[str]) -> NoReturn:
        """Parse, run, end with the exit code."""
        asks_help = {"-h", "--help"} & set(argv)  # its key file is made up and gone with the command
        if settings.KEY_FILE_IS_NEW and self.tells_of_new_key and not asks_help:
            say(keyring.recovery_sheet(keyring.read(settings.KEY_FILE), settings.KEY_FILE))
        options = self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        try:
            self._look_first()
            code = self.run(options)
        except BadInput as error:
            for problem in error.problems:
                say(f"firstvisit: {problem.field}: {problem.message}")
            code = WRONG_USE
        except (OperationalError, psycopg.OperationalError) as error:
            say(f"firstvisit: the database does not answer: {type(error).__name__}")
            code = NO_DATABASE
        except BrokenPipeError:  # whoever read our lines has seen enough, as in `firstvisit check | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = PROBLEMS
        except ProgrammingError as error:
            if not isinstance(
                error.__cause__, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn
            ):
                raise
            say("firstvisit: the database is not at this version of the software. Run: firstvisit migrate")
            code = PROBLEMS
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close()
        sys.exit(code)

    def execute(self, *args: Any, **options: Any) -> NoReturn:
        """Not through Django's call_command: its options are not ours."""
        raise TypeError("operations are run from the command line")

    def _look_first(self) -> None:
        if self.needs == "nothing":
            return
        if not database.is_prepared(environment()) and self.needs == "prepared":
            raise ConfigurationError(
                ["This database is empty. Run: firstvisit setup (or firstvisit restore DIR)"]
            )


def add_verb(verbs: Any, name: str, words: str, *, example: str) -> argparse.ArgumentParser:
    """One verb of a command such as `user`, with a help and an example of its own."""
    sentence = words[0].upper() + words[1:] + "."
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=words, **_help(sentence, example))
    return parser


def _help(words: str, example: str) -> dict[str, Any]:
    return {
        "description": textwrap.fill(words, 100),
        "epilog": f"Example:\n  {example}",
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }


def environment() -> Environment:
    """What this installation was told from outside."""
    found: Environment = settings.ENVIRONMENT
    return found


def out(text: str) -> None:
    """A line of data."""
    print(text, flush=True)


def new_password(*, from_stdin: bool) -> str | None:
    """A new password: first line of standard input, or asked for twice; None where nobody can be asked."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        return None
    first = getpass.getpass("Password (at least 12 characters): ", sys.stderr)
    if getpass.getpass("The same again: ", sys.stderr) != first:
        raise BadInput([Problem("password", "the two were not the same")])
    return first


def confirmed(question: str) -> bool:
    """Ask for a yes at the terminal; no where nobody can be asked."""
    if not sys.stdin.isatty():
        return False
    say(f"{question} Type yes:")
    return sys.stdin.readline().strip().lower() == "yes"


MOST_TOLD = 20
"""Breaks of one invariant that are told; the rest is counted."""


def held(scope: Scope, *, as_json: bool = False) -> int:
    """Hold every invariant and print what came of it; the exit code."""
    broken = 0
    for invariant in INVARIANTS:
        told: list[str] = []
        count = 0
        for sentence in invariant.breaks(scope):
            count += 1
            if count <= MOST_TOLD:
                told.append(sentence)
        broken += count
        if as_json:
            out(json.dumps({"n": invariant.number, "name": invariant.name, "breaks": count, "told": told}))
            continue
        out(f"{'holds ' if not count else 'BROKEN'}  {invariant.number}  {invariant.words}")
        for sentence in told:
            out(f"           {sentence}")
        if count > MOST_TOLD:
            out(f"           and {count - MOST_TOLD} more")
    return PROBLEMS if broken else DONE

"""The one entry point: `firstvisit COMMAND`.

Data goes to standard output, words to standard error. Exit codes: 0 done, 1 found problems, 2 wrong use,
3 cannot reach the database.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from firstvisit.config import stopping
from firstvisit.kernel.errors import ConfigurationError, DatabaseUnreachable, FirstvisitError

DONE, PROBLEMS, WRONG_USE, NO_DATABASE = 0, 1, 2, 3

COMMANDS = {
    "setup": "make this installation your practice: first site, first account, rules",
    "up": "run everything: database, web, workers",
    "web": "run the web server alone",
    "worker": "run one worker: prompt or heavy",
    "listen": "serve the ways in: watched folder, mailbox, HL7 port, fax and phone vendors",
    "demo": "run the sample practice Cedar Street Therapy in var/demo",
    "clock": "show or move the demo's clock",
    "user": "add, disable or reset an account",
    "api-key": "add, list or revoke keys for machines that send referrals",
    "connector": "which connectors to payers are on, and one real question through one",
    "practice": "load the practice from a folder of files, or save it to one",
    "read": "what documents say: faxes, mails, transcripts, notes; needs no installation",
    "benefits": "what payers' replies say (271, 278); needs no installation",
    "visits": "take what an EMR's export says of visits: completed, missed, discharged",
    "import": "bring leads in from a CSV file, safely stopped and gone on with",
    "explain": "why a lead is where it is: explain L-2641",
    "check": "hold the invariants against the live database",
    "doctor": "is this installation healthy, and what to do if not",
    "backup": "back the database up into a folder (never the key)",
    "restore": "bring a backup back into an empty installation",
    "rotate-keys": "a new master key; every data key is wrapped again",
    "erase": "erase a person after the retention check",
    "migrate": "bring the database to this version",
}

BEGINNINGS = {"setup", "up", "demo", "migrate"}
"""Commands that begin an installation where there is none; restore needs the key to be brought first."""

SERVING = {"web", "worker", "listen", "up", "demo"}
"""Commands that go on until they are told to stop."""

HELP = (
    "usage: firstvisit COMMAND [--help] ...\n\n"
    + "\n".join(f"  {name:<13}{words}" for name, words in COMMANDS.items())
    + "\n\nEvery command has --help with an example. Settings come from the environment:"
    " docs/reference/settings.md."
)


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    words = list(sys.argv[1:] if argv is None else argv)
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run one command; the exit code."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(HELP)
        return DONE if words else WRONG_USE
    name = words[0]
    if name not in COMMANDS:
        print(f"firstvisit: there is no command {name!r}\n\n{HELP}", file=sys.stderr)
        return WRONG_USE
    if name == "read":
        # Reads files and nothing else: no settings, no key, no database.
        from firstvisit.config import reading

        return reading.main(words[1:])
    if name == "benefits":
        from firstvisit.config import benefits

        return benefits.main(words[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstvisit.config.settings")
    if name == "demo":
        os.environ["FIRSTVISIT_DEMO"] = "1"
    stopping.listen()
    asks_help = any(word in ("-h", "--help") for word in words[1:])
    try:
        return _run(name, words, asks_help)
    except ConfigurationError as error:
        for problem in error.problems:
            print(f"firstvisit: {problem}", file=sys.stderr)
        return WRONG_USE
    except DatabaseUnreachable as error:
        print(f"firstvisit: {error}", file=sys.stderr)
        return NO_DATABASE
    except FirstvisitError as error:
        print(f"firstvisit: {error}", file=sys.stderr)
        return PROBLEMS


def _take_port(words: list[str]) -> None:
    """`--port` holds for every process that is started from here, and for the links in messages."""
    for before, word in pairwise(words):
        if before == "--port":
            os.environ["FIRSTVISIT_PORT"] = word
    for word in words:
        if word.startswith("--port="):
            os.environ["FIRSTVISIT_PORT"] = word.partition("=")[2]


def _run(name: str, words: list[str], asks_help: bool) -> int:
    from firstvisit.config import env
    from firstvisit.config.locks import noted_port
    from firstvisit.config.ports import beside_the_web, refuse_taken

    _take_port(words)
    environment = env.read()
    if not environment.key_file.exists():
        if asks_help:
            # Settings make the key file of a new installation; asking for help makes none.
            with tempfile.TemporaryDirectory() as folder:
                os.environ["FIRSTVISIT_KEY_FILE"] = str(Path(folder) / "help.json")
                return _carry_out(name, words)
        if name not in BEGINNINGS:
            # A new key beside a database that has one already could open nothing in it.
            raise ConfigurationError(
                [
                    f"There is no installation here: no key file at {environment.key_file}. Set FIRSTVISIT_HOME"
                    " (and FIRSTVISIT_DEMO=1 for the demo), bring the key file that belongs to the database or"
                    " the backup, or begin an installation with: firstvisit setup"
                ]
            )
        if name in ("up", "demo"):
            # Refused before a key is made and its recovery sheet, which is printed once, was printed for nothing.
            refuse_taken(environment, *(beside_the_web(environment) if name == "demo" else ()))
    if name not in SERVING and "FIRSTVISIT_PORT" not in os.environ:
        port = noted_port(environment.home)
        if port is not None:  # what runs here may listen elsewhere than it would by default
            os.environ["FIRSTVISIT_PORT"] = str(port)
    if asks_help or environment.database_url is not None:
        return _carry_out(name, words)
    return _with_database(name, words, environment.home)


def _with_database(name: str, words: list[str], home: Path) -> int:
    """Carry the command out on the embedded server. Whoever started the server stops it again, unless
    somebody else works with it by then."""
    from firstvisit.config.locks import busy, in_use
    from firstvisit.kernel import postgres

    found = postgres.running(home) is not None
    holds = in_use(home) if name in SERVING else None
    code = PROBLEMS
    try:
        postgres.start(home)
        code = _carry_out(name, words)
        return code
    finally:
        if holds is not None:
            holds.close()
        match name:
            case "up" | "demo" if code == DONE:
                ends = True  # also one that a killed run left behind
            case "web" | "worker" | "listen" if code == DONE:
                ends = False  # it served beside others, which may be about to start again
            case _:
                ends = not found
        if ends and not busy(home):
            postgres.stop(home)


def _carry_out(name: str, words: list[str]) -> int:
    import django
    from django.core.management import load_command_class
    from django.core.management.base import CommandError
    from django.db import OperationalError

    django.setup()
    try:
        load_command_class("firstvisit.config", name).run_from_argv(["firstvisit", *words])
    except OperationalError as error:
        print(f"firstvisit: the database does not answer: {type(error).__name__}", file=sys.stderr)
        return NO_DATABASE
    except CommandError as error:
        print(f"firstvisit: {error}", file=sys.stderr)
        return error.returncode
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else PROBLEMS if end.code else DONE
    return DONE

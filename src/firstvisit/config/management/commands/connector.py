"""Connectors to payers: which are on, and one real question through one that nobody has seen answer yet."""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from firstvisit.config.commands import (
    ACTOR,
    DONE,
    PROBLEMS,
    Operation,
    add_verb,
    confirmed,
    environment,
    out,
    say,
)
from firstvisit.journey.coverage.asking import agreed
from firstvisit.journey.coverage.settling import ORIGIN
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, ConnectorError, NotAllowed, Problem
from firstvisit.practice import accounts
from firstvisit.practice.models import User
from firstvisit.practice.queries import home_zone, practice
from firstvisit.practice.shape import Practice
from firstvisit.steps.coverage import verifying
from firstvisit.steps.coverage.answers import SERVICES, answer
from firstvisit.steps.coverage.connectors import CONNECTORS, Connector, Reply
from firstvisit.steps.coverage.connectors.allowed import off_because
from firstvisit.steps.coverage.inquiries import Inquiry, Insured, service_of
from firstvisit.steps.coverage.sentences import desk
from firstvisit.steps.coverage.shown import shown

MEMBER = {
    "member_id": "member id as it stands on the card",
    "last": "last name",
    "first": "first name",
    "birth": "birth date, such as 1980-02-29",
}
_SECONDS = 60.0


class Command(Operation):
    words = "Which connectors to payers are on; and one real question through one that nobody has seen answer yet."
    example = "firstvisit connector try availity --payer aetna --by dana@example.org"

    def add_arguments(self, parser: Any) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        told = add_verb(
            verbs, "list", "each connector, and why it is off", example="firstvisit connector list --json"
        )
        told.add_argument("--json", action="store_true", help="as JSON")
        asked = add_verb(
            verbs,
            "try",
            "ask one question and, where you find the answer right, keep it: then the connector may be used. "
            "The member is asked for, or stands on standard input as JSON: "
            '{"member_id", "last", "first", "birth"}, and "dependent" with the last three for a dependent',
            example=self.example,
        )
        asked.add_argument(
            "connector", choices=[*CONNECTORS], metavar="CONNECTOR", help=", ".join(CONNECTORS)
        )
        asked.add_argument("--payer", required=True, metavar="SLUG", help="a payer of your list")
        asked.add_argument(
            "--payer-id", default="", help="its id at the connector (default: that of your list)"
        )
        asked.add_argument("--discipline", default="PT", choices=[*SERVICES], help="default PT")
        asked.add_argument("--by", required=True, metavar="EMAIL", help="whose account compares and signs")
        asked.add_argument(
            "--compared",
            action="store_true",
            help="sign without being asked: the payer says the same elsewhere",
        )
        asked.add_argument(
            "--json", action="store_true", help="print the answer whole, as `firstvisit benefits` does"
        )
        back = add_verb(
            verbs,
            "take-back",
            "what was recorded no longer holds; what was kept of it is destroyed",
            example="firstvisit connector take-back availity --by dana@example.org",
        )
        back.add_argument("connector", choices=[*CONNECTORS], metavar="CONNECTOR", help=", ".join(CONNECTORS))
        back.add_argument("--by", required=True, metavar="EMAIL", help="whose account signs")

    def run(self, options: argparse.Namespace) -> int:
        match options.verb:
            case "list":
                _list(as_json=options.json)
                return DONE
            case "take-back":
                by = _account(options.by)
                count = verifying.take_back(
                    options.connector, by=by, actor=ACTOR, at=clock.now()
                )
                say(f"{count} recorded exchanges were taken back." if count else "Nothing was recorded.")
                return DONE
        return _try(options)


def _list(*, as_json: bool) -> None:
    seen = verifying.verified()
    for each in CONNECTORS.values():
        why = _off(each, verified=each.slug in seen)
        if as_json:
            line = {"connector": each.slug, "name": each.name, "kind": each.kind, "off_because": why or None}
            out(json.dumps({**line, "verified_by_us": each.verified, "recorded_here": each.slug in seen}))
        else:
            out(f"{each.slug:<10}{each.name:<18}{'off: ' + why if why else 'on'}")


def _try(options: argparse.Namespace) -> int:
    by, shape, connector = _account(options.by), practice(), CONNECTORS[options.connector]
    if not by.may(verifying.CAPABILITY):
        raise NotAllowed(verifying.CAPABILITY)
    if why := _off(connector, verified=True):
        say(f"firstvisit: {connector.name} is off: {why}")
        return PROBLEMS
    inquiry = _question(options, shape)
    began = time.monotonic()
    try:
        reply = connector.ask(inquiry, environment().connectors, seconds=_SECONDS)
    except ConnectorError as error:
        say(f"firstvisit: {error}")
        return PROBLEMS
    took = int((time.monotonic() - began) * 1000)
    _tell(inquiry, reply, options.discipline, took, whole=options.json)
    if not verifying.answered(inquiry, reply):
        say("Nothing was recorded: this does not say whether the plan is active.")
        return PROBLEMS
    if not options.compared and not confirmed("Does the payer say the same on its portal or by phone?"):
        say("Nothing was recorded.")
        return PROBLEMS
    row = verifying.record(
        connector, inquiry, reply, by=by, took_ms=took, actor=ACTOR, at=clock.now()
    )
    say(f"Recorded as {row.id}, SHA-256 {row.digest}. {connector.name} may be used.")
    return DONE


def _off(connector: Connector, *, verified: bool) -> str:
    today = clock.now().astimezone(home_zone()).date()
    return off_because(connector, environment().connectors, agreed(connector, today), verified)


def _account(email: str) -> User:
    user = accounts.by_email(email)
    if user is None or not user.is_active:
        raise BadInput([Problem("by", f"there is no account {email} that may sign in")])
    return user


def _question(options: argparse.Namespace, shape: Practice) -> Inquiry:
    payer = shape.payers.get(options.payer)
    if payer is None:
        raise BadInput([Problem("payer", f"there is no payer {options.payer!r} in your list")])
    said = _member()
    whole = Insured(said["last"], said["first"], _birth(said["birth"]), said["member_id"])
    inquiry = Inquiry(
        trace=f"FVTRY{uuid.uuid4().hex[:20].upper()}", origin=ORIGIN, payer=payer.name,
        payer_id=options.payer_id or payer.payer_id, provider=shape.identity.legal_name, npi=shape.identity.npi,
        subscriber=whole, service=service_of(options.discipline),
        service_date=clock.now().astimezone(home_zone()).date(),
    )  # fmt: skip
    of = said.get("dependent")
    if not of:
        return inquiry
    return replace(inquiry, dependent=Insured(of["last"], of["first"], _birth(of["birth"])))


def _member() -> dict[str, Any]:
    """Whom to ask about: as JSON on standard input, or asked for at the terminal. Never words of the command line,
    which every process of the machine can read."""
    if sys.stdin.isatty():
        found = {}
        for name, words in MEMBER.items():
            say(f"{words[0].upper()}{words[1:]}:")
            found[name] = sys.stdin.readline().strip()
        return found
    try:
        value = json.loads(sys.stdin.readline())
        people = [value, value["dependent"]] if value.get("dependent") else [value]
        lacking = [name for person in people for name in ("last", "first", "birth") if not person.get(name)]
    except (ValueError, AttributeError, TypeError):
        raise BadInput(
            [Problem("member", "write one line of JSON on standard input; --help says which")]
        ) from None
    if lacking or not value.get("member_id"):
        raise BadInput(
            [Problem(name, "is missing") for name in (*lacking, "member_id") if not value.get(name)]
        )
    return dict(value)


def _birth(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        raise BadInput([Problem("birth", "enter a date such as 1980-02-29")]) from None


def _tell(inquiry: Inquiry, reply: Reply, discipline: str, took: int, *, whole: bool) -> None:
    ours = [each for each in reply.benefits if each.answers(inquiry.trace, inquiry.origin)]
    say(
        f"Answered in {took / 1000:.1f} s: {len(reply.raw)} bytes of {reply.media}, {len(ours)} answers to us."
    )
    for words in (reply.why, *(f"Refused: {one.words}; ask for {one.ask_for}." for one in reply.rejections)):
        if words:
            say(words)
    for each in ours:
        say(desk(answer(each, discipline, None)))
        say(f"{len(each.lines)} lines; {len(each.not_understood)} values are not understood.")
    for each in reply.benefits:
        if whole:
            out(json.dumps(shown(each)))

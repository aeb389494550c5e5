"""Accounts at the terminal."""

from __future__ import annotations

import argparse
import json
from typing import Any

from allauth.mfa.models import Authenticator

from firstvisit.config.commands import ACTOR, DONE, WHY, Operation, add_verb, new_password, out, say
from firstvisit.journey import changing
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice import accounts
from firstvisit.practice.models import User


class Command(Operation):
    words = "Add, list, disable or reset accounts. Every change is in the audit log."
    example = "firstvisit user add ana@example.org --name 'Ana Brandt' --role intake --site madison"

    def add_arguments(self, parser: Any) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = add_verb(verbs, "add", "add an account", example=self.example)
        add.add_argument("email")
        add.add_argument("--name", required=True)
        add.add_argument("--role", required=True, help="slug of a role, such as intake")
        add.add_argument(
            "--site", action="append", default=[], help="slug of a site; again for more; none: every site"
        )
        add.add_argument("--queue", action="append", default=[], help="slug of a queue; again for more")
        add.add_argument("--resource", help="slug of the clinician's entry")
        add.add_argument("--password-stdin", action="store_true", help="the password is on standard input")
        for verb, words in {
            "disable": "sign it out everywhere and let nobody sign in",
            "enable": "let it sign in again",
            "reset-mfa": "forget its second factor and sign it out everywhere",
        }.items():
            example = f"firstvisit user {verb} ana@example.org"
            add_verb(verbs, verb, words, example=example).add_argument("email")
        password = add_verb(
            verbs,
            "password",
            "set its password and sign it out everywhere",
            example="firstvisit user password ana@example.org",
        )
        password.add_argument("email")
        password.add_argument(
            "--password-stdin", action="store_true", help="the password is on standard input"
        )
        accounts_list = add_verb(verbs, "list", "list the accounts", example="firstvisit user list --json")
        accounts_list.add_argument("--json", action="store_true", help="as JSON")

    def run(self, options: argparse.Namespace) -> int:
        match options.verb:
            case "list":
                _list(as_json=options.json)
                return DONE
            case "add":
                _add(options)
                return DONE
        user = accounts.by_email(options.email)
        if user is None:
            raise BadInput([Problem("email", f"there is no account {options.email}")])
        match options.verb:
            case "disable":
                accounts.disable(user, actor=ACTOR, why=WHY)
                back = changing.return_work(user.id, actor=ACTOR)
                say(f"{user.email} is disabled and signed out everywhere; {back} open leads went back to a queue.")
            case "enable":
                accounts.enable(user, actor=ACTOR, why=WHY)
                say(f"{user.email} may sign in again.")
            case "reset-mfa":
                removed = accounts.reset_second_factor(user, actor=ACTOR, why=WHY)
                say(
                    f"{user.email} had {removed} second factors and has none now; it is signed out "
                    f"everywhere "
                    "and sets a new one up at the next sign-in."
                )
            case "password":
                password = new_password(from_stdin=options.password_stdin)
                if password is None:
                    raise BadInput([Problem("password", "nobody can be asked here; use --password-stdin")])
                accounts.set_password(user, password, actor=ACTOR, why=WHY)
                say(f"{user.email} has a new password and is signed out everywhere.")
        return DONE


def _add(options: argparse.Namespace) -> None:
    user = accounts.add(
        email=options.email,
        name=options.name,
        role=options.role,
        sites=options.site,
        queues=options.queue,
        resource=options.resource,
        password=new_password(from_stdin=options.password_stdin),
        actor=ACTOR,
        why=WHY,
    )
    say(f"{user.email} is added as {user.role.name}.")
    if not user.has_usable_password():
        say(f"It has no password yet. Run: firstvisit user password {user.email}")


def _list(*, as_json: bool) -> None:
    protected = set(Authenticator.objects.values_list("user_id", flat=True))
    rows = [
        {
            "email": user.email,
            "name": user.name,
            "role": user.role.slug,
            "sites": sorted(site.slug for site in user.sites.all()),
            "active": user.is_active,
            "password": user.has_usable_password(),
            "second_factor": user.id in protected,
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
        }
        for user in User.objects.select_related("role").prefetch_related("sites").order_by("email")
    ]
    if as_json:
        out(json.dumps(rows, indent=1))
        return
    for row in rows:
        state = "active" if row["active"] else "disabled"
        lacks = [
            word
            for word, has in (("no password", row["password"]), ("no second factor", row["second_factor"]))
            if not has
        ]
        sites = ", ".join(row["sites"]) or "every site"  # type: ignore[arg-type]
        out("  ".join([str(row["email"]), str(row["role"]), sites, ", ".join([state, *lacks])]))

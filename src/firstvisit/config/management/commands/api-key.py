"""Keys for machines that send referrals."""

from __future__ import annotations

import argparse
import json
import uuid
from typing import Any

from firstvisit.api import services
from firstvisit.api.models import ApiKey
from firstvisit.config.commands import ACTOR, DONE, Operation, add_verb, out, say
from firstvisit.kernel.errors import BadInput, Conflict, Problem


class Command(Operation):
    words = "Add, list or revoke keys for machines that send referrals. A key's text is printed once."
    example = "firstvisit api-key add 'Lakeshore Pediatrics portal'"

    def add_arguments(self, parser: Any) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = add_verb(verbs, "add", "make a key and print its text", example=self.example)
        add.add_argument("name", help="who uses it")
        add.add_argument(
            "--scope",
            action="append",
            choices=list(services.SCOPES),
            help="what it may do, once for each (default referrals:write): "
            + ", ".join(f"{scope}: {words}" for scope, words in services.SCOPES.items()),
        )
        add.add_argument(
            "--files-from",
            default="",
            metavar="ADDRESS",
            help="fetch files that its FHIR bundles point at, below this address and nowhere else (default: none)",
        )
        keys = add_verb(verbs, "list", "list the keys", example="firstvisit api-key list --json")
        keys.add_argument("--json", action="store_true", help="as JSON")
        revoke = add_verb(
            verbs,
            "revoke",
            "let a key open nothing any more",
            example="firstvisit api-key revoke 01a1fe14-6c6f-7e10-9b66-8e2da90bb209",
        )
        revoke.add_argument("id", type=uuid.UUID, help="its id, as `list` shows it")

    def run(self, options: argparse.Namespace) -> int:
        match options.verb:
            case "add":
                name = options.name.strip()
                if not 0 < len(name) <= 80:
                    raise BadInput([Problem("name", "1 to 80 characters")])
                key, text = services.make_key(
                    name=name,
                    scopes=options.scope or ["referrals:write"],
                    actor=ACTOR,
                    files_from=options.files_from.strip(),
                )
                out(text)
                say(
                    f"Key {key.id} for {key.name}. Its text is shown this once; keep it where "
                    f"{key.name} finds it."
                )
            case "list":
                _list(as_json=options.json)
            case "revoke":
                found = ApiKey.objects.filter(id=options.id).first()
                if found is None:
                    raise BadInput([Problem("id", f"there is no key {options.id}")])
                if found.revoked_at is not None:
                    raise Conflict(f"key {found.id} was revoked on {found.revoked_at:%Y-%m-%d}")
                services.revoke_key(found, actor=ACTOR)
                say(f"Key {found.id} for {found.name} opens nothing any more, at the latest in five seconds.")
        return DONE


def _list(*, as_json: bool) -> None:
    rows = [
        {
            "id": str(key.id),
            "name": key.name,
            "scopes": key.scopes,
            "files_from": key.files_from,
            "made_at": key.made_at.isoformat(),
            "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
        }
        for key in ApiKey.objects.order_by("made_at")
    ]
    if as_json:
        out(json.dumps(rows, indent=1))
        return
    for row in rows:
        state = f"revoked {str(row['revoked_at'])[:10]}" if row["revoked_at"] else "live"
        out(f"{row['id']}  {row['name']}  made {str(row['made_at'])[:10]}  {state}")

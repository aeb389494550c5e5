"""The sample practice, running."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from firstvisit.api.services import make_key
from firstvisit.config import running
from firstvisit.config.commands import DONE, Operation, environment
from firstvisit.config.demo import caseload, documents, habits, referrals, send, supply, table, ways, week
from firstvisit.config.ports import beside_the_web
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.postgres.files import write_private
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.queries import is_set_up

PASSWORD = "maple-harbor-lantern"
SWITCHES: Final = {"offer": "do", "partner_status": "do"}
"""Times are offered and partners are told by themselves, so that whoever tries the public forms sees how they end; all
else is as shipped."""


class Command(Operation):
    words = (
        "Run the sample practice Cedar Street Therapy in var/demo: database, web, workers, a local mail "
        "server and demo referrals sent through the real doors. Ctrl-C stops it; the next start finds the "
        "data. The other commands reach it with FIRSTVISIT_DEMO=1."
    )
    example = "firstvisit demo --port 8000"
    needs = "database"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default FIRSTVISIT_PORT or 8000)")
        parser.add_argument("--workers", type=int, default=1, help="web processes (default 1)")

    def run(self, options: argparse.Namespace) -> int:
        here = environment()
        with running.alone(here, *beside_the_web(here)):
            running.prepare(here)
            if not is_set_up():
                self._load_practice()
            supply.set_up(clock.now().date())
            doors = ways.set_up(here)
            with running.everything(here, workers=options.workers, mail=here.home / "mail") as family:
                _send_once(f"http://127.0.0.1:{here.port}", here.home)
                table.print_table()
                print(f"\n{here.address}\n")
                for user in User.objects.filter(is_active=True).select_related("role").order_by("email"):
                    print(f"  {user.email:<34}{PASSWORD}  {user.role.name}")
                print()
                for line in doors:
                    print(f"  {line}")
                print("ready", flush=True)
                family.watch(lambda: running.keep_database(here))
        return DONE

    def _load_practice(self) -> None:
        files = read_folder(SAMPLE)
        services.load(replace(files, rules={**files.rules, "switches": SWITCHES}), by="demo")
        for user in User.objects.all():
            services.set_password(user=user, password=PASSWORD)


def _send_once(address: str, home: Path) -> None:
    """Send the demo's referrals and documents at the first start; one cut off in the middle is finished by the next."""
    sent = home / "demo-sent"
    if not sent.exists():
        today = clock.now().date()
        key = _api_key(home)
        send.send([*referrals.all_of(today), *habits.all_of(today)], base_url=address, api_key=key)
        caseload.fill(send.send(caseload.all_of(today), base_url=address, api_key=key), clock.now())
        week.fill(send.send(week.all_of(today), base_url=address, api_key=key), clock.now())
        documents.drop(home / "inbox", today)
        write_private(sent, today.isoformat())


def _api_key(home: Path) -> str:
    """The demo sender's key, made once and kept beside the demo's data."""
    path = home / "demo-api-key.json"
    if path.exists():
        text: str = json.loads(path.read_text())["key"]
        return text
    _, text = make_key(name="Demo sender", scopes=["referrals:write"], actor=SYSTEM)
    write_private(path, json.dumps({"key": text}))
    return text

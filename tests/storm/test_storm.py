"""kill -9 of web, worker and database in the middle of intake: what was accepted is there, once."""

from __future__ import annotations

import http.client
import os
import random
import re
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.installation import Installation, installation
from tests.people import family

pytestmark = pytest.mark.storm
WHOLE = os.environ.get("FIRSTVISIT_STORM") == "1"
KILLS = 50 if WHOLE else 2
SEED = 20_261_121
CLIENTS = 4
EACH = 40 if WHOLE else 12
"""Referrals that each client has accepted at the least; it goes on while there are kills to come."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("storm") / "home") as found:
        yield found


class Clients:
    """Families that send until they are told that it arrived, always under the same key."""

    def __init__(self, running: Installation) -> None:
        self._running = running
        self._over = threading.Event()
        self.accepted: dict[int, str] = {}
        self.repeated = 0
        self._threads = [threading.Thread(target=self._send_many, args=(n,)) for n in range(CLIENTS)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads), (
            "somebody was never told that it arrived"
        )

    def _send_many(self, client: int) -> None:
        sent = 0
        while sent < EACH or not self._over.is_set():
            number = client + CLIENTS * sent
            self.accepted[number] = self._send(number)
            sent += 1

    def _send(self, number: int) -> str:
        pause = threading.Event()
        while True:
            try:
                status, answer = self._running.post(family(number), repeat=f"storm-{number}", timeout=5)
            except (OSError, http.client.HTTPException):
                status, answer = 0, {}
            if status in (201, 202):
                return str(answer["item"])
            assert status in (0, 409, 500, 502, 503), (status, answer)
            self.repeated += 1
            pause.wait(0.2)


def test_whatever_dies_every_accepted_referral_is_there_once(running: Installation) -> None:
    chance, pause = random.Random(SEED), threading.Event()
    victims = (
        ["database", "web"]
        if not WHOLE
        else [chance.choice(["web", "worker", "database"]) for _ in range(KILLS)]
    )
    with Clients(running) as clients:
        for victim in victims[:KILLS]:
            pause.wait(chance.uniform(0.3, 1.5))
            running.supervise()
            running.kill(victim)
            # What the dead left half done is due twenty seconds later; nobody here waits that long.
            running.move_clock(25)
        pause.wait(0.5)
    running.move_clock(30)
    running.wait_until_ready()
    # A message that was on its way when its worker died is unclear after five minutes.
    running.move_clock(6 * 60)
    running.settle(hurry=5)

    items = {str(item): status for item, status in running.ask("SELECT id, status FROM intake_item")}
    assert set(clients.accepted.values()) <= set(items)
    assert len(set(clients.accepted.values())) == len(clients.accepted)
    assert len(items) == len(clients.accepted), "a retried delivery is the same item"
    assert set(items.values()) == {"settled"}

    parts = running.ask('SELECT item_id, count(*), min("end") FROM intake_part GROUP BY 1')
    assert {(count, end) for _, count, end in parts} == {(1, "opened")}
    assert len(parts) == len(items)
    leads = running.ask(
        "SELECT lead.number, (SELECT count(*) FROM leads_decisionrow d WHERE d.lead_id = lead.id),"
        " (SELECT count(*) FROM leads_task t WHERE t.lead_id = lead.id AND t.status = 'open'"
        "   AND t.kind = 'call_to_book') FROM leads_lead lead"
    )
    assert len(leads) == len(items)
    assert {(decided, tasks) for _, decided, tasks in leads} == {(1, 1)}

    mails = Counter(
        found[0] for _, mail in running.mailbox.mails if (found := re.search(r"L-\d+", str(mail["Subject"])))
    )
    assert max(mails.values()) == 1, "nobody is acknowledged twice"
    messages = running.ask(
        "SELECT lead.number, m.status, EXISTS (SELECT 1 FROM leads_task t WHERE t.lead_id = lead.id"
        " AND t.kind = 'message_unclear' AND t.status = 'open')"
        " FROM messages_message m JOIN leads_lead lead ON lead.id = m.lead_id"
    )
    assert len(messages) == len(leads)
    for number, status, task in messages:
        assert status in ("sent", "unclear"), status
        assert mails[f"L-{number}"] == 1 or status == "unclear"
        assert task == (status == "unclear")

    running.command("check")

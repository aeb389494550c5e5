"""From idle until every one of so many API referrals has decision, owner, due time and a receipt taken by SMTP.

    python bench/intake.py [--count 2000] [--clients 4] [--stored N] [--pace R] [--home DIR]

Prints one JSON line: processor milliseconds a referral of web, worker and database; answer times; the
backlog when the last answer came; how many leads were stored before.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from installation import Mailbox, Sender, machine, percentile, running

LATEST = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument(
        "--pace", type=float, default=None, help="requests a second; without it as fast as can be"
    )
    parser.add_argument("--stored", type=int, default=0, help="leads to store before, by copying")
    parser.add_argument("--home", type=Path, default=None, help="keep and use this home")
    parser.add_argument("--web-workers", type=int, default=1)
    options = parser.parse_args()
    with (
        Mailbox() as mailbox,
        running(mailbox.port, web_workers=options.web_workers, home=options.home) as installation,
    ):
        from stored import database_bytes, fill, leads

        fill(installation, options.stored)
        stored = leads()
        first = stored + 1_000_000
        Sender(installation).send(list(range(first - 200, first)), clients=2)
        _until(lambda: mailbox.accepted >= 200)
        _until_quiet(installation)
        warm, before, began = mailbox.accepted, installation.cpu(), time.monotonic()
        sender = Sender(installation)
        sender.send(list(range(first, first + options.count)), clients=options.clients, pace=options.pace)
        sent_after = time.monotonic() - began
        backlog = options.count - (mailbox.accepted - warm)
        _until(lambda: mailbox.accepted - warm >= options.count)
        done_after = time.monotonic() - began
        _until_quiet(installation)
        used = {name: seconds - before[name] for name, seconds in installation.cpu().items()}
        _check(options.count, stored + 200)  # its own look through every lead is not the product's work
        each = {name: round(seconds * 1000 / options.count, 2) for name, seconds in used.items()}
        print(
            json.dumps(
                {
                    "bench": "intake",
                    "machine": machine(),
                    "stored": stored,
                    "database_mb": database_bytes() // 2**20,
                    "count": options.count,
                    "clients": options.clients,
                    "pace": options.pace,
                    "failures": sender.failures[:3],
                    "cpu_ms_each": {**each, "total": round(sum(each.values()), 2)},
                    "answer_ms": {
                        "p50": round(percentile(sender.seconds, 0.5) * 1000, 1),
                        "p99": round(percentile(sender.seconds, 0.99) * 1000, 1),
                    },
                    "per_second": round(options.count / sent_after, 1),
                    "backlog_at_last_answer": backlog,
                    "backlog_seconds": round(done_after - sent_after, 2),
                }
            )
        )


def _until(holds: object) -> None:
    deadline = time.monotonic() + LATEST
    while not holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("not every referral was finished in time")
        time.sleep(0.01)


def _until_quiet(installation: object) -> None:
    """Idle: less than 2 per cent of a core over half a second."""
    deadline = time.monotonic() + LATEST
    while time.monotonic() < deadline:
        before = sum(installation.cpu().values())  # type: ignore[attr-defined]
        time.sleep(0.5)
        if sum(installation.cpu().values()) - before <= 0.02:  # type: ignore[attr-defined]
            return


def _check(count: int, before: int) -> None:
    """Every referral counted is really decided, owned, due and acknowledged."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM leads_lead lead
            WHERE owner_queue_id IS NOT NULL AND outcome <> ''
              AND EXISTS (SELECT FROM leads_decisionrow WHERE lead_id = lead.id)
              AND EXISTS (SELECT FROM leads_task WHERE lead_id = lead.id AND status = 'open' AND due_at IS NOT NULL)
              AND EXISTS (SELECT FROM messages_message WHERE lead_id = lead.id AND status IN ('sent', 'sending'))
              AND number > (SELECT max(number) FROM leads_lead) - %s
            """,
            [count],
        )
        found = cursor.fetchone()[0]
    if found != count:
        raise AssertionError(f"{found} of {count} referrals are decided, owned, due and acknowledged")


if __name__ == "__main__":
    main()

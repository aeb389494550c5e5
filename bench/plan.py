"""`plan` with scoring, microseconds a lead: the sample practice, 2,000 varied leads, no database.

python bench/plan.py
"""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import time
import uuid
from datetime import UTC, date, datetime, timedelta

from installation import machine

NOW = datetime(2026, 11, 18, 16, 42, tzinfo=UTC)
LEADS = 2000
ROUNDS = 5


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstvisit.config.settings")
    from firstvisit.journey import policy as _journey  # noqa: F401
    from firstvisit.journey.plan import plan
    from firstvisit.practice import policy
    from firstvisit.practice.files import SAMPLE, read_folder
    from firstvisit.steps.qualify import policy as _qualify  # noqa: F401
    from firstvisit.steps.routing import policy as _routing  # noqa: F401

    files = read_folder(SAMPLE)
    practice, rules = files.practice(), policy.read(files.rules, 1)
    cases = _cases(practice)
    taken: list[float] = []
    outcomes: dict[str, int] = {}
    for round_, case in itertools.product(range(ROUNDS), cases):
        begun = time.perf_counter_ns()
        planned = plan(case, practice, rules, NOW)
        if round_:
            taken.append((time.perf_counter_ns() - begun) / 1000)
        else:
            outcomes[planned.outcome] = outcomes.get(planned.outcome, 0) + 1
    ordered = sorted(taken)
    print(
        json.dumps(
            {
                "bench": "plan",
                "machine": machine(),
                "leads": LEADS,
                "microseconds": {
                    "median": round(statistics.median(ordered), 1),
                    "p99": round(ordered[int(0.99 * len(ordered))], 1),
                },
                "outcomes": dict(sorted(outcomes.items())),
            }
        )
    )


def _cases(practice: object) -> list[object]:
    """Leads of every kind: complete and not, in and out of the area, urgent, flagged, new and tried."""
    from firstvisit.journey.case import Case
    from firstvisit.leads.facts import Facts

    dice = random.Random(20261118)
    programs = sorted(practice.programs)  # type: ignore[attr-defined]
    cases = []
    for number in range(LEADS):
        program = dice.choice([*programs, None])
        received = NOW - timedelta(minutes=dice.randrange(1, 4000))
        known = dice.random() < 0.7
        facts = Facts(
            received_at=received,
            source="form",
            lead_kind=dice.choice(["patient", "caregiver", "referral_partner", "organization"]),
            site=dice.choice(["madison", "marquette"]),
            asked_program=program,
            program=program,
            disciplines=(dice.choice(["OT", "PT", "SLP"]),),
            setting=dice.choice([None, "clinic", "home"]),
            age_months=dice.choice([None, 30, 60, 400, 800]) if known else None,
            icd_categories=(),
            timing=dice.choice([None, "asap", "later"]),
            event_kind="surgery" if dice.random() < 0.3 else None,
            event_on=date(2026, 11, dice.randrange(1, 18)) if dice.random() < 0.3 else None,
            order_state=dice.choice(["unknown", "none", "unsigned", "on_file", "signed"]),
            documents=(),
            payer_kind="commercial",
            payer=dice.choice([None, "northfield_health", "medicare"]),
            authorization=None,
            language=None,
            sex=None,
            miles=dice.choice([None, 4, 9, 80]),
            in_area=dice.choice([None, True, True, False]),
            places_near=(),
            half_days=dice.choice([None, 0, 2, 5]),
            has_name=True,
            has_phone=True,
            has_email=True,
            says_why=True,
            complete_form=True,
            may_email=True,
            may_text=False,
            red_flags=("chest_pain",) if dice.random() < 0.03 else (),
        )
        cases.append(
            Case(
                lead=uuid.UUID(int=number),
                number=number,
                kind="patient",
                site=facts.site,
                stage="received",
                outcome="",
                queue=None,
                user=None,
                blockers=(),
                received_at=received,
                closed=False,
                facts=facts,
                cause=uuid.UUID(int=number),
                clock_from=received,
                writes_to=uuid.UUID(int=number),
            )
        )
    return cases


if __name__ == "__main__":
    main()

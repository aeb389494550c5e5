"""What is read from the schema's shape is given back in the schema's shape."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from firstvisit.referral.projection import project
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import ClinicalEvent, ConsentGiven, Payer, Referral, Referrer
from firstvisit.referral.tests import samples

CORPUS = Path(__file__).resolve().parents[4].parent / "shared" / "corpus"
NOT_OF_THE_RECORD = {"_accept", "_ignore", "file", "additional_records"}


def there_and_back(body: dict[str, Any], today: dt.date) -> dict[str, object]:
    return project(read_record(body, channel=body["channel"], today=today, item=None, known_programs=None))


@pytest.mark.parametrize("name", samples.ALL)
def test_a_sample_comes_back_as_it_was_sent(name: str) -> None:
    body = samples.ALL[name]
    shown = there_and_back(body, dt.date(2026, 11, 21))
    assert shown == body
    assert json.loads(json.dumps(shown)) == body


def test_every_truth_of_the_corpus_comes_back_valid_and_unchanged() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the shared corpus is not beside this checkout")
    validator = jsonschema_rs.validator_for(json.loads((CORPUS / "referral.schema.json").read_text()))
    compared = 0
    for path in sorted(CORPUS.glob("*/*.json")):
        truth = json.loads(path.read_text())
        for record in [truth, *truth.get("additional_records", [])]:
            stated = {name: value for name, value in record.items() if name not in NOT_OF_THE_RECORD}
            # The documents are of the spring of 2026; ages in them are of that time.
            shown = there_and_back(stated, dt.date(2026, 4, 15))
            validator.validate(shown)
            assert shown == stated, path.name
            compared += 1
    assert compared >= 130


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (["other", "iep", "injury", "discharge", "surgery"], "surgery"),
        (["other", "iep", "injury", "discharge"], "discharge"),
        (["other", "iep", "injury"], "injury"),
        (["birth", "onset", "iep"], "iep"),
        (["birth", "onset"], "other"),
        (["birth"], "other"),
    ],
)
def test_of_several_events_the_schema_shows_the_weightiest(kinds: list[Any], shown: str) -> None:
    events = tuple(ClinicalEvent(kind=kind, date=dt.date(2026, 3, n + 1)) for n, kind in enumerate(kinds))
    event = project(Referral(channel="web", events=events))["event"]
    assert isinstance(event, dict)
    assert event["kind"] == shown


def test_an_onset_is_shown_before_a_birth_and_the_first_of_one_kind_before_the_next() -> None:
    events = (
        ClinicalEvent(kind="birth", date=dt.date(2024, 1, 1)),
        ClinicalEvent(kind="onset", date=dt.date(2026, 2, 2)),
        ClinicalEvent(kind="onset", date=dt.date(2026, 3, 3)),
    )
    assert project(Referral(channel="web", events=events))["event"] == {"kind": "other", "date": "2026-02-02"}


def test_of_several_payers_the_schema_shows_the_primary_one() -> None:
    payers = (Payer(kind="medicare"), Payer(kind="medicaid"))
    assert project(Referral(channel="web", payers=payers))["payer"] == {"kind": "medicare"}


def test_what_the_schema_has_no_place_for_is_left_out() -> None:
    referral = Referral(
        channel="web",
        referrer=Referrer(email="office@example.org"),
        consents=(ConsentGiven(channel="email", given=True, wording="email-receipt:1"),),
    )
    assert project(referral) == {"channel": "web"}

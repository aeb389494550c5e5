"""A request as a PAS bundle is valid FHIR R4, built as the guide's own bundles are, and says what the 278 says."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from firstvisit.steps.coverage.pas import Paper, bundle
from firstvisit.steps.coverage.review_requests import ReviewRequest
from firstvisit.steps.coverage.tests.test_review_requests import ASKED, KIM, MANY

CREATED = dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC)
BASE = "https://cedarstreet.example.org/fhir/"
PAPER = Paper("Order", "application/pdf", b"%PDF-1.7 invented")
_SAMPLES = Path(__file__).parents[5] / "../shared/data/fhir"


def made(asked: ReviewRequest = ASKED, *papers: Paper) -> dict[str, Any]:
    return bundle(asked, papers, created=CREATED, base=BASE)


def resources(of: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{r['resourceType']}/{r['id']}": r for r in (entry["resource"] for entry in of["entry"])}


@pytest.mark.parametrize("asked", MANY, ids=["whole", "dependent", "extension", "bare", "one day"])
def test_it_is_valid_fhir(asked: ReviewRequest) -> None:
    whole = made(asked, PAPER)
    Bundle.model_validate(json.loads(json.dumps(whole)))


@pytest.mark.parametrize("asked", MANY, ids=["whole", "dependent", "extension", "bare", "one day"])
def test_whatever_it_refers_to_is_in_it(asked: ReviewRequest) -> None:
    whole = made(asked, PAPER)
    inside = resources(whole)
    named = set(_references(whole))
    assert named <= set(inside)
    assert {entry["fullUrl"] for entry in whole["entry"]} == {f"{BASE}{each}" for each in inside}
    assert len(inside) == len(whole["entry"])


def test_it_asks_what_the_278_asks() -> None:
    asked = replace(ASKED, dependent=KIM, relationship="19", urgent=True, kind="extension", number="A1")
    whole = resources(made(asked))
    claim = whole["Claim/request"]
    assert claim["use"] == "preauthorization" and claim["priority"]["coding"][0]["code"] == "stat"
    assert [each["productOrService"]["coding"][0]["code"] for each in claim["item"]] == ["97161", "97110"]
    assert [each["quantity"]["value"] for each in claim["item"]] == [12, 12]
    codes = [each["diagnosisCodeableConcept"]["coding"][0]["code"] for each in claim["diagnosis"]]
    assert codes == ["M54.50", "S83.511A"]
    said = {each["url"].rpartition("-")[2]: each for each in claim["item"][0]["extension"]}
    assert said["certificationType"]["valueCodeableConcept"]["coding"][0]["code"] == "4"
    assert said["authorizationNumber"]["valueString"] == "A1"
    assert whole["Coverage/coverage"]["subscriber"] == {"reference": "Patient/subscriber"}
    assert whole["Patient/patient"]["name"][0] == {"family": "DOE", "given": ["KIM"]}
    assert whole["Coverage/coverage"]["subscriberId"] == "M0001"


def test_papers_go_with_it_byte_for_byte() -> None:
    whole = resources(made(ASKED, PAPER))
    kept = whole["DocumentReference/paper1"]["content"][0]["attachment"]
    assert base64.b64decode(kept["data"]) == PAPER.body and kept["contentType"] == "application/pdf"
    kinds = [each["category"]["coding"][0]["code"] for each in whole["Claim/request"]["supportingInfo"]]
    assert kinds == ["patientEvent", "additionalInformation", "freeFormMessage"]


@pytest.mark.parametrize("name", ["pas-testkit/conformant_pas_inquire_bundle_v110.json",
                                  "pas/bundle-pa-request-example-homehealthcare-update.json"])  # fmt: skip
def test_it_is_built_as_the_guides_own_bundles(name: str) -> None:
    file = _SAMPLES / name
    if not file.exists():
        pytest.skip("the third-party samples are not here")
    theirs = json.loads(file.read_text())
    Bundle.model_validate(theirs)
    ours = made(ASKED, PAPER)
    assert ours["type"] == theirs["type"] and set(theirs) - {"id", "meta"} <= set(ours)
    mine, guide = (next(e["resource"] for e in b["entry"] if e["resource"]["resourceType"] == "Claim")
                   for b in (ours, theirs))  # fmt: skip
    assert ours["entry"][0]["resource"]["resourceType"] == "Claim"
    assert {
        "status",
        "type",
        "use",
        "patient",
        "created",
        "insurer",
        "provider",
        "priority",
        "insurance",
    } <= set(mine)
    assert {"insurer", "provider", "patient", "insurance"} <= set(guide) & set(mine)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(named := value.get("reference"), str):
            yield named
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)

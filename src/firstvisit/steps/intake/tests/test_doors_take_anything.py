"""Whatever bytes stand at a door, a source answers with a reading or with a refusal in words, and with nothing else."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.sources import fhir, hl7v2, webhook
from firstvisit.steps.intake.sources.delivery import Delivery, WrongSignature
from firstvisit.steps.intake.sources.ways import KINDS

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WHOLE = "\r".join(
    (
        "MSH|^~\\&|EMR|LAKESIDE|FV|CEDAR|20261124||REF^I12|77|P|2.5|||AL|NE||UNICODE UTF-8",
        "RF1|P|S^Stat|PT^Physical therapy|||REF77|20261123|||Knee stiff",
        "PRD|RP^Referring|Obermeier^Ludwig^^^Dr^MD|5 Lake Rd^^Madison^WI|^^^Lakeside|(608) 555-0160^WPN^PH||1234567893",
        "PID|1||9||Lindqvist^Ada||19700102|F|||12 Elm St^^Madison^WI^53703||6085550188~^NET^Internet^a@example.org",
        "NK1|1|Lindqvist^Bo|SPO||6085550189",
        "IN1|1|NH|NH1|Northfield Health||||G1||||||||Lindqvist^Ada|SEL|19700102",
        "DG1|1||M17.11^Osteoarthritis^I10",
        "ORC|NW|1|||||||||||1234567893^Obermeier^Ludwig",
        "OBX|1|ED|PDF||^application^PDF^Base64^JVBERi0=",
        "ACC|20261101|||WI||Y",
        "SCH|1|2|||||Eval|Normal|60|min|^^60^20261201093000",
        "AIS|1||PT|20261201093000",
    )
)
KINDS_OF_MESSAGE = st.sampled_from(sorted(hl7v2.ASKS | hl7v2.TELLS | hl7v2.JUDGED))
SIGNS = st.sampled_from([*'|^~&\\"\r\n\x00 ', '""', "|||", "\\X", "\\X4\\", "^^^^", "~~", "é", "9" * 40])


@given(KINDS_OF_MESSAGE, st.lists(st.tuples(st.integers(0, len(WHOLE)), SIGNS, st.integers(0, 12)), max_size=12))
def test_a_message_with_holes_and_strange_signs_is_read_or_rejected_in_words(
    kind: str, cuts: list[tuple[int, str, int]]
) -> None:
    text = WHOLE.replace("REF^I12", kind)
    for at, sign, gone in cuts:
        text = text[:at] + sign + text[at + gone :]
    body = text.encode()
    try:
        found = hl7v2.read(body, TODAY, ())
    except hl7v2.Rejected as rejected:
        assert rejected.code in ("AE", "AR") and rejected.words
        code = rejected.code
    else:
        assert found and all(each.mark for each in found)
        code = "AA"
    answer = hl7v2.acknowledged(body, code, "words", now=NOW, control="1")
    assert f"\rMSA|{code}|".encode() in answer


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(body: bytes) -> None:
    with contextlib.suppress(hl7v2.Rejected):
        hl7v2.read(b"MSH|" + body, TODAY, ())
    hl7v2.acknowledged(body, "AR", "no", now=NOW, control="1")


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 9**9), st.sampled_from(["", "active", "Patient/p1", "#p", "\x00é"])
)
NAMES = st.sampled_from(
    "resourceType id entry resource contained subject reference name given family telecom value system coding code text"
    " status identifier requester reasonCode contact relationship payor class address line fax data payload".split()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
RESOURCES = st.sampled_from(["Bundle", "ServiceRequest", "Patient", "Task", "Coverage", "PractitionerRole"])


@given(st.lists(st.tuples(RESOURCES, st.dictionaries(NAMES, VALUES, max_size=5)), min_size=1, max_size=3))
def test_any_shape_of_resources_is_a_reading_or_a_refusal(parts: list[tuple[str, dict[str, Any]]]) -> None:
    entries = [{"resource": {**part, "resourceType": kind}} for kind, part in parts]
    body = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    with contextlib.suppress(BadInput):
        fhir.mark_of(body)
        fhir.parse(body, TODAY, ())


@given(VALUES, st.dictionaries(st.sampled_from(["patient.first_name", "concern", "a[]"]), st.text(max_size=12)))
def test_any_body_under_any_map_is_a_reading_or_a_refusal(value: Any, fields: dict[str, str]) -> None:
    with contextlib.suppress(BadInput):
        webhook.read(json.dumps(value).encode(), fields, today=TODAY, programs=())


FORMS = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=X",
    "multipart/form-data", "",
)  # fmt: skip


@given(
    st.sampled_from(sorted(name for name, kind in KINDS.items() if kind.transport == "web")),
    st.sampled_from(FORMS),
    st.one_of(st.binary(max_size=300), VALUES.map(lambda value: json.dumps(value).encode())),
    st.dictionaries(
        st.sampled_from(
            "authorization x-signature x-timestamp x-twilio-signature telnyx-timestamp telnyx-signature-ed25519"
            " signature x-phaxio-signature".split()
        ),
        st.text(st.characters(max_codepoint=255), max_size=30),
    ),
)
def test_whoever_does_not_hold_the_secret_is_refused_in_words(
    kind: str, form: str, body: bytes, headers: dict[str, str]
) -> None:
    of = KINDS[kind]
    assert of.verify is not None
    delivery = Delivery("http://here/in/x", {"content-type": form, **headers}, body, NOW)
    try:
        of.verify(delivery, dict.fromkeys(of.secrets, "kept"), of.settings())
    except (WrongSignature, BadInput) as refused:
        assert str(refused)
    else:
        raise AssertionError("it was let in")

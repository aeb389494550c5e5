"""What every connector keeps, against a server of ours that speaks its shape: the sandbox payer.

A new connector adds one line to `SETTINGS`: its variables, for a server at an address. What it cannot say in its shape
(a 999 where there is only JSON) is not asked here.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from firstvisit.config.demo.payer import SandboxPayer
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.connectors import CONNECTORS, Connector, Reply, missing
from firstvisit.steps.coverage.inquiries import Inquiry, Insured
from firstvisit.steps.coverage.tests.wires import Wire, refused_url, response, wire

SECRET = "hush-1234-secret"
SETTINGS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "sandbox": lambda url: {"FIRSTVISIT_SANDBOX_PAYER_URL": url},
    "core": lambda url: {
        "FIRSTVISIT_CORE_URL": f"{url}/core", "FIRSTVISIT_CORE_SENDER": "CEDAR", "FIRSTVISIT_CORE_RECEIVER": "SANDBOX",
        "FIRSTVISIT_CORE_USER": "sandbox", "FIRSTVISIT_CORE_PASSWORD": "about-nobody",
    },
    "stedi": lambda url: {"FIRSTVISIT_STEDI_URL": f"{url}/stedi", "FIRSTVISIT_STEDI_KEY": "about-nobody"},
    "optum": lambda url: {
        "FIRSTVISIT_OPTUM_URL": f"{url}/optum", "FIRSTVISIT_OPTUM_CLIENT_ID": "sandbox",
        "FIRSTVISIT_OPTUM_CLIENT_SECRET": "about-nobody",
    },
    "availity": lambda url: {
        "FIRSTVISIT_AVAILITY_URL": f"{url}/availity", "FIRSTVISIT_AVAILITY_CLIENT_ID": "sandbox",
        "FIRSTVISIT_AVAILITY_CLIENT_SECRET": "about-nobody",
    },
    "pverify": lambda url: {
        "FIRSTVISIT_PVERIFY_URL": f"{url}/pverify", "FIRSTVISIT_PVERIFY_CLIENT_ID": "sandbox",
        "FIRSTVISIT_PVERIFY_CLIENT_SECRET": "about-nobody",
    },
}  # fmt: skip
"""By slug: what the environment says where a server of that shape stands at an address."""
DAY = dt.date(2026, 11, 24)
ROBIN = Insured("Testperson", "Robin", dt.date(1980, 2, 29), "ACTIVE0001", "F")
KIT = Insured("Testperson", "Kit", dt.date(2019, 5, 6), sex="M")
INQUIRY = Inquiry(
    trace="FV2026-0001", origin="9CEDARST01", payer="Invented Health", payer_id="00001", provider="Cedar Street",
    npi="1999999984", subscriber=ROBIN, service="PT", service_date=DAY,
)  # fmt: skip
PERSONAL = (
    "Testperson",
    "TESTPERSON",
    "Robin",
    "ROBIN",
    "ACTIVE0001",
    "19800229",
    "1980-02-29",
    "FV2026-0001",
)

every_connector = pytest.mark.parametrize("slug", sorted(CONNECTORS))


@pytest.fixture(scope="module")
def payer() -> Iterator[SandboxPayer]:
    """The sandbox payer, on a free port."""
    with SandboxPayer(0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def member(id_: str) -> Inquiry:
    """The question about somebody whose member id tells the sandbox what to do."""
    return replace(INQUIRY, subscriber=replace(ROBIN, member_id=id_))


def asked(slug: str, url: str, inquiry: Inquiry = INQUIRY, *, seconds: float = 10) -> Reply:
    """Asked once."""
    return CONNECTORS[slug].ask(inquiry, SETTINGS[slug](url), seconds=seconds)


def ours(reply: Reply) -> list[Benefits]:
    """The answers to our question."""
    return [each for each in reply.benefits if each.answers(INQUIRY.trace, INQUIRY.origin)]


def failed(slug: str, url: str, inquiry: Inquiry = INQUIRY, *, seconds: float = 10) -> ConnectorError:
    """The error of a question that fails, whose words tell nothing."""
    with pytest.raises(ConnectorError) as told:
        asked(slug, url, inquiry, seconds=seconds)
    words = f"{told.value!r} {told.value} {told.value.__cause__}"
    assert not [each for each in (*PERSONAL, SECRET, "about-nobody") if each in words]
    return told.value


def test_the_contract_covers_the_whole_register() -> None:
    assert set(SETTINGS) == set(CONNECTORS)
    for slug, each in CONNECTORS.items():
        assert each.slug == slug and each.name and each.kind in ("sandbox", "payer", "vendor")
        named = {**each.variables, **each.optional}
        assert all(name.startswith("FIRSTVISIT_") and words for name, words in named.items())
        assert set(SETTINGS[slug]("https://payer.example.org")) <= {*each.variables, *each.optional}


@every_connector
def test_it_is_off_when_a_variable_is_missing(slug: str) -> None:
    whole, connector = SETTINGS[slug]("https://payer.example.org"), CONNECTORS[slug]
    assert missing(connector, whole) == []
    for name in connector.variables:
        assert missing(connector, {**whole, name: ""}) == [name]


@every_connector
def test_a_clean_answer_is_benefits_that_answer_our_trace(slug: str, payer: SandboxPayer) -> None:
    reply = asked(slug, payer.url)
    (found,) = ours(reply)
    assert found.active is True and found.rejections == ()
    assert any(line.service == "PT" and line.is_active for line in found.lines)
    assert any(line.service == "PT" and line.amount == 30 for line in found.lines)
    assert (reply.why, reply.rejections) == ("", ())
    assert found.patient is not None and found.patient.first.upper() == "ROBIN"


@every_connector
def test_a_kept_answer_is_read_again_as_it_was(slug: str, payer: SandboxPayer) -> None:
    reply = asked(slug, payer.url)
    assert CONNECTORS[slug].read(reply.raw) == reply


@every_connector
def test_a_dependent_is_the_patient(slug: str, payer: SandboxPayer) -> None:
    (found,) = ours(asked(slug, payer.url, replace(INQUIRY, dependent=KIT, relationship="19")))
    assert found.active is True
    assert found.patient is not None and found.patient.first.upper() == "KIT"


@every_connector
@pytest.mark.parametrize(("id_", "active"), [("INACTIVE1", False), ("ACTIVE1", True)])
def test_active_is_what_the_payer_says(slug: str, payer: SandboxPayer, id_: str, active: bool) -> None:
    (found,) = ours(asked(slug, payer.url, member(id_)))
    assert found.active is active


@every_connector
@pytest.mark.parametrize("code", ["72", "75", "71"])
def test_a_refusal_stays_one(slug: str, payer: SandboxPayer, code: str) -> None:
    reply = asked(slug, payer.url, member(f"AAA{code}C"))
    refusals = [*reply.rejections, *(one for each in reply.benefits for one in each.rejections)]
    assert [each.code for each in refusals] == [code]
    assert refusals[0].retry.by == "person"
    assert not [each for each in reply.benefits if each.active is not None]


@every_connector
@pytest.mark.parametrize("id_", ["HTML", "EMPTY", "GARBAGE", "CUT"])
def test_what_is_no_answer_is_never_benefits(slug: str, payer: SandboxPayer, id_: str) -> None:
    try:
        reply = asked(slug, payer.url, member(id_))
    except ConnectorError:
        return
    assert not [each for each in reply.benefits if each.active is not None]
    assert reply.benefits or reply.why


@every_connector
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"<html><body>EB*1**30</body></html>", bytes(range(256)) * 3, b"{", b"[1]", b"null", b'{"a":{"b":[]}}',
        b"<a>" * 500, b"--x\r\n\r\n", b"ISA*", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfeI\x00",
    ],
)  # fmt: skip
def test_nothing_that_is_sent_makes_reading_raise_or_becomes_benefits(slug: str, raw: bytes) -> None:
    reply = CONNECTORS[slug].read(raw)
    assert reply.raw == raw and not [each for each in reply.benefits if each.active is not None]


@every_connector
@settings(max_examples=60, deadline=None)
@given(raw=some.binary(max_size=200))
def test_no_bytes_make_reading_raise(slug: str, raw: bytes) -> None:
    assert not [each for each in CONNECTORS[slug].read(raw).benefits if each.active is not None]


@every_connector
def test_an_answer_that_breaks_off_anywhere_tells_nothing(slug: str, payer: SandboxPayer) -> None:
    whole = asked(slug, payer.url).raw
    for end in range(0, len(whole) * 9 // 10, 97):
        reply = CONNECTORS[slug].read(whole[:end])
        assert not [each for each in reply.benefits if each.active is not None], end


@every_connector
@pytest.mark.parametrize("id_", ["FAULT500", "BUSY503", "HANGUP"])
def test_trouble_of_the_other_side_is_temporary(slug: str, payer: SandboxPayer, id_: str) -> None:
    assert failed(slug, payer.url, member(f"{id_}-{slug}")).temporary


@every_connector
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_so_are_statuses_that_say_later(slug: str, status: int) -> None:
    with wire(lambda asked: response(b"no", status=status)) as at:
        assert failed(slug, _root(at)).temporary


@every_connector
def test_and_nobody_at_the_address(slug: str) -> None:
    assert failed(slug, refused_url()).temporary


@every_connector
@pytest.mark.parametrize("drips", [0.2, 60])
def test_a_slow_answer_ends_at_the_deadline(slug: str, drips: float) -> None:
    with wire(lambda asked: response(b"x" * 5000), drips=drips) as at:
        began = time.monotonic()
        assert failed(slug, _root(at), seconds=0.7).temporary
        assert time.monotonic() - began < 4


@every_connector
@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_hears_which_variable_to_look_at(slug: str, status: int) -> None:
    with wire(lambda asked: response(b"no", status=status)) as at:
        error = failed(slug, _root(at))
    assert not error.temporary
    assert any(name in str(error) for name in (*CONNECTORS[slug].variables, *CONNECTORS[slug].optional))


@every_connector
def test_no_secret_and_no_person_stands_in_logs(
    slug: str, payer: SandboxPayer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    asked(slug, payer.url)
    failed(slug, payer.url, member("FAULT500"))
    with wire(lambda asked: response(asked, status=400)) as at:  # a vendor that shows us our own question
        try:
            asked(slug, _root(at))
        except ConnectorError as error:
            assert not [each for each in PERSONAL if each in str(error)]
    out, err = capfd.readouterr()
    assert not [each for each in (*PERSONAL, "about-nobody") if each in f"{caplog.text}{out}{err}"]


@every_connector
def test_nothing_goes_over_an_open_line(slug: str) -> None:
    assert not failed(slug, "http://payer.example.org").temporary


def _root(at: Wire) -> str:
    return at.url.removesuffix("/ask")


def test_every_connector_is_of_the_port() -> None:
    found: list[Connector] = list(CONNECTORS.values())
    assert found

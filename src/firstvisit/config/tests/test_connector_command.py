"""A connector that nobody has seen answer: off, tried with one question, recorded, and taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstvisit.config.demo.payer import SandboxPayer

from .conftest import Installation, columns

MEMBER = {"member_id": "ACTIVE1", "last": "Testperson", "first": "Robin", "birth": "1980-02-29"}
TRY = ["connector", "try", "availity", "--payer", "invented_health", "--by", "dana@example.org"]


@pytest.fixture
def vendor() -> Iterator[dict[str, str]]:
    """A server on loopback that speaks Availity's shape, as the environment says it."""
    with SandboxPayer(0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield {
            "FIRSTVISIT_AVAILITY_URL": f"{server.url}/availity",
            "FIRSTVISIT_AVAILITY_CLIENT_ID": "sandbox",
            "FIRSTVISIT_AVAILITY_CLIENT_SECRET": "about-nobody",
        }
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def agreed(practice: Installation, tmp_path: Path) -> Installation:
    """The practice with a payer, an NPI, and an agreement with Availity."""
    folder = tmp_path / "files"
    assert practice.run("practice", "save", str(folder)).code == 0
    identity = folder / "identity.toml"
    identity.write_text(identity.read_text().replace('npi = ""', 'npi = "1234567893"'))
    (folder / "payers.toml").write_text(
        '[[payer]]\nslug = "invented_health"\nname = "Invented Health"\nkind = "commercial"\n'
        'connector = "availity"\npayer_id = "00001"\nas_of = 2026-11-01\nsource = "invented"\n'
    )
    (folder / "agreements.toml").write_text(
        '[[agreement]]\nslug = "availity"\nvendor = "Availity"\npurposes = ["clearinghouse"]\n'
        'signed_on = 2026-01-02\nsigned_by = "Dana Reyes"\n'
    )
    loaded = practice.run("practice", "load", str(folder))
    assert loaded.code == 0, loaded.err
    return practice


def off(at: Installation, environ: dict[str, str]) -> str | None:
    """Why Availity is off."""
    said = at.run("connector", "list", "--json", **environ)
    assert said.code == 0, said.err
    lines = {line["connector"]: line for line in map(json.loads, said.out.splitlines())}
    why: str | None = lines["availity"]["off_because"]
    return why


def test_a_connector_is_off_until_one_real_exchange_is_recorded(
    agreed: Installation, vendor: dict[str, str]
) -> None:
    why = off(agreed, vendor)
    assert why is not None and why.endswith("firstvisit connector try availity")

    said = agreed.run(*TRY, "--json", "--compared", given=json.dumps(MEMBER), **vendor)

    assert said.code == 0, said.err
    assert "Availity may be used" in said.err and "active" in said.err.casefold()
    assert json.loads(said.out)["active"] is True
    assert off(agreed, vendor) is None
    ((connector, digest, request, reply),) = columns(
        agreed.url, "SELECT connector, digest, request, reply FROM coverage_verifiedconnector"
    )
    assert connector == "availity" and digest in said.err
    kept = bytes(request) + bytes(reply)
    assert not [each for each in (b"Testperson", b"TESTPERSON", b"ACTIVE1") if each in kept]
    audited = columns(agreed.url, "SELECT why FROM kernel_auditrow WHERE verb = 'connector_verified'")
    assert audited == [("availity",)]

    back = agreed.run("connector", "take-back", "availity", "--by", "dana@example.org")

    assert back.code == 0, back.err
    assert off(agreed, vendor) is not None
    assert columns(
        agreed.url,
        "SELECT key.wrapped IS NULL FROM coverage_verifiedconnector AS kept"
        " JOIN kernel_datakey AS key ON key.id = kept.key_id",
    ) == [(True,)]
    assert agreed.run("check").code == 0


def test_what_does_not_say_whether_the_plan_is_active_is_not_recorded(
    agreed: Installation, vendor: dict[str, str]
) -> None:
    refused = agreed.run(*TRY, "--compared", given=json.dumps({**MEMBER, "member_id": "AAA72C"}), **vendor)
    assert refused.code == 1 and "Nothing was recorded" in refused.err
    unsigned = agreed.run(*TRY, given=json.dumps(MEMBER), **vendor)
    assert unsigned.code == 1 and "Nothing was recorded" in unsigned.err
    wrong = {**vendor, "FIRSTVISIT_AVAILITY_CLIENT_SECRET": "another"}
    locked = agreed.run(*TRY, "--compared", given=json.dumps(MEMBER), **wrong)
    assert locked.code == 1 and "look at FIRSTVISIT_AVAILITY_CLIENT_ID" in locked.err
    assert off(agreed, vendor) is not None


def test_who_may_not_manage_connectors_records_none(agreed: Installation, vendor: dict[str, str]) -> None:
    added = agreed.run(
        "user", "add", "ana@example.org", "--name", "Ana Brandt", "--role", "intake", "--site", "madison_east",
        "--password-stdin", given="correct horse battery staple\n",
    )  # fmt: skip
    assert added.code == 0, added.err
    words = [*TRY[:-1], "ana@example.org", "--compared"]
    said = agreed.run(*words, given=json.dumps(MEMBER), **vendor)
    assert said.code != 0 and off(agreed, vendor) is not None
    nobody = agreed.run(*TRY[:-1], "nobody@example.org", given=json.dumps(MEMBER), **vendor)
    assert nobody.code == 2
    lacking = agreed.run(*TRY, given='{"last": "Testperson"}', **vendor)
    assert lacking.code == 2 and "member_id" in lacking.err

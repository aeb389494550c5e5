from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from firstvisit.steps.coverage.connectors import Kind, Reply
from firstvisit.steps.coverage.connectors.allowed import off_because
from firstvisit.steps.coverage.inquiries import Inquiry

SET = {"FIRSTVISIT_LAKE_KEY": "k", "FIRSTVISIT_LAKE_URL": "https://lake.example.org"}


@dataclass(frozen=True)
class Lake:
    slug: str = "lake"
    name: str = "Lake Clearing"
    kind: Kind = "vendor"
    verified: bool = True
    variables: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(SET, "what it is"))

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        raise AssertionError("nobody asks here")

    def read(self, raw: bytes) -> Reply:
        raise AssertionError("nobody reads here")


@pytest.mark.parametrize(
    ("connector", "environment", "agreement", "verified", "why"),
    [
        (Lake(), SET, True, False, ""),
        (
            Lake(),
            {},
            True,
            False,
            "FIRSTVISIT_LAKE_KEY and FIRSTVISIT_LAKE_URL are missing in the environment",
        ),
        (
            Lake(),
            {**SET, "FIRSTVISIT_LAKE_KEY": " "},
            True,
            False,
            "FIRSTVISIT_LAKE_KEY is missing in the environment",
        ),
        (Lake(), SET, False, True, "no vendor agreement for clearinghouses with Lake Clearing is in force"),
        (
            Lake(verified=False),
            SET,
            True,
            False,
            "no real exchange with Lake Clearing was recorded: firstvisit connector try lake",
        ),
        (Lake(verified=False), SET, True, True, ""),
        (
            Lake(verified=False),
            SET,
            False,
            True,
            "no vendor agreement for clearinghouses with Lake Clearing is in force",
        ),
        (Lake(kind="sandbox"), SET, False, False, ""),
        (
            Lake(kind="payer"),
            SET,
            False,
            False,
            "no vendor agreement for clearinghouses with Lake Clearing is in force",
        ),
    ],
)
def test_a_connector_is_off_until_all_that_it_needs_is_there(
    connector: Lake, environment: Mapping[str, str], agreement: bool, verified: bool, why: str
) -> None:
    assert off_because(connector, environment, agreement, verified) == why

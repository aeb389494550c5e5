"""The doctor says through which connectors payers are asked, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from firstvisit.config.doctoring import _connectors
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.services import load

CORE = {
    "FIRSTVISIT_CORE_URL": "https://edi.example.org/core", "FIRSTVISIT_CORE_SENDER": "CEDAR",
    "FIRSTVISIT_CORE_RECEIVER": "EXAMPLE",
}  # fmt: skip
SANDBOX = {"FIRSTVISIT_SANDBOX_PAYER_URL": "http://127.0.0.1:8028"}


@pytest.fixture
def says(db: None, settings: LazySettings) -> Any:
    """What the doctor says with these variables; in the sample practice payers are asked through the sandbox."""
    load(read_folder(SAMPLE), by="tests")

    def look(variables: Mapping[str, str], *, demo: bool = False) -> list[tuple[str, str]]:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors=variables)
        settings.DEMO = demo
        return [(found.state, found.words) for found in _connectors()]

    return look


def test_a_sandbox_is_fine_in_a_demo_and_wants_a_look_anywhere_else(says: Any) -> None:
    assert says(SANDBOX, demo=True) == [("ok", "Sandbox payer is asked about benefits")]
    ((state, words),) = says(SANDBOX)
    assert state == "look" and "what it says is invented" in words


def test_a_connector_that_payers_need_and_is_off_says_why(says: Any) -> None:
    ((state, words),) = says({})
    assert state == "look" and "FIRSTVISIT_SANDBOX_PAYER_URL is missing" in words


def test_one_that_is_set_up_and_not_needed_is_told(says: Any) -> None:
    found = {words: state for state, words in says({**SANDBOX, **CORE}, demo=True)}
    assert len(found) == 2 and set(found.values()) == {"ok"}
    assert any(words.startswith("X12 over HTTPS is") for words in found)

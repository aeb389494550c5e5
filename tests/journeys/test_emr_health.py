"""The doctor says whether the EMR is there."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from tests.emr import listening, told_by

from firstvisit.config.doctoring import _emr
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db


def says() -> list[tuple[str, str]]:
    return [(found.state, found.words) for found in _emr()]


@pytest.fixture
def rules(staff: Callable[[str], User]) -> Any:
    """Sets how the EMR is told."""
    return lambda **changes: told_by(staff, **changes)


def test_an_emr_that_answers_and_one_that_does_not(rules: Any, settings: LazySettings) -> None:
    rules(way="hl7")
    with listening(settings):
        ((state, words),) = says()
        assert state == "ok" and "answers" in words
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, emr_url=f"mllp://127.0.0.1:{port}")
    ((state, words),) = says()
    assert state == "broken" and "does not answer" in words
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, emr_url="")
    ((state, words),) = says()
    assert state == "broken" and "FIRSTVISIT_EMR_URL" in words


def test_a_folder_that_is_there_and_one_that_is_not(rules: Any, settings: LazySettings, tmp_path: Path) -> None:
    rules(way="csv")
    for folder, state in ((tmp_path, "ok"), (tmp_path / "gone", "broken"), (None, "broken")):
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, emr_folder=folder)
        assert [each for each, _ in says()] == [state]


def test_whoever_types_has_nothing_to_look_at(rules: Any) -> None:
    rules(way="copy_card")
    assert says() == []

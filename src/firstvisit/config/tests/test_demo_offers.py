"""The demo offers times and tells partners by itself; nothing else of its rules is other than the sample's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firstvisit.config.management.commands.demo import SWITCHES
from firstvisit.journey.policy import Switches
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.queries import forget, policy
from firstvisit.practice.services import load


@pytest.mark.django_db
def test_the_demo_offers_times_and_tells_partners_by_itself() -> None:
    files = read_folder(SAMPLE)
    load(replace(files, rules={**files.rules, "switches": SWITCHES}), by="tests")
    forget()
    assert policy().section(Switches) == Switches().model_copy(update=SWITCHES)

"""These tests are of the rules: what they find does not hang on the network that reads along."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding import learned


@pytest.fixture(autouse=True)
def rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "reading", lambda told: None)

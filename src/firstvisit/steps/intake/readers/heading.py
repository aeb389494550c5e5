"""What a phone system writes over a talk: the lines at the top in which nobody says anything. Pure.

Speech-to-text often gives a whole message as one line that begins as a heading does ("Voicemail. This is ..."). A line in
which somebody speaks is what they say, however it begins, and so is a line longer than any heading.
"""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.compile(
    r"[ \t]*(?:\{.*\}|[\d/: -]{8,22}(?:inbound|outbound|incoming)?|\[(?![^\]]*\][ \t]*\w)[^\]]*\]|\([^)]*\)"
    r"|(?:[\[({][^\])}]{0,40}[\])}][ \t:,-]*)?(?:new |inbound |outbound |missed |incoming )?"
    r"(?:voice ?mail|voice message|vm|v/m|vmail|msg|called|transcribed|call|transcript\w*|recording|message|duration|length|from|to|date|time|received|caller id"
    r"|number|mailbox|line|ref|call id|confidence|language|status|source|file)\b.{0,90}(?=:|#|\d).*|[-=*_ ]{3,})[ \t]*",
    re.I,
)
_LONGEST: Final = 160
"""Characters; the longest heading among 700 talks has 100."""
_DATED: Final = 110
"""Characters of a line that is a heading only because a date stands in it."""
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE: Final = re.compile(rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\b{_MONTH} \d{{1,2}},? \d{{4}}|\b\d{{1,2}} {_MONTH},? \d{{4}}", re.I)
_SPEAKS: Final = re.compile(
    r"\b(?:i|i['’]?m|i['’]?ve|my|me|we|our|you|your|he|she|his|her|they|it['’]?s|is|was|has|have|had|hi|hey|hello|thanks|thank|good|need|needs|want|wants"
    r"|would|can['’]?t|cannot|don['’]?t|please|calling|call (?:back|me)|name|birthday|born|birth|dob|refer(?:s|red|ring)?|hurts?|pain\w*|surgery|therapy for"
    r"|soy|habla|hola|buen[oa]s|gracias|quiero|necesito|tengo|mi|me|duele|llamo|nombre|naci\w+)\b",
    re.I,
)
"""Words that somebody says and no phone system writes."""


def heading(text: str) -> str:
    """The heading of a talk with the line breaks around it; empty where there is none, and where `text` has nothing else:
    then it is all that was said."""
    end = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not _says_nothing(line.strip(), _LONGEST, _LINE.fullmatch(line.rstrip("\n"))):
            break
        end += len(line)
    if not text[:end].strip():
        first = re.match(r"\s*[^\n]+\n", text)
        end = first.end() if first and _says_nothing(first[0].strip(), _DATED, _DATE.search(first[0])) else 0
    return text[:end] if text[end:].strip() else ""


def before_anybody_speaks(text: str) -> str:
    """As much of the beginning of `text` as no word of anybody stands in."""
    spoken = _SPEAKS.search(text)
    return text[: spoken.start()] if spoken else text


def _says_nothing(line: str, longest: int, of_a_machine: re.Match[str] | None) -> bool:
    return of_a_machine is not None and len(line) <= longest and _SPEAKS.search(line) is None

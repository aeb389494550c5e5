"""What kind of document a file is, by its content; its name and declared type are only asked where that is silent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from firstvisit.steps.intake.readers.speakers import are_turns, marks, stamped_lines, tagged_lines
from firstvisit.steps.intake.understanding.topics import of_label

if TYPE_CHECKING:
    from firstvisit.steps.intake.readers import Document

_LOOK_AT: Final = 4000
_MARKS: Final = (
    (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
"""The marks with which texts of wide letters begin, the longer first."""
_HL7: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n\x0b ]*MSH\|[^\w\s]{3,5}\|")
LONGEST_TEXT: Final = 40_000
"""Characters of a text that are read by machine: an hour of talk. What stands behind them a person finds in the original."""
_HEADER: Final = re.compile(r"(?im)^(from|to|subject|date|received|message-id|mime-version|return-path|delivered-to):[ \t]*\S")
_CALL: Final = re.compile(
    r"(?i)^\W*(?:new )?\[?(?:inbound|outbound|voice ?mail|voice message|call|transcript|recording|incoming|missed call|"
    r"phone call|answering service|after[- ]hours)\b"
)
_OF_A_CALL: Final = re.compile(
    r"(?i)\b(?:vm|v-?mail|voice ?mails?|voice message|voicemail box|mailbox \d|buz[oó]n(?: de voz)?|mensaje de voz|inbound|outbound|incoming|llamada|grabaci[oó]n|recording|recorded line|transcri\w+|call (?:log|recording|from|in|id|center)|"
    r"phone call|missed call|stt|duration:?|durati?on|caller(?: id)?:?|wireless caller|speech[- ]to[- ]text|voice[- ]to[- ]text|messages? (?:left|for|from|on|to)|left (?:a |this )?message|dictated|missed calls?|by (?:tele)?phone|(?:billing |line )?overflow|answering machine|vmail|paciente llama)\b|[*\[](?:ring|music|beep|tone|hold)[^*\]\n]{0,12}[*\]]"
)
"""Words of what phone systems set above a talk or a message left."""
_MARKUP: Final = re.compile(r"(?is)<(?:!doctype|\?xml|(?:html|body|table|div|p|head)\b)|<([a-z][\w:-]*)(?:\s[^<>]*)?>.*</\1>\s*\Z")
"""HTML or XML: what it opens it closes, which marks of speakers ("<staff>") do not."""
_OF_A_FORM: Final = re.compile(r"(?i)\b(?:form|submission|submitted|request an?|inquiry|entry|subject|questionnaire|e-?referral|portal)\b")
_HEAD: Final = 240
_LABEL: Final = re.compile(r"(?m)^[ \t]*[\w][^:=\n]{0,48}[:=][ \t]*\S?")
_SPOKEN: Final = re.compile(
    r"(?i)\b(?:this is|my name(?:'s| is)|i'?m calling|call(?:ing)? (?:me )?back|give me a call|um+|uh+|bye|voicemail|"
    r"hello|hi\b|my number|reach me at|yeah|hey|leave (?:this|it|a message)|trying to reach|(?:triple|double) (?:five|oh|zero|one|two|three|four|six|seven|eight|nine)|five five five|oh (?:one|two|three|four|five|six|seven|eight|nine)|"
    r"gonna|it'?s (?-i:[A-Z][a-z]+)|im|ma'am|okay so|name'?s|how (?:can|may) i help|front desk|intake|the number you (?:have|see))\b"
)
_DIGITS_IN_SPANISH: Final = r"(?:cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
_SPOKEN_IN_SPANISH: Final = re.compile(
    rf"(?i)\b(?:(?:le |les )?habla (?-i:[A-ZÁÉÍÓÚÑ])\w+|habla \w+ de parte|(?:le )?llamo (?:para|por|de parte)|bueno\b|este\b(?=[ ,]+(?:mi|yo|es))|{_DIGITS_IN_SPANISH}(?: {_DIGITS_IN_SPANISH}){{3,}}"
    r"|dej(?:o|e|ar) (?:un |este )?(?:mensaje|recado)|devu[eé]lvan?me la llamada|hola|buen[oa]s (?:d[ií]as|tardes|noches))\b"
)


def kind_of(document: Document) -> str:
    """A key of the register, or "unknown"."""
    content = document.content
    if content[:5] == b"%PDF-" or b"%PDF-" in content[:1024]:
        return "pdf"
    if content[:4] in (b"II*\0", b"MM\0*", b"\x89PNG", b"II+\0", b"MM\0+") or content[:3] in (b"\xff\xd8\xff", b"GIF"):
        return "fax"
    if _HL7.match(content):
        return "message"
    if b"\0" in content[:_LOOK_AT] and not wide(content):
        return "unknown"
    return text_kind(decoded(content[:_LOOK_AT]), document.name)


def text_kind(text: str, name: str = "") -> str:
    """ "mail", "transcript" or "note" for a text."""
    head = text.lstrip("\ufeff\r\n \t")
    top = re.split(r"\r?\n[ \t]*\r?\n", head, maxsplit=1)[0]
    headers = {match[1].lower() for match in _HEADER.finditer(top)}
    if name.lower().endswith(".eml") or (len(headers) >= 2 and headers & {"subject", "message-id", "mime-version"}):
        return "mail"
    if _MARKUP.match(head):
        return "note"
    head = re.sub(r"\A\{[^\n]*\}[ \t]*\r?\n(?=\s*[^\s{\[])", "", head)
    if re.match(r"\{|\[\s*[\[{\"]", head) and not _CALL.match(head):
        return "note"
    if _CALL.match(head) and "form" not in top[:40].lower():
        return "transcript"
    if are_turns(marks(head)) or stamped_lines(head) or tagged_lines(head):
        return "transcript"
    if _asks_as_a_form(head):
        return "note"
    if _OF_A_CALL.search("\n".join(head.splitlines()[:2])[:_HEAD]) and not _OF_A_FORM.search(head[:_HEAD]):
        return "transcript"
    lines = [line for line in head.splitlines() if line.strip()]
    labels = sum(bool(_LABEL.match(line)) for line in lines)
    if lines and labels * 3 >= len(lines):
        return "note"
    spoken = len({match[0].lower() for match in (*_SPOKEN.finditer(head), *_SPOKEN_IN_SPANISH.finditer(head))})
    return "transcript" if spoken >= 2 else "note"


_OF_FORMS: Final = frozenset({"dob", "member", "insurance", "email", "address", "city", "zip", "service", "codes", "npi", "claim", "patient name", "referrer", "prose", "organization", "relationship", "availability", "contact method"})
_FEWEST_OF_FORMS: Final = 4
_FIELD: Final = re.compile(r"(?m)^[ \t]*([A-Za-z][^:=\n]{0,40})[:=]")


def _asks_as_a_form(text: str) -> bool:
    """Whether lines ask, by different labels, for what forms ask for and headers of telephone systems do not."""
    return len({of_label(match[1]) for match in _FIELD.finditer(text)} & _OF_FORMS) >= _FEWEST_OF_FORMS


def wide(content: bytes) -> str:
    """The encoding of a text of two or four bytes a letter, by its mark, or where it has none by where its zeros stand
    (Latin letters have one in every other byte); "" for any other file."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:_LOOK_AT]
    first, second = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if len(head) < 8 or len(content) % 2:
        return ""
    order = "utf-16-le" if second > first else "utf-16-be"
    if max(first, second) <= half * 0.7 or min(first, second) > half * 0.05:
        return ""
    text = head[: len(head) // 2 * 2].decode(order, "replace")
    shown = sum(letter.isprintable() or letter.isspace() for letter in text)
    return order if shown >= len(text) * 0.95 else ""  # sound and pictures have zeros too


def decoded(content: bytes) -> str:
    """Bytes as text: by their mark, else UTF-8, else the Western code page; never an error."""
    if encoding := wide(content):
        return content.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 4:  # a letter cut in half at the end of a stretch
            return content[: error.start].decode("utf-8-sig")
        return content.decode("cp1252", "replace")

"""A letter or mail: sentences, lines with labels, the signature, and the patients of a list. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding import rows
from firstvisit.steps.intake.understanding.passages import Passage, Zone, sentences
from firstvisit.steps.intake.understanding.topics import of_label
from firstvisit.steps.intake.understanding.values import names
from firstvisit.steps.intake.understanding.values.names import NAME

LABELLED: Final = re.compile(r"^[ \t]*(?:[-*•·>]+[ \t]*)?\**([A-Za-zÀ-ÿ][^:=\n|]{0,44}?)\**[ \t]*(?::|=|\t| - (?=\S))\**[ \t]*(?P<value>.*)$")
_INLINE: Final = re.compile(
    r"(?:(?<=^)|(?<=[\s,;|/(]))(DOB|D\.O\.B\.?|DOI|DOS|Dx|ICD-?10|NPI|Phone|Cell|Tel|Ph|Fax|Email|Auth(?:orization)?|Group|Grp|Plan|Insurance|Address|Age|Sex|Member ID|ID|Mobile|Home|Facility|Patient|Provider|Ins)(?:\s?[:#=])\s*", re.I
)
_CLOSING: Final = re.compile(
    r"^\s*(?:(?:many |with )?(?:thanks|thank you|thx|best|regards|kind regards|best regards|warm regards|sincerely|yours truly|respectfully|cheers|"
    r"warmly|gracias|saludos|atentamente|yours|take care|cordially|best wishes|in good health|collegially)[^\n]{0,40})[,.!]?\s*$|^\s*--\s*$|^_{3,}\s*$", re.I
)  # fmt: skip
_DISCLAIMER: Final = re.compile(
    r"(?im)^.*(?:confidential(?:ity)? (?:notice|information)|this (?:e-?mail|message|communication|fax|transmission)[^\n]{0,60}(?:intended|confidential|may contain|contains)|if you (?:are not|have received this)|privileged|protected health information[^\n]{0,40}(?:intended|disclos)|sent from my \w+|get outlook for|please consider the environment|unsubscribe|virus[- ]free|aviso de confidencialidad|hipaa notice)[^\n]*$"
)
_NUMBERED: Final = re.compile(r"^[ \t]*(?:(?:patient|pt|referral|student|child)\s*)?#?(\d{1,2}|[A-F])\s?[.):]\s*(?=\S)|^[ \t]*(?:patient|pt|referral|student)\s*#?\s?(\d)\b[ \t]*[:.-]?[ \t]*", re.I)
_PATIENT_LABEL: Final = re.compile(r"^[ \t]*(?:[-*•]\s*)?(?:patient|patient name|student|child|name|pt)\s*:", re.I)
_WHO: Final = re.compile(r"\b(?:DOB|D\.O\.B|born|date of birth|\d{1,2}[/-]\d{1,2}[/-](?:19|20)?\d\d)", re.I)


_UNTICKED: Final = re.compile(r"(?:\[[ _]?\]|\([ _]\)|[☐□◯○])[ \t]*[^\n\[\](☐□☑☒✓✔◯○●;,|]*")


def without_unticked(text: str) -> str:
    """`text` with the options that nobody ticked ("[x] PT [ ] Speech") replaced by spaces."""
    return _UNTICKED.sub(lambda match: " " * len(match[0]), text)


_LEADERS: Final = re.compile(r"(?m)^([ \t]*[A-Za-zÀ-ÿ¿][^\n:=|]{0,60}?)[ \t]?(\.{3,}|_{4,}|…{2,})[ \t]*:?(?=[ \t]*\S)")
_ARROWS: Final = re.compile(r"(?m)^([ \t]*[A-Za-zÀ-ÿ¿][^\n:=|>→»/]{0,58}?)[ \t]*(>>|->|=>|→|»|::|—|–|/(?= ))[ \t]*(?=\S)")
_ONE_BAR: Final = re.compile(r"(?m)^([ \t]*[A-Za-z][^|\n:=]{0,40}?)([ \t]*\|)(?=[^|\n]*$)")
_COLUMNS: Final = re.compile(r"(?m)^([ \t]*[A-Za-z][^\n:=|]{0,30}?[^\s:=|])([ ]{2,})(?=\S)")
_CAPITAL_COLUMNS: Final = re.compile(r"(?m)^([ \t]*[A-Z][A-Z /#&.-]{0,20}[A-Z#])([ ]{2,})(?=\S)")
"""Labels in capitals apart from their values by spaces, among other lines in columns."""
_CAPITALS: Final = re.compile(r"(?m)^([ \t]*(?:NAME|PATIENT|PT|DOB|SEX|AGE|HOME|CELL|PHONE|TEL|ADDRESS|ADDR|DX|ICD|INS|INSURANCE|PLAN|ID|MEMBER|GRP|GROUP|AUTH|NPI|FREQ|REF|CLAIM))([ ])(?=\S)")
"""Lines of a text in capitals that begin with a label and nothing behind it: "NAME ODO FALK"."""
_FEWEST_ROWS: Final = 3


def with_colons(text: str) -> str:
    """`text` with a colon behind labels that dots, a bar or a column sets apart from their values; every character keeps
    its place. Rows count from three on of which most have a label that is known."""
    for shape in (_LEADERS, _ARROWS, _ONE_BAR, _CAPITAL_COLUMNS, _COLUMNS, _CAPITALS):
        rows = list(shape.finditer(text))
        known = [row for row in rows if of_label(row[1]) is not None]
        if len(known) < _FEWEST_ROWS or len(known) * 2 < len(rows):
            continue
        for row in known if shape in (_COLUMNS, _CAPITAL_COLUMNS) else rows:
            text = text[: row.start(2)] + ":".ljust(row.end() - row.start(2)) + text[row.end() :]
    return _with_bare_labels(text)


_BARE: Final = re.compile(r"(?m)^([ \t]*)((?:[A-Za-zÀ-ÿ¿'’#-]+[ ]){1,6}?)(?=[^\s:=|])")
_LONGEST_LABEL: Final = 5
_FEWEST_BARE: Final = 4


def _with_bare_labels(text: str) -> str:
    """`text` with a colon behind labels that begin lines with nothing but a space behind them ("Birthday 08/26/1988"), where so
    many lines begin with a label that they are a form."""
    lines = [line for line in text.splitlines() if line.strip() and not re.match(r"[^\n]{0,50}[:=?]", line)]
    cuts: list[int] = []
    at = 0
    for line in text.splitlines(keepends=True):
        if (end := _bare_label(line.rstrip("\n"))) is not None:
            cuts.append(at + end)
        at += len(line)
    if len(cuts) < _FEWEST_BARE or len(cuts) * 2 < len(lines):
        return text
    for cut in cuts:
        text = text[:cut] + ":" + text[cut + 1 :]
    return text


def _bare_label(line: str) -> int | None:
    """Where the label that begins a line ends, None where none does or a mark stands behind it."""
    if re.match(r"[^\n:=|?]{0,60}(?:[:=|\t]|\S {2,}\S)", line):
        return None
    found = None
    for match in re.finditer(r"(?<=\S) (?=\S)", line):
        label = line[: match.start()].strip()
        if len(label.split()) > _LONGEST_LABEL:
            break
        if re.fullmatch(r"[A-Za-zÀ-ÿ¿'’#/? -]+", label) and of_label(label) not in (None, "prose", "form"):
            found = match.start()
    return found


def passages(text: str, start: int = 0, where: str = "body") -> list[Passage]:
    """Passages of a letter's `text`, whose first character is number `start` of the text called `where`.

    A line "label: value" is a passage asked for by its label, and labels inside a line cut it; from the closing on,
    lines are the signature; disclaimers say nothing. Items of a numbered list that each name somebody, or repeated
    "Patient:" lines, are one patient each; what stands before and after them holds for all.
    """
    tables, text = rows.cut(without_unticked(text), start, where)
    text = with_colons(text)
    text = _DISCLAIMER.sub(lambda match: " " * len(match[0]), text)
    lines = _lines(text)
    closing = _closing_at(lines)
    owners = {} if any(each.patient for each in tables) else _owners(lines, closing)
    head = _letterhead(lines)
    made: list[Passage] = tables
    prose: list[tuple[int, str]] = []

    def flush() -> None:
        """Lines of prose belong together: a sentence may run over a line's end."""
        if prose:
            begin, owner = prose[0][0], owners.get(prose[0][0])
            joined = text[begin : prose[-1][0] + len(prose[-1][1])]
            # A line that is nearly full runs on in the next; a short one was ended on purpose.
            cut = joined.replace("\n", " ") if _is_wrapped(joined) else re.sub(r"([^\n]{45}[^.!?:\n])\n(?=[a-z(])", r"\1 ", joined)
            made.extend(Passage(each, at, "text", frozenset(), where, owner) for at, each in sentences(cut, start + begin))
            prose.clear()

    for n, (at, line) in enumerate(lines):
        if not line.strip():
            flush()
            continue
        zone: Zone = "sender" if n < head else "signature" if closing is not None and n > closing else "text"
        labelled = _labelled(line, at, start, where, owners.get(at), zone)
        if labelled:
            flush()
            made.extend(labelled)
        elif zone in ("signature", "sender"):
            flush()
            made.append(Passage(line, start + at, zone, frozenset(), where))
        else:
            if prose and owners.get(prose[0][0]) != owners.get(at):
                flush()
            prose.append((at, line))
    flush()
    return sorted(made, key=lambda passage: passage.start) if tables else made


_NARROW: Final = 50
_WIDE: Final = 100


def _is_wrapped(paragraph: str) -> bool:
    """Whether the lines of a paragraph end where the page did: all but the last are about as long as each other."""
    *lines, last = paragraph.rstrip("\n").split("\n")
    sizes = [len(line.rstrip()) for line in lines]
    if re.search(r"\S {2,}\S|\t|\|", paragraph):
        return False  # cells in columns
    return bool(lines) and min(sizes) >= _NARROW and max(sizes) <= _WIDE and max(sizes) - min(sizes) <= 22 and len(last) <= max(sizes) + 2


def _labelled(line: str, at: int, start: int, where: str, owner: int | None, zone: Zone) -> list[Passage]:
    """The passages of a line with labels, one a label; nothing where the line is prose."""
    cuts: list[tuple[int, int, str]] = []
    lead = _NUMBERED.match(line)
    offset = lead.end() if lead and owner is not None else 0
    whole = LABELLED.match(line[offset:])
    if whole and (topic := of_label(whole[1])) and len(whole[1].split()) <= 6 and not re.search(r"[.!?]\s", whole[1]):
        cuts.append((offset + whole.start(1), offset + whole.start("value"), whole[1]))
        if topic == "prose":
            return [_asked(whole[1], whole["value"], start + at + offset + whole.start("value"), where, owner)]
    for match in _INLINE.finditer(line):
        if not any(begin <= match.start() < end for begin, end, _ in cuts) and of_label(match[1]):
            cuts.append((match.start(1), match.end(), match[1]))
    if not cuts or (len(cuts) == 1 and cuts[0][0] > 60):
        return []
    cuts.sort()
    made = []
    if cuts[0][0] > offset and line[offset : cuts[0][0]].strip(" ,;-|("):
        made.append(Passage(line[offset : cuts[0][0]], start + at + offset, zone, frozenset(), where, owner))
    for n, (_, end, label) in enumerate(cuts):
        until = cuts[n + 1][0] if n + 1 < len(cuts) else len(line)
        value = line[end:until]
        if not value.strip():
            continue
        closed = value.find(")")
        if closed >= 0 and "(" not in value[:closed] and "(" in line[:end]:
            # "(DOB: 7 March 1968) had surgery": what follows the bracket is the sentence again.
            made.append(_asked(label, value[:closed], start + at + end, where, owner, zone))
            made.append(Passage(value[closed + 1 :], start + at + end + closed + 1, zone, frozenset(), where, owner))
            continue
        (_, first), *others = sentences(value)
        made.append(_asked(label, first, start + at + end, where, owner, zone))
        # A sentence behind the value's own is no longer what the label asks for.
        made += [Passage(text, start + at + end + begin, zone, frozenset(), where, owner) for begin, text in others]
    return made


def _asked(label: str, value: str, start: int, where: str, owner: int | None, zone: Zone = "label") -> Passage:
    topic = of_label(label)
    return Passage(
        value, start, "signature" if zone == "signature" else "label", frozenset({topic} if topic else ()), where, owner, label
    )


def _lines(text: str) -> list[tuple[int, str]]:
    made, at = [], 0
    for line in text.splitlines(keepends=True):
        made.append((at, line.rstrip("\n")))
        at += len(line)
    return made


def _closing_at(lines: list[tuple[int, str]]) -> int | None:
    """The line after which the signature begins: the last closing phrase, else the line before a last short block that
    begins with a name."""
    for n in range(len(lines) - 1, -1, -1):
        if _CLOSING.match(lines[n][1]) and len(lines) - n <= 14:
            return n
    filled = [n for n, (_, line) in enumerate(lines) if line.strip()]
    if len(filled) < 3:
        return None
    n = filled[-1]
    while n > 0 and lines[n - 1][1].strip():
        n -= 1
    block = [line for _, line in lines[n : filled[-1] + 1]]
    if len(block) <= 6 and all(len(line) <= 70 for line in block) and n > 0 and re.match(r"\s*(?:Dr\.? )?[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,4}(?:,.*)?\s*$", block[0]):
        return n - 1
    return None


_SALUTATION: Final = re.compile(r"(?i)^\s*(?:dear|to whom|estimad[oa]s?|to the|hello|hi|good (?:morning|afternoon|day|evening))\b")
_DATE_ALONE: Final = re.compile(r"^\s*(?:\w+day,? )?(?:[A-Z][a-z]+ \d{1,2},? \d{4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2} [A-Z][a-z]+ \d{4})\s*$")
_FURTHEST_SALUTATION: Final = 16


def _letterhead(lines: list[tuple[int, str]]) -> int:
    """How many lines stand over a letter as its letterhead: short lines without a sentence, one of them with a telephone
    number, an address or an office's name, above the date or the salutation; 0 where there are none."""
    salutation = next((n for n, (_, line) in enumerate(lines[:_FURTHEST_SALUTATION]) if _SALUTATION.match(line)), None)
    if salutation is None:
        return 0
    until = next((n for n, (_, line) in enumerate(lines[:salutation]) if _DATE_ALONE.match(line) or re.match(r"(?i)\s*(?:re|to|patient|regarding)\s*:", line)), salutation)
    above = [line for _, line in lines[:until] if line.strip()]
    if not above or len(above) > 7 or any(re.search(r"[a-z][.!?]\s*$|[.!?]\s+[A-Z]", line) or len(line) > 100 for line in above):
        return 0
    telling = any(re.search(r"\d{3}[-.) ]+\d{3}[-. ]\d{4}|\b[A-Z]{2} \d{5}\b", line) or names.is_organization(line) for line in above)
    return until if telling else 0


def _owners(lines: list[tuple[int, str]], closing: int | None) -> dict[int, int]:
    """Which line is about which of several patients, by where the line begins; empty where there is but one."""
    until = len(lines) if closing is None else closing
    starts = [n for n in range(until) if _NUMBERED.match(lines[n][1])]
    blocks = [n for n in starts if _WHO.search(_block(lines, n, starts, until))]
    if len(blocks) < 2:
        labels = [n for n in range(until) if _PATIENT_LABEL.match(lines[n][1])]
        blocks = [n for n in labels if _WHO.search(_block(lines, n, labels, until))]
    if len(blocks) < 2:
        return _by_anchors(lines, until)
    owners = {}
    for k, first in enumerate(blocks):
        last = blocks[k + 1] if k + 1 < len(blocks) else until
        for n in range(first, last):
            if k + 1 == len(blocks) and n > first and not lines[n][1].strip() and not _goes_on(lines[n + 1 : last]):
                break
            owners[lines[n][0]] = k
    return owners


_ANCHOR: Final = re.compile(
    rf"(?:(?<=^)|(?<=[\s\"(*•·-]))({NAME})(?:\s*[,(–-]+\s*|\s+)(?:\(?\s*(?:F|M|f|m|female|male|she|he|age|aged|\d{{1,3}}(?:\s?(?:yo|y/o|years? old))?|boy|girl|a \d+[- ]year[- ]old)\b[),;/ ]*){{0,2}}\s*\(?(?i:d\.?o\.?b\.?:?|date of birth:?|born(?: on)?:?|birth ?date:?|b\.)?\s*"
    r"(?:\d{1,2}[/-]\d{1,2}[/-](?:19|20)?\d\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? (?:19|20)\d\d|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (?:19|20)\d\d)"
)
"""Somebody's name with the date of birth right behind it."""


_NO_BIRTH: Final = re.compile(r"(?i)\b(?:signed|by|on|dated?|surgeon|seen|dr\.?|md|phone|since)[:\s]*$")


def _by_anchors(lines: list[tuple[int, str]], until: int) -> dict[int, int]:
    """Where two or more people each have their birth date behind their name, each one's lines run from there to the next, the
    last one's to the end of the paragraph or item."""
    starts: list[int] = []
    known: list[set[str]] = []
    for n in range(until):
        for match in _ANCHOR.finditer(lines[n][1]):
            name = names.trimmed(match[1])
            words = set(re.findall(r"[^\W\d_]{2,}", name.lower()))
            if len(words) < 2 or not names.is_name(name) or _NO_BIRTH.search(lines[n][1][: match.start()]) or words in known:
                continue
            starts.append(n)
            known.append(words)
    if len(starts) < 2 or len(set(starts)) < len(starts):
        return {}
    owners = {}
    for k, first in enumerate(starts):
        last = starts[k + 1] if k + 1 < len(starts) else until
        for n in range(first, last):
            if not lines[n][1].strip() and n > first:
                break
            owners[lines[n][0]] = k
    return owners


def _goes_on(lines: list[tuple[int, str]]) -> bool:
    """Whether a patient's labelled lines go on behind an empty one."""
    return any((match := LABELLED.match(line)) and of_label(match[1]) for _, line in lines)


def _block(lines: list[tuple[int, str]], first: int, starts: list[int], until: int) -> str:
    following = [n for n in starts if n > first]
    return "\n".join(line for _, line in lines[first : min([*following, until])])

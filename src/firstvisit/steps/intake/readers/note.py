"""Posts of web forms and other short notes: label: value, key=value, JSON, urlencoded, tables, free words, mixed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import re
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from firstvisit.steps.intake.readers import Document, Read, xml_fields
from firstvisit.steps.intake.readers.html_text import text_of
from firstvisit.steps.intake.readers.kind import LONGEST_TEXT, decoded
from firstvisit.steps.intake.understanding import letters, rows, texts
from firstvisit.steps.intake.understanding.passages import Passage, Told, sentences
from firstvisit.steps.intake.understanding.recased import recased
from firstvisit.steps.intake.understanding.topics import of_label
from firstvisit.steps.intake.understanding.values.dates import days

_URLENCODED: Final = re.compile(r"\A\s*[\w.\[\]%+-]+=[^&\n]*(?:&[\w.\[\]%+-]+=[^&\n]*)+\s*\Z")
_DEEPEST: Final = 12
_ONE_OF: Final = re.compile(r"(?i)(child|kid|patient|student|sibling|dependent|resident|client|pt)(?:ren|s|ies)?$")
_NUMBERED_PERSON: Final = re.compile(r"(?i)\W*(child|kid|patient|student|sibling|twin|dependent|resident|client|person|family member|pt|athlete|employee|referral)[\s_#\[.-]*(?:no\.? ?)?(\d)(?!\d)[\s_\].:-]*(.*)$")
"""A label or a heading that counts patients: "child_2_name", "students[1][dob]", "Child 2"."""
_YES_OR_NO: Final = re.compile(r"(?i)\W*(?:yes|no|y|n|none|never|not sure|unsure|maybe|n/a|na|true|false|sí|si|sometimes)\W*")
_QUESTION: Final = re.compile(r"^\s*(?P<label>[^?\n]{4,90}\?)[\s:.…_|>=-]*(?P<value>.*)$")


def read(document: Document) -> Read:
    """What a note says; a line that answers a label is read by it, everything else as a letter."""
    text = decoded(document.content).replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]
    if re.match(r"\s*<(?:!doctype|html|body|table|div|p)\b", text, re.I):
        text = text_of(text)
    passages = _fields_of_data(text) or _fields_of_rows(letters.without_unticked(recased(text)))
    name, address = _sender(passages)
    stated = _written_on(passages, text, document.received_on)
    told = Told("web", stated or document.received_on, tuple(passages), name, address, by_office=document.by_office, dated=stated is not None)
    return Read(texts.understand(told), texts={"body": text})


def _fields_of_data(text: str) -> list[Passage]:
    """Fields of JSON or of an urlencoded body; empty where the text is neither."""
    if rows := _table(text):
        return rows
    pairs: list[tuple[str, str]] = []
    if text.lstrip()[:1] in ("{", "["):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return []
        _walk(data, "", pairs, 0)
    elif (fields := xml_fields.fields(text)) is not None:
        _walk(fields, "", pairs, 0)
    elif _URLENCODED.match(text):
        try:
            pairs = parse_qsl(text.strip(), keep_blank_values=False, max_num_fields=500)
        except ValueError:
            return []  # more fields than any form has: read as words, as far as that goes
    else:
        return []
    made: list[Passage] = []
    for label, value in pairs:
        made += _field(label, value, max(text.find(value), 0))
    return _of_counted(made)


def _of_counted(passages: list[Passage]) -> list[Passage]:
    """Fields whose labels count patients ("child_2_name") are each about that one, where two or more are counted."""
    numbers = {passage: match[2] for passage in passages if (match := _NUMBERED_PERSON.match(passage.question))}
    order = sorted(set(numbers.values()), key=int)
    made = []
    for passage in passages:
        if number := numbers.get(passage):
            asked = frozenset("patient name" if topic == "name" else topic for topic in passage.asked)
            made.append(replace(passage, patient=order.index(number) if len(order) > 1 else None, asked=asked))
        else:
            made.append(passage)
    return made


_MOST_ABOVE: Final = 4
"""Lines that may stand over a table: what it is, which row."""


def _table(text: str) -> list[Passage]:
    """A head of labels and a row of values for each patient, apart by commas, tabs, bars or semicolons; empty where there is
    none."""
    lines = text.lstrip().splitlines()
    for n, mark in itertools.product(range(min(_MOST_ABOVE, len(lines))), (",", "\t", "|", ";")):
        rest = "\n".join(lines[n + 1 :])
        labels = [label.strip() for label in next(csv.reader([lines[n]], delimiter=mark), [])]
        known = sum(of_label(label) is not None for label in labels)
        if len(labels) < 3 or known < max(3, len(labels) // 2):
            continue
        rows = [row for row in csv.reader(io.StringIO(rest), delimiter=mark) if any(cell.strip(" -") for cell in row)]
        if rows and all(len(row) == len(labels) for row in rows):
            return [
                replace(each, patient=n if len(rows) > 1 else None)
                for n, row in enumerate(rows)
                for label, value in zip(labels, (cell.strip() for cell in row), strict=True)
                if value
                for each in _field("patient name" if len(rows) > 1 and of_label(label) == "name" else label, value, max(text.find(value), 0))
            ]
    return []


_HOLDS: Final = re.compile(r"(?i)(?:referral|request|form|data|details?|intake|submission|lead|payload|answers?|fields?|body|info|record|entry|response)s?")
"""Keys that only hold others: "referral": {"location": ...}."""


def _walk(data: object, label: str, pairs: list[tuple[str, str]], depth: int) -> None:
    """Leaves of JSON with their labels: the nearest key that is known, with its parent where both are needed."""
    if depth > _DEEPEST:
        return
    if isinstance(data, dict):
        asked = next((str(data[key]) for key in ("label", "question", "title", "field", "name") if isinstance(data.get(key), str)), None)
        answer = next((data[key] for key in ("value", "answer", "response", "text") if key in data), None)
        if asked is not None and answer is not None and len(data) <= 6:
            _walk(answer, asked, pairs, depth + 1)
            return
        for key, value in data.items():
            if isinstance(value, list) and len(value) > 1 and all(isinstance(each, dict) for each in value) and (one := _ONE_OF.match(str(key))):
                for n, each in enumerate(value, start=1):
                    inner: list[tuple[str, str]] = []
                    _walk(each, one[1], inner, depth + 1)
                    pairs += [(f"{one[1]} {n} {name.removeprefix(one[1]).strip()}", words) for name, words in inner]
                continue
            joined = f"{label} {key}" if label and not _HOLDS.fullmatch(label) and of_label(f"{label} {key}") not in (None, "prose") else str(key)
            _walk(value, joined, pairs, depth + 1)
    elif isinstance(data, list):
        if data and all(isinstance(each, str | int | float) for each in data):
            pairs.append((label, ", ".join(map(str, data))))
            return
        for each in data:
            _walk(each, label, pairs, depth + 1)
    elif data is not None and str(data).strip():
        pairs.append((label, {True: "Yes", False: "No"}[data] if isinstance(data, bool) else str(data)))


def _field(label: str, value: str, at: int) -> list[Passage]:
    """One field: prose is cut into sentences, anything else stays whole."""
    topic = of_label(label)
    if topic in ("my name", "name", "patient name", "parent", "referrer", "first") and len(value) > 80 and len(value.split()) > 12:
        topic = "prose"  # what somebody typed into a box meant for a name
    topics = frozenset({topic} if topic else ())
    if topic in ("prose", None) or (len(value) > 80 and topic not in ("availability", "address", "insurance")):
        return [Passage(each, start, "label", topics, question=label) for start, each in sentences(value, at)]
    return [Passage(value, at, "label", topics, question=label)]


def _fields_of_rows(text: str) -> list[Passage]:
    """Tables first, then lines; in the order of the text."""
    made, rest = rows.cut(text)
    made += _of_several(_of_counted(_fields_of_lines(letters.with_colons(rest))), rest)
    return sorted(made, key=lambda passage: passage.start)


def _of_several(passages: list[Passage], text: str) -> list[Passage]:
    """Where two or more headings count patients ("Child 1", "Child 2"), what stands under each is about that one; a
    paragraph that has no name, birth date, age or sex of its own holds for all again."""
    heads: list[tuple[int, int]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        match = _NUMBERED_PERSON.match(line.strip(" \t\n*#=-"))
        if match and not match[3].strip():
            heads.append((at, int(match[2])))
        at += len(line)
    if not heads or len({number for _, number in heads}) < len(heads):
        return passages
    made = []
    for passage in passages:
        mine = [n for n, (begin, _) in enumerate(heads) if begin <= passage.start]
        if not mine:
            made.append(passage)
            continue
        head = heads[mine[-1]][0]
        apart = re.split(r"\n[ \t]*\n", text[head : passage.start])
        own = len(apart) == 1 or (mine[-1] + 1 < len(heads) or any(p.about("patient name", "name", "dob", "sex", "age", "first") for p in passages if p.start >= passage.start - len(apart[-1])))
        topics = frozenset("patient name" if topic == "name" else topic for topic in passage.asked)
        made.append(replace(passage, patient=mine[-1] if len(heads) > 1 else None, asked=topics) if own else passage)
    return made


def _fields_of_lines(text: str) -> list[Passage]:
    """Lines "label: value", "key=value", "question? answer"; a label alone takes the next line; the rest are letters."""
    made: list[Passage] = []
    at, rest, pending = 0, "", ""
    begun, last = 0, ""
    text = _BARS.sub(lambda match: f" {match[1]}:{match[2]} ", text)
    alone = sum(_label_alone(line) for line in text.splitlines()) >= 3
    for line in text.splitlines(keepends=True):
        plain = line.rstrip("\n")
        if alone and _label_alone(plain):
            if rest.strip():
                made += letters.passages(rest, begun)
            rest, pending, at = "", plain.strip(" *:"), at + len(line)
            continue
        if last and (more := re.match(r"[ \t]*:[ \t]+(?=\S)", plain)):
            made += _field(last, plain[more.end() :].rstrip(), at + more.end())
            at += len(line)
            continue
        match = letters.LABELLED.match(plain)
        label = match[1].strip() if match else ""
        known = bool(match) and (of_label(label) is not None) and len(label.split()) <= 8
        asked = None if known else _QUESTION.match(plain)
        if asked and len(asked["label"].split()) <= 12 and (of_label(asked["label"]) or _YES_OR_NO.fullmatch(asked["value"])):
            match, label, known = asked, asked["label"], True
        if known and match:
            if rest.strip():
                made += letters.passages(rest, begun)
            rest, last = "", label
            if match["value"].strip():
                made += _line_fields(label, match["value"], at + match.start("value"))
                pending = label if of_label(label) == "prose" else ""
            else:
                pending = label
        elif pending and plain.strip():
            made += _field(pending, plain, at)
            pending = pending if of_label(pending) == "prose" else ""
        else:
            if not rest:
                begun = at
            rest += line
        at += len(line)
    if rest.strip():
        made += letters.passages(rest, begun)
    return made


_BARS: Final = re.compile(r"(?m)^\|([^|\n]{2,50})\|([^|\n]*)\|[ \t]*$")
"""A row of a table with two cells."""


def _label_alone(line: str) -> bool:
    """Whether a line is nothing but a label, its value on the next."""
    plain = re.sub(r"^\W*(?:Q\s?)?\d{1,2}[.):]\s*", "", line).strip(" *:?¿")
    return bool(plain) and len(plain.split()) <= 8 and not re.search(r"[@\d:=]", plain) and of_label(line.strip(" *:")) is not None and len(line.strip()) <= 80


_INNER: Final = re.compile(r"(?:\s{2,}|[;|]\s*|\t)([A-Za-z][A-Za-z /#.-]{1,28}?)\s?[:=]\s*")


def _line_fields(label: str, value: str, at: int) -> list[Passage]:
    """A line may hold several fields: "Phone: ...  Fax: ..."."""
    labels, values = re.split(r"\s*/\s*", label), re.split(r"\s+/\s+", value.strip())
    if len(labels) == len(values) > 1 and len({of_label(each) for each in labels} - {None, "prose"}) == len(labels):
        return [one for name, words in zip(labels, values, strict=True) for one in _field(name, words, at + value.find(words))]
    cuts = [match for match in _INNER.finditer(value) if of_label(match[1]) not in (None, "prose")]
    if of_label(label) == "prose" or not cuts:
        return _field(label, value.rstrip(), at)
    made = _field(label, value[: cuts[0].start()], at)
    for n, match in enumerate(cuts):
        end = cuts[n + 1].start() if n + 1 < len(cuts) else len(value)
        made += _field(match[1], value[match.end() : end].rstrip(), at + match.end())
    return made


def _sender(passages: list[Passage]) -> tuple[str | None, str | None]:
    """A line "From: Ayesha Siddiqui (ayesha@example.org)" names whoever filled the form in."""
    for passage in passages:
        match = re.match(r"\s*([^<(@]+?)\s*[<(]([^\s<>()]+@[^\s<>()]+)[>)]", passage.text)
        if match and passage.about("my name"):
            return match[1], match[2]
    return None, None


def _written_on(passages: list[Passage], text: str, received_on: dt.date) -> dt.date | None:
    """The day the form says it was sent."""
    for passage in passages:
        if passage.about("written on"):
            found = [each.value.date for each in days(passage.text, received_on) if each.value.year_said]
            if found and 2000 <= found[0].year <= received_on.year + 1:
                return found[0]
    return None

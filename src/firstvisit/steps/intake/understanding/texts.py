"""A text from first word to last: who writes, what they say, what kind of thing it is, whether it can wait. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.referral import red_flags
from firstvisit.steps.intake.understanding import (
    agreement,
    answered_by_us,
    apart,
    been_here,
    kinds,
    learned,
    offices,
    pairs,
    parties,
    people,
    who_writes,
    whose,
)
from firstvisit.steps.intake.understanding.cast import turned_to
from firstvisit.steps.intake.understanding.cast.noted import Talk
from firstvisit.steps.intake.understanding.confidence import THRESHOLD
from firstvisit.steps.intake.understanding.find_care import Care
from firstvisit.steps.intake.understanding.find_cover import Cover
from firstvisit.steps.intake.understanding.find_reach import Reach
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.learned import opinions
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.plain_kinds import wishes
from firstvisit.steps.intake.understanding.settle import Understood, settle
from firstvisit.steps.intake.understanding.several.owned import by_patient
from firstvisit.steps.intake.understanding.several.words import several
from firstvisit.steps.intake.understanding.together import together
from firstvisit.steps.intake.understanding.values import names, people_words

_LEAD_KINDS: Final[dict[parties.Writer, str]] = {
    "patient": "patient", "relative": "caregiver", "professional": "referral_partner", "organization": "organization",
}  # fmt: skip


_PLAINLY_SO, _PLAINLY_NOT = 0.9, 0.05
"""From and under which share the network is taken at its word where rules are not sure."""
_CERTAINLY, _CERTAINLY_NOT = 0.98, 0.01
"""And where they are."""
_CONTESTED: Final = 0.9
"""Under which confidence a referral is one that rules saw signs against. The network is as sure of some whose wish is only told
("I had to stop therapy in the fall"), so of what rules have no doubt of it may only make a doubt."""
_ALARMING: Final = 0.99
"""From which share on the network raises a red flag that no sign raised."""
_ALARMED_BY: Final = 60
"""Pieces of the shortest text in which it may: of shorter ones that speak of dangers long past it takes every fourth for one."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was written before in the same thread: its words, what was found in them, and whether by the same author."""

    told: Told
    understood: Understood
    same_author: bool


def understand_thread(newest: Told, older: Sequence[tuple[Told, bool]]) -> Understood:
    """What the newest part of a thread says together with the older ones, the newest of them first, each with whether its
    author is the same. A newer part puts an older one right; what somebody else wrote only fills what is left open."""
    before = [Before(told, understand(told), same) for told, same in older]
    done = understand(newest, before)
    if len(done.patients) > 1 or any(len(each.understood.patients) > 1 for each in before):
        return together(done, [each.understood for each in before])
    found = list(done.found)
    for each in before:
        found += [one for one in each.understood.found if _adds(one, found, each.same_author)]
        alarms = [one for one in each.understood.found if one.path in ("escalate", "escalate_reason") and one.value]
        if alarms:
            found = [one for one in found if one.path != "escalate" or one.value] + alarms
    return settle(found, channel=newest.channel, received_on=newest.written_on, sort=done.sort)


_OF_THE_NEWEST: Final = ("lead_kind", "not_a_referral", "escalate", "escalate_reason", "asks")
_OF_THE_WRITER: Final = ("contact.", "timing", "availability", "setting", "concern")


def _adds(one: Found, known: Sequence[Found], same_author: bool) -> bool:
    """Whether an older part's value is taken over: nothing newer says otherwise."""
    if one.path in _OF_THE_NEWEST or (not same_author and one.path.startswith(_OF_THE_WRITER)):
        return False
    newer = [each for each in known if each.path == one.path and each.confidence >= THRESHOLD]
    return not newer or any(agreement.same(one.path, each.value, one.value) for each in newer)


def understand(told: Told, before: Sequence[Before] = ()) -> Understood:
    """Everything a text says, settled into one record a patient. What was written before only tells what kind of thing it is."""
    talk = Talk(told) if told.channel == "phone" or told.agent else None
    if told.patients == 1 and several(f"{told.words}\n{told.agent}"):
        writing = talk.writing if talk else who_writes.writing(told)
        passages, anchors = by_patient(told.passages, told.agent, writing.writer == "professional", letter=talk is None)
        if anchors:
            told = replace(told, passages=tuple(passages), anchors=tuple(anchors))
            talk = Talk(told) if talk else None
    finding, sort = _read(told, talk, before)
    found = finding.found
    if told.patients > 1:
        each = [_read(one, Talk(one, apart.writes(one, finding.writing)) if talk else None, sort=sort, writing=apart.writes(one, finding.writing))[0] for one in apart.alone(told)]
        found = apart.together(told, found, [one.found for one in each], finding.writing)
    return settle(found, channel=told.channel, received_on=told.written_on, sort=sort)


def _read(told: Told, talk: Talk | None, before: Sequence[Before] = (), sort: str | None = None, writing: parties.Writing | None = None) -> tuple[Finding, str]:
    """What is found in a text read as a whole, and what kind of thing it is; of a part of a text `sort` and `writing` say
    what the whole is, and who writes it."""
    finding = _finding(told, talk, writing)
    if writing is None and (by_another := _writer(told, finding.writing)):
        finding = _finding(told, talk.by(by_another) if talk else None, by_another)
    if finding.writing.writer == "patient" and _is_small_child(finding):
        # No child of that age writes: somebody does for them, whoever it is.
        nobody = parties.Writing("relative", people_words.RELATIVES["child"], sure=False)
        finding = _finding(told, talk.by(nobody) if talk else None, nobody)
    elif talk is None and finding.writing.writer in ("patient", "organization") and pairs.named(told) is not None:
        # "Our kids": whoever writes so writes for them.
        finding = _finding(told, None, parties.Writing("relative", people_words.RELATIVES["child"]))
    elif talk is None and finding.writing.writer == "patient" and _two_people(finding):
        # Whoever said their name is not whom they named as the patient: somebody writes for another.
        finding = _finding(told, None, parties.Writing("relative", sure=False))
    Reach(finding).find()
    if talk is not None:
        turned_to.turn(finding, talk)
    whose.weigh(finding)
    Cover(finding).find()
    Care(finding).find()
    _referrer(finding)
    if told.passages:
        whole = Passage(told.words, 0)
        writing = finding.writing
        rule = "label" if writing.passage is not None and writing.passage.about("relationship") else "follows from" if writing.sure else "some of its words"
        finding.add("lead_kind", _LEAD_KINDS[writing.writer], told.passages[0], 0, 0, rule)
        _timing_of_events(finding)
        sort = sort or _kind(finding, whole, before)
        _escalation(finding)
    else:
        sort = "unclear"
    if told.patients == 1 and (read_along := learned.reading(told)):
        opinions.join(finding, read_along)
        opinions.mark(finding, read_along)
    if not finding.writing.sure:
        finding.found = [_of_whoever(each, finding.writing.writer == "patient", told.channel == "phone") for each in finding.found]
    if told.patients > 1 and finding.writing.writer == "relative":
        finding.found = _one_of_them(finding)
    if sort != "referral" and not any(each.path == "escalate" and each.value for each in finding.found):
        finding.found = [_less_sure(each, sort) for each in finding.found]
    if finding.writing.writer == "organization":
        finding.found = [each for each in finding.found if not each.path.startswith("patient.") and each.path not in ("events", "frequencies", "availability")]
    if finding.writing.writer == "relative":
        finding.found = pairs.of_two(told, finding.found)
    return finding, sort


def _finding(told: Told, talk: Talk | None, writing: parties.Writing | None = None) -> Finding:
    """The people of a text: of a talk by its cast, of a letter by who writes and whom they name."""
    finding = Finding(told, talk.writing, talk.mentions()) if talk else Finding(told, writing or who_writes.writing(told), parties.mentions(told))
    people.find(finding, talk)
    return finding


def _writer(told: Told, said: parties.Writing) -> parties.Writing | None:
    """Who the network is sure writes, where rules only guess and guess another."""
    reading = learned.reading(told) if told.patients == 1 else None
    if reading is None:
        return None
    shares = reading.answers["lead_kind"].shares
    writer = max(_LEAD_KINDS, key=lambda each: shares.get(_LEAD_KINDS[each], 0.0))
    sure = shares.get(_LEAD_KINDS[writer], 0.0) >= (_CERTAINLY if said.sure else _PLAINLY_SO)
    return parties.Writing(writer) if sure and writer != said.writer else None


def _two_people(finding: Finding) -> bool:
    """Whether the name that somebody said of themselves and the patient's name as answered or labelled have no word in common."""
    said = {str(each.value).lower() for path in ("patient.first_name", "patient.last_name") for each in finding.values(path) if each.rule == "said of oneself"}
    stated = {
        str(each.value).lower()
        for path in ("patient.first_name", "patient.last_name")
        for each in finding.values(path)
        if each.rule in ("asked and answered", "spelled out", "label")
    }
    firsts = [str(each.value).lower() for each in finding.values("patient.first_name")]
    return len(said) >= 2 and len(stated) >= 2 and said.isdisjoint(stated) and len(set(firsts)) > 1


def _one_of_them(finding: Finding) -> list[Found]:
    """Of several patients the one who writes, known by the sender's name, writes for themselves."""
    sender = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", finding.told.sender_name or "")}
    selves = {
        patient
        for patient in range(finding.told.patients)
        if len(sender) >= 2
        and all(any(str(each.value).lower() in sender for each in finding.values(f"patient.{part}_name", patient)) for part in ("first", "last"))
    }
    own = {"lead_kind": "patient", "contact.relationship": "self"}
    return [
        replace(each, value=own[each.path]) if each.path in own and each.patient in selves else each
        for each in finding.found
        if not (each.path == "patient.sex" and each.patient in selves)
    ]


def _is_small_child(finding: Finding) -> bool:
    """Whether the patient is stated to be under twelve."""
    ages = [int(str(each.value)) for each in finding.values("patient.age_years")]
    ages += [(finding.told.written_on - dt.date.fromisoformat(str(each.value))).days // 365 for each in finding.values("patient.date_of_birth")]
    return bool(ages) and max(ages) < 12


def _of_whoever(found: Found, taken_for_patient: bool, spoken: bool) -> Found:
    """Where it only looks as if somebody wrote for themselves, or for another, it is open whose name and number are whose.
    What a mail or a form gives to reach somebody by reaches whoever wrote it in any case."""
    if taken_for_patient and not spoken and found.path in ("patient.first_name", "patient.last_name") and found.rule in ("signature", "sender"):
        return replace(found, confidence=found.confidence * 0.85)
    theirs = found.path.startswith("contact.") if spoken else taken_for_patient and found.path in ("contact.name", "contact.relationship")
    if theirs or (taken_for_patient and found.path in ("patient.phone", "patient.email")):
        return found if found.rule == "label" and not taken_for_patient else replace(found, confidence=found.confidence * 0.85)
    return found


def _less_sure(found: Found, sort: str) -> Found:
    """Where it is not plain that somebody is referred, who writes is no patient and nothing is printed unseen; of a
    question about a referral only its names stand."""
    flag = found.path in ("not_a_referral", "escalate", "escalate_reason")
    named = sort in ("status_question", "addendum") and not found.path.startswith(("lead_kind", "contact", "timing"))
    return found if flag or named else replace(found, confidence=found.confidence * 0.6)


_CREDENTIAL_LABEL: Final = re.compile(r"(?i)(?:\w+[ _])*(?:provider|referrer|orderer|physician)?[ _]?cred(?:ential)?s?")


def _referrer(finding: Finding) -> None:
    """What follows of whoever refers: the organization they write for and their role."""
    told = finding.told
    for passage in told.passages:
        if passage.about("organization") and passage.zone == "label":
            value = re.split(r"\s{2,}|\s*[|(]", passage.text.strip())[0].strip(" .,")
            theirs = finding.writing.writer in ("patient", "relative") and re.search(r"(?i)school|employer|company|team|club|escuela", passage.question)
            if re.search(r"[^\W\d_]{2,}", value) and not re.match(r"\W*\d{3}", value) and not theirs:
                finding.add("referrer.organization", value, passage, 0, len(value), "label")
        if _CREDENTIAL_LABEL.fullmatch(passage.question) and re.fullmatch(rf"\s*{names.CREDENTIALS}\.?\s*", passage.text):
            finding.add("referrer.credential", passage.text.strip(), passage, 0, len(passage.text), "label")
    if finding.writing.writer in ("professional", "organization"):
        _own_office(finding)
    whose.weigh_organization(finding)
    words = [str(each.value) for path in ("referrer.credential", "referrer.organization") for each in finding.values(path)]
    named = finding.values("referrer.name")
    if not named and not (finding.has("referrer.organization") and finding.writing.writer == "professional"):
        return
    doctor = told.channel == "phone" and any(m.role == "clinician" for m in finding.mentions)
    doctor = doctor or any(m.role == "clinician" and not m.word and re.search(r"(?i)\b(?:dra?|doctora?)\b", m.passage.text[max(0, m.start - 8) : m.start]) for m in finding.mentions)
    around = " ".join(m.passage.text for m in finding.mentions if m.role in ("clinician", "self")) if finding.writing.writer == "professional" else ""
    credential = " ".join(str(each.value) for each in finding.values("referrer.credential"))
    role = people_words.role_of(credential) if credential else None
    if role in (None, "pt", "slp") and doctor and not credential:
        role = "physician"
    if role is None and finding.writing.writer == "professional":
        role = people_words.role_of(f"{' '.join(words)} {around} {' '.join(p.question for p in told.passages if p.about('organization', 'referrer'))} {_signature(told)}")
    if role is None and named and finding.writing.writer != "professional":
        role = "physician" if doctor or any(p.about("referrer") for p in told.passages) else None
    if role is None:
        return
    at = named[0] if named else finding.values("referrer.organization")[0]
    for patient in range(told.patients):
        finding.found.append(type(at)("referrer.role", role, 0.9 if at.confidence > _HARDLY or finding.writing.writer == "professional" else at.confidence, at.place, at.quote, "follows from", patient))


_HARDLY: Final = 0.7
"""The confidence up to which nobody was said to refer, and nobody's role is theirs."""


def _signature(told: Told) -> str:
    return " ".join(p.text for p in told.passages if p.zone == "signature" or (p.zone == "label" and p.about("title", "my name")))


_FROM: Final = re.compile(r"(?i:\b(?:at|with|from|for|of)\s+(?:the\s+)?)((?:St\.\s)?[A-Z][\w'’&-]*(?:\s(?:(?:of|the|&|and|for)\s)*[A-Z][\w'’&-]*){0,5})")

_OFFICE_LINE: Final = re.compile(
    r"\s*([A-Z][\w'’&-]*(?: (?:(?:of|the|&|and) )?[A-Z][\w'’&-]*){1,5}) (?:T|P|O|Ph|Tel|Phone|Office|F|Fax)\b[.: ]*\(?\d"
)


def _own_office(finding: Finding) -> None:
    """ "I'm Beth, coordinator at Cedar Bluff Elementary", and the office's line in a signature."""
    told = finding.told
    known = {str(each.value) for each in finding.values("referrer.organization")}
    if sender := offices.of_sender(told):
        finding.add("referrer.organization", sender, told.passages[0], 0, 0, "sender")
        known.add(sender)
    for under, start, name, by_word in offices.under_signature(told):
        if by_word or not known:
            finding.add("referrer.organization", name, under, start, start + len(name), "signature" if by_word else "named in a sentence")
            known.add(name)
    for passage in told.passages:
        match = _OFFICE_LINE.match(passage.text)
        if match and names.is_organization(match[1]):
            finding.add("referrer.organization", match[1], passage, match.start(1), match.end(1), "signature")
            known.add(match[1])
    for n, passage in enumerate(told.passages):
        if passage.zone == "signature":
            continue
        early = n < 4 or any(m.passage is passage and m.role == "self" for m in finding.mentions)
        if not early or passage.zone == "label" or known:
            continue
        for match in _FROM.finditer(passage.text):
            name = re.sub(r"\s+(?:and I|for Dr.*)$", "", match[1])
            if names.is_organization(name) and len(name.split()) >= 2 and not re.search(r"(?i)^(?:physical|occupational|speech)|therapy (?:eval|intake)", name):
                finding.add("referrer.organization", name, passage, match.start(1), match.end(1), "named in a sentence")
                known.add(name)
                break


def _timing_of_events(finding: Finding) -> None:
    """Somebody who comes home within days must be seen then, also where nobody says so."""
    if finding.has("timing"):
        return
    for each in finding.values("events"):
        value = each.value if isinstance(each.value, dict) else {}
        days = (dt.date.fromisoformat(str(value["date"])) - finding.told.written_on).days if value.get("date") else 99
        if value.get("kind") == "discharge" and -3 <= days <= 10:
            finding.found.append(type(each)("timing", "asap", 0.9, each.place, each.quote, "follows from", each.patient))


def _kind(finding: Finding, whole: Passage, before: Sequence[Before] = ()) -> str:
    earlier = [each for each in before if each.same_author or each.understood.sort == "referral"]
    words = "\n".join([whole.text, *(each.told.words for each in earlier)])
    said = finding
    if earlier:
        found = [*finding.found, *(one for each in earlier for one in each.understood.found)]
        finding = Finding(finding.told, finding.writing, finding.mentions, found)
    patient = finding.has("patient.first_name") or finding.has("patient.last_name")
    details = finding.has("patient.date_of_birth") or finding.has("patient.age_years")
    wanted = any(each.confidence >= 0.85 for each in finding.values("disciplines")) or finding.has("service") or any(each.confidence >= 0.85 for each in finding.values("program"))
    codes = finding.has("diagnoses") or finding.has("frequencies") or finding.has("payers.0.member_id")
    attached = " ".join(finding.told.attachments)
    # Labels that ask for nothing we enter tell what the form is for: "Position: ...", "Resume: ...".
    labels = " ".join(dict.fromkeys("already a patient" if been_here.says_so(p) else p.question for p in finding.told.passages if (p.zone == "label" and p.about("title", "form", "prose")) or (p.zone == "label" and not p.asked)))
    therapy = any(each.confidence >= 0.85 for path in ("disciplines", "program") for each in finding.values(path)) or any(
        isinstance(each.value, dict) for each in finding.values("diagnoses")
    )
    judged = kinds.judged(f"{words}\n{attached}\n{labels}", names_a_patient=patient and details, wants_care=wanted, codes=codes, therapy=therapy, tells_of_somebody=who_writes.tells_of_somebody(finding.told))
    first = finding.told.passages[0]
    if finding.told.channel == "phone" and judged.sort not in kinds.NOT_REFERRALS and (sort := answered_by_us.sort_of(finding.told.words, finding.told.agent)):
        judged = kinds.Judged(sort, 0.9, judged.start, judged.end)
    if not before:
        judged = _read_along(finding, judged, words)
    if judged.sort in kinds.NOT_REFERRALS:
        said.add("not_a_referral", True, first, 0, 0, "in these words", 0.93 - judged.confidence)
    elif judged.sort == "referral":
        said.add("not_a_referral", False, first, 0, 0, "in these words", 0.93 - judged.confidence)
    return judged.sort


def _read_along(finding: Finding, judged: kinds.Judged, words: str) -> kinds.Judged:
    """What rules take a text for, held against what the network makes of it: where they contradict each other it is unclear, and
    a person looks; what is unclear to rules, or was told on balance without a wish for care, the network may tell. Of a thread it would only see the newest words."""
    reading = learned.reading(finding.told)
    if reading is None or judged.sort in ("status_question", "addendum"):
        return judged
    share = reading.answers["not_a_referral"].shares["True"]
    sure = judged.confidence >= THRESHOLD
    other = judged.sort in kinds.NOT_REFERRALS
    asks_for_many = any(each.value == "organization" for each in finding.values("lead_kind"))  # of whom it has seen few
    open_to_doubt = judged.sort == "unclear" or (judged.confidence < _CONTESTED and not wishes(words))
    if not other and open_to_doubt and not asks_for_many and share >= _CERTAINLY:
        return replace(judged, sort=kinds.likeliest(words), confidence=share)
    if judged.sort == "unclear" and share < _PLAINLY_NOT:
        return replace(judged, sort="referral", confidence=1 - share)
    if sure and (share < _CERTAINLY_NOT if other else share >= _CERTAINLY):
        return replace(judged, sort="unclear", confidence=0.5)
    return judged


_SAYS_NO: Final = re.compile(r"(?i)\W*(?:no|none|never|nope|negative|not at all|n)\b(?!\s+(?:longer|matter|doubt|idea))")
"""What answers a question of a form or a list with no."""


def _escalation(finding: Finding) -> None:
    """Red flags in what the caller or writer says, or answers with yes, and what whoever answers tells them to do."""
    told = finding.told
    unmarked = red_flags.unmarked(told.words)
    kept = [
        passage
        for passage, following in zip(told.passages, (*told.passages[1:], None), strict=True)
        if passage.text.strip() not in unmarked and not (following and passage.text.rstrip().endswith("?") and _SAYS_NO.match(following.text))
    ]
    for passage in kept:
        if flags := red_flags.find(passage.text) or red_flags.answered(passage.question, passage.text):
            _escalate(finding, flags, passage, len(passage.text))
            return
    # Signs may stand in two sentences; of a mail or form only what stands close to each other is told together.
    flags = red_flags.find("\n".join(p.text.strip() for p in kept) if told.channel == "web" else " ".join(p.text.strip() for p in kept))
    flags = flags or red_flags.find(told.heading)
    if not flags and red_flags.told_to_call(told.agent):
        flags = ("emergency",)
    if flags:
        _escalate(finding, flags, told.passages[0], 0)
    elif alarmed := _alarmed(told):
        _escalate(finding, ("danger",), alarmed, len(alarmed.text))
    else:
        finding.add("escalate", False, told.passages[0], 0, 0, "in these words")


def _alarmed(told: Told) -> Passage | None:
    """The passage at which the network that reads along looks most where it finds that a text cannot wait, though no sign
    that rules know stands in it; None where it does not. It raises a flag and takes none back."""
    reading = learned.reading(told)
    if reading is None or len(reading.pieces.numbers) < _ALARMED_BY:
        return None
    answer = reading.answers["escalate"]
    return reading.passage(answer, "True") if answer.shares["True"] >= _ALARMING else None


def _escalate(finding: Finding, flags: tuple[str, ...], passage: Passage, end: int) -> None:
    finding.add("escalate", True, passage, 0, end, "in these words")
    finding.add("escalate_reason", "; ".join(red_flags.RED_FLAGS[flag] for flag in flags), passage, 0, end, "in these words")

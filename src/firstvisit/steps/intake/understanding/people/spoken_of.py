"""The patient's language, and what the contact is to them. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.intake.understanding.parties import Mention
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.people.naming import Naming
from firstvisit.steps.intake.understanding.values import people_words
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD

_SPANISH: Final = re.compile(
    r"(?i)\b(?:en español|habla (?:usted )?español|hablamos español|solo español|no hablo inglés"
    r"|in spanish,? please|spanish interpreter|speaks? spanish)\b"
)
_BOTH: Final = re.compile(r"(?i)\band english\b|english and|\balso speaks? english")
_NAMED: Final = re.compile(rf"\W*({'|'.join(LANGUAGES)})\b", re.I)


def language(naming: Naming) -> None:
    """A language that is named for the patient, or in which somebody wishes to speak."""
    for passage in naming.told.passages:
        add = naming.finding.add
        if wish := _SPANISH.search(passage.text):
            add("patient.language", "Spanish", passage, wish.start(), wish.end(), "in these words")
        if passage.about("language") and passage.zone == "label" and (match := _NAMED.match(passage.text)):
            named = next(each for each in LANGUAGES if each.lower() == match[1].lower())
            add("patient.language", named, passage, match.start(1), match.end(1), "label")
            continue
        for span in people_words.languages(passage.text):
            if not _BOTH.search(passage.text):
                add("patient.language", span.value, passage, span.start, span.end, "in these words")
    if naming.told.passages and not naming.finding.has("patient.language") and people_words.is_mostly_spanish(naming.told.words):
        # Whoever tells it all in Spanish is spoken with in Spanish.
        whole = naming.told.passages[0]
        naming.finding.add("patient.language", "Spanish", whole, 0, len(whole.text), "follows from")


def own_word(naming: Naming, passage: Passage, mention: Mention | None = None) -> None:
    """The contact's relationship from the word beside a name or in a label: "Mom: Kirsten", "Kenji (father)"."""
    if naming.writing.writer == "relative" and naming.writing.own:
        return
    said = re.findall(rf"\b({OWN_WORD})\b", f"{passage.text} {passage.question}", re.I)
    word = mention.word if mention else next(iter(said), "")
    own = people_words.own_relationship(word)
    # A label for whoever it may be ("Parent/guardian") says of nobody what they are.
    either = mention is None and re.search(r"parent.*guardian|/", passage.question, re.I)
    if own and not (either and own in ("parent", "guardian")):
        start = mention.start if mention else 0
        begin = max(0, start - len(word) - 1)
        naming.finding.add("contact.relationship", own, passage, begin, start, "in these words")


def relationship(naming: Naming) -> None:
    """What the one who writes is to the patient."""
    writing, finding = naming.writing, naming.finding
    passage = writing.passage or (naming.told.passages[0] if naming.told.passages else None)
    if passage is None:
        return
    if writing.writer == "patient":
        if finding.has("patient.first_name") or finding.has("patient.phone"):
            finding.add("contact.relationship", "self", passage, 0, len(passage.text), "follows from")
    elif writing.writer == "relative":
        own = writing.own or (writing.relative.speaker_is if writing.relative else None)
        if writing.relative and writing.own in ("child", "sibling", "spouse"):
            of_word = writing.relative.speaker_is
            own = of_word if of_word not in (writing.own, "partner") else own
        if own:
            rule = "said of oneself" if writing.own else "follows from"
            finding.add("contact.relationship", own, passage, 0, len(passage.text), rule)

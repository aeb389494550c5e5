"""Names with a role in the sentence they stand in. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.confidence import HARDLY
from firstvisit.steps.intake.understanding.finding import rule_of
from firstvisit.steps.intake.understanding.parties import Mention
from firstvisit.steps.intake.understanding.people.labelled import orders_by_label
from firstvisit.steps.intake.understanding.people.naming import Naming
from firstvisit.steps.intake.understanding.people.spoken_of import own_word
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.names import NAME
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE

_NOT_REFERRING: Final = re.compile(
    r"(?i)\b(?:dentist|therapist|ask(?:ed)? for|is this|trying to reach|speak (?:to|with)|appointment with|hi|hello"
    r"|dear|thank you|thanks)\W+(?:Dr\.?\s*)?$"
)
"""What stands before the name of somebody who is spoken to."""
_OUR_OWN: Final = re.compile(rf"(?i)\b(?:my|our|mi)\s+(?:[\w-]+\s+){{0,3}}(?:{RELATIVE})\b[^.]*$")
_SIGNED: Final = re.compile(rf"\s*(?:{names.TITLE}\s+)?({NAME})")


def mentioned(naming: Naming) -> None:
    """Note each mention as the party it speaks of."""
    mentions = naming.finding.mentions
    for mention in mentions:
        if mention.role == "clinician":
            _clinician(naming, mention)
            continue
        party = _party(naming, mention)
        if party is None:
            continue
        passage = mention.passage
        unsure = mention.rule == "named in a sentence" and passage.about("referrer")
        less = 0.05 if passage.zone == "subject" or unsure else 0.0
        if party == "contact" and naming.writing.writer == "professional" and _named_before(naming, mention):
            less = HARDLY  # of several relatives whoever is named first is asked
        name = _fuller(mention, mentions)
        naming.note(party, name, passage, mention.start, mention.end, mention.rule, less)
        if mention.role == "self" and mention.at and party == "referrer":
            end = mention.end
            naming.finding.add("referrer.organization", mention.at, passage, end, end, "said of oneself")
        naming.parts(passage) if party == "patient" else None


def _party(naming: Naming, mention: Mention) -> str | None:
    if mention.role == "patient":
        if mention.word and naming.writing.writer == "professional" and naming.told.channel != "phone" and people_words.own_relationship(mention.word):
            if not _named_before(naming, mention):
                own_word(naming, mention.passage, mention)
            return "contact"  # "his brother Keith Eskola", in the words of whoever sends him
        if _another_relative(naming, mention):
            return None
        if mention.word and naming.writing.writer == "patient" and naming.told.channel != "phone":
            return None  # "my wife Dolores makes the appointments"
        return "patient"
    if mention.role == "relative":
        return _relative(naming, mention)
    if mention.role != "self":
        return None
    party, passage = naming.me(), mention.passage
    if " " not in mention.name and naming.finding.has("patient.first_name") and party == "patient":
        return None  # what somebody is called when they ring; their full name was asked later
    its = re.match(r"(?i)it['’]?s\b", passage.text[max(0, mention.start - 5) : mention.start])
    if party == "contact" and its and not passage.about("my name"):
        return None  # "It's Sophie": whoever it is about, not who calls
    if party == "referrer" and _somebody_orders(naming):
        return None  # whoever orders goes before whoever writes
    return party


def _somebody_orders(naming: Naming) -> bool:
    return any(m.role == "clinician" and m.passage.zone != "signature" for m in naming.finding.mentions)


def _named_before(naming: Naming, mention: Mention) -> bool:
    """Whether another contact has been named in a letter before."""
    words = {word.lower() for word in mention.name.split()}
    known = [str(each.value).lower().split() for each in naming.finding.values("contact.name")]
    return naming.told.channel != "phone" and any(words.isdisjoint(each) for each in known)


def _another_relative(naming: Naming, mention: Mention) -> bool:
    """ "My aunt Voula is there all day", of somebody who asks for their grandmother."""
    asked_for = naming.writing.relative
    named = people_words.RELATIVES.get(mention.word)
    if naming.writing.writer != "relative" or naming.told.channel == "phone" or asked_for is None or named is None:
        return False
    return named.speaker_is != asked_for.speaker_is or bool(named.sex and asked_for.sex and named.sex != asked_for.sex)


def _relative(naming: Naming, mention: Mention) -> str | None:
    """Whose name it is that stands beside a word for a relative: the contact's where somebody else writes, the
    patient's where the writer speaks of their own relative."""
    writer, passage = naming.writing.writer, mention.passage
    if _OUR_OWN.search(passage.text[max(0, mention.start - 40) : mention.start]):
        return "patient" if writer == "relative" else None
    spoken = passage.zone in ("text", "signature", "answer") and people_words.own_relationship(mention.word)
    if writer == "relative" and spoken and naming.told.channel != "phone" and not _is_writer(naming, mention, spoken):
        return None
    if writer == "professional" or (writer == "relative" and spoken):
        if not _named_before(naming, mention):
            own_word(naming, passage, mention)
        return "contact"
    return None


def _is_writer(naming: Naming, mention: Mention, spoken: str) -> bool:
    """Whether a relative named in a letter of another relative is its writer: by their word for themselves or their name."""
    sender = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", naming.told.sender_name or "")}
    named = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", mention.name)}
    if sender:
        return bool(sender & named)
    return naming.writing.own in (None, spoken)


def _fuller(mention: Mention, mentions: list[Mention]) -> str:
    """An initial is completed by another mention of the same last name."""
    first, _, last = mention.name.partition(" ")
    if len(first.rstrip(".")) == 1 and last:
        for other in mentions:
            if other.name.endswith(last) and len(other.name.split()[0].rstrip(".")) > 1:
                return other.name
    return mention.name


_ORDERS: Final = re.compile(
    r"(?i)\b(?:refer(?:s|red|ral|ring)?|order(?:s|ed|ing)?|prescri\w+|recommend\w*|suggest\w*|sent|sends|wants?|would like|wrote|script|told (?:me|us|him|her) to|says? (?:I|he|she|we) (?:should|need)|quiere|mand[oó]|recomend\w+|refiri[oó]|receta)\b"
)


_WAITS: Final = re.compile(r"(?i)\b(?:want\w*|would like|prefer\w*) (?:us |me |her |him )?to (?:wait|hold off|see (?:us|her|him|me) again)\b|didn'?t (?:refer|order|write|send)|not a referral")


_ORDERING: Final = re.compile(r"\b(?:M\.?D|D\.?O|DPM|[A-Z]{0,3}NP(?:-[A-Z]+)?|PA(?:-C)?|APRN|ARNP|CNM|D\.?C|DDS|DMD|O\.?D|MBBS)\b")
"""Letters of those who may order therapy themselves."""
_ORDERS_BEHIND: Final = re.compile(r"[^.;]{0,30}?\b(?:orders?|ordered|wants?|would like|request(?:s|ed)?|prescribe[sd]?|referred|refers|asks?|asked|recommend(?:s|ed)|signed|wrote)\b")
_ORDERS_BEFORE: Final = re.compile(r"(?i)(?:\b(?:order(?:s|ed)?|scripts?|prescription|referral|request(?:ed)?|referred|prescribed|signed)\b[^.;]{0,25}|\b(?:on behalf of|per)\s+)(?:Dr\.?\s*)?$")


def _may_order(mention: Mention) -> bool:
    """Whether the letters behind a name are those of somebody who may order therapy."""
    return bool(_ORDERING.search(mention.word))


def _is_said_to_order(mention: Mention) -> bool:
    """Whether the words around a name say that they order: "Dr. Kim would like", "orders from Dr. Kim"."""
    text = mention.passage.text
    return bool(_ORDERS_BEHIND.match(text[mention.end :]) or _ORDERS_BEFORE.search(text[: mention.start]))


def _clinician(naming: Naming, mention: Mention) -> None:
    """Who ordered or referred; the writer's own credentials count where nobody else is named."""
    passage, finding = mention.passage, naming.finding
    text = passage.text
    if _NOT_REFERRING.search(text[: mention.start]):
        return
    if passage.zone == "label" and passage.about("my name") and orders_by_label(naming.told.passages):
        return  # whoever filled the form in, with letters behind their name
    other = [
        each
        for each in finding.mentions
        if each.role == "clinician" and each.name != mention.name and each.passage.zone != "signature"
    ]
    own = passage.zone == "signature" and naming.writing.writer == "professional"
    rivals = [each for each in other if each.word or "dr" in each.passage.text.lower()]
    if own and any(not _may_order(mention) or naming.told.channel == "phone" or _is_said_to_order(each) for each in rivals):
        return
    name = _full_clinician(naming, mention, names.corrected(mention.name, naming.spellings))
    rule = rule_of(passage, "named in a sentence")
    # Of several doctors the one who orders, sends or recommends refers; one who only operated or cleared does not.
    several = any(each.name.split()[-1] != mention.name.split()[-1] for each in other)
    signed = naming.writing.writer == "professional" and any(
        each.passage.zone == "signature" and _may_order(each) and each.name.split()[-1] != mention.name.split()[-1] for each in finding.mentions
    )
    if signed and passage.zone == "text" and naming.told.channel != "phone" and not _is_said_to_order(mention):
        finding.add("referrer.name", name, passage, mention.start, mention.end, rule, HARDLY)
        return  # a physician who signs refers; another one whom they name does not
    unasked = 0.1 if naming.told.channel != "phone" and passage.zone != "signature" and (_WAITS.search(text) or (several and not _ORDERS.search(text))) else 0.0
    less = HARDLY if not _ORDERS.search(text) and any(_ORDERS.search(each.passage.text) and each.name.split()[-1] != mention.name.split()[-1] for each in other) else unasked
    finding.add("referrer.name", name, passage, mention.start, mention.end, rule, less)
    if less > unasked:
        return
    if mention.word:
        end = mention.end + len(mention.word) + 2
        finding.add("referrer.credential", mention.word, passage, mention.end, end, "in these words")
    if mention.at:
        at = text.find(mention.at, mention.end)
        end = at + len(mention.at)
        finding.add("referrer.organization", mention.at, passage, at, end, "named in a sentence")


def _full_clinician(naming: Naming, mention: Mention, name: str) -> str:
    """ "Dr. Cho, Evelyn Cho" is Evelyn Cho; so is the Dr. Cho of whom one signature or mention tells more."""
    if " " in name:
        return name
    following = mention.passage.text[mention.end : mention.end + 40]
    match = re.search(rf"([A-Z][\w'’-]+ {re.escape(name)})\b", following)
    if match and names.is_name(match[1]):
        return match[1]
    whole = {each.name for each in naming.finding.mentions if each.role in ("clinician", "self")}
    for passage in naming.told.passages:
        if passage.zone == "signature" and (line := _SIGNED.match(passage.text)):
            whole.add(names.without_credentials(names.trimmed(line[1]))[0] or "")
    whole = {each for each in whole if len(each.split()) > 1 and each.split()[-1] == name}
    if len(whole) == 1:
        return whole.pop()
    return name

"""Who calls: the patient, somebody of theirs, somebody who sends them, or a house that wants something for many. Pure.

Every clause is about somebody: the caller ("my back went out", "he wants me in therapy"), one of the caller's own people ("my
son can't hold a pencil"), or somebody whom a sentence before named ("she falls"). What is told of each is counted; so is how we
ask ("your birthday?", "his name?"), and what callers say of themselves ("I'm his mom", "I'm the nurse at ...").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from firstvisit.steps.intake.understanding import titles
from firstvisit.steps.intake.understanding.cast.asked import whose_name
from firstvisit.steps.intake.understanding.cast.said import WHO_ANSWERS, Said, without_letters
from firstvisit.steps.intake.understanding.cast.words import AILS, CASES, HEALERS, OFFICIALS, SENDS
from firstvisit.steps.intake.understanding.parties import Writing
from firstvisit.steps.intake.understanding.passages import Passage, Told, sentences
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVE, RELATIVES

_CLAUSE: Final = re.compile(r"[,;:.!?]\s+|\s[-–—]+\s|\s(?=(?:and|but|because|'cause|cause|so|since|when|while|which|pero|porque|y)\s)")
_KIN: Final = re.compile(rf"(?i)\b(?:my|our|mi|nuestr[oa]|mis)\s+(?:[\w/-]+\s+){{0,3}}?({RELATIVE}|[\w-]+[- ](?:year|month)s?[- ]old|(?:kindergart(?:en|en|n)er|\w+[- ]grader|preschooler))\b(?!['’]s\s+(?!(?:been|got|had|just|now|about|never|still|always|not|having|too|only|turning|in|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+ing|\w+teen|\w+ty|\d+)\b))(?!-)")
_HAVE_KIDS: Final = re.compile(
    r"(?i)\b(?:we|i)(?:['’]ve| have)(?: got)? (?:an? |two |three |these |\w+ ){0,2}?((?:[\w-]+[- ](?:year|month|week)s?[- ]old )?(?:twins|kids|boys|girls|sons?|daughters?|toddlers?|baby|babies|kiddos?|teenagers?|children)|[\w-]+[- ](?:year|month|week)s?[- ]olds?)\b(?! (?:patient|student|client|gentleman|lady|resident|in our|who lives|male|female|house|car|knee|hip))"
)
_THIRD: Final = re.compile(r"(?i)(?<![\w'’])(?:he|she|him|her|his|hers|himself|herself|(?:he|she)['’](?:s|d|ll)|[eé]l|ella|le|tiene|necesita)(?![\w'’])")
_THEY: Final = re.compile(r"(?i)(?<![\w'’])(?:they|them|their)(?![\w'’])")
_ME: Final = re.compile(r"(?<![\w'’])(?:I|I['’](?:m|ve|d|ll)|i|i['’](?:m|ve|d|ll)|im|ive|[Mm]e|[Mm]y|[Mm]yself|[Mm]ine|yo|mi|tengo|necesito|me)(?![\w'’])")
_WE: Final = re.compile(r"(?i)\b(?:we|our|us)\b")
_OFFICIAL: Final = re.compile(rf"(?i)\b(?:{HEALERS}|{OFFICIALS})\b")
_TOPIC: Final = re.compile(
    rf"(?i)\b(?:call(?:ing|ed)?|trying|hoping|wondering|like|here|appointment|appt|about|regarding|behalf|asking|look(?:ing)?|need|help|sign\w*|set (?:it |this |something )?up|get(?:ting)?|bring(?:ing)?|schedul\w+|evaluat\w+|therapy|speech|seen|es|llamo|hablo|hablando|it['’]?s|enroll\w*|want|wanted)\b[^.?!]{{0,50}}?\b(?:for|about|regarding|of|get|getting|have|has|bring|bringing|sign|enroll|schedule|para|por|start|evaluate)\s+{_KIN.pattern[4:]}"
    rf"|\b(?:rais(?:e|ing)|foster(?:ing)?|look(?:ing)? after|tak(?:e|ing) care of|car(?:e|ing) for)\s+{_KIN.pattern[4:]}"
)
_I_AM_THEIR: Final = re.compile(
    rf"(?i)\b(?:i['’]?m|i am|soy|this is|it['’]?s|me,)\s+(?:actually |also |just |(?-i:[A-Z]\w+),? |(?-i:[A-Z]\w+ [A-Z][\w'-]+),? )?(?:(?:his|her|the|their|a|an|la|el|(?:his|her|their) legal|the (?:patient|child|kid|boy|girl)['’]s|(?-i:[A-Z]\w+)['’]s?)\s+)?((?:step-?|grand|foster |god)?(?:{OWN_WORD})|parent)\b(?!['’]s| of (?:two|three|four)|(?:-| )in(?:-| )law| (?:is|was|has|had|said|needs|works|can))"
)
_GRANDPARENT: Final = re.compile(r"(?i)\bi['’]?m (?:his|her|their) (?:mother|mom|mama|mommy|father|dad|daddy)['’]s (mother|mom|mama|father|dad)\b")
_TO_ME: Final = re.compile(rf"(?i)\b{SENDS}\s+(?:that )?(?:me|i)\b|\b(?:he|she|they|doctor|surgeon)\b (?:\w+ ){{0,2}}?(?:{SENDS}|put|says?|said|thinks?)\b[^,.]{{0,30}}\b(?:me|my|i)\b")
_TO_THEM: Final = re.compile(rf"(?i)\b{SENDS}\s+(?:that )?(?:him|her|he|she|them|they)\b")
_MINE: Final = re.compile(r"(?i)\bi(?:['’]ve| have| had|['’]m having| hurt| broke| tore| fell| injured| burned| twisted| pulled| can['’]?t| cannot| couldn['’]t| was (?:in|diagnosed|told|referred|hit|rear)| got| just had| keep| feel| need| slipped| woke| stutter| leak|['’]m (?:\d|six|five|seven|eight|forty|thirty|fifty|twenty|having|recovering|scheduled|post|a \w+ weeks))\b|\bmyself\b|\b(?:me duele|me operaron|me ca[ií])\b")
_CASE: Final = re.compile(
    r"(?i)\b(?:(?:our|one of (?:our|my)|(?-i:a|an)|this|new|another)\s+(?:[\w-]+\s+){0,2}?(?:patients?|student|client|claimant|resident|gentleman|lady|\w+[- ]grader|injured worker)\b(?! (?:portal|plan|advocate|services|care|from|for (?:me|my)))|my (?:patient|student|client|claimant|resident)\b|claimant|injured worker|(?:patient|pt)['’]s\b|the patient\b|\bpatient(?:['’]s (?:full )?name)? is\b|\buna? paciente (?:de nosotros|nuestr[oa]|m[ií][oa])\b|\bnuestr[oa] paciente\b)"
)
_I_A_CASE: Final = re.compile(r"(?i)\b(?:i['’]?m|i am|as|be|been|become|was|being) (?:already )?(?:an? |your )?(?:new |current |former |existing )?(?:patient|client|student|resident)\b")
_SENDING: Final = re.compile(
    r"(?i)\b(?:(?:i|we)(?:['’]d| would|['’]m| am|['’]re| are|['’]ve)? (?:like to |want to |calling to |trying to |need to |have to )?(?:refer(?:ring)?|send(?:ing)?(?: you| over)? (?:a|an|him|her|them|you|over)|get (?:him|her|them|a patient) (?:in|over|set|sched|seen))\b(?! (?:me|my|to)\b)|new (?:patient|referral)s? for you|\b(?:i|we)(?:['’]ve| have)(?: got)? (?:two|three|four|a couple(?: of)?|another) (?:\w+ )?(?:lad(?:y|ies)|gentlem[ae]n|guys|patients?|residents|students)\b|\b(?:got|have|give you) (?:one|two|three|four|five|a (?:couple|few|lady|gentleman|guy|kid)|another(?: one)?) (?:more )?for (?:you|y['’]?all)\b|(?:i|we|me|to|i['’](?:m|ll|ve|d)|we['’](?:re|ll|ve|d)) (?:\w+ ){0,2}?(?:calling?|phone|give|giving|make|making|send|sending|fax|faxing) (?:in |over |you |with )*(?:a|an|this|some|two|three|one) (?:new |home |therapy |pt |ot |speech |outpatient )*(?:referrals?|orders?|scripts?)\b|"
    r"(?:got|have|take|taking|accept\w*) (?:a |an |another |two |three |one |you )*(?:new |workers?['’]? comp |wc )*referrals?\b(?! (?:from|for (?:me|my))))"
)
_FROM_A_DOCTOR: Final = re.compile(r"(?i:\b(?:with|from|at|calling for|in|for|over at)\s+)(?:Dr|Doctor|DR)\.?\s+[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?(?:['’]s?)?\s+(?i:office|clinic|practice|team|nurse|staff)|(?i:\b(?:with|from|at|over at)\s+)(?:Dr|Doctor|doctor)\.?\s+[A-Z][\w'’-]*['’]s\s+\w|(?i:\bcalling from (?!my|work|home|a\b|out))(?:[Tt]he )?[A-Z][\w'’.]+ [A-Z]|\b(?:doctor|Dr|Doctor)\.?\s+[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?['’]s?\s+(?:office|clinic|practice|nurse|assistant|MA|PA)\b")
_MY_JOB: Final = re.compile(r"(?i)\b(?:i['’]?m|i am|soy)\s+(the|his|her|their|an?|one of the|el|la|un|una)\s+(?:[\w-]+\s+){0,3}?(?:case ?manager|social worker|(?:\w+ )?coordinator|discharge planner|case ?worker|adjuster|nurse (?:at|with|from|for|case|navigator|in)|(?:\w+ )?teacher at|principal|counselor at|(?:office|practice|clinic|program|house) manager|medical assistant|navigator|liaison|school \w+|scheduler|referral \w+|physician|hospitalist|resident (?:at|in|physician)|therapist (?:at|with|from)|pt (?:at|with)|ot (?:at|with)|speech (?:therapist|pathologist) (?:at|with|in|for)|dentist|chiropractor|midwife|director of)\b")
_MANY: Final = re.compile(
    r"(?i)\b(?:contract(?: for| with| provider| therap\w+| services)?|on[- ]?site|in[- ]?house|rate sheet|hourly rate|per[- ]diem|staffing|(?:our|\d+|about \w+|some|several|all (?:of )?(?:our|the)) (?:\w+ ){0,2}?(?:residents|employees|workers|students|staff|members|seniors|associates|kindergart\w+|kids|children|athletes|drivers|tenants|players|teachers|campers)|screenings?|our (?:warehouse|facility|plant|company|campus(?:es)?|team|workforce)|"
    r"proposal|\bRFP\b|lunch[- ]and[- ]learn|quote|wellness (?:fair|day|program)|in-?service|health fair|workshops?|presentation|guest speaker|partner with)\b"
)
_ONE: Final = re.compile(r"(?i)\b(?:for|about|is (?:this|it|that))\b[^?]{0,25}\b(?:one|a (?:particular|specific|single|certain)|an individual|any one|somebody)\b[^?]{0,30}\?")
_YOU_AIL: Final = re.compile(rf"(?i)\b(?:do|does|did|are|have|were|can|any|when|you['’]re|so you|your)\b[^?]*\b(?:you|your|you['’]re)\b(?! (?:need|want|looking|calling|have (?:a|an|the) (?:referral|order|script|prescription))|r? (?:{RELATIVE})\b)")
_FOR_YOU: Final = re.compile(r"(?i)\b(?:is|would) (?:this|it|that|the \w+) (?:be )?for (?:you|yourself)\b|\bfor yourself\b|es para usted")
_YOUR_BIRTH: Final = re.compile(r"(?i)\byour (?:date of birth|birth ?date|birthday|dob|age)|(?:when were|how old are) you|su fecha|is (?:this|it|that) for (?:you|yourself)\b")
_THEIR_BIRTH: Final = re.compile(r"(?i)\b(?:his|her|their|[A-Z][a-z]+['’]s|the (?:patient|child|student|baby|kid)['’]?s?)\s+(?:date of birth|birth ?date|birthday|dob|age|name|last name|insurance|phone|number|doctor|address)|(?:how old|when (?:was|is)|where does|does|is|has|can) (?:he|she)\b")


_OF_A_CASE: Final = re.compile(rf"(?i)\b(?:the|an?|this|our|one of (?:our|my)|another)\s+(?:[\w-]+\s+)?{CASES}\b(?! (?:person|doctor|therapist|of mine))")


_SOME: Final = 1.5
"""Points of a job or an office from which a caller who speaks of nobody of their own sends somebody."""


@dataclass
class Tally:
    """What was counted of a talk. Points, not shares; `kin` counts words for the caller's own people."""

    own: float = 0.0
    kin: Counter[str] = field(default_factory=Counter)
    third: float = 0.0
    sends: float = 0.0
    many: float = 0.0
    asked_of_them: int = 0
    asked_of_you: int = 0
    two_names: bool = False
    word: str | None = None
    kin_at: Passage | None = None
    topic: str | None = None


def who_calls(told: Told, said: Sequence[Said]) -> Writing:
    """Who calls, what the patient is to them, and whether that is plain."""
    tally = _tally(told, said)
    topic = tally.topic or (tally.kin.most_common(1)[0][0] if tally.kin else None)
    relative = float(sum(tally.kin.values())) + tally.third * 0.7 + tally.asked_of_them + 3 * tally.two_names + (4 if tally.word else 0) + (3 if tally.topic else 0)
    own = tally.own + 2.0 * tally.asked_of_you
    sends = tally.sends + (0.5 * min(tally.third + tally.asked_of_them, 4.0) if tally.sends else 0.0)
    if (tally.many >= 1.5 or (tally.many and tally.sends)) and not tally.word and not tally.topic and own < tally.many + 2 and not any(each.has("case", "born", "asked patient", "his name", "asked name", "my kin") for each in said):
        return Writing("organization", sure=tally.many >= 2)
    if sends >= 3 and sends >= own * 0.8 and not (relative > sends + 2 and (tally.word or tally.topic)):
        return Writing("professional", sure=sends >= 3 and sends > own)
    named_apart = tally.third or tally.asked_of_them or tally.two_names
    if tally.sends >= _SOME and own < 1 and not (tally.word or tally.topic or tally.kin):
        return Writing("professional", sure=sends >= 2 and bool(named_apart))
    kin = bool(tally.word or tally.topic or tally.kin)
    if (kin or tally.third or tally.asked_of_them or tally.two_names) and relative > own:
        return Writing("relative", RELATIVES.get(topic or ""), tally.word, tally.kin_at, sure=(kin and relative >= 1.5) or relative - own >= 3)
    alone = not relative and sends < 1 and not tally.many and (own >= 1 or AILS.search(told.words) is not None)
    return Writing("patient", sure=own >= relative and (own >= 2 or alone))


def _tally(told: Told, said: Sequence[Said]) -> Tally:
    tally = Tally(word=_own_word(told))
    about: str | None = None
    for passage in told.passages:
        about = _of_sentence(tally, passage, about)
        tally.asked_of_them += bool(passage.first and _THEIR_BIRTH.search(passage.question))
        tally.asked_of_you += bool(passage.first and _YOUR_BIRTH.search(passage.question) and not re.match(r"(?i)\W*(?:no|nope)\b", passage.text))
        if _FOR_YOU.search(passage.question) and re.match(r"(?i)\W*(?:(?:yes|yeah|it's|no|well|oh|uh)\W+)*(?:for )?(?:me|myself|for me|it is|yes|yep|yeah|sí|para mí)\b", passage.text):
            tally.own += 4
        if _ONE.search(passage.question) and re.match(r"(?i)\W*(?:no|nope)\b", passage.text):
            tally.many += 3
    tally.asked_of_you += min(2, sum(1 for _, each in sentences(told.agent) if _YOU_AIL.search(each) and not _THIRD.search(each) and (AILS.search(each) or _YOUR_BIRTH.search(each))))
    patients = {each.name.split()[0].lower() for each in said if each.has("asked patient", "his name")}
    selves = {each.name.split()[0].lower() for each in said if each.has("asked own", "self")}
    tally.two_names = bool(patients and selves and patients.isdisjoint(selves))
    _of_names(tally, told, said)
    return tally


def _of_sentence(tally: Tally, passage: Passage, about: str | None) -> str | None:
    """Count one sentence; the result is whom he or she in the next one means: "them", "official" or None."""
    text = passage.text
    if WHO_ANSWERS.search(text):
        return about  # "if my son picks up, just tell him": of neither of them
    if _HAVE_KIDS.search(text) and not _SENDING.search(text):
        tally.topic, tally.kin_at = tally.topic or "child", tally.kin_at or passage
    if topic := _TOPIC.search(text):
        tally.topic, tally.kin_at = tally.topic or _kin_word(topic[1] or topic[2]), tally.kin_at or passage
    tally.sends += 3 * bool(_SENDING.search(text)) + 3 * bool(_CASE.search(text) and not _I_A_CASE.search(text)) + 3 * bool(_FROM_A_DOCTOR.search(text))
    if job := _MY_JOB.search(text):
        tally.sends += 2.5 if job[1].lower() in ("the", "his", "her", "their") else 1.5
    tally.many += len(_MANY.findall(text))
    for clause in _clauses(text):
        ails, official = bool(AILS.search(clause)), bool(_OFFICIAL.search(clause)) and not re.search(r"(?i)\bi(?:['’]?m| am)\b", clause)
        kin = _KIN.search(clause)
        if kin:
            about = "them"
            alone = not _ME.search(re.sub(r"(?i)\b(?:with|for|to|at) me\b|\b(?:i|we) (?:think|believe|know|guess|feel(?: like)?|suspect|noticed|see)\b", "", clause[: kin.start()] + clause[kin.end() :]))
            if (ails and alone) or tally.topic == _kin_word(kin[1]) or (alone and re.match(r"\W*(?i:so |and |um )*(?i:my|our)\b", clause)):
                tally.kin[_kin_word(kin[1])] += 2 if ails and alone else 1
                tally.kin_at = tally.kin_at or passage
        elif case := _OF_A_CASE.search(clause):
            about = "them"
        elif official:
            about = "official" if about is None or about == "official" else about
        case = None if kin else _OF_A_CASE.search(clause)
        third = bool(case) or (bool(_THIRD.search(clause)) and about != "official" and not (official and about is None))
        if _TO_ME.search(clause) and ails:
            tally.own += 2
        elif _TO_THEM.search(clause) or (third and ails and not kin):
            tally.third += 1
        elif ails and _ME.search(clause) and not kin and not third:
            tally.own += 1
        if _MINE.search(clause) and ails and not kin and not third:
            tally.own += 1
    return about


def _clauses(text: str) -> Iterator[str]:
    yield from (piece for piece in _CLAUSE.split(text) if piece and piece.strip())


def _kin_word(word: str) -> str:
    return "child" if word.lower() not in RELATIVES else word.lower()


def _of_names(tally: Tally, told: Told, said: Sequence[Said]) -> None:
    """What names tell: a caller with an office, letters or a job; somebody called a patient or student."""
    for each in said:
        if not each.has("self", "opening", "its", "asked own"):
            continue
        rest = " ".join([re.split(r"(?<!St)(?<!Dr)(?<!Mt)(?<![.])[.!?]\s|\b(?:[Mm]y|[Oo]ur)\s+(?:\w+\s+)?(?:doctor|surgeon|\w+ist)\b", without_letters(each.passage.text)[each.end :])[0], *_goes_on(told, each)])
        job = _job_in(rest[:110]) or _job_in(each.passage.text[max(0, each.start - 60) : each.start])
        house = next((match[1] for match in _HOUSE.finditer(rest[:160]) if names.is_organization(match[1]) and len(match[1].split()) > 1), "")
        tally.sends += (3 if house else 0) + (2 if each.word("self") else 0) + (1.5 if job else 0)
    for each in said:
        if tally.topic is None and each.has("my kin") and each.has("for", "ails", "born", "asked patient") and each.word("my kin") in RELATIVES:
            tally.topic, tally.kin_at = each.word("my kin"), tally.kin_at or each.passage
    tally.sends += 1.5 * any(each.has("case") and not each.has("my kin") and not re.search(rf"(?i)\b(?:my|our|mi)\s+(?:[\w-]+\s+){{0,2}}{re.escape(each.word('case'))}", each.passage.text) and re.match(r"(?i)patient|claimant|student|client|resident|gentleman|lady|insured|worker|employee", each.word("case")) for each in said)
    tally.sends += 3.0 * bool(told.speaker and (titles.job_in(told.speaker) or names.is_organization(told.speaker)))
    tally.sends += 1.0 * any(passage.about("npi") and passage.first for passage in told.passages)


_HOUSE: Final = re.compile(r"(?i:\b(?:at|with|for|from|of|run|manage)\s+(?:the\s+)?)((?:St\.\s)?[A-Z][\w'’&.-]*(?:\s(?:(?:of|the|and|&|for)\s)*[A-Z][\w'’&-]*){0,5})")


def _job_in(text: str) -> bool:
    """Whether somebody names a job of those who send people to us as theirs."""
    match = re.search(r"(?i)\b(?:i['’]?m|i am|soy|the|an?|one of the|from|their)\b|^[\s,]+", text)
    return match is not None and titles.job_in(text[match.start() :]) is not None


def _goes_on(told: Told, said: Said) -> Iterator[str]:
    """The sentence behind a name in which they say what they are: "I'm the discharge planner at ..." """
    for each in told.passages[said.sentence + 1 : said.sentence + 2]:
        if re.match(r"(?i)\W*(?:i['’]?m|i am|i work|i manage|i run|i handle|i do|i teach|calling from|from|with|over at|at)\b", each.text):
            yield each.text


def _own_word(told: Told) -> str | None:
    """What callers call themselves toward the patient, say yes to, or are called in the transcript."""
    if told.speaker and (called := people_words.own_relationship(told.speaker)):
        return called
    for passage in told.passages:
        if (match := _I_AM_THEIR.search(passage.text)) and not (match[1][:1].isupper() and re.match(r"\s+[A-Z]", passage.text[match.end() :])):
            return people_words.own_relationship(match[1]) or match[1].lower()
        if older := _GRANDPARENT.search(passage.text):
            return f"grand{people_words.own_relationship(older[1])}"
        if whose_name(passage.question) == "own" and (asked := re.search(rf"(?i)\b({OWN_WORD})\b", passage.question)) and passage.first and re.match(rf"(?i)\W*(?:yes|yeah|yep|correct|right|uh-huh|sí|i am|that's right|mm-hm|(?:his |her |the )?{re.escape(asked[1])})\b", passage.text):
            return people_words.own_relationship(asked[1])
        if whose_name(passage.question) == "own" and (said := re.match(rf"(?i)\W*(?:(?:i['’]?m|his|her|the|their|yes|no|oh|soy|la|el)\W+)*({OWN_WORD})\b(?!['’]s)", passage.text)):
            return people_words.own_relationship(said[1])
    return None

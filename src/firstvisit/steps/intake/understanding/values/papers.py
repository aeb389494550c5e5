"""Papers that come along or are announced, and whether an order is signed."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.values.span import Span, apart

_KINDS: Final = (
    ("order", r"(?:signed |therapy |doctor'?s |physician'?s |written |new |paper |verbal |the |an? )*(?:orders?\b(?! (?:online|food|it|them|set|a|lunch|of)\b)|prescriptions?\b(?! (?:drug|med|glasses|refill)\w*\b)|scripts?\b|rx\b|receta|orden(?:es)?\b(?! (?:del d[ií]a))|(?:papers?|sheet|form)\b(?=[^.?!;\n]{0,40}\b(?:signed|eval\w*|treat|therapy|(?:times|days) a week))|papel (?:del doctor|de la doctora|de [eé]l|de ella)|slip\b)|(?:has|have|got|a|the|his|her|my) (?:paper |written |signed )?referral (?:for|from|in hand|says|sheet|slip|attached|order)|referral (?:is )?(?:attached|enclosed|signed)"),
    ("operative_note", r"op(?:erative)?\.?[ -](?:note|report)s?|surgical (?:note|report)|surgeon'?s note"),
    ("discharge_summary", r"(?:dc|d/c|discharge) summ?(?:ary)?\b|discharge (?:summary|papers|paperwork|notes|instructions)|d/c summary"),
    ("prior_evaluation", r"(?:last year'?s|previous|prior|old|earlier|recent|school|20\d\d|her|his|the|psych\w*|private|outside|initial) (?:\w+ )?(?:OT |PT |speech |SLP |school |psych\w* )?eval(?:uation)?s?(?: report)?(?: from)?(?=[^.?!]{0,40})|evaluation (?:report|from)|(?:OT|PT|speech|therapy) (?:evaluation )?report|test(?:ing)? results|progress report"),
    ("iep", r"(?:IEP|individualized education program|504 plan)(?: draft| document| paperwork| copy)?"),
    ("clinical_notes", r"(?:last |recent |latest |most recent |clinical |chart |progress |office |clinic |visit |therapy |my |her |his |doctor'?s |the |encounter |classroom )*(?:office|visit|clinic|chart|progress|clinical|encounter|therapy|physician|doctor'?s|classroom|consult|H&P|history and physical) notes?\b|\b(?:my|his|her|their|dr\.? \w+['’]s|doctor['’]s) notes?\b|chart notes|medical records|H ?& ?P|office visit|recent labs|imaging report|MRI report|x-?ray report"),
)  # fmt: skip
_KIND: Final = tuple((kind, re.compile(rf"\b(?:{shape})", re.I)) for kind, shape in _KINDS)
_IN_HAND: Final = re.compile(
    r"attach\w*|enclos\w*|includ\w*|fax\w*|send\w*|sent\b|scan\w*|upload\w*|email\w*|bring\w*|forward\w*|\bhave\b|\bhas\b|\bgot\b|in hand|in my purse|with (?:me|this)|following|"
    r"\bsign\w*|says?\b|written|wrote|gave|on the sheet|to follow|drop(?:ping)? off|mail(?:ed|ing)?|adjunt\w*|envi\w*|tengo|tenemos|traigo|trae\b|viene|mandar\w*|mandaron|mandó|below|here is|see\b|wrote|comes? with|provide", re.I
)  # fmt: skip
_MISSING: Final = re.compile(
    r"(?:\bno\b|\bnot\b|n't|don’t|without|never|waiting (?:on|for)|need (?:to get |a |an |to have )|need[s]? (?:an?|the)|still need|haven't|yet to|would need|they'd need|require[sd]?|ask\w* for|request\w*|whether|do (?:I|we|you) need|if (?:I|we) need|get(?:ting)? (?:a|an|the)|sin|chase|obtain|once (?:we|I|you) (?:get|have|receive)|will need|want(?:s)? (?:a|an|the|your))\b[^.;!?\n]{0,28}$", re.I
)  # fmt: skip
_NOT_YET: Final = re.compile(r"^[^.;!?\n]{0,20}(?:\byet\b|is pending|not (?:here|ready|written)|is coming due|\?)", re.I)


def papers(text: str) -> list[Span[str]]:
    """Kinds of papers that are enclosed, announced or in somebody's hands; papers that are asked for, missing or needed
    are passed over."""
    found = []
    for kind, shape in _KIND:
        for match in shape.finditer(text):
            start = max(text.rfind(mark, 0, match.start()) for mark in ".!?\n;") + 1
            ends = [at for mark in ".!?\n;" if (at := text.find(mark, match.end())) >= 0]
            sentence = text[start : min(ends) if ends else len(text)]
            before, after = text[start : match.start()], text[match.end() : match.end() + 50]
            missing = None if re.search(r"(?i)\b(?:attached|enclosed|here)\b[^.]{0,25}$", before) else _MISSING.search(before)
            if missing and not re.search(r"not signed|unsigned|isn't signed", sentence, re.I) and not (kind == "order" and re.match(r"[^.;]{0,20}(?:sign|not)", after) and "n't" in after):
                continue
            if _NOT_YET.match(after) and not re.search(r"sign", after):
                continue
            if not _IN_HAND.search(sentence):
                continue
            if kind == "iep" and not re.search(r"(?:attach|enclos|send|sent|fax|copy|bring|upload|includ|draft)\w*|\b(?:have|got) (?:the|a copy|[^.]{0,40}\band (?:his|her|the))\b", sentence, re.I):
                continue
            if kind in ("clinical_notes", "prior_evaluation") and not re.search(
                r"attach|enclos|includ|fax|send|sent|scan|upload|forward|bring|following|to follow|has my notes|(?:have|got) (?:her|his|the|their|all|both|copies)|with this|below|adjunt", sentence, re.I
            ):
                continue
            found.append(Span(match.start(), match.end(), kind))
    kept: dict[str, Span[str]] = {}
    for each in apart(found):
        kept.setdefault(each.value, each)
    return list(kept.values())


_FILE: Final = re.compile(r"[_-]|\.(?:pdf|docx?|tiff?|jpe?g|png|heic)\b", re.I)
_EVALUATION: Final = re.compile(r"\b(?:OT|PT|ST|SLP|speech|psych\w*|school|district|therapy|swallow\w*|AAC) eval(?:uation)?s?\b(?! ?(?:and|&|/|\+|order))", re.I)
"""Among papers an evaluation is one that was made; in a sentence it is mostly one that is wanted."""


def listed(text: str) -> list[Span[str]]:
    """As `papers`, of what stands behind a label that asks for papers: names of files, or kinds without a sentence."""
    lead = "attached: "
    plain = lead + re.sub(r"[;|\n]", ",", _FILE.sub(lambda match: " " * len(match[0]), text))
    found = [each for each in papers(plain) if each.start >= len(lead)]
    if (done := _EVALUATION.search(plain)) and not any(each.value == "prior_evaluation" for each in found):
        found.append(Span(done.start(), done.end(), "prior_evaluation"))
    return [Span(each.start - len(lead), each.end - len(lead), each.value) for each in found]


_ORDER_ASKED: Final = re.compile(r"(?i)\b(?:orders?|scripts?|prescriptions?|referrals?|rx|receta|orden)\b(?! (?:number|source|from|by|reason|type|date)\b)")
_YES: Final = re.compile(
    r"(?i)^\W*(?:yes|yeah|yep|yup|sure|correct|right here|uh-?huh|mm-?hmm|s[ií]|i do|we do|she does|he does|it is|they are|of course|absolutely|x\b|y\b|☒|both|got it|have it|on (?:file|hand))|"
    r"\b(?:signed|faxed|faxing|sent|sending|emailing|mailing|(?:have|has|had|got|holding|bringing|bring) (?:it|that|them|one|both|her|his|mine)|right here|in (?:my|her|his) (?:hands?|purse|bag|car|folder)|on (?:hand|its way|the way)|"
    r"attached|enclosed|(?:gave|handed|wrote) (?:me|us|him|her|it|one)|(?:la|lo) (?:trae|tengo|tenemos|mandó|llevo)|adjunt[ao])\b"
)
_NO: Final = re.compile(r"(?i)\b(?:no|nope|not|none|never|without|unsigned|waiting|need(?:s|ed)? (?:to|one|it)|don['’]?t|doesn['’]?t|didn['’]?t|hasn['’]?t|haven['’]?t|isn['’]?t|aren['’]?t|todav[ií]a|falta)\b")
_NO_AT_ONCE: Final = re.compile(r"(?i)\W*(?:no|nope|not (?:yet|sure|that)|i don['’]t|we don['’]t|todav[ií]a no)\b")


def asks_for_an_order(question: str) -> bool:
    """Whether a question or a label is about an order being there."""
    return bool(_ORDER_ASKED.search(question))


def affirmed(answer: str) -> Span[bool] | None:
    """Where an answer says that what was asked for is there: "Yes", "Signed it yesterday", "Right here in my purse"."""
    match = _YES.search(answer)
    if match is None or _NO.search(re.split(r"[.!?;]\s", answer)[0]):
        return None
    return Span(match.start(), match.end(), True)


def denied(answer: str) -> bool:
    """Whether an answer begins by saying no."""
    return bool(_NO_AT_ONCE.match(answer))


_UNSIGNED: Final = re.compile(
    r"(?:order|script|prescription|referral|it|rx)\b[^.;\n]{0,25}(?:not|n't|hasn't been|un|never)[ -]?(?:been |yet )?signed|unsigned (?:order|script|referral|prescription)|(?:still |yet )?(?:needs?|waiting (?:for|on)|awaiting|missing|without|lacks?|no) (?:the |a |his |her |doctor'?s |to be )*(?:signature|signed)|signature (?:is )?(?:pending|missing|line is (?:empty|blank))|to be signed|sin firm\w*|not (?:yet )?signed|(?:has|have|did|does|do|is|was)n['’]?t (?:yet |been |been able to )?sign(?:ed)?\b|signature(?: line)?(?: is)?(?: still)?[:,]? (?:empty|blank|missing|pending|to follow)|blank signature|(?:forgot|yet|still has|needs?) to sign\b(?! (?:consent|in|up|the consent|a release))",
    re.I,
)  # fmt: skip
_SIGNED: Final = re.compile(
    r"signed (?:and dated )?(?:\w+ )?(?:orders?|script|prescription|referral|rx)|(?:order|orders|script|prescription|referral|rx|paper|it)\b[^.;\n]{0,45}\bsigned\b|(?:he|she|they|doctor|dr\.? \w+(?: \w+)?)(?:'s|’s| has| have)? (?:already )?signed (?:it|the|off|them|those|that|this|both|all|his|her)\b|(?:his|her|their|doctor['’]s|dr\.? \w+['’]s) (?:name|signature) (?:is )?(?:signed |right )?on (?:it|there|the bottom)|(?:^|[.;]\s+)\W*signed,? (?:and dated,? )?(?:on )?\d{1,2}[/-]\d|signed and (?:everything|all|dated)|\b(?:both|all)(?: of them)?(?: are)? signed|they(?:'re|’re| are)(?: all| both)? signed|already signed|^\W*(?:(?:yes|yeah|yep|it['’]s|it is|and)\W+)*signed\s*(?:[.,;!]|$)|^\W*(?:he|she) signed\W*$|there(?:['’]s| is) (?:a|his|her) signature\b|\(signed\)|electronically signed|signed:? by|signed: |e-signed|firmad[ao]",
    re.I,
)  # fmt: skip

BLANK: Final = re.compile(r"(?i)[\s:]*(?:by\b[\s:]*)?_{3,}")
"""An empty line behind words that ask for a signature."""


def signature(text: str) -> list[Span[bool]]:
    """Whether an order is said to be signed."""
    found = [Span(m.start(), m.end(), False) for m in _UNSIGNED.finditer(text)]
    for match in _SIGNED.finditer(text):
        if BLANK.match(text, match.end()):
            found.append(Span(match.start(), match.end(), False))
            continue
        around = text[max(0, match.start() - 30) : match.end() + 25]
        if re.search(r"consent|release|HIPAA|authorization|plan of care|\?|once|when|(?:not|n['’]t) need|get (?:it|the|him|her)|if (?:it|he|she|they|those)|whether|know (?:yet )?if|will be|needs? to be|to be signed", around, re.I):
            continue
        if not any(match.start() < each.end and each.start < match.end() for each in found):
            found.append(Span(match.start(), match.end(), True))
    return sorted(found, key=lambda span: span.start)

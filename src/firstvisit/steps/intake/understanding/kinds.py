"""What kind of thing reached us: a referral, or something else. Doubt goes to a person; a referral is never thrown away. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from firstvisit.steps.intake.understanding.plain_kinds import plain_sort, speaks_of_care, wishes

OPENS_NONE: Final = ("cancels", "merges", "died", "ends")
"""What a message does that opens no lead, whatever it says: a person sees to the lead that it is about."""
Sort = Literal[
    "referral", "addendum", "status_question", "records_request", "vendor", "job_seeker", "wrong_number",
    "patient_in_care", "misdirected", "unclear",
]  # fmt: skip
"""An addendum completes an open lead: a late order, notes. "patient_in_care" is business of somebody who already comes."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The sort, how sure (0 to 1), and the characters of the words that told."""

    sort: Sort
    confidence: float
    start: int
    end: int


_SIGNS: Final[tuple[tuple[Sort, float, str], ...]] = (
    ("records_request", 3, r"records? request|complete records|records and billing|(?:produce|provide|send|release) (?:us |me )?(?:all|any and all|the|complete|her|his|their|any) (?:\w+ )?(?:records|notes|chart)\b(?! to (?:my|the) (?:doctor|surgeon))|commanded to|treatment notes for|legal services|attorney(?:'s|’s)? office|claim review|records (?:for|of|on|regarding)\b|complete (?:chart|file)|billing (?:ledger|records)|paralegal|secure portal|request (?:for |of )?(?:medical |therapy |complete |all )*records|subpoena|complete (?:therapy|medical) records|itemized (?:billing|bill|statement)|records retrieval|release of (?:records|information)|copies of (?:all|the|any|my) (?:\w+ )?records|send (?:me |us )?(?:my|his|her|the|all) (?:\w+ )*records|medical records (?:department|dept)|law (?:office|firm)|we represent|attorney (?:for|at)|dates of service|disability determination|on behalf of our client|certified copy"),
    ("vendor", 3, r"voucher|(?:travel\w*|contract|locum) (?:PTs?|OTs?|SLPs?|therapists?)\b[^.]{0,40}(?:available|contracts)|\bstaffing\b(?! (?:shortage|for our))|who handles (?:your )?(?:hiring|staffing)|\binvoice\b[^.]{0,20}\d|payment (?:is )?due|accounts (?:receivable|payable)|free audit|first page|suspended|verify your|toner|limited (?:time|quantities|offer)|click (?:the link|here|below)|special (?:offer|pricing)|(?:our|new) (?:product|platform|software|solution)s?\b|schedule a (?:quick )?demo|who handles (?:the )?(?:ordering|purchasing|supplies|billing|marketing|IT)\b|(?:a|our) promotion\b|free (?:trial|sample)s?\b|book a demo|boost your|grow your (?:practice|business)|SEO\b|search ranking|website traffic|rank(?:ing|ed)? (?:higher|on google)|on google\b|online (?:visibility|presence|reviews?)|new patients (?:a|per|every) month|(?:noticed|saw) (?:that )?your (?:website|clinic|practice|site)|came across your|quick (?:call|chat|question about your (?:billing|software))|growth partner|your (?:practice|clinic)['’]?s? (?:online|website|billing|revenue|collections|staffing)|staffing (?:agency|solutions)|travel(?:ing)? therapists? available|candidates? (?:available|for you)|lead generation|marketing (?:service|package|agency)|merchant (?:service|processing)|credit card processing|lower your (?:rates|fees)|business (?:loan|funding|line of credit)|medical supplies|supply (?:catalog|voucher)|wholesale|billing (?:service|company|solution)s? (?:for|that)|we (?:help|work with) (?:practices|clinics|providers)|congratulations|selected|extended warranty|copier|toner|sales rep|account executive|on sale|discount|partnership opportunity|we (?:offer|provide|sell|specialize)|EMR (?:vendor|demo)|15[- ]minute (?:call|chat)|decision[- ]maker|who handles (?:your|the) (?:purchasing|supplies|billing|marketing)"),
    ("job_seeker", 3, r"(?:my|attached|attach|attaching|a|enclosed|updated|current) (?:\w+ )?(?:resume|résumé|cv)\b(?! (?:therapy|PT|OT|speech|care|treatment|my|his|her))|(?<!to )(?<!can )(?<!and )(?<!could )resumes?\b(?! (?:therapy|PT|OT|speech|care|treatment|physical|occupational|my|his|her|as|with|when|in|at|soon|walking|running|work|sports|activit\w+))|résumé|curriculum vitae|job (?:opening|posting|listing|application)|(?:position|opening|openings|vacancy|vacancies)\b(?! (?:for (?:a|an|my|him|her)|of|this|next|in the schedule|available))|your posting|are you (?:hiring|looking to hire)|hiring manager|apply(?:ing)? for (?:the|a|your) |i(?:'m| am) a (?:licensed|certified|registered|new grad\w*|recent grad\w*|PTA|COTA|OTR|CF)\b|looking for (?:a )?(?:job|work|employment|position|clinical placement|internship|fieldwork|volunteer\w*|shadowing|observation hours)|fieldwork placement|fieldwork (?:coordinator|student|site)|level (?:I{1,2}|1|2|one|two) (?:fieldwork )?student|take (?:a|an|on) (?:\w+ )?student|student placement|observation hours|shadow(?:ing)? (?:a|an|one|your)|employment opportunit|years? (?:of )?experience (?:in|as)|new grad\b|clinical (?:rotation|placement)|cover letter"),
    ("wrong_number", 4, r"wrong number|dialed (?:it )?wrong|(?:must|may|might) have (?:dialed|called|the wrong)|misdial\w*|is this (?:the )?(?:dentist|pharmacy|pizza|vet|bank|dmv|church|salon|library|post office|[A-Z]\w+'s (?:office|pizza|auto))|número equivocado|wrong (?:office|place|clinic|extension)|I (?:was|am|'m) trying to (?:reach|call) (?:the )?(?:pharmacy|dentist|vet)|sorry to bother you"),
    ("patient_in_care", 3, r"(?:move|reschedul\w+|cancel\w*|change|push|switch|confirm\w*|running late|be late|minutes late|miss|bump)\b[^.?!\n]{0,45}\b(?:appointment|appt|session|visit|tomorrow|today|(?:mon|tues|wednes|thurs|fri)day'?s?|slot|time|\d(?::\d\d)?)\b|i already (?:come|go|see|am a patient)|already come (?:there|here|to you)|(?:my|his|her|'s) (?:next |regular |usual |standing )(?:appointment|session|visit|slot)|(?:question|calling|call|issue|problem|about) (?:about |with |on )?(?:my|a|the|his|her) (?:bill|statement|invoice|copay|balance|receipt|superbill|charge)|got a bill|(?:last|my|the) (?:statement|bill|invoice) (?:shows|says|is wrong)|already paid|been a patient (?:since|for|there)|someone (?:from|in) billing|was (?:billed|charged)|plan of care (?:for|is|signed|attached|cert\w*)|(?:signed|recert\w*) (?:the )?plan of care|recertification|progress note for your|home exercise|my (?:therapist|PT|OT) (?:\w+ )?(?:said|there|gave|told)|see (?:you|\w+) (?:on )?(?:every )?(?:mon|tues|wednes|thurs|fri)days|this week only|parking|left my \w+ (?:there|at)|lost and found"),
    ("status_question", 2, r"(?:checking|follow\w*|check) (?:on|up|in)(?: on)? (?:the |a |my |our )?(?:status|referral)|status (?:of|on|update)|did you (?:get|receive)|have you (?:gotten|received|scheduled|had a chance)|has (?:he|she|the patient|\w+) been (?:scheduled|seen)|any (?:update|word|news)|where (?:are we|things stand) (?:on|with)|still waiting (?:to hear|on)|sent (?:over )?a referral (?:last|on|two|a few|\w+ (?:days|weeks) ago)"),
    ("addendum", 2, r"(?:attached|here|enclosed|sending|following|below) (?:is|are|please find)?\s*(?:the |our )?(?:missing|requested|signed|updated|corrected|late|additional) (?:order|script|prescription|note|page|records?|document|signature|fax)|as (?:you )?requested|per your request|addendum|in addition to (?:the|our) referral|previously (?:sent|faxed|referred)|to add to (?:the|our) (?:referral|fax)|supplement to"),
    ("misdirected", 2, r"not (?:our|a) patient|intended for (?:another|a different)|prior authorization (?:approval|denial) (?:letter|notice)|explanation of benefits|\bEOB\b|remittance|lab results for|prescription refill|refill request|do you sell|donate|raffle|auction|fundraiser|left my \w+(?: \w+)? (?:there|at|in|on)|did anyone find|looking to buy|gift card|donation|sponsor(?:ship)?"),
)  # fmt: skip
_SIGNS_OF_PAPER: Final[tuple[tuple[Sort, float, str], ...]] = (
    ("records_request", 3, r"attorneys? at law|(?:records )?custodian|custodian of records|HIPAA(?:[- ]compliant)? authorization|(?:forward|send|provide|produce|copy of) (?:\w+ ){0,3}(?:(?:daily|treatment|progress|therapy|office) notes|billing|records)[^.]{0,60}(?:to present|from \d|billing|notes|records)|copy(?:ing)? (?:charges|fees|costs)|date of loss[^.]{0,80}client|audit of (?:medical )?records|record retrieval|claims? review (?:department|unit)"),
    ("vendor", 3, r"while supplies last|free shipping|order (?:by phone|today|now|online|form)|(?:remove|unsubscribe|opt[- ]?out)[^.\n]{0,40}(?:list|fax(?:es)?)|(?:our|this|fax) (?:fax |mailing )?list|early bird|register (?:now|today|at|online|by|early|before)|(?:contact|CE|CEU|credit) (?:hours|credits)|CEUs?\b|continuing education|webinar|seminar|exhibit hall|(?:only|from|starting at|just|save|off|for) \$\s?\d|\$\s?\d[\d,.]*(?:/| per | each|\.\s)|\d{1,2} ?% off|(?:special|sale)!|financing available|act now|toll[- ]free to order|staffing (?:agency|solutions)|group (?:rates|purchasing)"),
    ("patient_in_care", 3, r"(?:plan of care|POC|certification|recert\w*)[^.]{0,60}(?:signed|returned|attached|you sent|enclosed)|signed and returned|no further action|certification period|please sign and return (?:the )?(?:plan of care|POC)|discharge from therapy"),
    ("misdirected", 2.5, r"refill|\b\d+ ?mg\b|\bqty\b|#\s?(?:30|60|90|180)\b|pharmacy|prior authorization (?:request|form) for (?:medication|drug)|lab(?:oratory)? (?:report|results)|pathology report|radiology report|referral to (?:cardiology|dermatology|gastroenterology|oncology|radiology|podiatry|endocrinology|urology)|not (?:the )?intended recipient\W+(?:please )?(?:return|call)"),
)  # fmt: skip
"""What papers of other kinds say that nobody says on the telephone."""
_SIGN: Final = tuple((sort, weight, re.compile(rf"\b(?:{shape})", re.IGNORECASE)) for sort, weight, shape in (*_SIGNS, *_SIGNS_OF_PAPER))
_REFERS: Final = re.compile(
    r"\b(?:eval(?:uat\w*)?|(?:needs?|want\w*|looking for|would like|get|start|need|interested in|recommended|order\w* for|ordered|prescri\w+|refer\w*|do you (?:do|offer|have|treat)) [^.?!\n]{0,40}(?:therap\w*|PT|OT|SLP|speech|evaluat\w*|treat\w*|seen|splint)|referral|new patient|diagnos\w*|dx|icd|insurance|medicare|medicaid|dob|date of birth|terapia|(?:my|our) (?:son|daughter|mother|mom|dad|father|husband|wife|child))\b",
    re.IGNORECASE,
)  # fmt: skip
_NEW: Final = re.compile(r"\b(?:never been|new (?:patient|referral|issue|problem)|different (?:problem|issue)|also (?:need|want|like)\w*|again because|wait ?list|first (?:appointment|visit|time|opening)|get (?:me|him|her|us) in|sign (?:him|her|me) up|can you see (?:him|her|me))\b", re.I)


def judged(text: str, *, names_a_patient: bool, wants_care: bool, codes: bool, therapy: bool = True, tells_of_somebody: bool = False) -> Judged:
    """What kind of thing `text` is. `names_a_patient`: a patient with a birth date, code or reason was read; `wants_care`: a
    therapy, program or service is asked for, `therapy`: one of the first two; `codes`: a diagnosis code or frequency stands in
    it.

    `tells_of_somebody`: the writer's own body or a relative of theirs ails.

    Whatever looks at all like a referral stays one; what is plainly something else must have strong signs and no wish
    for care."""
    wished = wishes(text)
    if not speaks_of_care(text) and not (names_a_patient or codes):
        return Judged("misdirected", 0.9, 0, 0)
    plain = plain_sort(text)
    weak = plain is not None and plain.alone == 0 and plain.signs == 1 and (names_a_patient or wants_care or codes)
    if plain and not weak and (plain.signs >= _MANY or not _NEW.search(text)):
        sort, place = cast(Sort, plain.sort), (plain.start, plain.end)
        if sort == "patient_in_care" and plain.signs < 2 and len(text) > _LONG:
            return _weighed(text, names_a_patient=names_a_patient, wants_care=wants_care, codes=codes)
        if codes and not wished and plain.signs < 2 and sort in ("patient_in_care", "misdirected", "wrong_number", "job_seeker") and not _PLAN_SIGNED.search(text[place[0] : place[1]]):
            return Judged("unclear", 0.5, *place)
        if plain.alone == 0 and not wished and names_a_patient and codes:
            return Judged("unclear", 0.5, *place)
        if plain.signs < _MANY and not _never_a_wish(text):
            if codes and sort not in ("patient_in_care", "records_request"):
                return Judged("referral" if names_a_patient else "unclear", 0.87 if names_a_patient else 0.5, *place)
            if tells_of_somebody and plain.signs == 1 and sort in _OF_STRANGERS:
                return Judged("unclear", 0.5, *place)
        if not wished or _never_a_wish(text):
            return Judged(sort, min(0.97, 0.9 + 0.02 * plain.signs), *place)
        many = plain.signs >= 2 * wished
        if many and sort in ("vendor", "job_seeker", "wrong_number") and not (names_a_patient or codes):
            return Judged(sort, 0.9, *place)
        if many and sort == "misdirected" and not therapy:
            return Judged(sort, 0.9, *place)
        if sort == "records_request" and plain.signs >= max(_PLAINLY, 4 * wished):
            return Judged(sort, 0.9, *place)
        if plain.signs > 2 * wished and not names_a_patient:
            return Judged("unclear", 0.5, *place)
    judged_so = _weighed(text, names_a_patient=names_a_patient, wants_care=wants_care, codes=codes)
    if judged_so.sort in ("wrong_number", "misdirected") and tells_of_somebody and plain is None:
        return Judged("unclear", 0.5, judged_so.start, judged_so.end)
    if judged_so.sort in NOT_REFERRALS and wished and (plain is None or plain.sort != judged_so.sort or plain.signs < wished):
        sure = wished > 1 or plain is None or plain.signs <= wished
        return Judged("referral" if sure else "unclear", 0.87 if sure else 0.5, judged_so.start, judged_so.end)
    return judged_so


_MANY: Final = 3
"""Unlike signs of something else that count also where a new patient is spoken of."""


_PLAINLY: Final = 4
"""Unlike signs of somebody who wants copies that count though they tell what the care was ordered for."""
_OF_STRANGERS: Final = ("vendor", "job_seeker", "wrong_number", "misdirected")
"""Sorts whose writers have nothing to tell of their own health."""


def _never_a_wish(text: str) -> bool:
    """Whether care is asked for an animal, or jobs: what sounds like a wish is none."""
    return bool(_FOR_ANIMALS.search(text))


_LONG: Final = 450
"""Letters above which one sign of a patient in care tells nothing."""
_PLAN_SIGNED: Final = re.compile(r"plan of care|\bPOC\b|recert", re.IGNORECASE)
_FOR_ANIMALS: Final = re.compile(r"\b(?:therapy|PT|appointment|treatment|eval\w*)\b[^.\n]{0,20} (?:for|on) (?:my|our|a|the) (?:dog|cat|horse|puppy|kitten|parrot|goldfish|hamster|goat)\b|\b(?:our|my|the|her|his) vet\b|\bTPLO\b|\bpet insurance\b|\b(?:do|treat|see|take)(?: \w+)? (?:dogs|cats|pets|horses|animals)\b", re.IGNORECASE)


def _weighed(text: str, *, names_a_patient: bool, wants_care: bool, codes: bool) -> Judged:
    """Signs of something else against signs of a wish for care."""
    scores: dict[Sort, tuple[float, int, int]] = {}
    signs: dict[Sort, tuple[float, list[re.Match[str]]]] = {}
    for sort, weight, shape in _SIGN:
        if hits := list(shape.finditer(text)):
            most, known = signs.get(sort, (0.0, []))
            signs[sort] = (max(most, weight), known + hits)
    for sort, (weight, hits) in signs.items():
        unlike = {hit[0].lower() for hit in hits}
        scores[sort] = (weight * (1 + 0.4 * (len(unlike) - 1)), hits[0].start(), hits[0].end())
    referring = 2.0 * names_a_patient + 2.0 * wants_care + 2.5 * codes + 0.5 * min(4, len({m[0].lower() for m in _REFERS.finditer(text)})) + 1.5 * bool(_NEW.search(text))
    if not scores:
        if referring >= 1:
            return Judged("referral", min(0.99, 0.85 + referring / 40), 0, 0)
        return Judged("unclear", 0.5, 0, 0)
    sort, (weight, start, end) = max(scores.items(), key=lambda pair: pair[1][0])
    if sort in ("status_question", "addendum"):
        if referring >= 4 or codes:
            return Judged("referral", 0.9, start, end)
        return Judged(sort, 0.75, start, end)
    lead = weight - referring
    if lead >= 0.9:
        return Judged(sort, min(0.98, 0.88 + 0.04 * lead), start, end)
    if lead >= -0.8 and not (codes or names_a_patient):
        return Judged(sort, 0.6, start, end)
    return Judged("referral", 0.9 if lead < -2 else 0.87, start, end)


def likeliest(text: str) -> Sort:
    """Of a text that is known to be no referral what it most probably is: by its signs, or not for us at all."""
    judged = _weighed(text, names_a_patient=False, wants_care=False, codes=False)
    return judged.sort if judged.sort in NOT_REFERRALS else "misdirected"


NOT_REFERRALS: Final = ("records_request", "vendor", "job_seeker", "wrong_number", "patient_in_care", "misdirected")
"""What is never a lead of its own."""

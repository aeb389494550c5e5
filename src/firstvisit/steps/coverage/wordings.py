"""What payers write in free text (MSG). A text is always shown verbatim; read it is only so far as it casts doubt.

No text makes anything covered, allowed or paid; it can only take such a word back into "not stated".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SIGNS: Final = {
    "inactive": r"terminat|inactiv|not active|cancell?ed|lapsed|suspend|not eligible|ineligible|not enrolled|disenroll"
    r"|no longer (?:eligible|covered|active)",
    "not_covered": r"not (?:a )?cover|non-?cover|no cover|no benefit|not (?:a )?benefit|exclu[ds]|not payable"
    r"|not allowed|ineligible|not eligible|denied|terminat|services? not",
    "authorization": r"auth|pre-?cert|certification|pre-?approv|pre-?determin|prior approval|medical review",
    "pooled": r"combin|shared?\b|sharing|pool|includ|aggregate|together|accumulat|in total|total of|\band/or\b|cross"
    r"|\bPT\W{1,3}(?:OT|ST)\b",
    "referral": r"referral|referred|gatekeeper|primary care|\bPCP\b",
    "referral_wanted": r"referral|referred|gatekeeper|(?:primary care|\bPCP\b).*(?:requir|must|need|approv|auth)"
    r"|(?:requir|must|need|approv|auth).*(?:primary care|\bPCP\b)",
    "no_referral": r"^\W*(?:no (?:\w+ )?referrals?(?: is| are)? (?:required|needed|necessary)"
    r"|(?:\w+ )?referrals?(?: is| are)? not (?:required|needed|necessary)|referrals? (?:required|needed)\W+no?)\W*$",
}
_PATTERNS: Final = {name: re.compile(signs, re.IGNORECASE) for name, signs in _SIGNS.items()}


def speaks_of(what: str, messages: Iterable[str]) -> bool:
    """Whether one of the messages has a sign of `what`: inactive, not_covered, authorization, pooled, referral,
    referral_wanted (a message on primary care alone is none), no_referral (none is needed, and not a word more)."""
    pattern = _PATTERNS[what]
    return any(pattern.search(message) for message in messages)

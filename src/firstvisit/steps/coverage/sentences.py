"""An answer in a few sentences: for the desk, and for the family in plain words. English and Spanish. Pure.

Where the plan is not known to be active, nothing else is told: no copay of a plan that may not hold.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from firstvisit.steps.coverage.answers import SERVICES, Answer, HomeHealth
from firstvisit.steps.coverage.balances import Balance

Language = Literal["en", "es"]


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "sentences.toml").read_text(encoding="utf-8"))


def why(code: str, language: Language = "en") -> str:
    """Why a plan is taken for active, for inactive, or for neither, in words."""
    return str(_texts()["why"][code][language])


def desk(answer: Answer, language: Language = "en") -> str:
    """What whoever verifies needs to know, not stated included."""
    told = _Teller("desk", answer, language)
    if answer.active is not True:
        told.say("inactive" if answer.active is False else "unknown", why=why(answer.why_active, language))
        return told.text
    told.say("active")
    told.around()
    told.say(_coverage(answer))
    if answer.covered is False:
        return told.text
    told.cost()
    for balance in answer.dollars:
        told.limit("dollars", balance)
    told.visits()
    if answer.authorization is None and answer.authorization_messages:
        for text in answer.authorization_messages:
            told.say("authorization_message", text=text)
    else:
        told.authorization()
    if answer.referral is not None:
        told.say("referral" if answer.referral else "no_referral")
    elif answer.referral_messages:
        for text in answer.referral_messages:
            told.say("referral_message", text=text)
    else:
        told.say(
            "coordinator" if answer.coordinators else "referral_unknown", names=", ".join(answer.coordinators)
        )
    if answer.other_payers:
        told.say("other_payers", names=", ".join(answer.other_payers))
    if answer.contacts:
        told.say("contacts", names=", ".join(answer.contacts))
    return told.text


def family(answer: Answer, language: Language = "en") -> str:
    """What the family may be told, in plain words; never more than the payer said, and no word that it will pay."""
    told = _Teller("family", answer, language)
    if answer.active is not True:
        told.say("inactive" if answer.active is False else "unknown")
        return told.text
    told.say("active")
    if answer.pending:
        told.say("pending")
    told.say(_coverage(answer))
    if answer.covered is True:
        if answer.home_health:
            told.say("home_health")
        told.cost()
        told.visits()
        told.authorization()
        if answer.referral:
            told.say("referral")
        if answer.coordinators:
            told.say("coordinator", names=", ".join(answer.coordinators))
    told.say("no_promise")
    return told.text


def ask_for_card(language: Language = "en") -> str:
    """What the family may be asked where the plan refused what was sent of them."""
    return str(_texts()["family"]["refused"][language])


def _coverage(answer: Answer) -> str:
    if answer.covered:
        return "covered" if answer.covered_as == SERVICES[answer.discipline][0] else "covered_as"
    if answer.contradicted:
        return "contradicted"
    return "not_covered" if answer.covered is False else "coverage_unknown"


class _Teller:
    """Sentences of one kind and language, one after the other."""

    def __init__(self, kind: str, answer: Answer, language: Language) -> None:
        self._texts: Mapping[str, Mapping[str, str]] = _texts()[kind]
        self._answer, self._language = answer, language
        self._said: list[str] = []
        therapy = self._word(answer.discipline)
        self._always = {
            "therapy": therapy,
            "Therapy": therapy[0].upper() + therapy[1:],
            "network": self._word(answer.network) if answer.network else "",
            "service": self._word(answer.covered_as or answer.discipline)
            if answer.covered_as not in _EXACT
            else therapy,
        }

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(each for each in self._said if each)

    def say(self, key: str, **values: str) -> None:
        """One sentence by its key."""
        self._said.append(self._texts[key][self._language].format(**self._always, **values))

    def around(self) -> None:
        """What holds beside the plan: that the payer investigates, and who comes to the house from when to when."""
        if self._answer.pending:
            self.say("pending")
        for each in self._answer.home_health:
            agency = each.agency or self._word("agency")
            self.say("home_health", period=home_health_days(each, self._language), agency=agency)

    def cost(self) -> None:
        """What a visit costs the patient, and the deductible before it."""
        answer = self._answer
        if answer.copays:
            self.say("copay", amount=self._any_of(dollars(each) for each in answer.copays))
        if answer.coinsurances:
            self.say("coinsurance", percent=self._any_of(f"{each:f} %" for each in answer.coinsurances))
        if not answer.copays and not answer.coinsurances:
            self.say("share_unknown")
        if answer.deductible is None:
            self.say("deductible_unknown")
        else:
            self.limit("deductible", answer.deductible)

    def visits(self) -> None:
        """How many visits are left, as far as that is stated."""
        for balance in self._answer.visits:
            self.limit("visits", balance)
        if not self._answer.visits:
            self.say("visits_unlimited" if self._answer.unlimited else "visits_unknown")

    def authorization(self) -> None:
        """Whether the payer wants to agree first."""
        needed = self._answer.authorization
        self.say(
            "authorization_unknown" if needed is None else "authorization" if needed else "no_authorization"
        )

    def limit(self, what: str, balance: Balance) -> None:
        """One limit: how much, how much of it is left."""
        shown = (lambda value: f"{value:f}") if what == "visits" else dollars
        state = {
            (True, True): "both", (False, True): "left", (True, False): "limit", (False, False): "used",
        }[balance.limit is not None, balance.left is not None]  # fmt: skip
        if what == "deductible" and Decimal(0) in (balance.limit, balance.left):
            state = "met" if balance.limit else "none"
        if f"{what}_{state}" not in self._texts:
            state = "unknown"
        zero = Decimal(0)
        self.say(
            f"{what}_{state}",
            limit=shown(balance.limit or zero),
            left=shown(balance.left or zero),
            used=shown(balance.used or zero),
            period=self._period(balance.period),
        )
        if balance.pooled and what != "deductible":
            self._said[-1] += self._word("shared") if "shared" not in self._texts else ""
            if "shared" in self._texts:
                self.say("shared")

    def _period(self, code: str) -> str:
        periods = _texts()["period"]
        return str(periods[code if code in periods else "none"][self._language])

    def _any_of(self, parts: Any) -> str:
        return self._word("or").join(parts)

    def _word(self, key: str) -> str:
        return str(_texts()["word"][key][self._language])


def home_health_days(period: HomeHealth, language: Language = "en") -> str:
    """From when to when, as far as it is stated: 2026-11-02 to 2026-12-31."""
    known = (period.begin is not None, period.end is not None)
    key = {(True, True): "both", (True, False): "since", (False, True): "until", (False, False): "none"}[known]
    return str(_texts()["days"][key][language]).format(begin=period.begin, end=period.end)


_EXACT = {services[0] for services in SERVICES.values()}


def dollars(value: Decimal) -> str:
    """As it is read: $30, $1,234.50."""
    return f"${value:,.2f}".removesuffix(".00")


def all_texts() -> Sequence[tuple[str, str, str]]:
    """Every text with its place, English and Spanish, for whoever reviews them."""
    return [
        (f"{group}.{key}", pair["en"], pair["es"])
        for group, texts in _texts().items()
        for key, pair in texts.items()
    ]

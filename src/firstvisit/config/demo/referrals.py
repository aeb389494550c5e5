"""The referrals the demo sends itself: invented people, reserved numbers (555-01xx), mail at example.org.

Dates count from now, so that the demo looks fresh on every day. Each has a fixed key, so that sending the
same one again is the same referral.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class ByForm:
    """A visitor of the public form; without `step2` somebody who stopped after the first step."""

    key: str
    about: str
    step1: Mapping[str, str]
    step2: Mapping[str, str | tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class ByApi:
    """A machine of a partner, sending one record."""

    key: str
    about: str
    body: Mapping[str, Any]


DemoReferral = ByForm | ByApi


def all_of(today: date) -> tuple[DemoReferral, ...]:
    """Every referral of the demo, in the order of sending."""
    return (
        _delgado("delgado"),
        _tendon(today),
        ByForm(
            "stopped-early",
            "stopped after step 1",
            {"who": "child", "name": "Keisha Boyd", "phone": "(608) 555-0111", "may_text": "yes"},
            None,
        ),
        _duluth(),
        _chest_pain(),
        _partner_signed(today),
        _partner_no_order(today),
        _school_out_of_area(today),
        _low_vision(),
        _organization(),
        _delgado("delgado-again"),
        _medicaid_child(),
        _workers_comp(today),
        _later(),
        _marquette(today),
        _spanish(today),
        _discharge_planner(today),
        _self_pay(),
    )


def _us(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _delgado(key: str) -> ByForm:
    again = key != "delgado"
    return ByForm(
        key,
        "the same family once more" if again else "family, complete",
        {
            "who": "child",
            "name": "Rosa Delgado",
            "phone": "(608) 555-0142",
            "email": "rosa.delgado@example.org",
            "may_email": "yes",
            "may_text": "yes",
        },
        {
            "patient_first_name": "Mia",
            "patient_last_name": "Delgado",
            "birth_date": "02/08/2024",
            "concern": "Just making sure this reached you: about twenty words, no two together"
            if again
            else "She says about twenty words and does not put two together",
            "therapy": "speech",
            "program": "early_language",
            "times": ("tue_am", "thu_am"),
            "zip": "53713",
            "insurance": "Northfield Health",
            "member_id": "NH-4471-20",
        },
    )


def _tendon(today: date) -> ByForm:
    return ByForm(
        "tendon",
        "adult after a tendon repair",
        {
            "who": "me",
            "name": "Paul Verhage",
            "phone": "608-555-0118",
            "email": "paul.verhage@example.org",
            "may_email": "yes",
        },
        {
            "birth_date": "05/30/1981",
            "concern": "Cut two finger tendons at work on the boat, repaired two days ago",
            "therapy": "occupational",
            "program": "hand_tendon_repair",
            "event_kind": "surgery",
            "event_date": _us(_ago(today, 2)),
            "times": ("mon_am", "mon_pm", "tue_am", "wed_am"),
            "zip": "53704",
            "insurance": "Northfield Health",
        },
    )


def _duluth() -> ByForm:
    return ByForm(
        "duluth",
        "lives far away",
        {
            "who": "me",
            "name": "Ingrid Halvorsen",
            "phone": "(218) 555-0121",
            "email": "ingrid.h@example.org",
            "may_email": "yes",
        },
        {
            "birth_date": "11/02/1967",
            "concern": "Low back pain for six weeks, worse when sitting",
            "therapy": "physical",
            "program": "orthopedic",
            "times": ("wed_pm", "fri_am"),
            "zip": "55802",
            "insurance": "Northfield Health",
        },
    )


def _chest_pain() -> ByForm:
    return ByForm(
        "chest-pain",
        "red flag",
        {
            "who": "me",
            "name": "Gus Karlin",
            "phone": "(608) 555-0125",
            "email": "gus.karlin@example.org",
            "may_email": "yes",
        },
        {
            "birth_date": "03/14/1958",
            "concern": "My shoulder hurts and since this morning I have chest pain on the stairs",
            "therapy": "physical",
            "program": "orthopedic",
            "times": ("mon_am",),
            "zip": "53711",
            "insurance": "Medicare",
        },
    )


def _partner_signed(today: date) -> ByApi:
    return ByApi(
        "surgeon-signed",
        "surgeon, signed order",
        {
            "lead_kind": "referral_partner",
            "discipline": ["PT"],
            "service": "evaluation_and_treatment",
            "program": "joint_replacement",
            "patient": {
                "first_name": "Harold",
                "last_name": "Nyquist",
                "date_of_birth": "1954-06-19",
                "sex": "male",
                "phone": "+16085550131",
                "postal_code": "53705",
            },
            "referrer": {
                "name": "Lena Castellan",
                "credential": "MD",
                "organization": "Mendota Joint Surgeons",
                "role": "physician",
                "npi": "1780000133",
                "phone": "+16085550132",
                "fax": "+16085550133",
            },
            "diagnoses": ["Z96.651"],
            "concern": "Right total knee replacement, begin outpatient therapy",
            "events": [{"kind": "surgery", "date": _ago(today, 3).isoformat()}],
            "payers": [{"name": "Medicare", "member_id": "1EG4-TE5-MK73"}],
            "documents": ["order", "operative_note"],
            "order_signed": True,
            "frequency": {"visits_per_week": "2-3", "weeks": 6},
            "availability": ["mon_am", "tue_am", "wed_am", "thu_am"],
        },
    )


def _partner_no_order(today: date) -> ByApi:
    return ByApi(
        "np-no-order",
        "clinic, no order",
        {
            "lead_kind": "referral_partner",
            "discipline": ["SLP"],
            "program": "cognition",
            "patient": {
                "first_name": "Walter",
                "last_name": "Osei",
                "date_of_birth": "1949-01-27",
                "phone": "+16085550135",
                "postal_code": "53716",
            },
            "referrer": {
                "name": "Bea Fontaine",
                "credential": "NP",
                "organization": "Yahara Family Medicine",
                "role": "physician",
                "npi": "1780000232",
                "phone": "+16085550136",
            },
            "diagnoses": ["R47.01"],
            "concern": "Trouble finding words since the stroke in summer",
            "events": [{"kind": "onset", "date": _ago(today, 90).isoformat()}],
            "payers": [{"name": "BadgerCare Plus", "member_id": "0123456789"}],
            "documents": ["clinical_notes"],
        },
    )


def _school_out_of_area(today: date) -> ByApi:
    return ByApi(
        "school-green-bay",
        "school counselor, far away",
        {
            "lead_kind": "referral_partner",
            "discipline": ["OT"],
            "program": "fine_motor",
            "patient": {
                "first_name": "Theo",
                "last_name": "Marsh",
                "date_of_birth": _ago(today, 2750).isoformat(),
                "postal_code": "54301",
            },
            "contact": {"name": "Joanne Marsh", "relationship": "mother", "phone": "+19205550141"},
            "referrer": {
                "name": "Karl Iversen",
                "organization": "Bayview Elementary School",
                "role": "school",
                "phone": "+19205550143",
                "email": "k.iversen@example.org",
            },
            "concern": "Handwriting and buttons; the family asked for clinic visits",
        },
    )


def _low_vision() -> ByApi:
    return ByApi(
        "low-vision",
        "a program not offered",
        {
            "lead_kind": "referral_partner",
            "discipline": ["OT"],
            "program": "low_vision",
            "patient": {
                "first_name": "Edith",
                "last_name": "Rowan",
                "date_of_birth": "1941-09-09",
                "phone": "+16085550145",
                "postal_code": "53714",
            },
            "referrer": {
                "name": "Samir Patel",
                "credential": "OD",
                "organization": "Isthmus Eye Care",
                "role": "other",
                "npi": "1780000331",
                "phone": "+16085550146",
            },
            "diagnoses": ["H35.30"],
            "concern": "Reading and cooking with central vision loss",
            "payers": [{"name": "Medicare", "member_id": "1EG4-TE5-MK74"}],
        },
    )


def _organization() -> ByApi:
    return ByApi(
        "organization",
        "organization asks for a quote",
        {
            "lead_kind": "organization",
            "discipline": ["PT", "OT"],
            "contact": {"name": "Marta Quill", "phone": "+16085550151", "email": "marta.quill@example.org"},
            "referrer": {"organization": "Badger Cold Storage", "role": "other"},
            "asks": "A quote for an ergonomic look at forty warehouse places and a yearly talk about lifting",
        },
    )


def _medicaid_child() -> ByForm:
    return ByForm(
        "medicaid-child",
        "child with BadgerCare Plus",
        {
            "who": "child",
            "name": "Tasha Greene",
            "phone": "(608) 555-0153",
            "email": "tasha.greene@example.org",
            "may_email": "yes",
            "may_text": "yes",
        },
        {
            "patient_first_name": "Jalen",
            "patient_last_name": "Greene",
            "birth_date": "07/21/2022",
            "concern": "He walks on his toes and falls often",
            "therapy": "physical",
            "program": "pediatric",
            "times": ("mon_pm", "wed_pm", "fri_am"),
            "zip": "53718",
            "insurance": "BadgerCare Plus",
        },
    )


def _workers_comp(today: date) -> ByApi:
    return ByApi(
        "workers-comp",
        "case manager, work injury",
        {
            "lead_kind": "referral_partner",
            "discipline": ["PT"],
            "program": "work_conditioning",
            "patient": {
                "first_name": "Dale",
                "last_name": "Kowalke",
                "date_of_birth": "1986-12-03",
                "phone": "+16085550155",
                "postal_code": "53590",
            },
            "referrer": {
                "name": "Renee Stauffer",
                "organization": "Great Lakes Compensation Mutual",
                "role": "case_manager",
                "phone": "+14145550156",
                "email": "r.stauffer@example.org",
            },
            "concern": "Lifting injury of the low back, employer wants him back on light duty",
            "events": [{"kind": "injury", "date": _ago(today, 12).isoformat()}],
            "payers": [
                {
                    "kind": "workers_comp",
                    "name": "Great Lakes Compensation Mutual",
                    "member_id": "CLM-20871",
                    "authorization_status": "pending",
                }
            ],
            "documents": ["order"],
            "order_signed": True,
        },
    )


def _later() -> ByApi:
    return ByApi(
        "not-sure-later",
        "not sure, later",
        {
            "lead_kind": "patient",
            "timing": "later",
            "patient": {"first_name": "Nora", "last_name": "Fields", "postal_code": "53719"},
            "contact": {"name": "Nora Fields", "relationship": "self", "email": "nora.fields@example.org"},
            "asks": "Not sure yet whether I need this. Maybe in spring, please tell me what you do.",
            "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
        },
    )


def _marquette(today: date) -> ByForm:
    return ByForm(
        "marquette",
        "the other site, another time zone",
        {
            "who": "me",
            "name": "Aino Lahti",
            "phone": "(906) 555-0157",
            "email": "aino.lahti@example.org",
            "may_email": "yes",
        },
        {
            "birth_date": "08/16/1972",
            "concern": "The room spins when I turn over in bed",
            "therapy": "physical",
            "program": "vestibular",
            "event_kind": "onset",
            "event_date": _us(_ago(today, 1)),
            "times": ("mon_am", "tue_am", "tue_pm", "thu_pm"),
            "zip": "49855",
            "insurance": "Northfield Health PPO",
        },
    )


def _spanish(today: date) -> ByForm:
    return ByForm(
        "spanish",
        "family that speaks Spanish",
        {
            "who": "other",
            "name": "Lucía Ibarra",
            "phone": "(608) 555-0161",
            "email": "lucia.ibarra@example.org",
            "may_email": "yes",
        },
        {
            "patient_first_name": "Carmen",
            "patient_last_name": "Ibarra",
            "birth_date": "04/25/1951",
            "concern": "Mi mamá se cayó en la cocina y ahora camina con miedo",
            "therapy": "physical",
            "program": "fall_prevention",
            "event_kind": "injury",
            "event_date": _us(_ago(today, 6)),
            "times": ("tue_pm", "thu_pm"),
            "zip": "53703",
            "insurance": "Medicare",
            "language": "Spanish",
        },
    )


def _discharge_planner(today: date) -> ByApi:
    return ByApi(
        "discharge-planner",
        "hospital, stroke",
        {
            "lead_kind": "referral_partner",
            "discipline": ["OT"],
            "program": "neuro_rehab",
            "patient": {
                "first_name": "Ruben",
                "last_name": "Alvord",
                "date_of_birth": "1963-10-11",
                "phone": "+16085550163",
                "postal_code": "53562",
            },
            "contact": {"name": "Gail Alvord", "relationship": "spouse", "phone": "+16085550164"},
            "referrer": {
                "name": "Oksana Bilyk",
                "credential": "RN",
                "organization": "Four Lakes Hospital",
                "role": "hospital",
                "phone": "+16085550165",
            },
            "diagnoses": ["I63.9"],
            "concern": "Left arm weakness after stroke, going home",
            "events": [{"kind": "discharge", "date": _ago(today, 1).isoformat()}],
            "payers": [{"name": "Northfield Health", "member_id": "NH-8890-02"}],
            "documents": ["order", "discharge_summary"],
            "order_signed": True,
        },
    )


def _self_pay() -> ByApi:
    return ByApi(
        "self-pay",
        "pays without insurance",
        {
            "lead_kind": "patient",
            "discipline": ["PT"],
            "program": "orthopedic",
            "patient": {
                "first_name": "Wendell",
                "last_name": "Achterberg",
                "date_of_birth": "1979-05-17",
                "postal_code": "53704",
            },
            "contact": {
                "name": "Wendell Achterberg",
                "relationship": "self",
                "phone": "+16085550167",
                "email": "wendell.achterberg@example.org",
            },
            "concern": "My knee hurts on the stairs since a month",
            "availability": ["mon_am", "wed_pm"],
            "payers": [{"kind": "private_pay"}],
            "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
        },
    )

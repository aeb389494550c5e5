"""What somebody says in Spanish is known as said, is heard whole, and is answered in Spanish."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.kind import kind_of
from firstvisit.steps.intake.readers.tests.alone import read_by_rules
from firstvisit.steps.intake.understanding.settle import sure

RUN_ON = (
    "hola buenos dias habla Lucia Barrera quiero pedir terapia fisica para mi mama Rosa Barrera ella nacio el tres de mayo de mil "
    "novecientos cincuenta y uno mi telefono es seis cero ocho cinco cinco cinco cero uno siete cinco le duele la rodilla despues "
    "de la operacion gracias"
)


def document(text: str) -> Document:
    return Document("a.txt", "text/plain", text.encode(), dt.date(2026, 11, 22))


def said(text: str) -> Referral:
    return sure(read_by_rules(document(text)).understood.patients[0].referral)


def test_a_message_without_a_mark_is_a_call_and_its_words_are_heard() -> None:
    assert kind_of(document(RUN_ON)) == "transcript"
    heard = said(RUN_ON)
    assert (heard.patient.first_name, heard.patient.language) == ("Rosa", "Spanish")
    assert heard.contact.phone == "+16085550175"
    assert heard.concern is not None
    assert "le duele la rodilla despues de la operacion" in heard.concern
    assert "cinco" not in heard.concern


@pytest.mark.parametrize(
    "words",
    [
        "me duele el hombro desde hace tres meses",
        "me operaron de la rodilla el lunes",
        "se cayó en el mercado y no puede caminar bien",
        "le cuesta comer después del derrame",
    ],
)
def test_what_ails_somebody_is_told_in_spanish_too(words: str) -> None:
    heard = said(
        "Voicemail 608-555-0175\n\nHola, habla Lucia Barrera, necesito terapia física. Nací el 3 de mayo de 1951. "
        f"{words.capitalize()}. Mi teléfono es 608-555-0175, gracias."
    )
    assert words in (heard.concern or "").lower()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hola, buenos días. Soy Lucia Barrera y quiero una cita de terapia física para mi hijo Leo, le duele la rodilla.", "Spanish"),
        ("Olá, bom dia. Meu nome é Ana Prado, quero terapia para minha mãe. Não falo inglês, obrigada, está bem, para os dois.", None),
        ("Hi, this is Lucia Barrera. I want physical therapy for my son. Gracias.", None),
    ],
)
def test_whoever_tells_it_all_in_spanish_is_spoken_with_in_spanish(text: str, language: str | None) -> None:
    read = read_by_rules(document(f"Voicemail 608-555-0175\n\n{text}")).understood.found
    assert {each.value for each in read if each.path == "patient.language"} == ({language} if language else set())


def test_a_letter_in_spanish_is_no_call() -> None:
    letter = "Estimados señores:\n\nQuisiera pedir terapia física para mi mamá.\n\nAtentamente,\nLucia Barrera\n608-555-0175"
    assert kind_of(document(letter)) == "note"

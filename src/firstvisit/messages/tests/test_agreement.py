"""A vendor's mail server gets nothing while no agreement with it is in force."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from firstvisit.kernel.errors import ConnectorError
from firstvisit.messages.channels import email
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


def loaded(*, agreements: bool) -> None:
    files = dataclasses.replace(read_folder(SAMPLE), rules={})
    services.load(files if agreements else dataclasses.replace(files, agreements=()), by="test")


def test_without_an_agreement_nothing_is_handed_to_a_vendor(settings: LazySettings) -> None:
    loaded(agreements=False)
    settings.SMTP_URL = "smtp://smtp.vendor.invalid:25"
    with pytest.raises(ConnectorError, match="no vendor agreement") as raised, email.session():
        pass
    assert raised.value.temporary


def test_with_an_agreement_the_server_is_asked(settings: LazySettings) -> None:
    loaded(agreements=True)
    settings.SMTP_URL = "smtp://smtp.vendor.invalid:25"
    with pytest.raises(ConnectorError, match="not reached"), email.session():
        pass


def test_our_own_server_needs_none(settings: LazySettings) -> None:
    loaded(agreements=False)
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    with pytest.raises(ConnectorError, match="not reached"), email.session():
        pass

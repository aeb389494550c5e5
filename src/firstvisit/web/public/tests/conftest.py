"""The sample practice, and a visitor at its public pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.services import load


@pytest.fixture(autouse=True)
def _practice(db: None, settings: Settings) -> Iterator[None]:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    load(read_folder(SAMPLE), by="test")
    yield


@pytest.fixture
def visitor() -> Client:
    return Client()

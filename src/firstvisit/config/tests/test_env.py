"""What the environment says is checked at the start, all of it at once, in words."""

from __future__ import annotations

import pytest

from firstvisit.config import env
from firstvisit.kernel.errors import ConfigurationError


def test_no_model_is_named_unless_somebody_names_one() -> None:
    assert env.read({}).model_url == ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434/v1/", "http://models.internal:8000/v1", "https://api.example.org/v1"])
def test_a_model_of_ours_or_one_over_tls_is_taken(url: str) -> None:
    found = env.read({"FIRSTVISIT_MODEL_URL": url, "FIRSTVISIT_MODEL_NAME": "m", "FIRSTVISIT_MODEL_KEY": "k-1"})
    assert (found.model_url, found.model_name, found.model_key) == (url.rstrip("/"), "m", "k-1")
    assert "k-1" not in repr(found)


@pytest.mark.parametrize(
    ("url", "name", "said"),
    [
        ("http://api.example.org/v1", "m", "must begin with https://"),
        ("ftp://127.0.0.1/v1", "m", "must look like"),
        ("https://user:key@api.example.org/v1", "m", "a key belongs in FIRSTVISIT_MODEL_KEY"),
        ("https://api.example.org/v1", "", "FIRSTVISIT_MODEL_NAME is missing"),
    ],
)
def test_what_is_wrong_with_a_model_is_said(url: str, name: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        env.read({"FIRSTVISIT_MODEL_URL": url, "FIRSTVISIT_MODEL_NAME": name})

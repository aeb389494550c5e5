"""What the environment says is checked at the start, all of it at once, in words."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize(
    ("url", "said"),
    [("https://routing.example.org", "own machine or network"), ("osrm:5000", "must look like http://127.0.0.1:5000")],
)
def test_where_patients_live_is_told_to_no_routing_service_of_others(url: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        env.read({"FIRSTVISIT_ROUTING_URL": url})
    assert env.read({"FIRSTVISIT_ROUTING_URL": "http://10.0.0.7:5000/"}).routing_url == "http://10.0.0.7:5000"


CORE = {
    "FIRSTVISIT_CORE_URL": "https://payer.example.org/core", "FIRSTVISIT_CORE_SENDER": "CEDAR",
    "FIRSTVISIT_CORE_RECEIVER": "PAYER", "FIRSTVISIT_CORE_USER": "cedar", "FIRSTVISIT_CORE_PASSWORD": "hush-1",
}  # fmt: skip


def test_payers_are_asked_with_what_is_set_and_no_secret_is_shown() -> None:
    found = env.read(CORE)
    assert found.connectors == CORE
    assert "hush-1" not in repr(found)
    assert env.read({}).connectors == {}


def test_the_demo_asks_the_sandbox_beside_it() -> None:
    assert env.read({"FIRSTVISIT_DEMO": "1", "FIRSTVISIT_PORT": "8100"}).connectors == {
        "FIRSTVISIT_SANDBOX_PAYER_URL": "http://127.0.0.1:8128"
    }
    elsewhere = {"FIRSTVISIT_SANDBOX_PAYER_URL": "http://127.0.0.1:9000"}
    assert env.read(elsewhere).connectors == env.read({"FIRSTVISIT_DEMO": "1", **elsewhere}).connectors == elsewhere
    with pytest.raises(ConfigurationError, match="from 1 to 65506"):
        env.read({"FIRSTVISIT_DEMO": "1", "FIRSTVISIT_PORT": "65510"})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"FIRSTVISIT_CORE_URL": ""}, "FIRSTVISIT_CORE_URL is missing"),
        ({"FIRSTVISIT_CORE_SENDER": " ", "FIRSTVISIT_CORE_RECEIVER": ""}, "FIRSTVISIT_CORE_RECEIVER are missing"),
        ({"FIRSTVISIT_CORE_URL": "http://payer.example.org/core"}, "FIRSTVISIT_CORE_URL must begin with https://"),
        ({"FIRSTVISIT_CORE_URL": "https://cedar:hush-1@payer.example.org"}, "without a name or a password"),
        ({"FIRSTVISIT_SANDBOX_PAYER_URL": "http://payer.example.org"}, "must begin with https://"),
        ({"FIRSTVISIT_SANDBOX_SECONDS": "61"}, "from 0 to 60"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_how_payers_are_asked_is_said(changed: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as told:
        env.read({**CORE, **changed})
    assert "hush-1" not in str(told.value)


def test_every_variable_stands_in_the_reference() -> None:
    text = (Path(__file__).parents[4] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in env.VARIABLES if f"`{name}`" not in text] == []

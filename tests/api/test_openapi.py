"""Whatever is sent to the REST door, the answer is one that its OpenAPI document promises."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def document(open_doors: str) -> Any:
    """The document as the running application gives it out."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _with_address(get_wsgi_application()))


def _with_address(application: Any) -> Any:
    """The application behind a server that says who calls, as every real one does."""

    def called(environ: dict[str, Any], start_response: Any) -> Any:
        return application({"REMOTE_ADDR": "127.0.0.1", **environ}, start_response)

    return called


@pytest.mark.parametrize("mode", list(GenerationMode), ids=["as_promised", "anything_but"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nothing_breaks_the_door(document: Any, open_doors: str, mode: GenerationMode) -> None:
    seen: list[int] = []
    operation = document["/api/v1/referrals"]["POST"]

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {open_doors}"})
        seen.append(response.status_code)
        case.validate_response(response, checks=PROMISES)

    send()
    assert len(seen) >= 20
    assert set(seen) & {400, 422}


def test_the_document_is_whole_and_names_the_key(document: Any) -> None:
    raw = document.raw_schema
    assert "/api/v1/referrals" in raw["paths"]
    assert raw["paths"]["/api/v1/referrals"]["post"]["security"]
    assert raw["components"]["schemas"]["ReferralIn"]["additionalProperties"] is False

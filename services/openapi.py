"""The OpenAPI document, corrected where BentoML's own says what this service does not do."""

from __future__ import annotations

import json
from typing import Any

from services import messages
from services.answers import ModelCard

_ERROR = {
    "type": "object",
    "required": ["error", "code", "request_id"],
    "properties": {
        "error": {"type": "string", "description": "One sentence: what is wrong and what to do."},
        "code": {"type": "string", "enum": sorted(messages.WORDS["en"]["errors"])},
        "request_id": {"type": "string"},
    },
    "example": {
        "error": "the film: it ends before the picture does; copy or export it again",
        "code": "unreadable_film",
        "request_id": "4f0c2a5be51f4c0e8d5f0f4f1f8f6a30",
    },
}
_ERRORS_BY_STATUS = {
    "400": "The film cannot be read, or the model has no such finding.",
    "401": "The caller is not on this machine, or came through a proxy.",
    "413": "The film is larger than the limit.",
    "415": "The film did not come as a multipart form.",
    "422": "The image is not one grey chest radiograph.",
    "500": "The service failed.",
    "503": "No model was promoted yet.",
    "504": "The answer took too long.",
}
_ERRORS_OF_THE_CARD = ("401", "500", "503")
_BENTOML_ERRORS = ("InvalidArgument", "NotFound", "InternalServerError", "TaskStatusResponse")


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of BentoML's document with our errors, our description and no contact of others."""
    ours: dict[str, Any] = json.loads(json.dumps(document))  # a copy whose statuses are words
    ours["openapi"] = "3.1.0"  # the schemas say "or null" in the way of 3.1
    ours["info"] = {
        "title": "radiographs",
        "version": document["info"]["version"],
        "description": f"Scores a chest radiograph and shows where the model looked. {messages.NOTICE}",
    }
    schemas = ours["components"]["schemas"]
    for name in _BENTOML_ERRORS:
        schemas.pop(name, None)
    schemas["Error"] = _ERROR
    for path in ours["paths"].values():
        if "post" in path:
            _correct(path["post"])
    schemas["ModelCard"] = ModelCard.model_json_schema()
    ours["paths"]["/model"] = {"get": _card()}
    return ours


def _card() -> dict[str, Any]:
    """The operation that BentoML does not know of, since it is no API method of the service."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ModelCard"}}}
    errors = _errors()
    return {
        "operationId": "GET__model",
        "summary": "Which model answers, and the checks of the release rule that it did not pass.",
        "responses": {"200": {"description": "Its card.", "content": content}}
        | {status: errors[status] for status in _ERRORS_OF_THE_CARD},
    }


def _correct(operation: dict[str, Any]) -> None:
    for form in operation["requestBody"]["content"].values():
        form.pop("encoding", None)  # said that a film is JSON
    answer = operation["responses"]["200"]
    for content in answer["content"].values():
        if "title" in content["schema"]:
            content["schema"] = {"$ref": f"#/components/schemas/{content['schema']['title']}"}
    operation["responses"] = {"200": answer} | _errors()


def _errors() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": words, "content": content} for status, words in _ERRORS_BY_STATUS.items()}

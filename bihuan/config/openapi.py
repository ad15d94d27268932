"""The OpenAPI document: what the framework knows, and what the plain views and tables add to it."""

from __future__ import annotations

from typing import Any

import msgspec
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from bihuan.cases import answers
from bihuan.cases.api import CaseIn
from bihuan.cases.fields import FIELDS, Field

_REF = "#/components/schemas/{name}"
_MANY = {
    "clocks": answers.ClockOut,
    "events": answers.EventOut,
    "entries": answers.EntryOut,
}
_KINDS: dict[str, dict[str, Any]] = {
    "flag": {"type": "boolean"},
    "staff": {"type": "integer"},
    "number": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "files": {"type": "array", "items": {"type": "integer"}},
    "follow_ups": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["what", "owner_id", "due_on"],
            "properties": {
                "what": {"type": "string", "minLength": 2, "maxLength": 300},
                "owner_id": {"type": "integer"},
                "due_on": {"type": "string", "format": "date"},
            },
        },
    },
}
_FILE = {
    "title": "FileOut",
    "type": "object",
    "required": ["token", "sha256", "size"],
    "properties": {
        "token": {"type": "string", "description": "opens the file at /f/{token}"},
        "sha256": {"type": "string"},
        "size": {"type": "integer", "description": "bytes"},
    },
}
_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457; `fields` tells what is wrong with which field.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "clause": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string"},
    "description": "Same key and body: the same answer. Same key, other body: 409.",
}


class Documented(NinjaAPI):
    """NinjaAPI whose document also knows POST /cases, the steps, the answers and the refusals."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The framework's document, completed."""
        document = super().get_openapi_schema(**where)
        complete(document)
        return document


def complete(document: dict[str, Any]) -> None:
    """Add to the document, in place, what the framework cannot see."""
    cases = next(path for path in document["paths"] if path.endswith("/cases"))
    paths = {path.removeprefix(cases): found for path, found in document["paths"].items()}
    paths[""]["post"] = _file()
    _answer(paths[""]["get"], 200, _ref("PageOut"))
    _answer(paths["/{number}"]["get"], 200, _ref("CaseOut"))
    for name, many in _MANY.items():
        listed = {"type": "array", "items": _ref(many.__name__)}
        _answer(paths[f"/{{number}}/{name}"]["get"], 200, listed)
    _step(paths["/{number}/{action}"]["post"])
    paths["/{number}/files"]["post"]["responses"].clear()
    _answer(paths["/{number}/files"]["post"], 201, _FILE)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {
                "description": "A refusal",
                "content": {"application/problem+json": {"schema": _ref("Problem")}},
            }
    components = document["components"]
    shapes = (CaseIn, answers.CaseOut, answers.PageOut, *_MANY.values())
    _, structs = msgspec.json.schema_components(
        shapes,
        ref_template=_REF,
        schema_hook=lambda kind: {"description": "what this kind of event carries"},
    )
    components["schemas"] |= structs
    components["schemas"] |= {f"step_{name}": _body(name) for name in sorted(FIELDS)}
    components["schemas"]["Problem"] = _PROBLEM
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"bearer": []}]


def _file() -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "bihuan_cases_api_file",
        "summary": "File a case",
        "description": "201 for a new case; 200 when the key was used before with the same body.",
        "tags": ["cases"],
        "parameters": [_KEY],
        "requestBody": _json(_ref("CaseIn")) | {"required": True},
        "responses": {},
    }
    _answer(operation, 201, _ref("CaseOut"))
    _answer(operation, 200, _ref("CaseOut"))
    return operation


def _step(operation: dict[str, Any]) -> None:
    action = next(p for p in operation["parameters"] if p["name"] == "action")
    action["schema"]["enum"] = sorted(FIELDS)
    bodies = [_ref(f"step_{name}") for name in sorted(FIELDS)]
    operation["requestBody"] = _json({"anyOf": bodies})
    _answer(operation, 200, _ref("CaseOut"))


def _body(action: str) -> dict[str, Any]:
    fields = FIELDS[action]
    known = {field.name: _field(field) for field in fields}
    return {
        "title": action,
        "type": "object",
        "required": [field.name for field in fields if field.required],
        "properties": known | {"expected_version": {"type": "integer"}},
        "additionalProperties": False,
    }


def _field(field: Field) -> dict[str, Any]:
    said = {"description": field.label}
    if field.kind == "choice":
        return said | {"type": "string", "enum": list(field.choices or {})}
    return said | _KINDS.get(field.kind, {"type": "string", "maxLength": field.most})


def _answer(operation: dict[str, Any], status: int, schema: dict[str, Any]) -> None:
    operation["responses"][status] = {"description": "OK"} | _json(schema)


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": _REF.format(name=name)}

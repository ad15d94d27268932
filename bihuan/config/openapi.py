"""The OpenAPI document: what the framework knows, and what the plain views and tables add to it."""

from __future__ import annotations

from typing import Any

import msgspec
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from bihuan.cases import answers
from bihuan.cases.api import CaseIn
from bihuan.cases.api.routes import ALLOWED
from bihuan.cases.fields import FIELDS, Field
from bihuan.cases.models import CATEGORIES, CHANNELS, KINDS, PRIORITIES, SEVERITIES, STATES
from bihuan.policy.answers import DueOut

_REF = "#/components/schemas/{name}"
_MANY = {
    "clocks": answers.ClockOut,
    "events": answers.EventOut,
    "entries": answers.EntryOut,
}
_KINDS: dict[str, dict[str, Any]] = {
    "flag": {"type": "boolean"},
    "staff": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "files": {"type": "array", "items": {"type": "integer"}},
    "scores": {
        "type": "object",
        "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 5},
    },
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
        "token": {"type": "string", "description": "opens the file at /files/{token}"},
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
        "codes": {
            "type": "object",
            "description": "what is wrong with each field, for programs",
            "additionalProperties": {"type": "string"},
        },
        "action": {"type": "string"},
        "state": {"type": "string", "description": "where the case stands"},
        "possible": {
            "type": "array",
            "description": "the steps that are possible now",
            "items": {"type": "string"},
        },
        "missing": {"description": "what has to come first"},
        "version": {"type": "integer", "description": "the newer version of the case"},
        "allowed": {"type": "array", "items": {}},
        "limit": {"type": "integer"},
        "retry_after": {"type": "integer", "description": "seconds"},
    },
}
#: The closed sets, the same in what comes in and in what goes out.
_VALUES: dict[str, list[Any]] = {
    "kind": KINDS,
    "channel": CHANNELS,
    "state": STATES,
    "category": CATEGORIES,
    "severity": SEVERITIES,
    "priority": PRIORITIES,
    "tier": [1, 2, 3],
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
    base = next(path for path in document["paths"] if path.endswith("/cases"))[: -len("/cases")]
    paths = {path.removeprefix(base): found for path, found in document["paths"].items()}
    paths["/cases"]["post"] = _file()
    _answers(paths)
    _step(paths["/cases/{number}/{action}"]["post"])
    _listed(paths["/cases"]["get"])
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {
                "description": "A refusal",
                "content": {"application/problem+json": {"schema": _ref("Problem")}},
            }
    for path in OPEN_TO_ALL:
        for operation in paths[path].values():
            operation["security"] = []
    _components(document["components"])
    document["security"] = [{"bearer": []}]


#: Answered without a token.
OPEN_TO_ALL = (
    "/due", "/policy", "/policy/clauses/{id}", "/policy/versions", "/healthz", "/readyz",
)  # fmt: skip


def _answers(paths: dict[str, Any]) -> None:
    _answer(paths["/cases"]["get"], 200, _ref("PageOut"))
    _answer(paths["/cases/{number}"]["get"], 200, _ref("CaseOut"))
    for name, many in _MANY.items():
        listed = {"type": "array", "items": _ref(many.__name__)}
        _answer(paths[f"/cases/{{number}}/{name}"]["get"], 200, listed)
    files = paths["/cases/{number}/files"]["post"]
    files["responses"].clear()
    _answer(files, 201, _FILE)
    bytes_ = {"schema": {"type": "string", "format": "binary"}}
    paths["/files/{token}"]["get"]["responses"][200] = {
        "description": "The file, to be saved", "content": {"application/octet-stream": bytes_},
    }  # fmt: skip
    _answer(paths["/due"]["post"], 200, _ref("DueOut"))
    text = {"schema": {"type": "string"}}
    paths["/metrics"]["get"]["responses"][200] = {
        "description": "OK", "content": {"text/plain": text},
    }  # fmt: skip


def _components(components: dict[str, Any]) -> None:
    shapes = (CaseIn, answers.CaseOut, answers.PageOut, *_MANY.values(), DueOut)
    _, structs = msgspec.json.schema_components(
        shapes,
        ref_template=_REF,
        schema_hook=lambda kind: {"description": "what this kind of event carries"},
    )
    for name in ("CaseIn", "CaseOut"):
        known = structs[name]["properties"]
        for field in _VALUES.keys() & known.keys():
            empty = [""] if name == "CaseIn" and "default" in known[field] else []
            known[field]["enum"] = [*_VALUES[field], *empty]
    structs["ClockOut"]["properties"]["state"]["enum"] = answers.CLOCK_STATES
    for name in ("ClockOut", "DeadlineOut"):
        structs[name]["properties"]["status"]["enum"] = ["final", "provisional"]
    components["schemas"] |= structs
    components["schemas"] |= {f"step_{name}": _body(name) for name in sorted(FIELDS)}
    components["schemas"]["Problem"] = _PROBLEM
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}


def _listed(operation: dict[str, Any]) -> None:
    """The values each filter may have."""
    for parameter in operation["parameters"]:
        if allowed := ALLOWED.get(parameter["name"]):
            parameter["schema"]["enum"] = ["", *allowed]


def _file() -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "bihuan_cases_api_file",
        "summary": "File a case",
        "description": "The same answer again when the key was used before with the same body, "
        "so that a 503 may be asked again after its Retry-After.",
        "tags": ["cases"],
        "parameters": [_KEY],
        "requestBody": _json(_ref("CaseIn")) | {"required": True},
        "responses": {},
    }
    _answer(operation, 201, _ref("CaseOut"))
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

"""The routes as OpenAPI, from the messages' own types: for tests and tools, served to nobody."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from casefield import __version__
from casefield.server.api.needs import DECLARED, SHAPES, Need
from casefield.sync.messages import BLOB_TYPE, MEDIA_TYPE, Problem

REFERENCE = "#/components/schemas/{name}"
BEARER = "access token"


def description() -> dict[str, Any]:
    """Return the OpenAPI document of every declared route."""
    shapes = {shape for both in SHAPES.values() for shape in (both.takes, both.gives) if shape}
    kinds = sorted({*shapes, Problem} - {bytes}, key=str)
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    schema = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for name, both in SHAPES.items():
        method, path = name.split()
        told: dict[str, Any] = {
            "operationId": name,
            "responses": {
                "200": _body(both.gives, schema, "Done."),
                "4XX": _content(schema[Problem], "Refused, and why."),
                "503": _content(schema[Problem], "Not just now."),
            },
        }
        if both.takes is not None:
            told["requestBody"] = {"required": True, **_body(both.takes, schema)}
        if parameters := _parameters(path):
            told["parameters"] = parameters
        if DECLARED[name] is Need.DEVICE:
            told["security"] = [{BEARER: []}]
        paths.setdefault(path, {})[method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "casefield headquarters", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {BEARER: {"type": "http", "scheme": "bearer"}},
        },
    }


def _body(shape: type | None, schema: dict[Any, Any], words: str = "") -> dict[str, Any]:
    if shape is None:
        return {"description": words}
    if shape is bytes:
        described = {"description": words} if words else {}
        return described | {"content": {BLOB_TYPE: {"schema": {}}}}
    return _content(schema[shape], words)


def _parameters(path: str) -> list[dict[str, Any]]:
    """A content is named by its hash in the path, and asked for of one person."""
    names = re.findall(r"{(\w+)}", path)
    if not names:
        return []
    text = {"required": True, "schema": {"type": "string"}}
    in_path = [{"name": name, "in": "path", **text} for name in names]
    return [*in_path, {"name": "case_id", "in": "query", **text}]


def _content(schema: dict[str, Any], words: str = "") -> dict[str, Any]:
    described = {"description": words} if words else {}
    return described | {"content": {MEDIA_TYPE: {"schema": schema}}}

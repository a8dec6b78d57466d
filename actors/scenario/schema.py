"""The JSON Schema of a scenario, for editors: completion, descriptions, errors while typing.

It is made from the model and committed as scenarios/stocksim.schema.json. It says what each
value may look like; what needs a look at several places (names, windows) only the loader says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from actors.scenario.model import Scenario

if TYPE_CHECKING:
    from pydantic_core import core_schema

__all__ = ["json_schema", "keys_at"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_Schema = Mapping[str, object]


class _Editors(GenerateJsonSchema):
    """Leaves out what the text of a scenario cannot have, or an editor would show for nothing."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A key is left out rather than null."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults that are written as they are kept; a duration is written with a unit."""
        if isinstance(schema.get("default"), (str, int)):
            return super().default_schema(schema)
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's hook
        """The title would be the key once more."""
        return False

    def generate(
        self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation"
    ) -> JsonSchemaValue:
        """The whole schema, which names its dialect."""
        made = super().generate(schema, mode)
        return {"$schema": DIALECT, **made, "title": "A stocksim scenario"}


@cache
def _schema() -> _Schema:
    return Scenario.model_json_schema(schema_generator=_Editors)


def json_schema() -> str:
    """The schema as indented JSON that ends in a line break."""
    return json.dumps(_schema(), indent=2, ensure_ascii=False) + "\n"


def keys_at(path: Sequence[str | int]) -> tuple[str, ...] | None:
    """The keys that a scenario may have there; None where names are free or values stand."""
    here = _schema()
    for step in path:
        found = _part(here, "properties").get(str(step)) or here.get("additionalProperties")
        if not isinstance(found, Mapping):
            return None
        here = _resolved(found)
    return tuple(_part(here, "properties")) or None


def _resolved(schema: _Schema) -> _Schema:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return cast("_Schema", _part(_schema(), "$defs")[name]) if name else schema


def _part(schema: _Schema, key: str) -> _Schema:
    return cast("_Schema", schema.get(key, {}))

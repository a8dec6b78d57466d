"""The base of everything that a scenario is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

__all__ = ["Model", "Parsed"]


class Model(BaseModel):
    """Frozen, and nothing but the keys it declares; the text below a key describes it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        ignored_types=(cached_property,),
    )


@dataclass(frozen=True, eq=False)  # hashed by identity: a schema is a dict
class Parsed:
    """Marks a type that is read from text by a function, and that pydantic must not look into.

    Attributes:
        read: from what was written to the type; raises ValueError.
        schema: what may be written, as JSON Schema.
    """

    read: Callable[[object], object]
    schema: JsonSchemaValue

    def __get_pydantic_core_schema__(
        self, _type: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validation is the function alone."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A copy, because pydantic adds each key's description to it."""
        return dict(self.schema)

"""Fields and bases that all schemas share, and marshmallow's messages as JSON Pointers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from portico.kernel import ids, text
from portico.kernel.errors import FieldError, Invalid

_CODES = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown",
    "Field may not be null.": "null",
}


class Input(Schema):
    """What comes in: unknown fields are wrong."""

    class Meta:
        unknown = RAISE


class Nothing(Input):
    """The body of an operation that needs none: absent, or an empty object."""


class Name(fields.String):
    """A name or title on one line, cleaned; the limit counts code points, as they came and as they are kept."""

    def __init__(self, *, longest: int = 200, **kwargs: Any) -> None:
        self._measure = validate.Length(min=1, max=longest)
        super().__init__(validate=self._measure, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return text.clean_name(self._measure(super()._deserialize(value, attr, data, **kwargs)))


class LongText(fields.String):
    """Text of several lines, cleaned; measured as `Name` is. Without `blank`, there must be more than blanks."""

    def __init__(self, *, longest: int = 65_536, shortest: int = 1, blank: bool = True, **kwargs: Any) -> None:
        self._measure = validate.Length(min=shortest, max=longest)
        self._blank = blank
        super().__init__(validate=self._measure, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = text.clean_text(self._measure(super()._deserialize(value, attr, data, **kwargs)))
        if not self._blank and not found.strip():
            raise ValidationError("Write something: these are blanks alone.")
        return found


class Reference(fields.String):
    """The id of another object, such as `con_…`. Whether it exists is the service's question."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("metadata", {})
        kwargs["metadata"] = {"pattern": f"^{prefix}_[0-7][0-9a-v]{{25}}$", **kwargs["metadata"]}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        value = super()._deserialize(value, attr, data, **kwargs)
        if not ids.is_id(value, self.prefix):
            raise ValidationError(f"This is not an id; it must begin with {self.prefix}_.")
        return value


class Choice(fields.String):
    """One of a fixed list."""

    def __init__(self, *choices: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(choices), **kwargs)


def _walk(messages: Any, path: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _walk(inner, path if key == "_schema" else f"{path}/{step}")
    elif isinstance(messages, list):
        for message in messages:
            yield from _walk(message, path)
    else:
        yield FieldError(path or "", _CODES.get(str(messages), "invalid"), str(messages))


def field_errors(error: ValidationError, prefix: str = "") -> list[FieldError]:
    """marshmallow's messages as field errors with JSON Pointers."""
    return list(_walk(error.messages, prefix))


def load(schema: Schema, data: Any, prefix: str = "") -> Any:
    """Validate. Raises Invalid with every wrong field."""
    try:
        return schema.load(data)
    except ValidationError as error:
        raise Invalid(errors=field_errors(error, prefix)) from None

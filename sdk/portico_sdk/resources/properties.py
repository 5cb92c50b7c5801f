from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Property
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given

Options = Iterable[str | Mapping[str, Any]]


class Properties(ResourceAPI):
    """Custom fields of `contact`, `ticket` and `employee`. Values are written with the object: its `properties`."""

    def list(
        self,
        object_type: str,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> Results[Property]:
        params = {"sort": sort, "limit": limit, "cursor": cursor}
        return self._list(path("properties", object_type), Property.parse, params, filters)

    def get(self, object_type: str, property_id: str) -> Property:
        return self._get(path("properties", object_type, property_id), Property)

    def create(
        self,
        object_type: str,
        *,
        key: str,
        label: str,
        type: str,
        options: Options | None = None,
        sensitive: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Property:
        """Key and type never change. Options are texts or mappings with key and label."""
        body = {"key": key, "label": label, "type": type, **given(options=options, sensitive=sensitive)}
        return self._post(path("properties", object_type), Property, body, key=idempotency_key)

    def update(self, object_type: str, property_id: str, *, if_match: str | None = None, **fields: Any) -> Property:
        """`label`, `options` (replaces; one that is used is archived) and `sensitive`."""
        return self._patch(path("properties", object_type, property_id), Property, fields, if_match=if_match)

    def delete(self, object_type: str, property_id: str, *, if_match: str | None = None) -> None:
        """Into the archive: values are kept and not shown."""
        self._delete(path("properties", object_type, property_id), if_match=if_match)

    def restore(self, object_type: str, property_id: str, *, idempotency_key: str | None = None) -> Property:
        """Out of the archive, with its values."""
        where = path("properties", object_type, property_id, "restore")
        return self._post(where, Property, key=idempotency_key)

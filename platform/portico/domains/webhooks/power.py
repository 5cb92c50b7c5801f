"""What the owner of an endpoint may read at present."""

from __future__ import annotations

from sqlalchemy import select

from portico.domains.webhooks import apps
from portico.domains.webhooks.models import WebhookEndpoint
from portico.kernel import data_range
from portico.kernel.actor import DataRange
from portico.kernel.unit_of_work import session

_endpoint = WebhookEndpoint.__table__.c


def of_endpoint(workspace_id: str, endpoint_id: str) -> tuple[frozenset[str], DataRange | None]:
    installation = apps.INSTALLATION
    row = (
        session()
        .execute(
            select(
                _endpoint.scopes,
                _endpoint.installation_id,
                installation.granted_scopes,
                installation.app_id,
                installation.bucket,
                installation.data_range,
            )
            .outerjoin(installation, apps.of_endpoint(_endpoint.workspace_id, _endpoint.installation_id))
            .where(_endpoint.workspace_id == workspace_id, _endpoint.id == endpoint_id)
        )
        .one()
    )
    if row.installation_id is None:
        return frozenset(row.scopes), None
    caller = apps.caller(apps.callers(row.app_id), row.bucket)
    scopes = caller.scopes.intersection(row.granted_scopes) if caller is not None else frozenset()
    return scopes, data_range.parse(row.data_range)

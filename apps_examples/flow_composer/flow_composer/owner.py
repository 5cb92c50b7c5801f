"""Whose power a flow has: its owner's, by a grant for the scopes that its steps need, and never the app's own.

The frame of the portal has no cookies, so what a consent answers is known by its `state` alone; hence it counts only if
who allowed it is who began it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from flow_composer.flows import Kept
from flow_composer.sealing import SealedGrants, Sealer
from flow_composer.store import Store
from portico_sdk import APIError, AuthorizationError, Portico
from portico_sdk.oauth import Begun, Grant, OAuth, SQLStore


class OtherPerson(Exception):
    """Somebody else than who began allowed it."""


class Owners:
    def __init__(
        self,
        config: Mapping[str, str],
        store: Store,
        sealer: Sealer,
        http_client: httpx.Client,
        now: Callable[[], float],
    ) -> None:
        grants = SQLStore(store.connect, now=now)
        grants.create_tables()
        self._store, self._sealer, self._now = store, sealer, now
        self._grants = SealedGrants(grants, sealer)
        self._config, self._http_client = config, http_client
        self._oauth = self._for("")

    def granted(self, flow_id: str, employee_id: str) -> frozenset[str]:
        """What this person allowed this flow; empty when it has ended as far as is known."""
        found = self._grants.get(_key(flow_id, employee_id))
        return frozenset(found.scopes) if found else frozenset()

    def withheld(self, flow_id: str, employee_id: str, scopes: Iterable[str]) -> list[str]:
        """What of these the person was asked for and has not given, since their role lacks it. It is said once; after
        that they are asked again, for roles grow."""
        row = self._store.row("SELECT asked FROM flow WHERE id = ?", flow_id)
        who, *asked = row["asked"].split() if row and row["asked"] else [""]
        given = self.granted(flow_id, employee_id)
        if not given or who != employee_id or not set(asked).issuperset(scopes):
            return []
        self._store.change("UPDATE flow SET asked = '' WHERE id = ?", flow_id)
        return sorted(set(scopes) - given)

    def client(self, flow_id: str, employee_id: str, cause: str | None = None) -> Portico:
        """The API in the owner's name. Nothing is tried again here: the engine does, so that it is known how often."""
        return self._oauth.client(_key(flow_id, employee_id)).with_options(max_retries=0, cause=cause)

    def begin(
        self, kept: Kept, employee_id: str, workspace_id: str, scopes: Iterable[str], redirect_uri: str, page: str
    ) -> str:
        """Where the person allows it; `page` is where in the portal they come back to."""
        begun = self._for(redirect_uri).begin(scopes=scopes, workspace=workspace_id)
        self._store.change(
            "INSERT INTO asking (state, content, flow_id, employee_id, redirect_uri, at) VALUES (?, ?, ?, ?, ?, ?)",
            *(
                begun.state,
                self._sealer.seal(json.dumps({"begun": asdict(begun), "page": page})),
                kept.id,
                employee_id,
                redirect_uri,
            ),
            self._now(),
        )
        return begun.url

    def back(self, state: str, callback_url: str) -> str:
        """Where in the portal the person goes on, now that the flow may act. Raises AuthorizationError, OtherPerson and
        PorticoError."""
        with self._store.writing() as db:
            asked = db.execute("DELETE FROM asking WHERE state = ? RETURNING *", (state,)).fetchone()
        if asked is None:
            raise AuthorizationError("state_mismatch", "Nothing was asked by this name, or it was answered.")
        oauth = self._for(asked["redirect_uri"])
        kept = json.loads(self._sealer.open(asked["content"]))
        begun = Begun(**kept["begun"])
        query = callback_url.partition("?")[2]
        grant = oauth.exchange(f"{asked['redirect_uri']}?{query}", begun)
        key = _key(asked["flow_id"], asked["employee_id"])
        if not self._is(grant, asked["employee_id"]):
            oauth.keep(f"stray-{state}", grant)
            oauth.revoke(f"stray-{state}")
            raise OtherPerson
        oauth.keep(key, grant)
        asked_for = f"{asked['employee_id']} {parse_qs(urlsplit(begun.url).query)['scope'][0]}"
        self._store.change("UPDATE flow SET asked = ? WHERE id = ?", asked_for, asked["flow_id"])
        return str(kept["page"])

    def forget(self, flow_id: str, employee_id: str) -> None:
        """End the grant; one that cannot be ended now ends by itself, since its tokens are gone."""
        key = _key(flow_id, employee_id)
        try:
            self._oauth.revoke(key)
        except APIError:
            self._grants.delete(key)

    def _is(self, grant: Grant, employee_id: str) -> bool:
        config: Mapping[str, Any] = self._config
        client = Portico(grant.access_token, base_url=config["PORTICO_BASE_URL"], http_client=self._http_client)
        me = client.me()
        return me.employee is not None and me.employee.id == employee_id

    def _for(self, redirect_uri: str) -> OAuth:
        return OAuth(
            self._config["PORTICO_CLIENT_ID"],
            self._config["PORTICO_CLIENT_SECRET"],
            base_url=self._config["PORTICO_BASE_URL"],
            redirect_uri=redirect_uri,
            store=self._grants,
            http_client=self._http_client,
            now=self._now,
        )


def _key(flow_id: str, employee_id: str) -> str:
    return f"{flow_id}/{employee_id}"

"""The HTTP side of the fake."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
from joserfc.jwk import ECKey

from portico_sdk.testing._store import Record, Store, paged, select


@dataclass(frozen=True)
class Failure:
    """A refusal, asked for by a test or earned."""

    status: int
    code: str
    retry_after: int | None = None
    detail: str = "The fake refuses."


class Refused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        self.failure = Failure(status, code, detail=detail)
        super().__init__(detail)


@dataclass
class Ask:
    """One request, taken apart."""

    method: str
    path: str
    params: Mapping[str, str]
    body: Mapping[str, Any]
    headers: httpx.Headers


Handler = Callable[..., tuple[int, Any]]


class Routes:
    def __init__(self, store: Store, identity: Mapping[str, str], scopes: frozenset[str], key: ECKey) -> None:
        self.store, self.identity, self.scopes = store, identity, scopes
        self.keys = {"keys": [key.as_dict(private=False)]}
        self.requests: list[httpx.Request] = []
        self.failures: list[Failure] = []
        self._tokens: set[str] = set()
        self._spent: set[str] = set()
        self._kept: dict[str, tuple[bytes, tuple[int, Any]]] = {}
        self._table: list[tuple[str, re.Pattern[str], str | None, Handler]] = [
            ("GET", re.compile("/me"), None, self._me),
            ("GET", re.compile("/installations/me"), None, self._installation),
            ("GET", re.compile("/contacts"), "contacts:read", self._list_contacts),
            ("POST", re.compile("/contacts"), "contacts:write", self._create_contact),
            ("POST", re.compile("/contacts/upsert"), "contacts:write", self._upsert_contact),
            ("GET", re.compile("/contacts/by-id/([^/]+)/([^/]+)"), "contacts:read", self._contact_by_id),
            ("GET", re.compile("/(contacts)/([^/]+)"), "contacts:read", self._get),
            ("PATCH", re.compile("/(contacts)/([^/]+)"), "contacts:write", self._update),
            ("DELETE", re.compile("/(contacts)/([^/]+)"), "contacts:write", self._delete),
            ("POST", re.compile("/(contacts)/([^/]+)/restore"), "contacts:write", self._restore),
            ("GET", re.compile("/tickets"), "tickets:read", self._list_tickets),
            ("POST", re.compile("/tickets"), "tickets:write", self._create_ticket),
            ("GET", re.compile("/(tickets)/([^/]+)"), "tickets:read", self._get),
            ("PATCH", re.compile("/(tickets)/([^/]+)"), "tickets:write", self._update),
            ("DELETE", re.compile("/(tickets)/([^/]+)"), "tickets:write", self._delete),
            ("POST", re.compile("/(tickets)/([^/]+)/restore"), "tickets:write", self._restore),
            ("POST", re.compile("/tickets/([^/]+)/assign"), "tickets:write", self._assign),
            ("GET", re.compile("/tickets/([^/]+)/comments"), "tickets:read", self._list_comments),
            ("POST", re.compile("/tickets/([^/]+)/comments"), None, self._create_comment),
            ("PATCH", re.compile("/interactions/([^/]+)"), None, self._answer_late),
        ]

    def expire_tokens(self) -> None:
        self._spent |= self._tokens

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        try:
            status, body = self._answer(request)
        except Refused as refusal:
            return _problem(refusal.failure)
        if isinstance(body, Failure):
            return _problem(body)
        if status == 204:
            return httpx.Response(204)
        return httpx.Response(status, json=body, headers={"x-request-id": f"fake-{len(self.requests)}"})

    def _answer(self, request: httpx.Request) -> tuple[int, Any]:
        if request.url.path == "/oauth/jwks":
            return 200, self.keys
        if request.url.path == "/oauth/token":
            return self._mint(request)
        if self.failures:
            return 0, self.failures.pop(0)
        self._authenticate(request)
        ask = _taken_apart(request)
        key = request.headers.get("idempotency-key")
        if request.method != "POST" or key is None:
            return self._dispatch(ask)
        return self._once(key, request.content, ask)

    def _once(self, key: str, content: bytes, ask: Ask) -> tuple[int, Any]:
        if key in self._kept:
            body, answer = self._kept[key]
            if body != content:
                raise Refused(422, "idempotency_key_reused", "This key stood for another body.")
            return answer
        answer = self._dispatch(ask)
        self._kept[key] = (content, answer)
        return answer

    def _dispatch(self, ask: Ask) -> tuple[int, Any]:
        for method, pattern, scope, handler in self._table:
            found = pattern.fullmatch(ask.path)
            if found and method == ask.method:
                self._need(scope)
                return handler(ask, *map(unquote, found.groups()))
        raise Refused(404, "not_found", f"FakePortico does not know {ask.method} {ask.path}.")

    def _need(self, scope: str | None) -> None:
        if scope is not None and scope not in self.scopes:
            raise Refused(403, "insufficient_scope", f"This call needs {scope}.")

    # Tokens

    def _mint(self, request: httpx.Request) -> tuple[int, Any]:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        pair = f"{self.identity['client_id']}:{self.identity['client_secret']}"
        if request.headers.get("authorization") != "Basic " + base64.b64encode(pair.encode()).decode():
            raise Refused(401, "invalid_client", "The client is not known.")
        if form.get("installation_id") != self.identity["installation_id"]:
            raise Refused(400, "invalid_grant", "The installation is not this client's.")
        token = self.store.new_id("pti")
        self._tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _authenticate(self, request: httpx.Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token in self._spent:
            raise Refused(401, "token_expired", "The token is too old.")
        if token not in self._tokens:
            raise Refused(401, "token_invalid" if token else "token_missing", "There is no such token.")

    def _me(self, ask: Ask) -> tuple[int, Any]:
        installation = {"id": self.identity["installation_id"], "app_key": "fake"}
        workspace = {"id": self.identity["workspace_id"], "name": "Fake"}
        actor = {"kind": "app", "id": installation["id"]}
        scopes = sorted(self.scopes)
        return 200, {"actor": actor, "workspace": workspace, "installation": installation, "scopes": scopes}

    def _installation(self, ask: Ask) -> tuple[int, Any]:
        scopes = sorted(self.scopes)
        return 200, {
            "id": self.identity["installation_id"],
            "app_key": "fake",
            "status": "active",
            "granted_scopes": scopes,
        }

    # Contacts

    def new_contact(self, fields: Mapping[str, Any]) -> Record:
        empty: Record = {
            "identifiers": [],
            "company_ids": [],
            "owner_employee_id": None,
            "tags": [],
            "properties": {},
        }
        return self.store.add("contacts", "con", {**empty, **fields})

    def _list_contacts(self, ask: Ask) -> tuple[int, Any]:
        return 200, paged(select(self.store.tables["contacts"].values(), ask.params), ask.params)

    def _create_contact(self, ask: Ask) -> tuple[int, Any]:
        _require(ask.body, "display_name")
        return 201, self.new_contact(ask.body)

    def _upsert_contact(self, ask: Ask) -> tuple[int, Any]:
        for wanted in ask.body.get("identifiers", []):
            contact = self._by_identifier(str(wanted.get("kind")), wanted.get("namespace"), wanted["value"])
            if contact is not None:
                return 200, self.store.change(contact, ask.body)
        return self._create_contact(ask)

    def _contact_by_id(self, ask: Ask, namespace: str, value: str) -> tuple[int, Any]:
        kind = namespace if namespace in ("email", "phone") else "external"
        contact = self._by_identifier(kind, namespace if kind == "external" else None, value)
        if contact is None:
            raise Refused(404, "not_found", "There is no such contact.")
        return 200, contact

    def _by_identifier(self, kind: str, namespace: str | None, value: str) -> Record | None:
        for contact in self.store.tables["contacts"].values():
            for have in contact["identifiers"]:
                if (have.get("kind"), have.get("namespace"), have.get("value")) == (kind, namespace, value):
                    return contact
        return None

    # Tickets

    def new_ticket(self, fields: Mapping[str, Any]) -> Record:
        number = len(self.store.tables["tickets"]) + 1
        empty: Record = {"requester": {}, "assignee_id": None, "queue_id": None, "tags": [], "properties": {}}
        fresh = {"number": number, "status": "new", "priority": "normal", "channel": "api", "solved_at": None}
        return self.store.add("tickets", "tkt", {**empty, **fresh, **fields})

    def _list_tickets(self, ask: Ask) -> tuple[int, Any]:
        return 200, paged(select(self.store.tables["tickets"].values(), ask.params), ask.params)

    def _create_ticket(self, ask: Ask) -> tuple[int, Any]:
        _require(ask.body, "subject")
        _require(ask.body, "requester")
        return 201, self.new_ticket(ask.body)

    def _assign(self, ask: Ask, ticket_id: str) -> tuple[int, Any]:
        return 200, self.store.change(self._find("tickets", ticket_id), ask.body)

    def _list_comments(self, ask: Ask, ticket_id: str) -> tuple[int, Any]:
        self._find("tickets", ticket_id)
        hidden = () if "tickets.internal:read" in self.scopes else ("internal",)
        comments = [
            comment
            for comment in self.store.tables["comments"].values()
            if comment["ticket_id"] == ticket_id and comment["visibility"] not in hidden
        ]
        return 200, paged(select(comments, {"sort": "created_at", **ask.params}), ask.params)

    def _create_comment(self, ask: Ask, ticket_id: str) -> tuple[int, Any]:
        self._find("tickets", ticket_id)
        _require(ask.body, "body")
        visibility = ask.body.get("visibility", "public")
        self._need("tickets.internal:write" if visibility == "internal" else "tickets:write")
        author = {"kind": "app", "id": self.identity["installation_id"]}
        fields = {"ticket_id": ticket_id, "visibility": visibility, "author": author, **ask.body}
        return 201, self.store.add("comments", "cmt", fields)

    # Interactions

    def new_interaction(self, action: str, about: Mapping[str, str] | None) -> Record:
        fresh = {"action": action, "object": about, "state": "waiting", "answer": None}
        return self.store.add("interactions", "int", fresh)

    def _answer_late(self, ask: Ask, interaction_id: str) -> tuple[int, Any]:
        record = self._find("interactions", interaction_id)
        if record["answer"] not in (None, dict(ask.body)):
            raise Refused(409, "interaction_answered", "It has its answer.")
        state = "refused" if ask.body.get("errors") else "answered"
        return 200, self.store.change(record, {"state": state, "answer": dict(ask.body)})

    # What contacts and tickets share

    def _find(self, table: str, identifier: str) -> Record:
        record = self.store.tables[table].get(identifier)
        if record is None:
            raise Refused(404, "not_found", f"There is no {identifier} in {table}.")
        return record

    def _get(self, ask: Ask, table: str, identifier: str) -> tuple[int, Any]:
        return 200, self._find(table, identifier)

    def _update(self, ask: Ask, table: str, identifier: str) -> tuple[int, Any]:
        return 200, self.store.change(self._unchanged(ask, table, identifier), ask.body)

    def _delete(self, ask: Ask, table: str, identifier: str) -> tuple[int, Any]:
        self.store.trash[identifier] = self._unchanged(ask, table, identifier)
        del self.store.tables[table][identifier]
        return 204, None

    def _restore(self, ask: Ask, table: str, identifier: str) -> tuple[int, Any]:
        record = self.store.trash.pop(identifier, None)
        if record is None:
            raise Refused(404, "not_found", f"There is no {identifier} in the trash.")
        self.store.tables[table][identifier] = record
        return 200, record

    def _unchanged(self, ask: Ask, table: str, identifier: str) -> Record:
        record = self._find(table, identifier)
        if ask.headers.get("if-match", f'"{record["version"]}"') != f'"{record["version"]}"':
            raise Refused(412, "stale", "Somebody changed it since you read it.")
        return record


def _require(body: Mapping[str, Any], name: str) -> None:
    if not body.get(name):
        raise Refused(422, "invalid", f"{name} is missing.")


def _taken_apart(request: httpx.Request) -> Ask:
    return Ask(
        method=request.method,
        path=request.url.raw_path.decode().partition("?")[0].removeprefix("/api/v1"),
        params=dict(request.url.params),
        body=json.loads(request.content) if request.content else {},
        headers=request.headers,
    )


def _problem(failure: Failure) -> httpx.Response:
    headers = {"content-type": "application/problem+json", "x-request-id": "fake"}
    if failure.retry_after is not None:
        headers["retry-after"] = str(failure.retry_after)
    content = {"status": failure.status, "code": failure.code, "detail": failure.detail, "request_id": "fake"}
    return httpx.Response(failure.status, headers=headers, content=json.dumps(content))

"""The authorization of the official MCP SDK of Python, in an interpreter that has nothing else: from a 401 of the API
to tokens, and on with the refresh token. Speaks with its test in lines of JSON, as `talking.mjs` does."""

import asyncio
import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata


def hear() -> Any:
    return json.loads(sys.stdin.readline())


def tell(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def ask(what: str, value: Any) -> Any:
    tell({"ask": what, "value": value})
    return hear()


class Storage:
    tokens = None
    client = None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client: Any) -> None:
        self.client = client


async def main(given: dict[str, Any]) -> dict[str, Any]:
    storage, back = Storage(), {}

    async def redirect(url: str) -> None:
        back["url"] = ask("authorize", url)

    async def called_back() -> AuthorizationCodeResult:
        found = {name: values[0] for name, values in parse_qs(urlsplit(back["url"]).query).items()}
        return AuthorizationCodeResult(code=found["code"], state=found.get("state"), iss=found.get("iss"))

    about = OAuthClientMetadata(client_name="An assistant", redirect_uris=[given["redirect_uri"]])
    provider = OAuthClientProvider(
        given["server"], about, storage, redirect, called_back, client_metadata_url=given["document"]
    )
    async with httpx2.AsyncClient(auth=provider, timeout=60) as client:
        me = await client.get(f"{given['server']}/me")
        first = storage.tokens
        provider.context.token_expiry_time = 1
        again = await client.get(f"{given['server']}/me")
        second = storage.tokens
        # A call that needs more: the person is asked for it, beside what was there.
        more = await client.get(f"{given['server']}/contacts")
    return {
        "me": me.json()["actor"]["kind"],
        "client_id": storage.client.client_id,
        "scope": first.scope,
        "again": again.status_code,
        "rotated": first.refresh_token != second.refresh_token,
        "more": more.status_code,
        "stepped_up": storage.tokens.scope,
        "issuer": str(provider.context.oauth_metadata.issuer),
        "resource": str(provider.context.protected_resource_metadata.resource),
    }


tell({"done": asyncio.run(main(hear()))})

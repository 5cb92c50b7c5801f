"""Act in the name of people: the authorization code flow with PKCE, and grants that renew themselves.

    oauth = OAuth(client_id, client_secret, base_url=…, redirect_uri="https://app.example/back", store=FileStore("x"))

    begun = oauth.begin(scopes=["tickets:read"])       # keep `begun` in the person's session, send them to `begun.url`
    grant = oauth.exchange(callback_url, begun)        # when they come back; raises AuthorizationError
    oauth.keep("person-17", grant)                     # under a name of yours
    oauth.client("person-17").tickets.list()           # a Portico (or `async_client`), today and in a week

For the app itself in a workspace there is `Portico.installation(…)`.
"""

from portico_sdk.oauth._files import FileStore
from portico_sdk.oauth._grants import Grant, GrantStore, MemoryStore
from portico_sdk.oauth._oauth import Begun, OAuth, install_link
from portico_sdk.oauth._sql import SQLStore

__all__ = ["Begun", "FileStore", "Grant", "GrantStore", "MemoryStore", "OAuth", "SQLStore", "install_link"]

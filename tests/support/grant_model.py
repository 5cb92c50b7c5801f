"""What a test knows of grants and installations, beside the server that it compares with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from portico.domains.oauth.service import IssuedTokens
from portico.kernel import clock
from tests.support.grants import Client

IDLE = timedelta(days=30)
LIFE = {True: timedelta(days=30), False: timedelta(days=180)}  # by whether the client is public
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Spent:
    token: str
    at: datetime
    graces: int = 0


@dataclass
class Family:
    """What the model knows of a grant. `access` holds each access token with its end; `fresh` came with `current`."""

    person: str
    place: str
    public: bool
    code: str
    current: str
    ends: datetime
    idles: datetime = NEVER
    spent: list[Spent] = field(default_factory=list)
    access: dict[str, datetime] = field(default_factory=dict)
    fresh: str = ""
    dead: bool = False

    def issued(self, tokens: IssuedTokens) -> None:
        self.current = tokens.refresh_token or ""
        self.fresh = tokens.access_token
        self.access[self.fresh] = min(clock.now() + timedelta(seconds=tokens.expires_in), self.ends)
        self.idles = min(clock.now() + IDLE, self.ends)


@dataclass
class Installed:
    """What the model knows of an app in a workspace. `own` holds each of its own tokens with its end."""

    client: Client
    holds: set[str] = field(default_factory=set)
    there: bool = True
    only_for: str | None = None
    own: dict[str, datetime] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        return self.there and not self.holds

    def lets(self, person: str) -> bool:
        return self.runs and self.only_for in (None, person)


@dataclass(frozen=True)
class Look:
    """What the model says of a token now: whether it lives, and whether its app runs for its person."""

    token: str
    lives: bool
    runs: bool
    place: str
    employee_id: str | None = None

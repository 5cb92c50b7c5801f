"""Lives of grants by the hundred: whatever happens in whatever order, no dead token works, a family has one living
child at most, and nobody comes into another workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from portico.domains.catalogue import service as publishing
from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.oauth import service
from portico.domains.oauth.models import OAuthGrant, RefreshToken
from portico.domains.oauth.service import GrantRefused, IssuedTokens
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.grants import Client
from tests.support.http import Api

PEOPLE = ("agent", "employee", "outsider")
GRACE = timedelta(seconds=30)
NEVER = datetime.min.replace(tzinfo=UTC)
_numbers = count(1)


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
    spent: list[Spent] = field(default_factory=list)
    access: dict[str, datetime] = field(default_factory=dict)
    fresh: str = ""
    dead: bool = False

    def issued(self, tokens: IssuedTokens) -> None:
        self.current = tokens.refresh_token or ""
        self.fresh = tokens.access_token
        self.access[self.fresh] = clock.now() + timedelta(seconds=tokens.expires_in)


class Life(RuleBasedStateMachine):
    api: ClassVar[Api]
    cast: ClassVar[Cast]
    clients: dict[tuple[str, bool], Client]

    @initialize()
    def install(self) -> None:
        self.families: list[Family] = []
        self.suspended: set[tuple[str, bool]] = set()
        self.clients = {}
        for public in (False, True):
            key = f"life{next(_numbers)}"
            app = apps.register(self.cast, grants.manifest("directory:read", key=key, public=public))
            with self.cast.writing():
                publishing.update_app(self.cast.actor("developer"), app["id"], visibility="unlisted")
            for place, by in ((self.cast.acme, "admin"), (self.cast.other, "outsider")):
                self.clients[place, public] = Client(self.cast, app, apps.install(self.cast, key, by), public)

    def client(self, family: Family) -> Client:
        return self.clients[family.place, family.public]

    def pick(self, number: int) -> Family:
        return self.families[number % len(self.families)]

    @rule(person=st.sampled_from(PEOPLE), public=st.booleans())
    def allow(self, person: str, public: bool) -> None:
        place = self.cast.workspace_of(person)
        client = self.clients[place, public]
        with self.cast.writing(place):
            grant_id = service.begin_grant(
                self.cast.actor(person),
                client_id=client.client_id,
                app_id=client.app["id"],
                installation_id=client.installation["id"],
                public=public,
                scopes=["directory:read"],
                resource=None,
                session_id=None,
                auth_time=clock.now(),
            )
            code = service.issue_code(grant_id, redirect_uri=grants.CALLBACK, challenge=grants.CHALLENGE, nonce=None)
        outcome = grants.redeem(code, client.client_id)
        if (place, public) in self.suspended:
            assert isinstance(outcome, GrantRefused)
            return
        family = Family(person, place, public, code, "")
        family.issued(outcome)
        self.families.append(family)

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20))
    def refresh(self, number: int) -> None:
        family = self.pick(number)
        token = family.current
        outcome = grants.refresh(token, self.client(family).client_id)
        if family.dead or (family.place, family.public) in self.suspended:
            assert isinstance(outcome, GrantRefused)
            return
        family.spent.append(Spent(token, clock.now()))
        family.issued(outcome)

    @precondition(lambda self: any(family.spent for family in self.families))
    @rule(number=st.integers(0, 20), which=st.integers(0, 20))
    def show_a_spent_one_again(self, number: int, which: int) -> None:
        with_spent = [family for family in self.families if family.spent]
        family = with_spent[number % len(with_spent)]
        spent = family.spent[which % len(family.spent)]
        last = spent is family.spent[-1]
        outcome = grants.refresh(spent.token, self.client(family).client_id)
        graceful = last and not family.public and clock.now() - spent.at < GRACE and spent.graces < 2
        if family.dead or not graceful:
            assert isinstance(outcome, GrantRefused)
            family.dead = True
            return
        if (family.place, family.public) in self.suspended:
            assert isinstance(outcome, GrantRefused)
            return
        spent.graces += 1
        family.access[family.fresh] = NEVER
        family.issued(outcome)

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20))
    def show_the_code_again(self, number: int) -> None:
        family = self.pick(number)
        assert isinstance(grants.redeem(family.code, self.client(family).client_id), GrantRefused)
        family.dead = True

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20))
    def show_it_as_another_client(self, number: int) -> None:
        family = self.pick(number)
        other = self.clients[family.place, not family.public]
        assert isinstance(grants.refresh(family.current, other.client_id), GrantRefused)

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20), whole=st.booleans())
    def revoke(self, number: int, whole: bool) -> None:
        family = self.pick(number)
        with system_unit("tests: revoke", write=True):
            service.revoke_token(self.client(family).client_id, family.current if whole else family.fresh)
        family.dead = family.dead or whole
        family.access[family.fresh] = NEVER

    @rule(kind=st.sampled_from(("suspension", "uninstall", "leave", "password")), who=st.integers(0, 5))
    def something_happens(self, kind: str, who: int) -> None:
        if kind == "suspension":
            self.suspend_or_resume(who % 2 == 0)
        elif kind == "uninstall":
            self.uninstall(who % 2 == 0)
        elif kind == "leave":
            self.leave_and_come_back(PEOPLE[who % 2])
        else:
            self.change_the_password(PEOPLE[who % 3])

    def suspend_or_resume(self, public: bool) -> None:
        key = (self.cast.acme, public)
        step = installations.resume if key in self.suspended else installations.suspend
        with self.cast.writing():
            step(self.cast.actor("admin"), self.clients[key].installation["id"])
        self.suspended ^= {key}

    def uninstall(self, public: bool) -> None:
        key = (self.cast.acme, public)
        client = self.clients[key]
        with self.cast.writing():
            installations.uninstall(self.cast.actor("admin"), client.installation["id"])
        with self.cast.writing():
            client.installation = installations.install(self.cast.actor("admin"), client.installation["app_key"])
        self.suspended -= {key}
        self.end(lambda family: (family.place, family.public) == key)

    def leave_and_come_back(self, person: str) -> None:
        for step in (identity.end_membership, identity.resume_membership):
            with self.cast.writing():
                step(self.cast.actor("owner"), self.cast.employee_id(person))
        self.end(lambda family: family.person == person)

    def change_the_password(self, person: str) -> None:
        with system_unit("tests: another password", write=True):
            identity.change_password(self.cast.users[person], "another hash")
        self.end(lambda family: family.person == person)

    @rule(by=st.sampled_from([timedelta(seconds=20), timedelta(minutes=20), timedelta(hours=1)]))
    def wait(self, by: timedelta) -> None:
        clock.advance(by)

    def end(self, which: object) -> None:
        for family in self.families:
            if which(family):  # type: ignore[operator]
                family.dead = True

    @invariant()
    def no_dead_token_works_and_each_living_one_does(self) -> None:
        for family in self.families:
            waits = (family.place, family.public) in self.suspended
            for token, ends in family.access.items():
                answer = self.api.bearer(token).get("/me")
                lives = not family.dead and not waits and clock.now() < ends
                assert (answer.status_code == 200) == lives, (answer.json, family)
                if lives:
                    assert answer.json["workspace"]["id"] == family.place
                    assert answer.json["employee"]["id"] == self.cast.employee_id(family.person)

    @invariant()
    def a_family_has_one_living_child_at_most(self) -> None:
        living = (
            select(func.count())
            .select_from(RefreshToken)
            .join(OAuthGrant, OAuthGrant.id == RefreshToken.grant_id)
            .where(OAuthGrant.ended_at.is_(None))
            .where(RefreshToken.spent_at.is_(None), RefreshToken.revoked_at.is_(None))
            .group_by(RefreshToken.grant_id)
        )
        with system_unit("tests: living children") as work:
            assert max(work.scalars(living), default=0) <= 1


@pytest.mark.both_databases
def test_lives_of_grants(api: Api, cast: Cast, held_clock: None) -> None:
    Life.api, Life.cast = api, cast
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            # Shrinking a life takes longer than reading it.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

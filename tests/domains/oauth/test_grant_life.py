"""Lives of grants and installations by the hundred: whatever happens in whatever order, no dead token works, a family
has one living child at most, and nobody comes into another workspace. What happened is counted, so that a life in which
nothing does is not taken for a proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, cycle
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
from portico.domains.oauth.service import GrantRefused
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.grant_model import LIFE, NEVER, Family, Installed, Look, Spent
from tests.support.grants import Client
from tests.support.http import Api

PEOPLE = ("agent", "employee", "outsider")
SIDES = ("company", "publisher", "operator")
GRACE = timedelta(seconds=30)
WAITS = (*[timedelta(seconds=20)] * 2, timedelta(minutes=20), timedelta(hours=1), timedelta(days=31))
REACHED = (
    *("a grant", "a refreshed one", "a lost answer given again", "a family that ended by reuse"),
    *("a grant that ended by its code", "a grant that its client revoked", "an access token that its client revoked"),
    *("a refresh token that idled", "an access token that expired", "an installation token", "a mint that was refused"),
    *(f"a hold of the {side}" for side in SIDES),
    *("a hold that outlasted another", "tokens that waited and lived again", "a refresh while it waited"),
    *("an app that is not for them", "an uninstalled app", "an app installed anew", "a person who left"),
    *("another password", "a look into another workspace", "a token shown by another client"),
)
MOST_ROUNDS, MOST_FAMILIES = 30, 5
_numbers = count(1)
_kinds = cycle(("install", "limit", "leave", "password", "install", "limit"))


class Life(RuleBasedStateMachine):
    api: ClassVar[Api]
    cast: ClassVar[Cast]
    reached: ClassVar[Counter[str]]

    @initialize()
    def install(self) -> None:
        self.families: list[Family] = []
        self.installed: dict[tuple[str, bool], Installed] = {}
        self.waited: set[str] = set()
        for public in (False, True):
            key = f"life{next(_numbers)}"
            app = apps.register(self.cast, grants.manifest("directory:read", key=key, public=public))
            with self.cast.writing():
                publishing.update_app(self.cast.actor("developer"), app["id"], visibility="unlisted")
            for place, by in ((self.cast.acme, "admin"), (self.cast.other, "outsider")):
                client = Client(self.cast, app, apps.install(self.cast, key, by), public)
                self.installed[place, public] = Installed(client)
        for person in PEOPLE:
            self.allow(person, False)

    def home(self, family: Family) -> Installed:
        return self.installed[family.place, family.public]

    def lets(self, family: Family) -> bool:
        return self.home(family).lets(family.person)

    def client_id(self, family: Family) -> str:
        return self.home(family).client.client_id

    def pick(self, number: int) -> Family:
        """Mostly one that lives: the dead are many."""
        living = [family for family in self.families if not family.dead]
        among = living if living and number % 4 else self.families
        return among[number % len(among)]

    # --- grants and their families ------------------------------------------------------------------------------------

    @rule(person=st.sampled_from(PEOPLE), public=st.booleans())
    def allow(self, person: str, public: bool) -> None:
        place = self.cast.workspace_of(person)
        home = self.installed[place, public]
        if not home.there or len([family for family in self.families if not family.dead]) >= MOST_FAMILIES:
            return
        with self.cast.writing(place):
            grant_id = service.begin_grant(
                self.cast.actor(person),
                client_id=home.client.client_id,
                app_id=home.client.app["id"],
                installation_id=home.client.installation["id"],
                public=public,
                scopes=["directory:read"],
                resource=None,
                session_id=None,
                auth_time=clock.now(),
            )
            code = service.issue_code(grant_id, redirect_uri=grants.CALLBACK, challenge=grants.CHALLENGE, nonce=None)
        outcome = grants.redeem(code, home.client.client_id)
        if not home.lets(person):
            assert isinstance(outcome, GrantRefused)
            return
        family = Family(person, place, public, code, "", clock.now() + LIFE[public])
        family.issued(outcome)
        self.families.append(family)
        self.reached["a grant"] += 1

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20), lost=st.booleans())
    def refresh(self, number: int, lost: bool) -> None:
        """With `lost` the answer does not arrive, and the client asks again at once."""
        self.try_to_refresh(self.pick(number), lost)

    def try_to_refresh(self, family: Family, lost: bool) -> None:
        token = family.current
        outcome = grants.refresh(token, self.client_id(family))
        late = clock.now() >= family.idles
        if family.dead or late or not self.lets(family):
            assert isinstance(outcome, GrantRefused)
            if not family.dead:
                self.reached["a refresh token that idled" if late else "a refresh while it waited"] += 1
            return
        family.spent.append(Spent(token, clock.now()))
        family.issued(outcome)
        self.reached["a refreshed one"] += 1
        if lost:
            self.show_again(family, family.spent[-1])

    @precondition(lambda self: any(family.spent for family in self.families))
    @rule(number=st.integers(0, 20), back=st.integers(0, 2))
    def show_a_spent_one_again(self, number: int, back: int) -> None:
        with_spent = [family for family in self.families if family.spent]
        family = with_spent[number % len(with_spent)]
        self.show_again(family, family.spent[-1 - min(back, len(family.spent) - 1)])

    def show_again(self, family: Family, spent: Spent) -> None:
        last = spent is family.spent[-1]
        outcome = grants.refresh(spent.token, self.client_id(family))
        graceful = last and not family.public and clock.now() - spent.at < GRACE and spent.graces < 2
        if family.dead or not graceful:
            assert isinstance(outcome, GrantRefused)
            self.reached["a family that ended by reuse"] += not family.dead
            family.dead = True
            return
        if not self.lets(family):
            assert isinstance(outcome, GrantRefused)
            return
        spent.graces += 1
        family.access[family.fresh] = NEVER
        family.issued(outcome)
        self.reached["a lost answer given again"] += 1

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20))
    def show_the_code_again(self, number: int) -> None:
        family = self.pick(number)
        assert isinstance(grants.redeem(family.code, self.client_id(family)), GrantRefused)
        self.reached["a grant that ended by its code"] += not family.dead
        family.dead = True

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20))
    def show_it_as_another_client(self, number: int) -> None:
        family = self.pick(number)
        other = self.installed[family.place, not family.public].client
        assert isinstance(grants.refresh(family.current, other.client_id), GrantRefused)
        with system_unit("tests: revoke as another client", write=True):
            for token in (family.current, family.fresh):
                service.revoke_token(other.client_id, token)
        self.reached["a token shown by another client"] += 1

    @precondition(lambda self: self.families)
    @rule(number=st.integers(0, 20), whole=st.booleans())
    def revoke(self, number: int, whole: bool) -> None:
        family = self.pick(number)
        with system_unit("tests: revoke", write=True):
            service.revoke_token(self.client_id(family), family.current if whole else family.fresh)
        what = "a grant" if whole else "an access token"
        self.reached[f"{what} that its client revoked"] += not family.dead
        family.dead = family.dead or whole
        family.access[family.fresh] = NEVER

    # --- installations ------------------------------------------------------------------------------------------------

    @rule(at_home=st.booleans())
    def mint(self, at_home: bool) -> None:
        home = self.installed[self.cast.acme if at_home else self.cast.other, False]
        try:
            token = apps.mint(home.client.app, home.client.installation)
        except GrantRefused:
            assert not home.runs
            self.reached["a mint that was refused"] += 1
            return
        assert home.runs
        home.own[token] = clock.now() + timedelta(hours=1)
        self.reached["an installation token"] += 1

    @rule(public=st.booleans(), side=st.sampled_from(SIDES), again=st.booleans())
    def hold_or_let_go(self, public: bool, side: str, again: bool) -> None:
        """The company holds its own installation; the others all that are there. `again` lifts what is held."""
        here = self.installed[self.cast.acme, public]
        if again and here.holds:
            side = min(here.holds)
        homes = self.concerned(public, side)
        if not all(home.there for home in homes):
            return
        if side in here.holds:
            self.step(here, side, "resume")
            for home in homes:
                home.holds.discard(side)
            self.reached["a hold that outlasted another"] += bool(here.holds)
            return
        self.step(here, side, "suspend")
        for home in homes:
            home.holds.add(side)
        self.reached[f"a hold of the {side}"] += 1
        for family in self.families:
            if self.home(family) in homes and not family.dead:
                self.try_to_refresh(family, lost=False)

    def concerned(self, public: bool, side: str) -> list[Installed]:
        here = self.installed[self.cast.acme, public]
        return [here] if side == "company" else [here, self.installed[self.cast.other, public]]

    def step(self, home: Installed, side: str, verb: str) -> None:
        if side == "company":
            with self.cast.writing():
                getattr(installations, verb)(self.cast.actor("admin"), home.client.installation["id"])
        elif side == "publisher":
            getattr(installations, f"{verb}_as_publisher")(self.cast.actor("developer"), home.client.app["id"])
        else:
            getattr(installations, f"{verb}_as_operator")(home.client.app["id"])

    @precondition(lambda self: self.families)
    @rule(public=st.booleans(), number=st.integers(0, 20))
    def something_happens(self, public: bool, number: int) -> None:
        """What ends many at once, by turns and in one rule, or nothing would live long enough to be refreshed."""
        person = self.pick(number).person
        kind = next(_kinds)
        if kind == "install":
            self.uninstall_or_install_anew(public)
        elif kind == "limit":
            self.limit_it_or_not(public)
        elif kind == "leave" and person != "outsider":
            self.leave_and_come_back(person)
        else:
            self.change_the_password(person)

    def uninstall_or_install_anew(self, public: bool) -> None:
        home = self.installed[self.cast.acme, public]
        admin = self.cast.actor("admin")
        if home.there:
            with self.cast.writing():
                installations.uninstall(admin, home.client.installation["id"])
            home.there, home.own = False, dict.fromkeys(home.own, NEVER)
            home.holds.discard("company")
            self.end(lambda family: self.home(family) is home)
            self.reached["an uninstalled app"] += 1
        elif not home.holds:
            with self.cast.writing():
                home.client.installation = installations.install(admin, home.client.app["key"])
            self.make_it_for(home, None)
            home.there = True
            self.reached["an app installed anew"] += 1

    def limit_it_or_not(self, public: bool) -> None:
        """For one of the two people here alone, or for everyone again; where the other one lets it act, if anywhere."""
        others = [family for family in self.families if family.person == "agent" and not family.dead]
        home = self.home(others[-1]) if others else self.installed[self.cast.acme, public]
        if not home.there:
            return
        self.make_it_for(home, "employee" if home.only_for is None else None)
        left_out = [family for family in self.families if self.home(family) is home and not family.dead]
        self.reached["an app that is not for them"] += any(home.runs and not self.lets(one) for one in left_out)

    def make_it_for(self, home: Installed, person: str | None) -> None:
        included = [] if person is None else [{"kind": "employee", "id": self.cast.employee_id(person)}]
        availability = {"kind": "only", "include": included} if included else {"kind": "everyone"}
        with self.cast.writing():
            changed = {"availability": availability}
            installations.update_installation(self.cast.actor("admin"), home.client.installation["id"], changed)
        home.only_for = person

    # --- people and time ----------------------------------------------------------------------------------------------

    def leave_and_come_back(self, person: str) -> None:
        for step in (identity.end_membership, identity.resume_membership):
            with self.cast.writing():
                step(self.cast.actor("owner"), self.cast.employee_id(person))
        self.reached["a person who left"] += self.end(lambda family: family.person == person)

    def change_the_password(self, person: str) -> None:
        with system_unit("tests: another password", write=True):
            identity.change_password(self.cast.users[person], "another hash")
        self.reached["another password"] += self.end(lambda family: family.person == person)

    @rule(by=st.sampled_from(WAITS))
    def wait(self, by: timedelta) -> None:
        before = clock.now()
        clock.advance(by)
        for family in self.families:
            passed = [end for end in family.access.values() if before < end <= clock.now()]
            self.reached["an access token that expired"] += len(passed)

    def end(self, which: Callable[[Family], bool]) -> bool:
        """End those families; whether one of them lived."""
        ended = [family for family in self.families if which(family) and not family.dead]
        for family in ended:
            family.dead = True
        return bool(ended)

    # --- what is always so --------------------------------------------------------------------------------------------

    @invariant()
    def no_dead_token_works_and_each_living_one_does(self) -> None:
        """Each that may live, with each step. Of the dead one by turns; all of them when the life is over."""
        dead = []
        for look in self.tokens():
            if look.lives:
                self.check(look)
            else:
                dead.append(look)
        if dead:
            self.check(dead[next(_numbers) % len(dead)])

    def teardown(self) -> None:
        for look in self.tokens():
            self.check(look)

    def tokens(self) -> Iterator[Look]:
        """Every access token that was ever issued here, and what the model says of it now."""
        now = clock.now()
        for family in self.families:
            runs, employee_id = self.lets(family), self.cast.employee_id(family.person)
            for token, ends in family.access.items():
                yield Look(token, not family.dead and now < ends, runs, family.place, employee_id)
        for (place, _), home in self.installed.items():
            for token, ends in home.own.items():
                yield Look(token, now < ends, home.runs, place)

    def check(self, look: Look) -> None:
        answer = self.api.bearer(look.token).get("/me")
        if not (look.lives and look.runs):
            assert answer.status_code == 401, answer.json
            if look.lives:
                self.waited.add(look.token)
            return
        assert answer.status_code == 200, answer.json
        assert answer.json["workspace"]["id"] == look.place
        assert (answer.json.get("employee") or {}).get("id") == look.employee_id
        self.reached["tokens that waited and lived again"] += look.token in self.waited
        self.waited.discard(look.token)

    @precondition(lambda self: any(not family.dead for family in self.families))
    @rule(number=st.integers(0, 20))
    def look_into_the_other_workspace(self, number: int) -> None:
        family = self.pick(number)
        if family.dead or clock.now() >= family.access[family.fresh] or not self.lets(family):
            return
        client = self.api.bearer(family.fresh)
        for person in PEOPLE:
            own = self.cast.workspace_of(person) == family.place
            answer = client.get(f"/employees/{self.cast.employee_id(person)}")
            assert answer.status_code == (200 if own else 404), answer.json
        self.reached["a look into another workspace"] += 1

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


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.both_databases
def test_lives_of_grants_and_installations(api: Api, cast: Cast, held_clock: None) -> None:
    """Rounds of lives, until each thing that can happen did."""
    Life.api, Life.cast, Life.reached = api, cast, Counter()
    for _ in range(MOST_ROUNDS):
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=6,
                stateful_step_count=40,
                deadline=None,
                derandomize=False,  # or each round would live much the same lives
                # Shrinking a life takes longer than reading it.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        if all(Life.reached[what] for what in REACHED):
            break
    assert [what for what in REACHED if not Life.reached[what]] == []
    assert set(Life.reached) <= set(REACHED)

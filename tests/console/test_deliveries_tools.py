"""The tools beside deliveries: why a signature does not verify, which deliveries there are, and a stretch once more."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import orjson
import pytest

from portico.domains.catalogue import service as catalogue
from portico.domains.webhooks import queries
from portico.domains.webhooks.pump.fan_out import FanOut
from portico.kernel import clock
from portico.kernel.listing import ListQuery
from portico_sdk import webhooks
from tests.support import apps
from tests.support.faces import words


@pytest.fixture
def helper(cast):
    """An installed app, with its secrets; what it was told waits."""
    app = apps.register(cast)
    installation = apps.install(cast)
    while FanOut().step():
        pass
    return {**app, "installation": installation}


def sent(cast, helper):
    """The body and the headers of the call that the app was to get, as they would have left."""
    with cast.reading():
        actor = cast.actor("developer")
        (row,) = queries.page_of_deliveries(actor, ListQuery(limit=1)).rows
        event = queries.delivery_with_event(actor, row["id"])["event"]
    body = orjson.dumps(event).decode()
    return body, webhooks.sign(
        body, secrets=helper["signing_secret"], webhook_id=event["id"], timestamp=clock.now().timestamp()
    )


def lines(headers):
    return "\n".join(f"> {name.title()}: {value}" for name, value in headers.items())


@pytest.fixture
def check(faces, helper):
    developer = faces("developer")

    def say(body, headers):
        pasted = headers if isinstance(headers, str) else lines(headers)
        path = f"/console/apps/{helper['id']}/signature"
        return words(developer.post(path, {"headers": pasted, "body": body}))

    return say


def test_what_is_genuine_is_verified_whatever_form_it_is_pasted_in(cast, helper, check):
    body, headers = sent(cast, helper)
    hint = f"whsec_…{helper['signing_secret'][-4:]}"
    for pasted in (lines(headers), json.dumps(headers), " ".join(f"-H '{k}: {v}'" for k, v in headers.items())):
        said = check(f"{body}\r\n", pasted)
        assert "It is genuine" in said, pasted
        assert hint in said
        assert helper["signing_secret"] not in said


def test_each_reason_is_told_from_the_others(cast, helper, check):
    body, headers = sent(cast, helper)
    old = webhooks.sign(
        body,
        secrets=helper["signing_secret"],
        webhook_id=headers["webhook-id"],
        timestamp=(clock.now() - timedelta(hours=1)).timestamp(),
    )
    assert "The timestamp is too old" in check(body, old)
    assert "The body was written anew" in check(json.dumps(json.loads(body), indent=2), headers)
    assert "The body was changed" in check(body.replace("app.installed", "app.upgraded"), headers)
    other = webhooks.sign(body, secrets="whsec_" + "A" * 43 + "=", webhook_id=headers["webhook-id"])
    assert "No secret of this app made this signature" in check(body, other)
    assert "Not found: webhook-signature" in check(body, "webhook-id: evt_1\nwebhook-timestamp: 1")
    assert "The headers cannot be read" in check(body, {**headers, "webhook-signature": "v9,x"})


def test_a_secret_that_has_ended_is_named(cast, helper, check):
    body, headers = sent(cast, helper)
    with clock.held(clock.now() - timedelta(days=2)), cast.writing():
        catalogue.rotate_signing_secret(cast.actor("developer"), helper["id"])
    assert "Signed with a secret that has ended" in check(body, headers)


def test_nobody_elses_app_is_checked(faces, helper):
    assert faces("admin").get(f"/console/apps/{helper['id']}/signature").status_code == 404


def test_deliveries_are_found_by_endpoint_and_time(faces, cast, helper):
    developer = faces("developer")
    page = f"/console/apps/{helper['id']}/deliveries"
    assert "app.installed" in words(developer.get(page))
    assert "app.installed" in words(developer.get(f"{page}?since=hour"))
    assert "Show all" in words(developer.get(f"{page}?state=failed&since=hour"))


def test_a_stretch_of_an_own_endpoint_is_counted_and_then_sent_again(faces, cast, helper):
    developer = faces("developer")
    page = developer.get(f"/console/apps/{helper['id']}/deliveries")
    path = re.search(r'href="/w/acme(/console/endpoints/whe_\w+/replay)"', page.text)[1]
    counted = words(developer.post(path, {"stretch": "day"}))
    assert "This is 1 delivery" in counted
    started = words(developer.follow(developer.post(path, {"stretch": "day", "start": "y"})))
    assert "It is being sent again" in started
    assert "0 of 1 arrived" in started
    assert faces("admin").get(path).status_code == 404

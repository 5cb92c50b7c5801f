"""A developer installs an own of their own where that gives nobody new power; what it heard, and again."""

from __future__ import annotations

import pytest

from portico.domains.catalogue import service as catalogue
from portico.domains.directory import service as directory
from portico.domains.installations import queries
from portico.domains.installations import service as installations
from portico.domains.installations.errors import TrialNeedsAdmin
from portico.domains.webhooks.pump.fan_out import FanOut
from portico.kernel.errors import Forbidden, NotFound
from tests.support import apps
from tests.support.faces import words


def listening(*scopes):
    content = apps.asking(*scopes)
    content["events"] = {"url": "/events", "types": ["department.*"]}
    return content


@pytest.fixture
def own(cast):
    return apps.register(cast, listening("directory:read"))


def spread():
    steps = FanOut()
    while steps.step():
        pass


def live(cast, own):
    with cast.reading():
        return queries.live_installation(cast.actor("owner"), own["id"])


def test_a_developer_installs_for_themselves_alone(faces, cast, own):
    developer = faces("developer")
    page = developer.follow(developer.post(f"/console/apps/{own['id']}/install"))
    assert "Installed for you." in words(page)
    found = live(cast, own)
    assert found["granted_scopes"] == ["directory:read"]
    assert found["availability"]["include"] == [{"kind": "employee", "id": cast.employee_id("developer")}]
    assert not found["for_everyone"]


def test_what_needs_more_needs_an_admin(faces, cast):
    own = apps.register(cast, listening("directory:read", "tickets:read"))
    developer, page = faces("developer"), f"/console/apps/{own['id']}/install"
    said = words(developer.get(page))
    assert "An admin installs it" in said
    assert "http://127.0.0.1:8000/w/acme/admin/catalogue/helper/install" in said
    assert "Admin" in said
    assert developer.post(page).status_code == 403
    assert live(cast, own) is None


def test_who_may_consent_is_led_to_the_consent_page(faces, cast):
    own = apps.register(cast, listening("tickets:read"), owner="admin")
    page = faces("admin").get(f"/console/apps/{own['id']}/install")
    assert 'href="/w/acme/admin/catalogue/helper/install"' in page.text


@pytest.mark.parametrize(
    "scope", ["tickets:read", "contacts:read", "directory.sensitive:read", "tickets.internal:write"]
)
def test_no_power_beyond_the_developers_comes_by_a_trial(cast, scope):
    own = apps.register(cast, apps.asking(scope))
    with cast.writing(), pytest.raises(TrialNeedsAdmin) as refused:
        installations.try_own_app(cast.actor("developer"), own["id"])
    assert refused.value.extra["required_scopes"] == [scope]


def test_only_private_apps_of_ones_own_are_tried(cast, own):
    for name, refusal in (("agent", NotFound), ("admin", NotFound)):
        with cast.writing(), pytest.raises(refusal):
            installations.try_own_app(cast.actor(name), own["id"])
    with cast.writing():
        catalogue.update_app(cast.actor("developer"), own["id"], visibility="public")
    with cast.writing(), pytest.raises(TrialNeedsAdmin):
        installations.try_own_app(cast.actor("developer"), own["id"])


def test_growth_of_a_tried_app_waits_for_an_admin(cast, own):
    with cast.writing():
        installed = installations.try_own_app(cast.actor("developer"), own["id"])
    apps.deploy(cast, own["id"], listening("directory:read", "contacts:read"))
    with cast.reading():
        found = queries.installation(cast.actor("owner"), installed["id"])
    assert found["granted_scopes"] == ["directory:read"]
    assert found["pending_scopes"] == ["contacts:read"]


def test_what_a_developer_installed_they_may_uninstall_and_nothing_else(faces, cast, own):
    developer, page = faces("developer"), f"/console/apps/{own['id']}"
    developer.post(f"{page}/install")
    assert "Uninstalled." in words(developer.follow(developer.post(f"{page}/uninstall")))
    assert live(cast, own) is None
    apps.install(cast)
    assert developer.post(f"{page}/uninstall").status_code == 403
    assert live(cast, own) is not None
    with cast.writing(), pytest.raises(Forbidden):
        installations.end_trial(cast.actor("developer"), live_id(cast, own))


def live_id(cast, own):
    found = queries.live_installation(cast.actor("owner"), own["id"])
    assert found is not None
    return found["id"]


def test_each_delivery_is_shown_and_can_be_sent_again(faces, cast, own):
    developer = faces("developer")
    developer.post(f"/console/apps/{own['id']}/install")
    with cast.writing():
        directory.create_department(cast.system(), name="Support")
    spread()
    listed = developer.get(f"/console/apps/{own['id']}/deliveries")
    assert "department.created" in words(listed)
    delivery = next(part for part in listed.text.split('"') if "/console/deliveries/dlv_" in part)
    page = developer.get(delivery)
    assert "Support" in words(page)
    assert "Request body" in words(page)
    assert "It goes out once more." in words(developer.follow(developer.post(f"{delivery}/redeliver")))
    assert "department.created" in words(developer.get("/console/deliveries?type=department.created"))
    assert "No delivery is like this" in words(developer.get("/console/deliveries?state=failed"))


def test_deliveries_of_others_are_not_in_the_console(faces, cast, own):
    apps.install(cast)
    with cast.writing():
        directory.create_department(cast.system(), name="Support")
    spread()
    path = next(
        part for part in faces("developer").get("/console/deliveries").text.split('"') if "/deliveries/dlv_" in part
    )
    for name in ("admin", "owner"):
        assert faces(name).get(path).status_code == 404
        assert faces(name).post(f"{path}/redeliver").status_code == 404
        assert "/deliveries/dlv_" not in faces(name).get("/console/deliveries").text


def test_a_developer_sees_where_the_app_runs_and_what_waits_for_a_consent(faces, cast):
    app_id = apps.register(cast)["id"]
    developer = faces("developer")
    page = f"/console/apps/{app_id}/installations"
    assert "Installed nowhere yet" in words(developer.get(page))
    installation = apps.install(cast)
    said = words(developer.get(page))
    assert installation["id"] in said
    assert "This workspace" in said
    assert "Complete" in said
    apps.deploy(cast, app_id, apps.asking("directory:read", "contacts:read"))
    said = words(developer.get(page))
    assert "Waits for an admin contacts:read" in said
    assert faces("admin").get(page).status_code == 404

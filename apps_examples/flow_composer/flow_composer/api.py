"""The JSON interface of the page: flows, what they are made of, and whether they can work."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import flask
import httpx
from werkzeug.exceptions import BadRequest

from flow_composer.catalogue import Catalogue, Shelf
from flow_composer.checks import Checked, check, scopes_needed
from flow_composer.desk import Asker, Desk, Refused
from flow_composer.flows import Flows, Kept, Moved
from flow_composer.guard import host_names
from flow_composer.messages import say, told
from flow_composer.model import FORMAT, Finding, form
from flow_composer.owner import Owners
from flow_composer.sealing import Elsewhere, masked
from flow_composer.store import Store
from flow_composer.suggest import suggest
from portico_sdk import AuthenticationError, AuthorizationError, Portico, PorticoError

_LARGEST_BODY = 256 * 1024
_WEEK_S = 7 * 24 * 3600.0
_BACK = "/back"
_PAGE = re.compile(r"/w/[a-z0-9-]{1,60}/apps/ins_[a-z0-9]{1,40}/[a-z0-9_-]{1,60}")


def hosts_of(workspace: Portico) -> tuple[str, ...]:
    return host_names(workspace.installations.me().settings.get("hosts"))


def instant(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Interface:
    def __init__(
        self,
        desk: Desk,
        store: Store,
        flows: Flows,
        owners: Owners,
        shelf: Shelf,
        now: Callable[[], float],
        *,
        base_url: str = "",
        allow_http: bool = False,
    ) -> None:
        self.desk, self.store, self.flows, self.owners, self.shelf, self.now = desk, store, flows, owners, shelf, now
        self._base_url, self.allow_http = base_url.rstrip("/"), allow_http

    # Who may what

    def mine(self, asker: Asker, flow_id: str) -> Kept:
        """A flow of theirs, or any for who manages apps. Raises Refused."""
        kept = self.flows.find(asker.installation_id, flow_id)
        if kept is None or not (kept.owner.id == asker.id or asker.manages):
            raise Refused(404, "not_found")
        return kept

    # What there is

    def catalogue(self, asker: Asker) -> Catalogue:
        return self.shelf.of(asker.installation_id, asker.locale)

    def hosts(self, installation_id: str) -> tuple[str, ...]:
        """To which the company lets flows post."""
        return hosts_of(self.desk.app.workspace(installation_id))

    def checked(self, asker: Asker, flow: Any) -> Checked:
        hosts = self.hosts(asker.installation_id)
        return check(flow, self.catalogue(asker), hosts, allow_http=self.allow_http)

    def needs_grant(self, asker: Asker, kept: Kept, scopes: tuple[str, ...]) -> dict[str, Any] | None:
        """Where to allow it, when the person has not; None when they have."""
        if self.owners.granted(kept.id, asker.id).issuperset(scopes):
            return None
        withheld = self.owners.withheld(kept.id, asker.id, scopes)
        if withheld:
            raise Refused(403, "scopes_lacking", ", ".join(withheld))
        back = (self._base_url or flask.request.host_url.rstrip("/")) + _BACK
        url = self.owners.begin(kept, asker.id, asker.context.workspace_id, scopes, back, page_of_request())
        return {"needs_grant": {"url": url, "scopes": list(scopes)}}

    # What is answered

    def shown(self, asker: Asker, kept: Kept, version: int | None = None) -> dict[str, Any]:
        content = self.flows.content(kept.id, version or kept.version)
        if content is None:
            raise Refused(404, "not_found")
        flow = masked(content)
        return {
            "id": kept.id,
            "flow": flow,
            "version": version or kept.version,
            "draft_of": kept.version if version not in (None, kept.version) else None,
            "enabled": kept.enabled,
            "off_because": told(asker.locale, kept.off_because),
            "owner": {"employee_id": kept.owner.id, "name": kept.owner.name},
            "mine": kept.owner.id == asker.id,
            "findings": findings(asker, self.checked(asker, flow).findings),
            "versions": [
                {"version": row["number"], "at": instant(row["at"]), "by": row["by_name"]}
                for row in self.flows.versions(kept.id)
            ],
        }

    def listed(self, asker: Asker) -> list[dict[str, Any]]:
        since = self.now() - _WEEK_S
        counts: dict[str, dict[str, int]] = {}
        for row in self.store.rows(
            "SELECT flow_id, state, count(*) AS n FROM run WHERE started_at >= ? GROUP BY flow_id, state", since
        ):
            counts.setdefault(row["flow_id"], {})[row["state"]] = row["n"]
        found = self.flows.all(asker.installation_id, None if asker.manages else asker.id)
        return [self._line(asker, kept, counts.get(kept.id, {})) for kept in found]

    def _line(self, asker: Asker, kept: Kept, counts: Mapping[str, int]) -> dict[str, Any]:
        last = self.store.row(
            "SELECT state, started_at FROM run WHERE flow_id = ? ORDER BY started_at DESC, id DESC LIMIT 1", kept.id
        )
        return {
            "id": kept.id,
            "name": kept.name,
            "event": kept.event,
            "enabled": kept.enabled,
            "off_because": told(asker.locale, kept.off_because),
            "version": kept.version,
            "owner": {"employee_id": kept.owner.id, "name": kept.owner.name},
            "mine": kept.owner.id == asker.id,
            "last_run": None if last is None else {"state": last["state"], "at": instant(last["started_at"])},
            "counts_7d": {state: counts.get(state, 0) for state in ("succeeded", "failed", "skipped")},
        }


def findings(asker: Asker, found: list[Finding]) -> list[dict[str, Any]]:
    return [
        {"pointer": one.pointer, "message": asker.say(one.key, *one.details), "severity": one.severity} for one in found
    ]


def body_of_request() -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused."""
    flask.request.max_content_length = _LARGEST_BODY
    try:
        body = flask.request.get_json(force=True)
    except BadRequest as error:
        raise Refused(400, "not_json") from error
    if not isinstance(body, dict):
        raise Refused(400, "not_json")
    return body


def page_of_request() -> str:
    """Where in the portal the frame stands, as the bridge told the page."""
    body = flask.request.get_json(silent=True, force=True)
    page = body.get("page") if isinstance(body, dict) else flask.request.args.get("page")
    return page if isinstance(page, str) and _PAGE.fullmatch(page) else ""


def field(body: Mapping[str, Any], name: str, kind: Any = dict) -> Any:
    value = body.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Refused(422, "field_missing", name, pointer=f"/{name}")
    return value


def well_formed(flow: Any) -> dict[str, Any]:
    """A flow that can be kept: its form is right, whatever it means. Raises Refused."""
    wrong = form(flow)
    if wrong:
        raise Refused(422, wrong[0].key, *wrong[0].details, pointer=f"/flow{wrong[0].pointer}")
    made: dict[str, Any] = flow
    return made


View = Callable[..., Any]


def said(asker_of: Callable[[], Asker], view: View) -> View:
    """The view with who asks in front, and every refusal as JSON in their language."""

    @wraps(view)
    def answer(**path: str) -> Any:
        locale = flask.request.accept_languages.best_match(["zh-CN", "zh", "en"]) or "en"
        try:
            asker = asker_of()
            locale = asker.locale
            try:
                return view(asker, **path)
            except (AuthorizationError, AuthenticationError):
                return view(asker, **path)  # the grant that had ended is gone now, so they are asked for another
        except Elsewhere as elsewhere:
            error = {"message": say(locale, "value_again"), "pointer": f"/flow{elsewhere.pointer}"}
            return {"error": error}, 422
        except Refused as refusal:
            error = {"message": say(locale, refusal.key, refusal.details)}
            more = {} if refusal.pointer is None else {"pointer": refusal.pointer}
            return {"error": {**error, **more}}, refusal.status
        except (PorticoError, httpx.HTTPError) as error:
            flask.current_app.logger.warning("not answered: %s", error)
            return {"error": {"message": say(locale, "platform_away")}}, 503

    return answer


Routes = Iterable[tuple[str, str, str]]
_ROUTES: Routes = (
    ("GET", "/catalogue", "catalogue"),
    ("POST", "/check", "check_flow"),
    ("POST", "/suggest", "suggest_values"),
    ("GET", "/flows", "list_flows"),
    ("POST", "/flows", "create_flow"),
    ("POST", "/import", "import_flow"),
    ("GET", "/flows/<flow_id>", "get_flow"),
    ("PUT", "/flows/<flow_id>", "put_flow"),
    ("DELETE", "/flows/<flow_id>", "delete_flow"),
    ("POST", "/flows/<flow_id>/enable", "enable_flow"),
    ("POST", "/flows/<flow_id>/disable", "disable_flow"),
    ("GET", "/flows/<flow_id>/export", "export_flow"),
)


def routed(name: str, routes: Routes, views: object, asker_of: Callable[[], Asker]) -> flask.Blueprint:
    """Each route is a method of `views`, which gets who asks and what stands in the path."""
    made = flask.Blueprint(name, __name__, url_prefix="/api")
    for method, rule, view in routes:
        made.add_url_rule(rule, view, said(asker_of, getattr(views, view)), methods=[method])
    return made


def of_flows(interface: Interface) -> flask.Blueprint:
    return routed("flows", _ROUTES, FlowViews(interface), interface.desk.asker)


class FlowViews:
    def __init__(self, interface: Interface) -> None:
        self._interface, self._flows = interface, interface.flows

    def catalogue(self, asker: Asker) -> Any:
        return self._interface.catalogue(asker).as_dict()

    def check_flow(self, asker: Asker) -> Any:
        found = self._interface.checked(asker, field(body_of_request(), "flow"))
        return {"findings": findings(asker, found.findings), "shapes": found.shapes}

    def suggest_values(self, asker: Asker) -> Any:
        body = body_of_request()
        found = suggest(
            field(body, "flow"), field(body, "step", str), field(body, "field", str), self._interface.catalogue(asker)
        )
        return {"suggestions": [{**one, "why": asker.say(one["why"])} for one in found]}

    def list_flows(self, asker: Asker) -> Any:
        return {"flows": self._interface.listed(asker)}

    def create_flow(self, asker: Asker) -> Any:
        flow = well_formed(field(body_of_request(), "flow"))
        kept = self._flows.create(asker.installation_id, flow, asker.person, self._interface.now())
        return self._interface.shown(asker, kept), 201

    def import_flow(self, asker: Asker) -> Any:
        """A draft that is off; headers come without values."""
        file = field(body_of_request(), "file")
        flow = masked(well_formed({**file, "format": file.get("format", FORMAT)}), "")
        kept = self._flows.create(asker.installation_id, flow, asker.person, self._interface.now())
        return self._interface.shown(asker, kept), 201

    def get_flow(self, asker: Asker, flow_id: str) -> Any:
        version = flask.request.args.get("version", type=int)
        return self._interface.shown(asker, self._interface.mine(asker, flow_id), version)

    def put_flow(self, asker: Asker, flow_id: str) -> Any:
        body, kept = body_of_request(), self._interface.mine(asker, flow_id)
        flow, edited = well_formed(field(body, "flow")), field(body, "version", int)
        try:
            saved = self._flows.save(kept, flow, edited, asker.person, self._interface.now())
        except Moved as moved:
            raise Refused(409, "moved_on") from moved
        if saved.owner.id != kept.owner.id:
            self._interface.owners.forget(kept.id, kept.owner.id)
        if saved.enabled:  # what it does now may need what was not allowed, or be wrong
            saved = _off_if_unfit(self._interface, asker, saved, flow)
        return self._interface.shown(asker, saved)

    def delete_flow(self, asker: Asker, flow_id: str) -> Any:
        kept = self._interface.mine(asker, flow_id)
        self._flows.delete(kept.id)
        self._interface.owners.forget(kept.id, kept.owner.id)
        return "", 204

    def enable_flow(self, asker: Asker, flow_id: str) -> Any:
        return _enable(self._interface, asker, self._interface.mine(asker, flow_id))

    def disable_flow(self, asker: Asker, flow_id: str) -> Any:
        kept = self._interface.mine(asker, flow_id)
        self._flows.switch_off(kept.id)
        return self._interface.shown(asker, self._interface.mine(asker, kept.id))

    def export_flow(self, asker: Asker, flow_id: str) -> Any:
        kept = self._interface.mine(asker, flow_id)
        content = self._flows.content(kept.id, kept.version)
        answer = flask.jsonify(masked(content or {}, ""))
        answer.headers["Content-Disposition"] = f'attachment; filename="{kept.id}.json"'
        return answer


def _off_if_unfit(interface: Interface, asker: Asker, kept: Kept, flow: dict[str, Any]) -> Kept:
    needed = scopes_needed(flow, interface.catalogue(asker))
    fit = not interface.checked(asker, flow).errors and interface.owners.granted(kept.id, asker.id).issuperset(needed)
    if fit:
        return kept
    interface.flows.switch_off(kept.id)
    return replace(kept, enabled=False)


def _enable(interface: Interface, asker: Asker, kept: Kept) -> Any:
    content = interface.flows.content(kept.id, kept.version)
    flow = masked(content or {})
    found = interface.checked(asker, flow)
    if found.errors:
        error = {"message": asker.say("has_findings"), "pointer": found.errors[0].pointer}
        return {"error": error, "findings": findings(asker, found.findings)}, 422
    needed = scopes_needed(flow, interface.catalogue(asker))
    grant = interface.needs_grant(asker, kept, needed)
    if grant is not None:
        return grant
    if kept.enabled and kept.owner.id == asker.id:
        return interface.shown(asker, kept)  # it goes on where it stands
    page = interface.owners.client(kept.id, asker.id).events.list(after="latest", limit=1).page()
    if not interface.flows.switch_on(kept, asker.person, str(page.next_cursor)):
        raise Refused(409, "moved_on")
    if asker.id != kept.owner.id:
        interface.owners.forget(kept.id, kept.owner.id)
    return interface.shown(asker, interface.mine(asker, kept.id))

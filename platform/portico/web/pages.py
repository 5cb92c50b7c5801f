"""Pages: one decorator says who may see a page; its view reads like an operation's.

    @pages.page("/tickets", scope="tickets:read")
    def tickets(actor: Actor) -> str: ...

The session says who, the path (`/w/<slug>/…`) says where. A GET runs in a reading unit, a POST in a writing one that
is rolled back when the view raises. Forms carry a CSRF token (Flask-WTF), and a POST from another site is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Flask, after_this_request, current_app, g, redirect, request, session, url_for
from flask import Response as FlaskResponse
from flask_babel import get_locale, get_timezone, gettext
from werkzeug.wrappers import Response

from portico.kernel import authn, unit_of_work
from portico.kernel import origin as origins
from portico.kernel.authn import Login, Membership, Place, TwoFactorRequired
from portico.kernel.errors import Forbidden, Malformed, NotFound
from portico.kernel.text import N_
from portico.settings import Settings
from portico.web import navigation, roles
from portico.web.language import LOCALES

View = Callable[..., Any]


def session_cookie(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host (RFC 6265bis section 4.1.3.2); it needs https."""
    return "__Host-portico_session" if settings.secure_cookies else "portico_session"


def current_login() -> Login | None:
    """Who is signed in, read once per request, in a unit of its own."""
    if "login" not in g:
        token = request.cookies.get(g.session_cookie)
        g.login = authn.door().login(token) if token else None
    login: Login | None = g.login
    return login


def safe_next(target: str | None) -> str | None:
    """A path on this server to go on to, or None. Refuses other hosts in every spelling browsers accept."""
    if not target or not target.startswith("/") or any(ord(c) < 33 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("//") or "%2f%2f" in target[:8].lower():
        return None
    return target


def to_sign_in() -> Response:
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(f"{url_for('account.sign_in')}?next={quote(here, safe='/')}")


def to_two_factor(refusal: TwoFactorRequired) -> Response:
    """The workspace asks for a second factor: the way to one, and back."""
    slug = refusal.extra.get("workspace")
    here = request.full_path.rstrip("?") if request.method == "GET" else f"/w/{slug}/"
    return redirect(url_for("account.two_factor", slug=slug, next=here))


def refuse_foreign_posts() -> None:
    """Fetch metadata and Origin (besides the CSRF token): a cookie-borne write must come from our own pages."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    # Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with our own forms too (Fetch, section 3.2).
    ours = (None, request.host_url.rstrip("/"), *(["null"] if "Sec-Fetch-Site" in request.headers else []))
    if site not in ("same-origin", "none") or origin not in ours:
        raise Forbidden(N_("This form was sent from another site."))


class PageBlueprint(Blueprint):
    """The pages of one face. With `in_workspace` they live under `/w/<slug>`."""

    def __init__(self, face: str, import_name: str, *, in_workspace: bool = True, prefix: str = "") -> None:
        super().__init__(
            face,
            import_name,
            template_folder="templates",
            url_prefix=f"/w/<slug>{prefix}" if in_workspace else None,
        )
        self.face = face

    def page(
        self,
        path: str,
        *,
        methods: tuple[str, ...] = ("GET",),
        scope: str | None = None,
        role: str | None = None,
        endpoint: str | None = None,
        own_units: bool = False,
        takes_files: bool = False,
        before: Callable[[Any], None] | None = None,
    ) -> Callable[[View], View]:
        """A page inside a workspace. With `own_units` the view opens its units itself (password hashing, calls, files
        that come in); `before` does of a form what must be done before the view's unit is open."""

        def register(view: View) -> View:
            @wraps(view)
            def handle(slug: str, **path_parts: Any) -> Any:
                refuse_foreign_posts()
                login = current_login()
                if login is None:
                    return to_sign_in()
                try:
                    member = _member(login, slug, scope, role)
                except TwoFactorRequired as refusal:
                    return to_two_factor(refusal)
                origins.through("session")
                g.member, g.face = member, self.face
                if before is not None and request.method == "POST":
                    before(member.actor)
                if own_units:
                    return view(member.actor, **path_parts)
                with unit_of_work.unit(member.actor.workspace_id, write=request.method == "POST"):
                    return view(member.actor, **path_parts)

            handle.takes_files = takes_files  # type: ignore[attr-defined]
            self.add_url_rule(path, endpoint or view.__name__, handle, methods=list(methods))
            return view

        return register

    def door(
        self, path: str, *, methods: tuple[str, ...] = ("GET",), endpoint: str | None = None, signed_in: bool = False
    ) -> Callable[[View], View]:
        """A page outside the workspaces. Its view takes the Login, or None when nobody is signed in (with
        `signed_in` it asks for that first), and opens its units itself."""

        def register(view: View) -> View:
            @wraps(view)
            def handle(**path_parts: Any) -> Any:
                refuse_foreign_posts()
                login = current_login()
                if signed_in and login is None:
                    return to_sign_in()
                if login is not None:
                    origins.through("session")
                g.face = self.face
                try:
                    return view(login, **path_parts)
                except TwoFactorRequired as refusal:
                    return to_two_factor(refusal)

            self.add_url_rule(path, endpoint or view.__name__, handle, methods=list(methods))
            return view

        return register


def _member(login: Login, slug: str, scope: str | None, role: str | None) -> Membership:
    member = authn.door().membership(login, slug)
    if member is None:
        raise NotFound(N_("There is no such workspace, or you are not a member of it."))
    barred = (scope is not None and not member.actor.may(scope)) or (
        role is not None and not member.actor.has_role(role)
    )
    if barred:
        g.member = member
        raise Forbidden(N_("Your role does not include this page. An admin of the workspace can change that."))
    g.member = member
    # Texts of apps come in the language of the page, which a person may have switched for this browser alone.
    return replace(member, actor=replace(member.actor, locale=str(get_locale() or "en")))


def workspace_url(endpoint: str, **values: Any) -> str:
    """`url_for` with the slug of the workspace that is on screen."""
    return url_for(endpoint, slug=g.member.place.slug, **values)


def live_url() -> str | None:
    """Where the pages of this workspace hear that something changed elsewhere; None on a page of no workspace."""
    if "member" not in g:
        return None
    streams = current_app.extensions["portico_settings"].streams_url
    return f"{streams}/live?{urlencode({'workspace': g.member.place.slug})}"


def _theme() -> str:
    theme = request.cookies.get("portico_theme", "auto")
    return theme if theme in ("light", "dark") else "auto"


def ui_context() -> dict[str, Any]:
    """What the shell draws around every page: `ui` and `nav`."""
    login: Login | None = g.get("login")
    member: Membership | None = g.get("member")
    locale = str(get_locale() or "en")
    ui: dict[str, Any] = {
        "theme": _theme(),
        "locale": locale,
        "timezone": str(get_timezone() or "UTC"),
        "locales": [{"code": code, "label": label, "active": code == locale} for code, label in LOCALES.items()],
        "urls": {"preferences": url_for("account.preferences")},
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "face": g.get("face", "account"),
        "workspace": None,
        "workspaces": [],
        "faces": [],
        "person": None,
    }
    if login is not None:
        ui["person"] = {"display_name": login.display_name, "email": login.email, "role": None}
        ui["urls"]["sign_out"] = url_for("account.sign_out")
    if member is None:
        return {"ui": ui, "nav": _outside(ui) if "operator_places" in g else []}
    slug = member.place.slug
    ui["person"]["role"] = roles.label(member.place.role)
    ui["urls"]["settings"] = url_for("account.settings", slug=slug)
    ui["workspace"] = {
        "name": member.place.name,
        "slug": slug,
        "url": url_for("portal.home", slug=slug),
        "logo": _logo(member.place),
    }
    ui["urls"] |= {
        "search": url_for("portal.search", slug=slug),
        "palette": url_for("portal.search_palette", slug=slug),
    }
    ui["workspaces"] = [
        {"name": p.name, "url": url_for("portal.home", slug=p.slug), "active": p.slug == slug, "logo": _logo(p)}
        for p in member.places
    ]
    ui["faces"] = navigation.faces(ui["face"], member)
    if login is not None and login.operator:
        ui["faces"].append(navigation.operator_face(ui["face"]))
    return {"ui": ui, "nav": navigation.menu(ui["face"], member)}


def _logo(place: Place) -> str | None:
    return url_for("account.logo", slug=place.slug, attachment_id=place.logo_id) if place.logo_id else None


def _outside(ui: dict[str, Any]) -> list[dict[str, Any]]:
    """The shell of the operator's pages, which lie in no workspace: the instance stands in its place."""
    ui["person"]["role"] = gettext("Operator")
    ui["urls"] |= {"search": url_for("operator.search"), "palette": url_for("operator.search_palette")}
    ui["workspace"] = {"name": gettext("This instance"), "slug": None, "url": url_for("operator.home")}
    places = [(p.name, url_for("portal.home", slug=p.slug), False) for p in g.operator_places]
    here = (ui["workspace"]["name"], ui["workspace"]["url"], True)
    ui["workspaces"] = [{"name": name, "url": url, "active": active} for name, url, active in (here, *places)]
    return navigation.operator_menu()


def register(app: Flask, settings: Settings) -> None:
    """Session cookie, context of the shell, and the one true host of pages."""
    cookie, true = session_cookie(settings), urlsplit(settings.public_url).netloc

    @app.before_request
    def begin() -> Response | None:
        g.session_cookie = cookie
        _refuse_nul()
        return _to_true_host(settings, true)

    app.context_processor(ui_context)
    app.jinja_env.globals.update(workspace_url=workspace_url, live_url=live_url, role_label=roles.label)


def _refuse_nul() -> None:
    """PostgreSQL stores no NUL, and no form of ours sends one; lists bear it in an address. Raises Malformed."""
    if not request.path.startswith("/w/") or request.mimetype != "application/x-www-form-urlencoded":
        return
    if any("\x00" in value for values in request.form.listvalues() for value in values):
        raise Malformed("What was sent holds a NUL character.")


_PAGES = ("/w/", "/account", "/sign-", "/operator", "/oauth/authorize", "/oauth/logout")


def _to_true_host(settings: Settings, true: str) -> Response | None:
    """Pages have one host, so that cookies and frames do; the API answers under any."""
    path = request.path
    if path != "/" and not path.startswith(_PAGES):
        return None
    if request.method != "GET" or request.host == true:
        return None
    return redirect(f"{settings.public_url}{request.full_path.rstrip('?')}", 302)


def start_session(response: Response, settings: Settings, token: str, seconds: int) -> None:
    """Hand the session's token to the browser."""
    session.clear()
    _hand_over(response, settings, token, seconds)


def _hand_over(response: Response | FlaskResponse, settings: Settings, token: str, seconds: int) -> None:
    response.set_cookie(
        session_cookie(settings),
        token,
        max_age=seconds,
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def renew_session(settings: Settings, token: str, seconds: int) -> None:
    """The session that is has another token from now on: the answer to this request carries it."""

    @after_this_request
    def carry(response: FlaskResponse) -> FlaskResponse:
        _hand_over(response, settings, token, seconds)
        return response


def end_session(response: FlaskResponse | Response, settings: Settings) -> None:
    session.clear()
    response.delete_cookie(session_cookie(settings), path="/", secure=settings.secure_cookies, httponly=True)


__all__ = [
    "PageBlueprint",
    "current_login",
    "end_session",
    "renew_session",
    "safe_next",
    "session_cookie",
    "start_session",
    "to_sign_in",
    "workspace_url",
]

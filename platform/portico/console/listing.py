"""The listing: what the catalogue shows of an app, edited side by side in two languages, with what it still lacks."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import flash, request
from flask_babel import force_locale, gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import SelectChoice, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, Length

from portico.console import picturing
from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.console.manifests import ICON_KINDS, LARGEST_ICON
from portico.domains.catalogue import icons, listing_texts, manifests, queries, screenshots, service
from portico.domains.catalogue.categories import CATEGORIES
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid, Stale
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web import markdown
from portico.web.forms import Form, MultiCheckboxField, blank_to_none, one_line, strip, version_in

PREVIEW = "preview"
LANGUAGES = (("en", "en", "English"), ("zh_Hans_CN", "zh-CN", "简体中文"))
"""As Babel, as HTML and as people call them."""
_SUMMARY = N_("One sentence: what people get from it.")
_DESCRIPTION = N_("Markdown: what it does, for whom, and what it needs.")


class ListingForm(Form):
    """Rows of the completeness lead to these fields by their names."""

    pointers: ClassVar = {
        **{f"/app/{name}": f"{name}_en" for name in listing_texts.TEXTS},
        **{f"/app/{name}/zh": f"{name}_zh" for name in listing_texts.TEXTS},
        **{f"/app/{name}": name for name in (*listing_texts.LINKS, "categories", "icon")},
        **{f"{above}/app/screenshots": "screenshot" for above in ("", "/manifest")},
        "/file": "screenshot",
    }

    name_en = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=60)], filters=[one_line])
    summary_en = StringField(
        lazy_gettext("Summary"), [DataRequired(), Length(max=160)], [one_line], lazy_gettext(_SUMMARY)
    )
    description_en = TextAreaField(
        lazy_gettext("Description"),
        [Length(max=50_000)],
        [strip],
        lazy_gettext(_DESCRIPTION),
        render_kw={"rows": 9},
    )
    name_zh = StringField(lazy_gettext("Name in Chinese"), [Length(max=60)], filters=[one_line])
    summary_zh = StringField(lazy_gettext("Summary in Chinese"), [Length(max=160)], [one_line], lazy_gettext(_SUMMARY))
    description_zh = TextAreaField(
        lazy_gettext("Description in Chinese"),
        [Length(max=50_000)],
        [strip],
        lazy_gettext(_DESCRIPTION),
        render_kw={"rows": 9},
    )
    icon = FileField(
        lazy_gettext("Icon"), description=lazy_gettext("Square: a PNG, SVG or WebP file of at most 256 KiB.")
    )
    categories = MultiCheckboxField(
        lazy_gettext("Categories"),
        choices=[SelectChoice(key, lazy_gettext(label)) for key, label in CATEGORIES.items()],
    )
    screenshot = FileField(
        lazy_gettext("Another screenshot"),
        description=lazy_gettext(
            "PNG, JPEG or WebP of at most 1 MiB, 4:3 to 16:9 or as a telephone shows it; six at most."
        ),
    )
    alt_en = StringField(lazy_gettext("What it shows"), [Length(max=200)], filters=[one_line])
    alt_zh = StringField(lazy_gettext("What it shows, in Chinese"), [Length(max=200)], filters=[one_line])
    support_url = URLField(
        lazy_gettext("Address for help"), [Length(max=500)], [strip], render_kw={"placeholder": "https://"}
    )
    privacy_url = URLField(
        lazy_gettext("Privacy statement"), [Length(max=500)], [strip], render_kw={"placeholder": "https://"}
    )

    def values(self) -> dict[str, Any]:
        """As `with_listing` takes them. Raises Invalid for a file that is no icon."""
        typed = {name: (_typed(self[f"{name}_en"]), _typed(self[f"{name}_zh"])) for name in listing_texts.TEXTS}
        links = {name: blank_to_none(self[name].data) for name in listing_texts.LINKS}
        return {**typed, **links, "categories": self.categories.data or [], "icon": _icon()}


def _typed(field: Any) -> str:
    return (field.data or "").replace("\r\n", "\n").strip()


def _icon() -> str | None:
    file = request.files.get("icon")
    if file is None or not file.filename:
        return None
    kind = ICON_KINDS.get(file.filename.rpartition(".")[2].lower())
    content = file.read(LARGEST_ICON + 1)
    if kind is None or len(content) > LARGEST_ICON or not icons.is_picture(kind, content):
        message = gettext("This file is not an icon, or is larger than 256 KiB.")
        mending = gettext("Use a PNG, SVG or WebP file.")
        raise Invalid(message, errors=[FieldError("/app/icon", "icon_type", f"{message} {mending}")])
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that makes a listing whole: where it is filled in, and why it matters."""

    field: str
    label: str
    why: str


PARTS = (
    Part("description_en", N_("Description"), N_("Who decides about your app reads it first.")),
    Part("icon", N_("Icon"), N_("People find the app by it, in the menu and in the catalogue.")),
    Part("support_url", N_("Address for help"), N_("Whoever is stuck knows whom to ask.")),
    Part("privacy_url", N_("Privacy statement"), N_("Companies must know which data you keep, and for how long.")),
    Part("categories", N_("Category"), N_("People who look by category find it.")),
    Part("screenshot", N_("Screenshots"), N_("People see what awaits them before they ask for the app.")),
    Part("name_zh", N_("Name in Chinese"), N_("Chinese readers find it under a name that they can say.")),
    Part("summary_zh", N_("Summary in Chinese"), N_("It stands below the name in every list.")),
    Part("description_zh", N_("Description in Chinese"), N_("Without it, Chinese readers get the English text.")),
)


_KEYS = {"description_en": "description", "screenshot": "screenshots"}


def completeness(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Each part: whether it is there, whether a review needs it, and what is wrong, as the review's robot sees it."""
    app = manifest["app"]
    found = {ListingForm.pointers.get(each.path): each for each in manifests.check_listing(manifest)}
    chinese = {f"{name}_zh": bool(listing_texts.texts_of(app.get(name))[1]) for name in listing_texts.TEXTS}
    rows = []
    for part in PARTS:
        finding = found.get(part.field)
        there = chinese.get(part.field, bool(app.get(_KEYS.get(part.field, part.field))))
        said = manifests.said(finding, gettext) if finding is not None and there else None
        holds_up = finding is not None and finding.severity == "error"
        rows.append(
            {
                "field": part.field,
                "label": gettext(part.label),
                "done": there and not holds_up,
                "needed": holds_up,
                "why": " ".join(said) if said and holds_up else gettext(part.why),
            }
        )
    return rows


def _shown(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The page of the catalogue in each language."""
    return [_in_language(manifest, *language) for language in LANGUAGES]


def _in_language(manifest: dict[str, Any], locale: str, tag: str, label: str) -> dict[str, Any]:
    app = manifest["app"]
    texts = {name: manifests.localised(app.get(name), tag) for name in listing_texts.TEXTS}
    with force_locale(locale):
        return {
            "tag": tag,
            "label": label,
            **texts,
            "description": markdown.render(texts["description"]) if texts["description"] else None,
            "scopes": [_worded(row) for row in queries.scopes_asked(manifest, tag)],
            "screenshots": screenshots.shown(manifest, tag),
            "categories": [gettext(CATEGORIES[key]) for key in app.get("categories", ()) if key in CATEGORIES],
            "words": {
                "scopes": gettext("What it may do"),
                "about": gettext("About"),
                "screenshots": gettext("Screenshots"),
                "nothing": gettext("It asks for nothing"),
                "categories": gettext("Categories"),
                "support": gettext("Support"),
                "privacy": gettext("Privacy"),
            },
        }


def _worded(scope: dict[str, Any]) -> dict[str, Any]:
    sentence = scope["sentence"]
    return {**scope, "sentence": gettext(sentence)}


def _filled(manifest: dict[str, Any]) -> ListingForm:
    app = manifest["app"]
    data = {name: app.get(name) for name in listing_texts.LINKS}
    data["categories"] = app.get("categories", [])
    for name in listing_texts.TEXTS:
        data[f"{name}_en"], data[f"{name}_zh"] = listing_texts.texts_of(app.get(name))
    return ListingForm(formdata=None, data=data)


@blueprint.page(f"{APP}/listing", methods=("GET", "POST"), role=ROLE, own_units=True, takes_files=True)
def apps_listing(actor: Actor, app_id: str) -> Any:
    """A frozen version stays as it is: saving makes the next one, a draft."""
    with unit(actor.workspace_id, write=False):
        app = queries.own_app(actor, app_id)
        manifest = queries.newest_manifest(app_id)
    form = ListingForm() if request.method == "POST" else _filled(manifest)
    shown = manifest
    if form.validate_on_submit():
        with form.attempt():
            values = {**form.values(), "screenshots": picturing.kept_rows(manifest)}
            shown = listing_texts.with_listing(manifest, values)
            _require_good(shown)
            if request.form.get("step") != PREVIEW:
                values["screenshots"] += picturing.new_row(actor)
                return _save(actor, app, manifest, listing_texts.with_listing(manifest, values))
    with unit(actor.workspace_id, write=False):
        return _page(form, app, manifest, shown)


def _page(form: ListingForm, app: dict[str, Any], manifest: dict[str, Any], shown: dict[str, Any]) -> Any:
    given = version_in(request.form.get("number"))
    stale = isinstance(form.refusal, Stale)
    rows = completeness(shown)
    return form.page(
        "console/apps/listing.html",
        app=app,
        icon_url=icons.address_of(app["version"]["id"], manifest),
        tabs=tabs(app["id"], "apps_listing"),
        # Who was told that there is a newer version, and sends again, means it.
        number=app["version"]["number"] if given is None or stale else given,
        rows=rows,
        done=sum(row["done"] for row in rows),
        shots=picturing.shots_of(shown),
        most_shots=picturing.MOST,
        previews=_shown(shown),
        links={name: shown["app"].get(name) for name in listing_texts.LINKS},
        unsaved=shown is not manifest,
    )


def _require_good(manifest: dict[str, Any]) -> None:
    """Raises Invalid, in the reader's language."""
    errors = [
        FieldError(each.path, each.rule, " ".join(manifests.said(each, gettext))) for each in manifests.check(manifest)
    ]
    if errors:
        raise Invalid(gettext("The manifest has findings."), errors=errors)


def _save(actor: Actor, app: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Any:
    if after == before:
        flash(gettext("Nothing was changed, so there is no new version."), "info")
        return go("apps_listing", app_id=app["id"])
    number = version_in(request.form.get("number")) or 0
    _require_good(after)
    with unit(actor.workspace_id, write=True):
        row = service.create_version(actor, app["id"], after, release=False, after=number)
    flash(
        gettext("Version %(number)s holds the new listing. It is a draft: release it from here.", number=row.number),
        "success",
    )
    return go("apps_version", app_id=app["id"], version_id=row.id)

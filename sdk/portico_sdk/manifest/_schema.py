"""The manifest, version 1.0. Required is what running needs; a listing in the catalogue asks for more."""

from __future__ import annotations

from marshmallow import fields, validate

from portico_sdk.manifest._fields import (
    Choice,
    EventFilter,
    Flag,
    In,
    Key,
    Line,
    Link,
    ListOf,
    MapOf,
    Number,
    Path,
    Table,
    TablesOf,
    Text,
)

VERSION = 1
VALUE_TYPES = ("string", "text", "integer", "number", "boolean", "date", "select")
PROPERTY_TYPES = (
    "text",
    "long_text",
    "integer",
    "decimal",
    "bool",
    "date",
    "datetime",
    "select",
    "multiselect",
    "url",
    "email",
    "phone",
    # Older words for decimal, bool and multiselect.
    "number",
    "boolean",
    "multi_select",
)
CARD_SIZES = ("small", "medium", "large")
_HOST = r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z"


class Screenshot(Table):
    file = Line(limit=200, required=True)
    """Beside the manifest; over the API, the id of an attachment."""
    alt = Text(limit=200, required=True)
    sha256 = Line(limit=64)
    """Of the file, written by `deploy`."""


class AppTable(Table):
    key = Key(required=True)
    name = Text(limit=60, required=True)
    summary = Text(limit=160, required=True)
    description = Text(limit=50_000)
    categories = ListOf(Key(), limit=5)
    support_url = Link()
    privacy_url = Link()
    icon = Line(limit=400_000)
    screenshots = TablesOf(Screenshot, limit=6)


class Runtime(Table):
    base_url = Line(limit=300, required=True)
    delivery = Choice("webhook", "stream")
    command = Line(limit=300)
    """What `portico-app dev` starts. The platform starts nothing."""


class OAuth(Table):
    client_type = Choice("confidential", "public")
    redirect_uris = ListOf(Line(limit=500), limit=20)
    token_endpoint_auth_method = Choice("client_secret_basic", "client_secret_post", "private_key_jwt")
    id_token_signed_response_alg = Choice("RS256", "ES256")
    post_logout_redirect_uris = ListOf(Line(limit=500), limit=20)
    backchannel_logout_url = Path()


class Scope(Table):
    name = Line(limit=100, required=True)
    reason = Text(limit=300, required=True)


class Egress(Table):
    host = Line(validate.Regexp(_HOST, error="host_format"), limit=253, required=True)
    purpose = Text(limit=300, required=True)
    personal_data = Flag()


class Access(Table):
    scopes = TablesOf(Scope)
    optional_scopes = TablesOf(Scope)
    user_scopes = TablesOf(Scope)
    egress = TablesOf(Egress)


class Events(Table):
    url = Path()
    types = ListOf(Line(limit=100))
    signatures = ListOf(Choice("v1", "v1a"), limit=2)
    payload = Choice("full", "thin")
    filter = EventFilter()
    skip_own = Flag()
    order = Choice("parallel", "fifo_per_key")
    coalesce_seconds = Number(validate=validate.Range(0, 30, error="between:{min}..{max}"))


class Surface(Table):
    key = Key(required=True)
    place = Line(limit=100, required=True)
    title = Text(limit=60, required=True)
    url = Path(required=True)
    size = Choice(*CARD_SIZES)
    """How high a card stands; for `home.card` alone."""


class InputField(Table):
    type = Choice(*VALUE_TYPES, required=True)
    title = Text(limit=60)
    help = Text(limit=300)
    required = Flag()
    options = ListOf(Line(limit=60))


class Action(Table):
    key = Key(required=True)
    title = Text(limit=60, required=True)
    url = Path(required=True)
    places = ListOf(Line(limit=100), required=True)
    input = MapOf(InputField)
    identity = Choice("user", "app")
    risk = Choice("read", "write", "destructive")
    confirm = Flag()


class Property(Table):
    object = Choice("contact", "company", "ticket", "employee", required=True)
    key = Key(required=True)
    type = Choice(*PROPERTY_TYPES, required=True)
    label = Text(limit=60)
    options = ListOf(Line(limit=60))


class Setting(Table):
    type = Choice(*VALUE_TYPES, required=True)
    title = Text(limit=60)
    help = Text(limit=300)
    default = fields.Raw(allow_none=False)
    required = Flag()
    secret = Flag()
    options = ListOf(Line(limit=60))


class Lifecycle(Table):
    url = Path(required=True)


class ManifestTable(Table):
    schema = Number(required=True, validate=validate.Equal(VERSION, error="schema_version"))
    app = In(AppTable, required=True)
    runtime = In(Runtime, required=True)
    oauth = In(OAuth)
    access = In(Access)
    events = In(Events)
    surfaces = TablesOf(Surface, limit=50)
    actions = TablesOf(Action, limit=50)
    properties = TablesOf(Property, limit=100)
    settings = MapOf(Setting)
    lifecycle = In(Lifecycle)

import base64
import copy
import hashlib
import tomllib

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico_sdk import _registry
from portico_sdk import manifest as sdk
from portico_sdk.manifest import (
    ManifestUnreadable,
    Registry,
    _fields,
    digest,
    json_schema,
    line_of,
    load_toml,
    uploaded,
    with_files,
    without_files,
)
from portico_sdk.manifest._findings import HINTS, KINDS, SENTENCES, finding

# With places for actions and cards too, so that every rule about places is met.
NAMES = Registry(
    scopes=frozenset(_registry.SCOPES),
    events=frozenset(_registry.EVENTS),
    places=frozenset(_registry.PLACES) | {"agent", "command", "flow", "home.card", "settings"},
)

MINIMAL = """
schema = 1
[app]
key = "leave"
name = "Leave"
summary = {en = "Ask for days off", "zh-CN" = "请假"}
[runtime]
base_url = "https://leave.example"
"""

WHOLE = (
    MINIMAL.replace('summary = {en = "Ask', 'icon = "icon.png"\ncategories = ["hr"]\nsummary = {en = "Ask')
    + """
delivery = "webhook"
[oauth]
client_type = "confidential"
redirect_uris = ["https://leave.example/cb", "http://localhost:5000/cb?x=1"]
[access]
scopes          = [{name = "tickets:read", reason = {en = "to see", "zh-CN" = "查看"}}]
optional_scopes = [{name = "directory.sensitive:read", reason = "to show phone numbers"}]
user_scopes     = [{name = "openid", reason = "to know you"}, {name = "tickets:read", reason = "yours"}]
egress          = [{host = "mail.example", purpose = "to send confirmations", personal_data = true}]
[events]
url = "/events"
types = ["employee.departed", "ticket.*"]
[[surfaces]]
key = "home"
place = "portal.page"
title = "Leave"
url = "/home"
[[actions]]
key = "approve"
title = "Approve"
url = "/actions/approve"
places = ["command", "home.card", "agent", "flow"]
input = {request = {type = "string"}, note = {type = "string", required = false}}
identity = "user"
risk = "write"
confirm = true
[[properties]]
object = "contact"
key = "tier"
type = "select"
options = ["gold", "silver"]
[settings]
days_per_year = {type = "integer", default = 25}
api_key = {type = "string", secret = true}
[lifecycle]
url = "/lifecycle"
"""
)


def check(content, *, registry=NAMES, **options):
    return sdk.check(content, registry=registry, **options)


def manifest(text=MINIMAL):
    return tomllib.loads(text)


def found(content, **options):
    return {(item.path, item.rule) for item in check(content, **options)}


def changed(path, value, text=WHOLE):
    content = manifest(text)
    *above, last = path.split("/")[1:]
    place = content
    for part in above:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    if value is None:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return content


def test_what_is_right_has_no_findings():
    assert check(manifest(MINIMAL)) == []
    assert check(manifest(WHOLE)) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("/schema", None, "required"),
        ("/schema", 2, "schema_version"),
        ("/schema", "1", "wrong_type"),
        ("/schema", True, "wrong_type"),
        ("/app", None, "required"),
        ("/app", "leave", "wrong_type"),
        ("/app/key", None, "required"),
        ("/app/key", "L", "key_format"),
        ("/app/key", "1leave", "key_format"),
        ("/app/key", "leave\n", "key_format"),
        ("/app/key", "a" * 41, "key_format"),
        ("/app/name", None, "required"),
        ("/app/name", "", "empty"),
        ("/app/name", " ", "empty"),
        ("/app/name", 5, "wrong_type"),
        ("/app/name", "n" * 61, "too_long"),
        ("/app/summary", None, "required"),
        ("/app/summary/en", None, "english_missing"),
        ("/app/summary/zh_CN", "x", "language_format"),
        ("/app/summary/de", 5, "wrong_type"),
        ("/app/nmae", "x", "unknown_key"),
        ("/app/support_url", "leave.example", "link_https"),
        ("/app/support_url", "javascript:alert(1)", "link_https"),
        ("/app/icon", "../icon.png", "file_path"),
        ("/app/icon", "/icon.png", "file_path"),
        ("/app/icon", "icon.gif", "icon_type"),
        ("/app/icon", "data:text/html;base64,AAAA", "icon_type"),
        ("/app/categories", ["a1"] * 6, "too_many"),
        ("/app/categories", "hr", "wrong_type"),
        ("/app/categories/0", 5, "wrong_type"),
        ("/runtime", None, "required"),
        ("/runtime/base_url", None, "required"),
        ("/runtime/base_url", "http://leave.example", "base_url"),
        ("/runtime/base_url", "https://leave.example/app", "base_url"),
        ("/runtime/base_url", "https://a@leave.example", "base_url"),
        ("/runtime/base_url", "https://leave.example:port", "base_url"),
        ("/runtime/base_url", "https://leave.example;script-src *", "base_url"),
        ("/runtime/base_url", "https://leave.example?x", "base_url"),
        ("/runtime/base_url", "https://", "base_url"),
        ("/runtime/base_url", "https://[", "base_url"),
        ("/runtime/base_url", "http://localhost:5000", "base_url_development"),
        ("/runtime/delivery", "carrier pigeon", "choice"),
        ("/oauth/redirect_uris/0", "http://leave.example/cb", "redirect_uri"),
        ("/oauth/redirect_uris/0", "https://leave.example/cb#x", "redirect_uri"),
        ("/oauth/redirect_uris/0", "https://*.example/cb", "redirect_uri"),
        ("/access/scopes/0/name", "tickets:raed", "unknown_scope"),
        ("/access/scopes/0/name", "openid", "user_scope"),
        ("/access/scopes/0/reason", None, "required"),
        ("/access/optional_scopes/0/name", "tickets:read", "scope_twice"),
        ("/access/scopes/0", "tickets:read", "wrong_type"),
        ("/access/egress/0/host", "https://mail.example", "host_format"),
        ("/access/egress/0/purpose", None, "required"),
        ("/access/egress/0/personal_data", "yes", "wrong_type"),
        ("/events/url", "https://elsewhere.example/events", "path_format"),
        ("/events/url", "//elsewhere.example", "path_format"),
        ("/events/url", "events", "path_format"),
        ("/events/url", None, "events_url_missing"),
        ("/events/types/0", "ticket.craeted", "unknown_event"),
        ("/events/types/0", "comet.*", "unknown_event"),
        ("/events/types/0", "tick*", "unknown_event"),
        ("/surfaces/0/key", None, "required"),
        ("/surfaces/0/place", "portal.pgae", "unknown_place"),
        ("/surfaces/0/place", "command", "surface_place"),
        ("/surfaces/0/url", "/a b", "path_format"),
        ("/actions/0/places/0", "portal.page", "action_place"),
        ("/actions/0/places/0", "nowhere", "unknown_place"),
        ("/actions/0/risk", "huge", "choice"),
        ("/actions/0/input/note/type", "colour", "choice"),
        ("/actions/0/input/note", "string", "wrong_type"),
        ("/actions/0/input/N", {"type": "string"}, "key_format"),
        ("/properties/0/object", "moon", "choice"),
        ("/properties/0/options", None, "options_missing"),
        ("/settings/days_per_year/type", None, "required"),
        ("/settings/days_per_year/tpye", "x", "unknown_key"),
        ("/settings/days_per_year/default", float("inf"), "not_json"),
        ("/settings", [], "wrong_type"),
        ("/lifecycle/url", None, "required"),
        ("/app/description", "half \ud800", "not_json"),
        ("/app/description", "nul \0", "not_json"),
        ("/comet", {}, "unknown_key"),
    ],
)
def test_each_mistake_is_found_where_it_stands(path, value, rule):
    content = changed(path, value)
    assert (path, rule) in found(content)
    assert {item for item in found(content) if not item[0].startswith(path)} == set()


def test_all_findings_come_at_once_each_with_a_sentence_and_a_mending():
    content = manifest(WHOLE)
    content["app"] = {"key": "Leave", "nam": "x"}
    content["surfaces"] *= 2
    content["runtime"]["base_url"] = "leave.example"
    findings = check(content)
    assert [(item.path, item.rule) for item in findings] == [
        ("/app/key", "key_format"),
        ("/app/nam", "unknown_key"),
        ("/app/name", "required"),
        ("/app/summary", "required"),
        ("/runtime/base_url", "base_url"),
        ("/surfaces/1/key", "duplicate_key"),
    ]
    assert all(item.message and item.mending for item in findings)
    assert findings[1].mending == "Did you mean name?"


def test_every_kind_of_value_is_one_that_can_be_translated():
    kinds = [kind for kind in vars(_fields).values() if isinstance(kind, type)]
    texts = {text for kind in kinds for text in getattr(kind, "default_error_messages", {}).values()}
    wanted = {text.partition(":")[2] for text in texts if text.startswith("wrong_type:")}
    assert wanted
    assert wanted <= set(KINDS)


def test_a_finding_keeps_what_its_sentences_were_filled_with():
    content = manifest(WHOLE)
    content["app"]["nam"] = "x"
    (finding,) = [each for each in check(content) if each.rule == "unknown_key"]
    assert finding.hint in HINTS
    assert finding.mending == finding.hint.format(finding.detail)


def test_every_rule_has_its_sentences():
    for rule in SENTENCES:
        assert "{" not in finding(rule, "", "x").message + finding(rule, "", "x").mending


@pytest.mark.parametrize("content", [None, [], "x", 5])
def test_what_is_no_table_is_one_finding(content):
    assert found(content) == {("", "wrong_type")}


def test_this_machine_is_for_development():
    for host in ("localhost:5000", "127.0.0.1:9101", "[::1]:80"):
        content = changed("/runtime/base_url", f"http://{host}")
        assert check(content, development=True) == []
        assert found(content) == {("/runtime/base_url", "base_url_development")}
    assert found(changed("/runtime/base_url", "http://leave.example"), development=True)


def test_a_platform_brings_its_own_registry():
    content = manifest(MINIMAL + '[events]\nurl = "/e"\ntypes = ["comet.*"]')
    registry = Registry(scopes=frozenset(), events=frozenset({"comet.sighted"}), places=frozenset())
    assert check(content, registry=registry) == []


def test_a_stream_needs_no_url():
    content = manifest(WHOLE)
    del content["events"]["url"]
    content["runtime"]["delivery"] = "stream"
    assert check(content) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    part=st.sampled_from(["schema", *manifest(WHOLE)]),
    inner=st.sampled_from([None, "scopes", "egress", "types", "url", "key", "redirect_uris", "name", "x"]),
    value=ANYTHING,
)
def test_no_manifest_breaks_the_check(part, inner, value):
    content = manifest(WHOLE)
    content[part] = value if inner is None else {inner: value}
    for item in check(content):
        assert item.message


def test_the_digest_does_not_see_the_order_of_keys():
    content = manifest(WHOLE)
    shuffled = dict(reversed(copy.deepcopy(content).items()))
    assert digest(content) == digest(shuffled)
    assert len(digest(content)) == 64
    assert digest(content) != digest(changed("/app/key", "other"))


def test_the_json_schema_agrees_with_the_check():
    schema = json_schema()
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    assert validator.is_valid(manifest(WHOLE))
    for path, value in [
        ("/app/key", "L"),
        ("/app/key", None),
        ("/app/nmae", "x"),
        ("/schema", 2),
        ("/summary", "x"),
        ("/app/summary", {"de": "x"}),
        ("/events/url", "//evil"),
        ("/settings/days_per_year/type", "colour"),
        ("/settings/D", {"type": "string"}),
        ("/surfaces/0/title", 5),
    ]:
        assert not validator.is_valid(changed(path, value)), path


LINES = '''# a comment with [brackets]
schema = 1   # [not a table]

[app]
key = "leave"
name = {en = "A ] } , # name", "zh-CN" = '请假'}
summary = """
Not a = key
"""
[access]
scopes = [
  {name = "a", reason = "x"},   # ]
  # {name = "no"}
  {name = "b", reason = "y"},
  ["nested",
   "list"],
]
[[surfaces]]
key = "one"
[surfaces.title]
en = "One"
[[surfaces]]
key = "two"
title.en = "Two"
[settings."days.per/year"]
type = "integer"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 1),
        ("/schema", 2),
        ("/app", 4),
        ("/app/key", 5),
        ("/app/name/zh-CN", 6),
        ("/app/summary", 7),
        ("/app/icon", 4),
        ("/access/scopes/0/name", 12),
        ("/access/scopes/1", 14),
        ("/access/scopes/1/reason", 14),
        ("/access/scopes/2/1", 16),
        ("/surfaces/0/key", 19),
        ("/surfaces/0/title/en", 21),
        ("/surfaces/1", 22),
        ("/surfaces/1/title/en", 24),
        ("/surfaces/1/url", 22),
        ("/settings/days.per~1year/type", 26),
        ("/nowhere", 1),
    ],
)
def test_a_path_has_its_line(path, line):
    tomllib.loads(LINES)
    assert line_of(LINES, path) == line


def test_toml_that_is_none_says_where(tmp_path):
    file = tmp_path / "portico.toml"
    for content, line in [(b"schema = 1\nkey = \n", 2), (b"schema = 1\n# \xff\n", 2)]:
        file.write_bytes(content)
        with pytest.raises(ManifestUnreadable) as caught:
            load_toml(file)
        assert caught.value.line == line


def test_files_beside_the_manifest_are_read_in(tmp_path):
    (tmp_path / "README.md").write_text("# Leave\n", encoding="utf-8")
    (tmp_path / "icon.png").write_bytes(b"\x89PNG")
    content = changed("/app/description", "README.md")
    whole, findings = with_files(content, tmp_path)
    assert findings == []
    assert whole["app"]["description"] == "# Leave\n"
    assert whole["app"]["icon"] == "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
    assert check(whole) == []
    assert content["app"]["icon"] == "icon.png"


def test_a_description_names_a_file_for_each_language(tmp_path):
    (tmp_path / "README.md").write_text("# Hello", encoding="utf-8")
    about = {"description": {"en": "README.md", "zh-CN": "README.zh.md", "ja": "こんにちは"}}
    whole, [found] = with_files({"app": about}, tmp_path)
    assert whole["app"]["description"] == {"en": "# Hello", "ja": "こんにちは"}
    assert (found.rule, found.path) == ("file_missing", "/app/description/zh-CN")


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_screenshots_are_looked_at_and_uploaded_once(tmp_path):
    for name in ("icon.png", "home.png"):
        (tmp_path / name).write_bytes(PNG)
    content = changed("/app/screenshots", [{"file": "home.png", "alt": "Home"}])
    whole, found = with_files(content, tmp_path)
    assert (found, check(whole)) == ([], [])
    first = uploaded(whole, None, lambda name: f"att_{name.partition('.')[0]}")
    assert first["app"]["screenshots"] == [
        {"file": "att_home", "alt": "Home", "sha256": hashlib.sha256(PNG).hexdigest()}
    ]
    assert check(first) == []
    assert uploaded(whole, first, pytest.fail) == first
    assert "screenshots" not in without_files(whole)["app"]
    assert without_files(first) == first


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("home.png", b"GIF89a", "screenshot_type"),
        ("home.gif", PNG, "screenshot_type"),
        ("home.png", PNG + bytes(1024 * 1024), "file_too_large"),
        ("gone.png", None, "file_missing"),
        ("../home.png", None, "file_path"),
    ],
)
def test_what_cannot_be_a_screenshot_is_a_finding(tmp_path, name, content, rule):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    given = changed("/app/screenshots", [{"file": name, "alt": "Home"}])
    _, found = with_files(given, tmp_path)
    assert rule in {each.rule for each in [*found, *check(given)]}


@pytest.mark.parametrize(
    ("key", "name", "rule"),
    [
        ("icon", "../../etc/passwd.png", "file_path"),
        ("icon", "missing.png", "file_missing"),
        ("icon", "large.png", "file_too_large"),
        ("icon", "icon.exe", "icon_type"),
        ("description", "missing.md", "file_missing"),
    ],
)
def test_a_file_that_cannot_be_taken_is_a_finding(tmp_path, key, name, rule):
    (tmp_path / "icon.png").write_bytes(b"\x89PNG")
    (tmp_path / "large.png").write_bytes(b"x" * 300_000)
    whole, findings = with_files(changed(f"/app/{key}", name), tmp_path)
    assert [(item.path, item.rule) for item in findings] == [(f"/app/{key}", rule)]
    assert key not in whole["app"]

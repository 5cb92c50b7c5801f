"""Forms take the services' refusals; lists of pages read their own address."""

from __future__ import annotations

from typing import ClassVar

import pytest
from wtforms import StringField

from portico.domains.contacts import queries
from portico.domains.identity.errors import SignInThrottled
from portico.kernel.errors import Conflict, FieldError, Invalid, NotFound, Stale, invalid
from portico.kernel.listing import Condition, Page
from portico.web.forms import Form
from portico.web.lists import page_links, page_query, sort_link
from tests.portal.records import contact


class Example(Form):
    pointers: ClassVar = {"/identifiers/0": "email"}
    name = StringField()
    email = StringField()


@pytest.fixture
def form(app):
    with app.test_request_context("/"):
        yield Example()


def test_each_field_error_stands_at_its_field(form):
    errors = [FieldError("/name", "length", "Too long."), FieldError("/identifiers/0/value", "email", "No address.")]
    with form.attempt():
        raise Invalid(errors=errors)
    assert form.errors == {"name": ["Too long."], "email": ["No address."]}
    assert (form.form_errors, form.status) == ([], 422)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Conflict("Not so."), 409), (Stale("Not so."), 412), (invalid("/other", "x", "Not so."), 422)],
)
def test_what_belongs_to_no_field_stands_above_the_form(form, refusal, status):
    with form.attempt():
        raise refusal
    assert (form.form_errors, form.status) == (["Not so."], status)


def test_what_the_form_cannot_mend_passes_through(form):
    with pytest.raises(NotFound), form.attempt():
        raise NotFound()
    with pytest.raises(ZeroDivisionError), form.attempt():
        raise ZeroDivisionError


def test_headers_of_a_refusal_go_with_the_page(form):
    with form.attempt():
        raise SignInThrottled(headers={"Retry-After": "900"})
    page = form.page("account/identity/forgot.html", sent=True)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "900")


def test_an_attempt_that_is_refused_leaves_nothing_and_no_event(form, cast):
    from portico.domains.contacts import schemas, service
    from portico.kernel.schemas import load
    from portico.kernel.unit_of_work import session

    with cast.writing():
        with form.attempt():
            service.create_contact(cast.actor("agent"), load(schemas.ContactCreate(), {"display_name": "Gone"}))
            raise Conflict()
        assert session().info.get("outbox", []) == []
    with cast.reading():
        assert queries.page_of_contacts(cast.actor("agent"), page_query(queries.CONTACTS)).rows == []
    assert form.status == 409


def test_a_list_reads_what_it_knows_and_leaves_out_what_is_empty(app):
    with app.test_request_context("/w/acme/contacts?q=%00%20ma%20&cursor="):
        query = page_query(
            queries.CONTACTS, {"tags": "vip", "owner_employee_id": "", "email__exists": "true"}, sort="x"
        )
    assert (query.q, query.cursor, query.sort) == ("ma", None, None)
    assert query.conditions == (Condition("tags", "eq", "vip"), Condition("email", "exists", True))


def test_links_keep_the_filters_and_begin_anew(app):
    with app.test_request_context("/w/acme/contacts?q=ma&cursor=abc&sort=-display_name"):
        app.preprocess_request()
        links = page_links(Page([], "next"))
        turned, other = sort_link("display_name", "-display_name"), sort_link("updated_at", "-display_name")
    assert links["next_url"] == "/w/acme/contacts?q=ma&cursor=next&sort=-display_name"
    assert links["first_url"] == "/w/acme/contacts?q=ma&sort=-display_name"
    assert turned == {"url": "/w/acme/contacts?q=ma&sort=display_name", "state": "desc"}
    assert other == {"url": "/w/acme/contacts?q=ma&sort=updated_at", "state": None}


def test_the_last_page_leads_nowhere(app, cast):
    contact(cast)
    with app.test_request_context("/w/acme/contacts"):
        assert page_links(Page([], None)) == {"next_url": None, "first_url": None}


def test_the_bridge_is_for_every_origin_and_kept_for_minutes(app):
    with app.test_client().get("/bridge/v1.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Cache-Control"] == "public, max-age=300"

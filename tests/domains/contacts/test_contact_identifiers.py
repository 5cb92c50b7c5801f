"""The canonical forms: equal for the same address however it is typed, and fixed points."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.domains.contacts import domain_names, identifiers
from portico.domains.contacts.identifiers import NotAnIdentifier


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("Zoe@Example.COM", "zoe@example.com"),
        (" zoe@example.com ", "zoe@example.com"),
        ("zoe+shop@example.com", "zoe+shop@example.com"),
        ("z.o.e@example.com", "z.o.e@example.com"),
        ("info@EXÄMPLE.example", "info@xn--exmple-cua.example"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("straße@example.com", "strasse@example.com"),
        ("someone@company.test", "someone@company.test"),
    ],
)
def test_email_folds_case_and_writes_the_domain_in_ascii(typed: str, form: str) -> None:
    assert identifiers.email(typed) == form


def test_e_acute_typed_in_two_ways_is_one_address() -> None:
    assert identifiers.email("ren\u00e9@example.com") == identifiers.email("rene\u0301@example.com")


@pytest.mark.parametrize(
    "typed", ["", "zoe", "zoe@", "@example.com", "a b@example.com", "a@b@c.example", "x@[1.2.3.4]"]
)
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(NotAnIdentifier):
        identifiers.email(typed)


@pytest.mark.parametrize(
    "typed", ["+86 138 0013 8000", "0086 138-0013-8000", "＋８６１３８００１３８０００", "13800138000"]
)
def test_a_number_with_plus_with_00_and_of_the_region_are_one(typed: str) -> None:
    assert identifiers.phone(typed, region="CN") == "+8613800138000"


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("+49 (0)30 901820", "+4930901820"),
        ("+49 30 901820 ext. 12", "+4930901820;ext=12"),
        ("030/90 18 20", "030901820"),
        ("ext. 204", "204"),
        ("555-0100 x7", "5550100;ext=7"),
        ("+999 1", "+9991"),
    ],
)
def test_a_number_keeps_what_is_known_of_it(typed: str, form: str) -> None:
    assert identifiers.phone(typed) == form


@pytest.mark.parametrize("typed", ["", "+", "00", "call me", "1-800-FLOWERS", "12+34", "9" * 40])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(NotAnIdentifier):
        identifiers.phone(typed)


@pytest.mark.parametrize("typed", ["", "a\x00b", "a\nb", "x" * 321])
def test_what_is_no_external_id_is_refused(typed: str) -> None:
    with pytest.raises(NotAnIdentifier):
        identifiers.external(typed)


_PHONES = st.from_regex(r"(\+|00)?[0-9 ().\-/]{2,24}((;ext=|x| ext\. ?)[0-9]{1,7})?", fullmatch=True)
_LOCALS = st.text(st.characters(categories=("L", "N", "M")), min_size=1, max_size=20)


@given(st.one_of(st.emails(), _LOCALS.map(lambda local: f"{local}@example.com")))
def test_email_is_a_fixed_point(typed: str) -> None:
    _fixed_point("email", typed)


@given(_PHONES)
def test_phone_is_a_fixed_point(typed: str) -> None:
    _fixed_point("phone", typed)


@given(st.text(max_size=40))
def test_external_is_a_fixed_point(typed: str) -> None:
    _fixed_point("external", typed)


def _fixed_point(kind: str, typed: str) -> None:
    try:
        form = identifiers.canonical(kind, typed)
    except NotAnIdentifier:
        return
    assert identifiers.canonical(kind, form) == form


@given(_PHONES, st.sampled_from(["CN", "DE", "US", "IT", "AR"]))
def test_phone_in_a_country_is_a_fixed_point(typed: str, country: str) -> None:
    with contextlib.suppress(identifiers.NotAnIdentifier):
        form = identifiers.phone(typed, country)
        assert identifiers.phone(form, country) == form


@given(st.one_of(st.emails().map(lambda address: address.rpartition("@")[2]), st.text(max_size=30)))
def test_a_domain_is_a_fixed_point(typed: str) -> None:
    with contextlib.suppress(domain_names.NotADomain):
        form = domain_names.domain(typed)
        assert domain_names.domain(form) == form
        assert domain_names.domain(typed.upper()) == form or not typed.isascii()


@given(st.text(alphabet="+0123456789 ()-", max_size=24))
def test_what_is_looked_for_by_its_digits_is_a_fixed_point(typed: str) -> None:
    assert identifiers.dialled(identifiers.dialled(typed)) == identifiers.dialled(typed)

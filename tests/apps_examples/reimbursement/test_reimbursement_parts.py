"""Amounts, settings, invoices and the file alone."""

import csv
import io
import sqlite3

import flask
import pytest
from reimbursement import claims, files, money
from reimbursement.invoices import invoice_key
from reimbursement.money import minor
from reimbursement.paying import written
from reimbursement.rules import rules_of
from reimbursement.store import Store


@pytest.mark.parametrize(
    ("said", "currency", "amount"),
    [
        ("1234.50", "EUR", 123450),
        ("1234,5", "EUR", 123450),
        ("1 234,50", "EUR", 123450),
        ("1,234.50", "USD", 123450),
        ("1.234,50", "EUR", 123450),
        ("0.29", "EUR", 29),
        ("1,234", "EUR", None),  # one or a thousand?
        ("1.5", "JPY", None),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("12.345", "USD", None),
        ("0.00", "EUR", None),
        ("-5", "EUR", None),
        ("1e3", "EUR", None),
        ("٣", "EUR", None),
    ],
)
def test_what_people_write_as_an_amount(said, currency, amount):
    assert minor(said, currency) == amount


def test_amounts_come_out_as_they_went_in():
    assert [money.decimal(7, one) for one in ("JPY", "EUR", "KWD")] == ["7", "0.07", "0.007"]
    assert money.shown(123456789012345, "EUR") == "EUR 1,234,567,890,123.45"
    assert money.totals([("USD", 1), ("EUR", 10), ("USD", 2)]) == {"EUR": 10, "USD": 3}


def test_settings_are_read_as_people_write_them():
    rules = rules_of({"thresholds": "eur 500\nJPY: 10 000\nnonsense\nXXX 5", "finance": "A@x.example;  Money "})
    assert rules.thresholds == {"EUR": 50000, "JPY": 10000}
    assert rules.finance == rules.second == ("a@x.example", "money")
    over = [{"EUR": 50000}, {"EUR": 50001}, {"EUR": 1, "JPY": 10001}, {"CHF": 1}]
    assert [rules.needs_second(one) for one in over] == [False, True, True, True]
    assert not rules_of({}).needs_second({"CHF": 10**9})


def test_an_invoice_is_known_however_it_is_written():
    same = [("Müller GmbH", "INV-00 1"), ("MULLER", "inv001"), ("müller g.m.b.h.", "ＩＮＶ001")]
    assert {invoice_key(*one) for one in same} == {"muller:inv001"}
    assert invoice_key("北京餐饮", "No. 7") != invoice_key("上海餐饮", "No. 7")
    assert invoice_key("Müller", " - ") is None


def test_the_file_is_read_back_as_it_was_and_runs_nothing():
    rows = [["What for", "Note"], ['=HYPERLINK("http://x")', 'a,"b"\nc'], [" +1", "@x"], ["－1", "北京"]]
    content = written(rows)
    assert content.startswith(b"\xef\xbb\xbfWhat for,Note\r\n")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [rows[0], ["'" + rows[1][0], rows[1][1]], ["' +1", "'@x"], ["'－1", "北京"]]


def test_what_was_sent_stands_still_whatever_the_code_believes(tmp_path):
    store = Store(tmp_path / "reimbursement.sqlite3")
    with store.writing() as db:
        claim = claims.begin(db, "ins_1", "emp_1", key="1", title="Trip", locale="en", at="2026-11-23T09:00:00+00:00")
        db.execute(
            "INSERT INTO line VALUES ('l', ?, 'k', '2026-11-20', 'travel', 5, 'EUR', '', '', '', NULL)", (claim.id,)
        )
        claims.move(db, claim, "draft", status="pending")
    for statement in ("UPDATE line SET amount = 9", "DELETE FROM line"):
        with pytest.raises(sqlite3.IntegrityError, match="was sent"), store.writing() as db:
            db.execute(statement)
    store.erase("ins_1")
    with store.reading() as db:
        assert claims.lines(db, claim.id) == []


def test_the_address_of_a_file_is_good_for_ten_minutes_and_for_nothing_else():
    at = [1000.0]
    links, other = (files.Links(secret, lambda: at[0]) for secret in ("one", "two"))
    web = flask.Flask("x")
    web.add_url_rule("/files/<token>", "file")
    with web.test_request_context():
        token = links.address("ins_1", "receipt", "rmr_1").rpartition("/")[2]
    assert links.read(token) == ("ins_1", "receipt", "rmr_1")
    assert other.read(token) is None
    assert links.read(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    at[0] += 600
    assert links.read(token) is None

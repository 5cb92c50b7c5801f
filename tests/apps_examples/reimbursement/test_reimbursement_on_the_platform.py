"""Expenses and the platform in one process: claimed, approved by one or two, sent back, paid."""

import threading
from concurrent.futures import ThreadPoolExecutor

from reimbursement import asking, claims, paying


def waiting(acme, who):
    return [one.subject.id.partition(".")[0] for one in who.client.approvals.inbox()]


def test_claimed_with_a_receipt_approved_paid_and_told(acme):
    claim = acme.begin()
    assert "Add an expense first." in acme.send(acme.zoe, do="submit", claim=claim)
    assert "EUR 1,120.50" not in acme.line(claim, "120.50", supplier="TAP", invoice_no="T-9")
    assert "Add a receipt first." in acme.send(acme.zoe, do="submit", claim=claim)
    assert "ticket.pdf" in acme.receipt(claim)
    assert "with whoever decides" in acme.send(acme.zoe, do="submit", claim=claim)
    (request,) = acme.manager.client.approvals.inbox()
    assert {one.label: one.value for one in request.details} == {
        "Total": "EUR 120.50",
        "Receipts": "1",
        "20 Nov 2026 · Travel": "EUR 120.50 · TAP · T-9",
    }
    assert request.subject.url.endswith(f"/w/acme/apps/{acme.installed.installation_id}/home")
    page = acme.send(acme.manager)
    assert "For you to decide" in page
    assert claim in page
    acme.decide(acme.manager)
    assert acme.status(claim) == "approved"
    form = {"do": "pay", "chosen": claim, "reference": "SEPA 77"}
    assert "Paid and told: 1 claims. EUR 120.50" in acme.send(acme.finance, "finance", **form)
    asking.follow(acme.desk, acme.installed.client().approvals.get(request.id))  # the decision, heard once more
    assert acme.status(claim) == "paid"
    assert acme.told() == ["Your expense claim was paid: Trip to Lisbon"]
    assert "SEPA 77" in acme.send(acme.zoe, query=f"?claim={claim}")


def test_a_large_amount_needs_a_second_person_who_is_neither_claimant_nor_manager(acme):
    small = acme.sent("500.00", "Just at the threshold")
    large = acme.sent("500.01", "A cent above")
    assert acme.claim(small).two == 0
    acme.decide(acme.manager)
    assert (acme.status(small), acme.status(large)) == ("approved", "pending")
    assert waiting(acme, acme.finance) == waiting(acme, acme.ws.app_manager) == [large]  # and not the agent of Money
    acme.decide(acme.ws.app_manager)
    assert acme.status(large) == "approved"

    own = acme.sent("900", "Of finance itself", who=acme.finance)
    (request,) = acme.installed.client().approvals.list(status="pending")
    assert acme.finance.employee_id not in {one.employee_id for step in request.steps for one in step.approvers}
    assert acme.claim(own).two == 1


def test_one_person_who_speaks_for_both_steps_is_not_two(acme):
    """The manager lets somebody of finance decide in their place: their one word counts in the second step too."""
    day = acme.ws.clock.now().date().isoformat()
    delegation = acme.manager.client.approval_delegations.create(
        delegate_id=acme.finance.employee_id, from_on=day, until_on=day
    )
    claim = acme.sent("800")
    acme.decide(acme.finance)
    acme.manager.client.approval_delegations.delete(delegation.id)
    assert acme.claim(claim).status == "pending"
    assert acme.claim(claim).excluded == acme.finance.employee_id
    assert waiting(acme, acme.finance) == []
    acme.decide(acme.ws.app_manager)
    assert acme.status(claim) == "approved"


def test_sent_back_with_a_word_changed_and_sent_again(acme):
    claim = acme.sent()
    refused = acme.send(acme.ws.developer, do="send_back", claim=claim, note="Why not")
    assert "A claim is shown to the person" in refused
    assert "Say what should be changed." in acme.send(acme.manager, do="send_back", claim=claim, note=" ")
    acme.send(acme.manager, do="send_back", claim=claim, note="The hotel is missing")
    acme.ws.run()
    assert (acme.status(claim), waiting(acme, acme.manager)) == ("returned", [])
    assert acme.told()[-1] == "Your expense claim was sent back: Trip to Lisbon"
    assert "The hotel is missing" in acme.send(acme.zoe)
    acme.line(claim, "300")
    acme.send(acme.zoe, do="submit", claim=claim)
    assert waiting(acme, acme.manager) == [claim]
    acme.decide(acme.manager, "reject", "Not travel")
    assert (acme.status(claim), acme.claim(claim).said) == ("rejected", "Not travel")


def test_taken_back_here_or_in_the_portal_and_never_changed_while_somebody_decides(acme):
    claim = acme.sent()
    before = acme.claim(claim)
    assert "cannot be changed" in acme.line(claim, "1")
    assert "cannot be changed" in acme.receipt(claim, b"%PDF-1.4 other")
    acme.send(acme.zoe, do="withdraw", claim=claim)
    acme.ws.run()
    assert (acme.status(claim), waiting(acme, acme.manager)) == ("draft", [])
    acme.send(acme.zoe, do="submit", claim=claim)
    acme.zoe.client.approvals.withdraw(acme.claim(claim).approval_id)
    acme.ws.run()
    assert acme.status(claim) == "draft"
    acme.send(acme.zoe, do="submit", claim=claim)
    late = acme.installed.client().approvals.get(before.approval_id)
    asking.follow(acme.desk, late)  # the end of an earlier round, heard late
    assert acme.status(claim) == "pending"
    assert "A claim is shown to the person" in acme.send(acme.ws.announcer, do="withdraw", claim=claim)
    assert acme.status(claim) == "pending"


def test_sent_twice_at_once_is_one_request(acme):
    claim = acme.begin()
    acme.line(claim)
    acme.receipt(claim)
    start = threading.Barrier(4)

    def send(_):
        start.wait()
        asking.submit(acme.desk, acme.zoe.employee_id, claim)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    acme.ws.run()
    assert waiting(acme, acme.manager) == [claim]
    assert (acme.status(claim), acme.claim(claim).round) == ("pending", 1)


def test_a_process_that_died_in_the_middle_is_mended_by_the_next_look(acme):
    claim = acme.sent()
    known = acme.claim(claim)
    with acme.app.store.writing() as db:  # asked, and died before it knew
        claims.move(db, known, "pending", status="sent", approval_id=None)
    acme.send(acme.ws.developer)
    assert acme.claim(claim) == known
    with acme.app.store.writing() as db:  # taken back here, and died before the workspace knew
        claims.move(db, known, "pending", status="draft", recall=1)
    acme.send(acme.ws.developer)
    assert (waiting(acme, acme.manager), acme.claim(claim).recall) == ([], 0)

    acme.send(acme.zoe, do="submit", claim=claim)
    acme.manager.client.approvals.approve(acme.claim(claim).approval_id)
    asking.catch_up(acme.desk)  # the app comes back into the company before it hears of it
    assert acme.status(claim) == "approved"
    acme.ws.run()
    with acme.app.store.writing() as db:  # paid, and died before the person was told
        claims.move(db, acme.claim(claim), "approved", status="paid", reference="7", paid_on="2026-11-23")
    before = len(acme.told())
    for _ in range(2):
        acme.send(acme.ws.developer)
    assert len(acme.told()) == before + 1


def test_of_two_who_pay_at_once_one_does_and_nobody_pays_their_own(acme):
    many = [acme.sent(title=f"Claim {number}") for number in range(2)]
    own = acme.sent(title="Mine", who=acme.finance)
    acme.decide(acme.manager)
    acme.decide(acme.ws.hr_admin)  # finance has no manager
    assert {acme.status(one) for one in (*many, own)} == {"approved"}
    start = threading.Barrier(2)
    day = acme.desk.today()

    def pay(who):
        start.wait()
        return paying.pay(acme.desk, who, [*many, own], reference=who, paid_on=day)

    with ThreadPoolExecutor(2) as pool:
        (first, left), (second, other) = pool.map(pay, (acme.finance.employee_id, acme.ws.app_manager.employee_id))
    paid = [one.id for one in (*first, *second)]
    assert sorted(paid) in (sorted([*many, own]), sorted(many))
    assert len(set(paid)) == len(paid)
    assert len(left) + len(other) == 6 - len(paid)
    assert {acme.claim(one).reference for one in many} in (
        {acme.finance.employee_id},
        {acme.ws.app_manager.employee_id},
    )
    assert acme.claim(own).paid_by != acme.finance.employee_id
    assert acme.told().count("Your expense claim was paid: Claim 0") == 1


def test_erasing_leaves_nothing(acme):
    acme.sent()
    acme.app.store.erase(acme.installed.installation_id)
    with acme.app.store.reading() as db:
        for table in ("claim", "line", "receipt", "approver", "export"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0

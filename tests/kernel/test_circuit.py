"""Whoever waits in vain does so for all who come after."""

from portico.kernel.circuit import Circuit


def test_everybody_may_try_until_something_fails_and_again_when_it_works() -> None:
    circuit = Circuit(seconds=3600)
    assert [circuit.may_try() for _ in range(2)] == [True, True]
    circuit.failed()
    assert not circuit.may_try()
    circuit.worked()
    assert circuit.may_try()


def test_when_the_time_is_over_one_finds_out_for_all() -> None:
    circuit = Circuit(seconds=3600)
    circuit.failed()
    circuit._away_until = 0.0  # the hour has passed
    assert [circuit.may_try() for _ in range(3)] == [True, False, False]

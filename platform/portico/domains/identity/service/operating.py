"""The record of what operators do: written in the transaction of the act."""

from __future__ import annotations

from typing import Any

from portico.domains.identity.models import OperatorAct
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session


def record_act(user_id: str, act: str, object_type: str, object_id: str, **about: Any) -> None:
    """An operator did this to that. Runs in a system unit; whoever calls has checked that it is an operator."""
    row = OperatorAct(
        id=new_id("oac"), user_id=user_id, act=act, object_type=object_type, object_id=object_id, about=about
    )
    session().add(row)

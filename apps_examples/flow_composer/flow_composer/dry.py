"""A flow tried on a real event: what reads is really asked in the person's name; what would change something, or leave
the house, is shown as it would be sent, with an answer that looks like one."""

from collections.abc import Mapping
from typing import Any

from flow_composer import shapes
from flow_composer.calls import Done, call, failure, request_for
from flow_composer.catalogue import Catalogue, trigger_of
from flow_composer.checks import hands_on
from flow_composer.flows import Person
from flow_composer.model import Flow, Step, steps_of
from flow_composer.posting import shown
from flow_composer.values import Missing, Unlike, compared, is_met, value_of
from portico_sdk import Portico

Row = dict[str, Any]


def dry_run(
    flow: Flow, event: Mapping[str, Any], catalogue: Catalogue, client: Portico, person: Person
) -> list[dict[str, Any]]:
    """`[{id, kind, state, input, output, error, would_send?}]`, up to where it would end; `error` is of `messages`."""
    known: dict[str, Any] = {"trigger": trigger_of(event), "steps": {}}
    rows = []
    for step in steps_of(flow):
        row: Row = {"id": step["id"], "kind": step["kind"], "state": "succeeded", "input": None, "output": None}
        rows.append(row)
        try:
            row |= _tried(step, known, catalogue, client, person)
        except Missing as missing:
            row |= {"state": "failed", "error": failure("missing_value", missing.ref)}
        except Unlike as unlike:
            row |= {"state": "failed", "error": failure("not_a_list", unlike.ref)}
        if row["state"] not in ("succeeded", "would_send"):
            break
        known["steps"][step["id"]] = row["output"]
    return rows


def _tried(step: Step, known: Mapping[str, Any], catalogue: Catalogue, client: Portico, person: Person) -> Row:
    kind = step["kind"]
    if kind == "filter":
        passed = is_met(step, known)
        return {
            "state": "succeeded" if passed else "skipped",
            "input": compared(step, known),
            "output": {"passed": passed},
        }
    if kind == "map":
        return {"output": {name: value_of(one, known) for name, one in step["fields"].items()}}
    if kind == "wait":
        return {"input": {"seconds": step["seconds"]}, "output": {"until": ""}}
    if "note" in step:
        return {"output": {"note": value_of(step["note"], known)}}
    fields = step["post"].get("body", {}) if "post" in step else step.get("input", {})
    given = {name: value_of(one, known) for name, one in fields.items()}
    if "post" in step:
        would = shown(step["post"], given)
        return {"state": "would_send", "input": would, "output": {"status": 200}, "would_send": would}
    return _call(step, given, catalogue, client, person)


def _call(step: Step, given: Mapping[str, Any], catalogue: Catalogue, client: Portico, person: Person) -> Row:
    operation = catalogue.operations.get(step["call"].get("operation", ""))
    if operation is not None and not operation.writes:
        outcome = call(step, given, catalogue, client, person, "dry-run", None)
        if isinstance(outcome, Done):
            return {"input": given, "output": outcome.output}
        return {"state": "failed", "input": given, "error": dict(outcome.because)}
    if operation is None and "operation" in step["call"]:
        return {"state": "failed", "input": given, "error": failure("call_unknown")}
    example = shapes.example(hands_on(step, catalogue, {}))
    if operation is None:
        would: Row = {"action": dict(step["call"]["action"]), "input": given}
        return {"state": "would_send", "input": given, "output": example, "would_send": would}
    request = request_for(operation, given)
    # What is sent stands in the answer as it would.
    output = {**example, **(request.json or {})} if isinstance(example, dict) else example
    return {"state": "would_send", "input": given, "output": output, "would_send": request.as_dict()}

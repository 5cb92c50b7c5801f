"""What kinds of jobs there are: declared in a domain's `jobs.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portico.kernel.registry import Registry

Run = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """`run(actor, **args)` with ids as arguments. With `own_units` it opens its units itself, because it talks to the
    outside between them; otherwise it runs inside one writing unit."""

    name: str
    title: str
    run: Run
    own_units: bool
    tries: int


JOB_KINDS: Registry[JobKind] = Registry("job kind", lambda kind: kind.name)


def job(name: str, title: str, *, own_units: bool = False, tries: int = 8) -> Callable[[Run], Run]:
    """Declare the function that does this kind of job."""

    def register(run: Run) -> Run:
        JOB_KINDS.add(JobKind(name, title, run, own_units, tries))
        return run

    return register

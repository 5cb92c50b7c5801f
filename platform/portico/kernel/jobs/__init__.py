"""Jobs: a row first, then carried by RQ when Redis is set, by the runner inside `portico up` otherwise.

Redis lost or emptied loses nothing: the row is the truth, and the sweep carries again what nobody finished.
"""

from portico.kernel.jobs.carrier import configure, run_worker
from portico.kernel.jobs.kinds import JOB_KINDS, JobKind, job
from portico.kernel.jobs.models import Job
from portico.kernel.jobs.running import JobLost, Running, drain, enqueue, perform, running, sweep

__all__ = [
    "JOB_KINDS",
    "Job",
    "JobKind",
    "JobLost",
    "Running",
    "configure",
    "drain",
    "enqueue",
    "job",
    "perform",
    "run_worker",
    "running",
    "sweep",
]

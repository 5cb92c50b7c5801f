"""Names of pumps: which machine, which process, which life of it; and whether such a process is certainly dead."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def _machine() -> str:
    """Names this machine, boot and, in containers, the space in which process numbers count."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    space = Path("/proc/self/ns/pid")
    parts = [
        socket.gethostname(),
        boot.read_text().strip() if boot.exists() else "",
        str(space.readlink()) if space.exists() else "",
    ]
    return "|".join(parts)


def _born(pid: int) -> str:
    """When a process started, in the kernel's ticks; numbers are used again. Empty where /proc is missing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def new_holder() -> str:
    """A name for one pump of this process; never given twice."""
    return f"{_machine()}|{os.getpid()}|{_born(os.getpid())}|{secrets.token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is certainly gone."""
    machine, pid, born, _ = holder.rsplit("|", 3)
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it lives, as somebody else's
    return born != _born(int(pid))

"""Processes that this run starts: each is stopped by its own handle, however the run ends."""

import os
import pwd
import socket
import subprocess
from pathlib import Path

_PATIENCE = 60
"""Seconds that a process has to end by itself once it is told to."""


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Tells a process to end, and waits until it has."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ordinary_user() -> str | None:
    """Who Postgres runs as when this process is root; `None` when it is not."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def peak_memory(pid: int) -> int | None:
    """The most memory that a process has had resident, in MiB; `None` where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), None)
    return int(line.split()[1]) >> 10 if line else None

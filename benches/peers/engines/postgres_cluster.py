"""A private Postgres on a socket in a folder, which listens on no network."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from ..processes import ordinary_user, stop
from .base import THREADS

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "128MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "8GB",
    "max_parallel_workers_per_gather": str(THREADS - 1),
    "max_parallel_maintenance_workers": "1",
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "timezone": "UTC",
    "log_min_messages": "error",
}
_PATIENCE = 60


class Cluster:
    """The cluster in `folder`: of the system's binaries, as an ordinary user, which is the superuser of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = ordinary_user()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def conninfo(self) -> str:
        """How to connect."""
        return f"host={self.folder} user=bench dbname=postgres"

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        account = pwd.getpwnam(self.user)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def make(self) -> None:
        """Makes the folder and an empty cluster in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        command = [
            _binary("initdb"),
            "-D",
            str(self.folder / "data"),
            "-U",
            "bench",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        made = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self._as_user())
        if made.returncode != 0:
            raise RuntimeError(f"initdb: {made.stderr}")

    def start(self) -> None:
        """Starts it and waits until it takes connections."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_binary("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *settings],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_user(),
            )
        import psycopg

        for _ in range(_PATIENCE * 50):
            try:
                psycopg.connect(self.conninfo).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    raise RuntimeError(f"Postgres ended: see {self.folder / 'postgres.log'}") from None
                time.sleep(0.02)
        self.stop()
        raise RuntimeError("Postgres is not ready after a minute")

    def stop(self) -> None:
        """Stops it; connections are to be closed before."""
        if self._process is not None:
            stop(self._process)
            self._process = None


def _binary(name: str) -> str:
    """One of the system's: the newest that packages installed, else what the path has."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0
    )
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None or not os.access(found, os.X_OK):
        raise RuntimeError(f"there is no {name} here: install PostgreSQL")
    return found


def installed_version() -> str:
    """The version of the system's Postgres."""
    said = subprocess.run([_binary("postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    return "PostgreSQL " + said.split(")", 1)[1].split()[0]

"""The binary at work in a folder: its commands, and its server."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..processes import free_port, stop

_ANSWER_CACHE = ("answer", "result_cache", "query_cache")
"""What the option for the memory of kept answers may begin with: it is off at 0."""


class Refused(Exception):
    """The binary did not do what it was told; with what it said."""


@dataclass(frozen=True)
class Binary:
    """An `aloftly` binary over `folder`, and nothing else."""

    path: Path
    folder: Path

    @property
    def data(self) -> Path:
        """The folder of the server's data."""
        return self.folder / "data"

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes see of ours."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("ALOFTLY_") and name != "DATABASE_URL"}
        unlimited = {"ALOFTLY_API_RATE_LIMIT": "off", "ALOFTLY_ORG_RATE_LIMIT": "off"}
        return ours | unlimited | {"ALOFTLY_DATA_DIR": str(self.data), "ALOFTLY_LOG_LEVEL": "warn"} | more

    def run(self, *arguments: str, **environment: str) -> str:
        """Runs a command to its end, and gives what it printed."""
        command = [str(self.path), *arguments]
        environment = self.environment(**environment)
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            said, complained = process.communicate()
        except BaseException:
            # Not killed: it may have a database of its own to stop.
            stop(process)
            raise
        if process.returncode != 0:
            raise Refused(f"aloftly {' '.join(arguments)}: {complained.decode().strip() or said.decode().strip()}")
        return said.decode()

    def options(self) -> list[str]:
        """The keys of its configuration."""
        return [line.split()[0] for line in self.run("config", "check").splitlines() if line.strip()]

    def answer_cache_option(self) -> str | None:
        """The option for the memory of kept answers, in binaries that have one."""
        return next((key for key in self.options() if key.startswith(_ANSWER_CACHE)), None)

    def routes(self) -> dict[str, object]:
        """The paths of its API, as its document describes them."""
        return json.loads(self.run("openapi"))["paths"]

    def serve(self, *, keep_answers: bool = True, keep_rollups: bool = True, threads: int | None = None) -> "Server":
        """Starts a server and waits until it is ready. Queries run on so many threads, one for each core unless said."""
        option = self.answer_cache_option()
        environment = {} if keep_answers or option is None else {f"ALOFTLY_{option.upper()}": "0"}
        environment |= {} if keep_rollups else {"ALOFTLY_ROLLUP_MEMORY": "0"}
        environment |= {} if threads is None else {"ALOFTLY_QUERY_THREADS": str(threads)}
        port = free_port()
        log = (self.folder / "server.log").open("ab")
        process = subprocess.Popen(
            [str(self.path), "serve"],
            cwd=self.folder,
            env=self.environment(ALOFTLY_LISTEN=f"127.0.0.1:{port}", **environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        server = Server(process, port)
        try:
            server.wait_until_ready()
        except BaseException:
            server.stop()
            raise
        return server


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    def wait_until_ready(self) -> None:
        """Waits until it answers; a minute at most."""
        for _ in range(6_000):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                pass
            if self.process.poll() is not None:
                raise Refused(f"the server ended with status {self.process.returncode}: see server.log")
            time.sleep(0.01)
        raise Refused("the server is not ready after a minute")

    def stop(self) -> None:
        """Stops it with its database, and waits until it has gone."""
        stop(self.process)


def arguments(**named: str) -> Sequence[str]:
    """`--name value` for each."""
    return [part for name, value in named.items() for part in (f"--{name.replace('_', '-')}", value)]

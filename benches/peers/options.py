"""The command line."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

QUICK = 1 / 40


@dataclass(frozen=True)
class Options:
    """What is to be done."""

    binary: Path
    scale: float
    rounds: int
    seconds: float
    only: frozenset[str]
    keep: Path | None
    result: Path

    def picks(self, name: str, among: list[str]) -> bool:
        """Whether one of several engines, questions or parts is wanted: all are unless some of them are named."""
        named = self.only.intersection(among)
        return not named or name in named


def read(arguments: list[str] | None = None) -> Options:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="make bench-peers", description="Measures the metrics service beside other engines over the same rows."
    )
    parser.add_argument(
        "--binary", type=Path, default=_built() / "release" / "aloftly", help="the aloftly binary; a release build unless given"
    )
    parser.add_argument("--quick", action="store_true", help="a fortieth of the rows, fewer rounds, shorter load")
    parser.add_argument("--scale", type=float, help="of the rows at full size, 40 M events and 3 M orders")
    parser.add_argument("--rounds", type=int, help="how often each question is asked of each engine, after two that do not count")
    parser.add_argument("--seconds", type=float, help="how long each load of many clients lasts")
    parser.add_argument("--only", default="", help="engines, questions and parts (warm, cold, load, dashboard), separated by commas")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="loads into this folder and leaves it, or uses what an earlier run left there"
    )
    parser.add_argument("--result", type=Path, default=_built() / "bench-peers.md", help="where the tables are written to")
    given = parser.parse_args(arguments)
    return Options(
        binary=given.binary.resolve(),
        scale=given.scale or (QUICK if given.quick else 1.0),
        rounds=given.rounds or (5 if given.quick else 9),
        seconds=given.seconds or (2.0 if given.quick else 5.0),
        only=frozenset(name for name in given.only.split(",") if name),
        keep=given.keep.resolve() if given.keep else None,
        result=given.result,
    )


def _built() -> Path:
    """Where built things are."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CARGO_TARGET_DIR") or cache / "aloftly" / "target")

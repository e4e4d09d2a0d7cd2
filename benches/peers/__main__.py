"""`python -m peers`: loads, measures and prints."""

import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from . import cold, compare, connections, machine, options, report, throughput, timing, totals
from .asking import Asker
from .engines import ALL, Engine, Place
from .engines.base import THREADS
from .processes import peak_memory
from .product.binary import Binary, Refused
from .product.client import Unsupported
from .product.loading import Loaded, load
from .questions import Question, all_questions
from .scope import Scope

_PARTS = ["warm", "rows", "cold", "load", "dashboard"]


def main() -> int:
    """The whole run; 1 when it failed."""
    asked = options.read()
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        with _folder(asked.keep) as folder:
            print(written := report.write(_run(asked, folder)))
    except (Refused, Unsupported, compare.Disagreement, totals.Wrong, connections.Failed) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    asked.result.parent.mkdir(parents=True, exist_ok=True)
    asked.result.write_text(written)
    _say(f"kept in {asked.result}")
    return 0


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(f"==> {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """The folder to keep, or one that goes with the run. The databases' user must be able to enter it."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        keep.chmod(0o755)
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="aloftly-peers-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(asked: options.Options, folder: Path) -> report.Results:
    binary = Binary(asked.binary, folder)
    about = [machine.describe(), f"{binary.run('--version').strip()} over the tree at {machine.commit()}"]
    loaded = _loaded(asked, binary)
    place = Place(folder / "peers", binary.data / "lake", tuple(loaded.stores))
    place.folder.mkdir(exist_ok=True)
    place.folder.chmod(0o755)
    totals.check(loaded, place.lake())
    _say("the lake holds what was made")

    names = [engine.name for engine in ALL]
    engines = [engine(place) for engine in ALL if asked.picks(engine.name, names)]
    about.append(", ".join(dict.fromkeys(engine.version() for engine in engines)))
    prepared = {}
    for engine in engines:
        _say(f"giving {engine.name} the rows")
        prepared[engine.name] = _prepare(engine, place)
    disk = {"aloftly": sum(place.lake().bytes().values())} | {
        engine.name: size for engine in engines if (size := engine.written()) is not None
    }
    results = report.Results(about, loaded, [engine.name for engine in engines], disk, prepared)

    everything = all_questions()
    questions = [question for question in everything if asked.picks(question.name, [each.name for each in everything])]
    large = Scope("large", (loaded.stores[0],))
    if asked.picks("warm", _PARTS):
        scopes = [large, Scope("small", (loaded.stores[-1],))]
        results.timed = _warm(asked, binary, engines, questions, scopes, Scope("all", tuple(loaded.stores)))
        if asked.picks("rows", _PARTS):
            _say("asking Aloftly without rollups")
            _from_rows(asked, binary, results.timed)
    unsupported = {timed.question.name for timed in results.timed if timed.unsupported}
    questions = [question for question in questions if question.name not in unsupported]
    widgets = [question for question in _named(everything, throughput.WIDGETS) if question.name not in unsupported]
    if asked.picks("cold", _PARTS):
        _say("asking engines that were just started")
        results.cold = cold.measure(_named(questions, cold.QUESTIONS), large, binary, place, engines)
    if asked.picks("load", _PARTS) or asked.picks("dashboard", _PARTS):
        _many(asked, binary, widgets, questions, large, results)
    return results


def _prepare(engine: Engine, place: Place) -> float:
    """Gives an engine the rows; the seconds that it took, in this run or in an earlier one."""
    noted = place.folder / f"{engine.name}.seconds"
    taken = cold.in_a_process_of_its_own(engine.name, place)
    if not noted.exists():
        noted.write_text(f"{taken:.3f}")
    return float(noted.read_text())


def _loaded(asked: options.Options, binary: Binary) -> Loaded:
    """What an earlier run left in the folder, or else what is loaded now."""
    kept = binary.folder / "loaded.json"
    if kept.exists():
        loaded = Loaded.read(kept)
        if loaded.scale != asked.scale:
            raise Refused(
                f"{binary.folder} was loaded at a scale of {loaded.scale}, not {asked.scale}: give that --scale, or another folder"
            )
        return loaded
    for left in ("data", "peers"):
        shutil.rmtree(binary.folder / left, ignore_errors=True)
    _say("making the rows and importing them")
    loaded = load(binary, asked.scale, _say)
    loaded.write(kept)
    return loaded


def _warm(
    asked: options.Options, binary: Binary, engines: Sequence[Engine], questions: Sequence[Question], single: Sequence[Scope], every: Scope
) -> list[timing.Timed]:
    found = []
    with contextlib.ExitStack() as stack:
        server = binary.serve(keep_answers=False, threads=THREADS)
        stack.callback(server.stop)
        asker = Asker(server, cache_is_off=binary.answer_cache_option() is not None)
        stack.callback(asker.close)
        for engine in engines:
            stack.callback(engine.close)
            engine.open()
        for question in questions:
            for scope in [every] if question.everywhere else single:
                timed = timing.measure(question, scope, asker, engines, asked.rounds)
                found.append(timed)
                _say(
                    f"{question.name} of {scope.name}: "
                    + (timed.unsupported or ", ".join(f"{name} {1000 * (timed.median(name) or 0):.1f}" for name in timed.seconds))
                )
    return found


def _from_rows(asked: options.Options, binary: Binary, found: Sequence[timing.Timed]) -> None:
    server = binary.serve(keep_answers=False, keep_rollups=False, threads=THREADS)
    try:
        asker = Asker(server, cache_is_off=binary.answer_cache_option() is not None)
        for timed in found:
            if timed.unsupported is None:
                timing.measure_again(timed, timing.FROM_ROWS, asker, asked.rounds)
        asker.close()
    finally:
        server.stop()


def _many(
    asked: options.Options,
    binary: Binary,
    widgets: Sequence[Question],
    questions: Sequence[Question],
    large: Scope,
    results: report.Results,
) -> None:
    server = binary.serve()
    try:
        if asked.picks("load", _PARTS):
            _say("asking by many clients at once")
            results.loads = throughput.under_load(server, _named(questions, throughput.QUESTIONS), large, asked.seconds)
        if asked.picks("dashboard", _PARTS):
            _say("asking for a dashboard")
            results.dashboard = throughput.dashboard(server, widgets, large, throughput.BATCH in binary.routes())
        results.peak_memory = peak_memory(server.process.pid)
    finally:
        server.stop()


def _named(questions: Sequence[Question], names: Sequence[str]) -> list[Question]:
    return [question for question in questions if question.name in names]


if __name__ == "__main__":
    sys.exit(main())

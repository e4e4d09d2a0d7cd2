"""The tables, in Markdown."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .product.loading import Loaded
from .throughput import Dashboard, Load
from .timing import FROM_ROWS, OURS, Timed


@dataclass
class Results:
    """Everything that a run found. What was not measured is empty."""

    about: list[str]
    loaded: Loaded
    peers: list[str]
    disk: dict[str, int]
    prepared: dict[str, float]
    timed: list[Timed] = field(default_factory=list)
    cold: dict[str, dict[str, float]] = field(default_factory=dict)
    loads: list[Load] = field(default_factory=list)
    dashboard: Dashboard | None = None
    peak_memory: int | None = None


def write(results: Results) -> str:
    """The whole report."""
    parts = [
        "\n".join(f"- {line}" for line in results.about),
        _loading(results),
        _warm(results),
        _means(results),
        _cold(results),
        _loads(results),
        _dashboard(results),
        _unsupported(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f}" if milliseconds >= 100 else f"{milliseconds:.1f}" if milliseconds >= 10 else f"{milliseconds:.2f}"


def _loading(results: Results) -> str:
    loaded = results.loaded
    events, orders, items = sum(loaded.event_rows.values()), loaded.orders["orders"], loaded.orders["items"]
    said = f"{events:,} events, {orders:,} orders and {items:,} items of {len(loaded.stores)} stores. Aloftly: imported in {loaded.seconds['import']:.0f} s, folded in {loaded.seconds['fold']:.0f} s."
    rows = [
        [name, f"{size / 2**20:,.0f}", f"{results.prepared[name]:.0f}" if results.prepared.get(name, 0) >= 0.5 else ""]
        for name, size in results.disk.items()
    ]
    return f"### Loading\n\n{said}\n\n{_table(['engine', 'MiB on disk', 's to copy the lake'], rows)}"


def _warm(results: Results) -> str:
    timed = [each for each in results.timed if each.unsupported is None]
    if not timed:
        return ""
    rows = []
    for each in timed:
        ours = each.median(OURS)
        cells = [_milliseconds(each.median(engine)) for engine in _ours(results)]
        cells += [_beside(ours, each.median(peer)) for peer in results.peers]
        kind = "day" if each.question.rollup else ""
        rows.append([each.question.name, each.scope.name, kind, str(each.rows), *cells])
    said = (
        "Medians in ms of one client, warm, Aloftly over HTTP with its cache of answers not used. In brackets Aloftly's time over the engine's: "
        f"below 1 Aloftly is faster. *rollup*: sums of local days can answer it. *{FROM_ROWS}*: without rollups, all is read from rows; measured by itself."
    )
    return f"### Questions\n\n{said}\n\n{_table(['question', 'stores', 'rollup', 'rows', *_ours(results), *results.peers], rows)}"


def _ours(results: Results) -> list[str]:
    """Aloftly as it is, and without rollups where that was measured."""
    return [name for name in (OURS, FROM_ROWS) if any(each.seconds.get(name) for each in results.timed)]


def _beside(ours: float | None, theirs: float | None) -> str:
    return f"{_milliseconds(theirs)} ({ours / theirs:.2f})" if ours and theirs else _milliseconds(theirs)


def _means(results: Results) -> str:
    engines = [*_ours(results), *results.peers]
    if not results.timed or not results.peers:
        return ""
    base = results.peers[0]
    kinds: list[tuple[str, Callable[[Timed], bool]]] = [
        ("all", lambda each: True),
        ("sums of days can answer", lambda each: each.question.rollup),
        ("others", lambda each: not each.question.rollup),
        ("the largest store", lambda each: each.scope.name == "large"),
        ("a small store", lambda each: each.scope.name == "small"),
        ("all stores", lambda each: each.scope.name == "all"),
    ]
    rows = []
    for name, belongs in kinds:
        group = [each for each in results.timed if each.unsupported is None and belongs(each)]
        if group:
            rows.append([name, str(len(group)), *(_mean(group, engine, base) for engine in engines)])
    if not rows:
        return ""
    return f"### Geometric means, {base} = 1.00\n\n{_table(['questions', 'number', *engines], rows)}"


def _mean(group: list[Timed], engine: str, base: str) -> str:
    pairs = [(each.median(engine), each.median(base)) for each in group]
    logarithms = [math.log(mine / theirs) for mine, theirs in pairs if mine and theirs]
    return f"{math.exp(sum(logarithms) / len(logarithms)):.2f}" if logarithms else ""


def _cold(results: Results) -> str:
    if not results.cold:
        return ""
    engines = [OURS, *results.peers]
    rows = [[name, *(_milliseconds(medians.get(engine)) for engine in engines)] for name, medians in results.cold.items()]
    said = (
        "ms of the first question, largest store: of a server that was just started, of Postgres just started, of processes that did nothing before. "
        "Files are in the system's cache."
    )
    return f"### After a start\n\n{said}\n\n{_table(['question', *engines], rows)}"


def _loads(results: Results) -> str:
    if not results.loads:
        return ""
    rows = [
        [
            load.question,
            "kept" if load.kept else "computed",
            str(load.clients),
            _milliseconds(load.p50),
            _milliseconds(load.p99),
            f"{load.rate:,.0f}",
            f"{load.refused:.0%}" if load.refused else "",
        ]
        for load in results.loads
    ]
    peak = f" Peak memory of the server in all of this: {results.peak_memory} MiB." if results.peak_memory else ""
    said = (
        "Aloftly, largest store; clients ask anew as soon as they have an answer. The clients are one process on the same machine and take their part of "
        f"it. Who is refused because the server is busy asks again after 50 ms.{peak}"
    )
    return (
        f"### Clients at once\n\n{said}\n\n{_table(['question', 'answers', 'clients', 'p50 ms', 'p99 ms', 'answers/s', 'refused'], rows)}"
    )


def _dashboard(results: Results) -> str:
    if results.dashboard is None:
        return ""
    rows = [[way, _milliseconds(median)] for way, median in results.dashboard.medians.items()]
    rows += [[way, f"not measured: {why}"] for way, why in results.dashboard.refused.items()]
    return f"### A dashboard\n\nms until the last of its widgets is there, largest store.\n\n{_table(['asked as', 'ms'], rows)}"


def _unsupported(results: Results) -> str:
    rows = [
        [each.question.name, each.scope.name, (each.unsupported or "")[:300].replace("|", "/").replace("\n", " ")]
        for each in results.timed
        if each.unsupported
    ]
    if not rows:
        return ""
    return f"### Not answered by this binary\n\n{_table(['question', 'stores', 'it said'], rows)}"

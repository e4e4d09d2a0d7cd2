"""Makes an organisation with its stores, imports all rows, and waits until nothing is left to fold."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ..made_up import FULL_EVENTS, FULL_ORDERS, events, orders
from ..made_up.calendar import Month, months, share_of_year
from ..made_up.shops import Shop, all_shops
from ..scope import Store
from .binary import Binary, Refused, arguments
from .client import EMAIL, PASSWORD, Client

_SETTLED_AFTER = 3
"""Looks at the lake that must find the same before it counts as quiet."""


@dataclass
class Loaded:
    """What was loaded, and what it adds up to."""

    scale: float
    stores: list[Store]
    orders: dict[str, int]
    event_rows: dict[str, int]
    event_cents: dict[str, int]
    seconds: dict[str, float]

    def write(self, file: Path) -> None:
        """Keeps this for another run."""
        file.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, file: Path) -> "Loaded":
        """What an earlier run loaded."""
        kept = json.loads(file.read_text())
        return cls(**kept | {"stores": [Store(**store) for store in kept["stores"]]})


def load(binary: Binary, scale: float, say: Callable[[str], None]) -> Loaded:
    """Loads everything, with a server running as in real life."""
    password = binary.folder / "password"
    password.write_text(PASSWORD)
    binary.run("org", "create", *arguments(name="Shops", owner_email=EMAIL, password_file=str(password)))
    shops = all_shops()
    server = binary.serve()
    try:
        for shop in shops:
            binary.run("store", "create", *arguments(name=shop.name, currency="USD", timezone=shop.zone))
        client = Client(server.port)
        ids = {store["name"]: store["id"] for store in client.get("/api/stores")["stores"]}
        client.close()
        loaded = Loaded(
            scale, [Store(ids[shop.name], shop.name, shop.zone) for shop in shops], {}, {}, {}, {"make": 0.0, "import": 0.0, "fold": 0.0}
        )
        for shop in shops:
            _load_shop(binary, shop, scale, loaded)
            say(f"{shop.name} is loaded")
        start = time.monotonic()
        binary.run("lake", "fold")
        _wait_until_quiet(binary)
        # No query runs, so nothing that was replaced is still needed.
        binary.run("lake", "sweep", ALOFTLY_LAKE_GRACE="1ms")
        loaded.seconds["fold"] = time.monotonic() - start
    finally:
        server.stop()
    return loaded


def _load_shop(binary: Binary, shop: Shop, scale: float, loaded: Loaded) -> None:
    """Writes the files of a shop's months, imports and deletes them."""
    start = time.monotonic()
    mapping = binary.folder / "mapping.json"
    mapping.write_text(json.dumps(events.MAPPING))
    state = _State()
    made = [_write_month(binary.folder, shop, month, scale, loaded, state) for month in months()]
    loaded.seconds["make"] += time.monotonic() - start

    start = time.monotonic()
    order_files, event_files = [str(file) for file, _ in made], [str(file) for _, file in made]
    binary.run("import", "shopify-orders", "--store", shop.name, *order_files)
    binary.run("import", "events", "--mapping", str(mapping), "--store", shop.name, *event_files)
    loaded.seconds["import"] += time.monotonic() - start
    for file in order_files + event_files:
        Path(file).unlink()


class _State:
    """What goes on from one month of a shop to the next."""

    def __init__(self) -> None:
        self.customers = orders.Customers()
        self.next_order = 1_001
        self.next_event = 1


def _write_month(folder: Path, shop: Shop, month: Month, scale: float, loaded: Loaded, state: _State) -> tuple[Path, Path]:
    share = shop.share * share_of_year(month) * scale
    order_count, event_count = round(FULL_ORDERS * share), round(FULL_EVENTS * share)
    order_file = folder / f"orders-{shop.number:02}-{month.number:02}.csv"
    event_file = folder / f"events-{shop.number:02}-{month.number:02}.parquet"
    of_orders = orders.write(shop, month, order_count, state.next_order, state.customers, order_file)
    of_events = events.write(shop, month, event_count, state.next_event, event_file)
    state.next_order += order_count
    state.next_event += event_count
    for sums, more in ((loaded.orders, vars(of_orders)), (loaded.event_rows, of_events.rows), (loaded.event_cents, of_events.cents)):
        for name, number in more.items():
            sums[name] = sums.get(name, 0) + number
    return order_file, event_file


def _wait_until_quiet(binary: Binary) -> None:
    """Waits until no segment is hot and the segments have stayed the same for a while."""
    before, same = "", 0
    for _ in range(600):
        now = binary.run("lake", "status")
        is_hot = any(line.split()[1:2] == ["hot"] for line in now.splitlines())
        same = same + 1 if now == before and not is_hot else 0
        if same >= _SETTLED_AFTER:
            return
        before = now
        time.sleep(0.5)
    raise Refused("the lake is still being folded after five minutes")

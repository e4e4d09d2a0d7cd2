"""Skewed choices among names."""

import numpy as np
import pyarrow as pa


class Skewed:
    """Names of which the first are chosen most."""

    def __init__(self, names: list[str], exponent: float = 1.1, weights: list[float] | None = None) -> None:
        self.names = names
        chances = np.array(weights, dtype=float) if weights else np.arange(1, len(names) + 1, dtype=float) ** -exponent
        self._cumulated = np.cumsum(chances / chances.sum())

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """So many places among the names."""
        places = np.searchsorted(self._cumulated, rng.random(count), side="right")
        return np.minimum(places, len(self.names) - 1).astype(np.int32)

    def column(self, places: np.ndarray, missing: np.ndarray | None = None) -> pa.DictionaryArray:
        """The names at these places, null where they are missing."""
        return pa.DictionaryArray.from_arrays(pa.array(places, mask=missing), pa.array(self.names))


COUNTRIES = Skewed(
    [
        "US",
        "GB",
        "DE",
        "CA",
        "IN",
        "AU",
        "FR",
        "JP",
        "BR",
        "NL",
        "ES",
        "IT",
        "SG",
        "MX",
        "SE",
        "CH",
        "AE",
        "NZ",
        "IE",
        "PL",
        "NP",
        "BE",
        "AT",
        "DK",
        "NO",
    ]
)
DEVICES = Skewed(["mobile", "desktop", "tablet"], weights=[62, 33, 5])

"""Claim: a configuration with 100,000 watched routes is loaded and checked within 6 s of CPU.

    python -m benchmarks.config_load [--routes 100000]

1,000 devices of 100 routes, each with two paths, about 23 MB of TOML. Prints one JSON document with `tomllib` on the
same text beside it; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from statetrace_engine import config

LIMIT_S = 6.0
_ROUTES_EACH = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=100_000)
    routes = parser.parse_args().routes
    text = "\n".join(inventory(routes))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config.create(home)
        (home / "config" / "inventory.toml").write_text(text, encoding="utf-8")
        begun = time.process_time()
        loaded = config.load(home)
        load_s = time.process_time() - begun
    begun = time.process_time()
    tomllib.loads(text)
    tomllib_s = time.process_time() - begun
    found = {
        "routes": len(loaded.inventory.routes),
        "megabytes": round(len(text) / 1e6, 1),
        "load_s": round(load_s, 2),
        "tomllib_alone_s": round(tomllib_s, 2),
        "limit_s": LIMIT_S,
    }
    print(json.dumps(found, indent=2))
    return 0 if load_s <= LIMIT_S else 1


def inventory(routes: int) -> Iterator[str]:
    for number in range(routes):
        device, route = divmod(number, _ROUTES_EACH)
        high, low = divmod(device, 250)
        if route == 0:
            yield f'[[device]]\nhostname = "S{device % 50:02}-A{device:04}-AR-01"\naddresses = ["10.{high}.{low}.1"]'
        yield f'[[device.route]]\nprefix = "20.{route}.{low}.0/24"\nclass = "standard"\nowner = "Edge {number}"'
        yield 'primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" }'
        yield 'secondary = [{ next_hop = "10.1.2.2", interface = "Gi0/2", protocol = "bgp" }]'


if __name__ == "__main__":
    sys.exit(main())

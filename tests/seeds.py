"""The seed of what tests draw by chance: STATETRACE_SEED, which CI takes from the commit; else a fresh one.

Whoever draws by it prints it, so that a failure can be had again.
"""

from __future__ import annotations

import os
import secrets

GIVEN = os.environ.get("STATETRACE_SEED", "")
SEED = int(GIVEN) if GIVEN else secrets.randbelow(10**9)

"""The store's tests share `store_facts` by name, and run children with this interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

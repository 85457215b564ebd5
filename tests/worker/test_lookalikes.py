"""Two layers know the headers that lie: the edge clears them, the worker forgets them."""

from __future__ import annotations

from seawall.edge.trust import _CLEARED
from seawall.worker.environ import LOOKALIKES


def test_whatever_the_worker_forgets_the_edge_has_cleared():
    cleared = {"HTTP_" + name.upper().replace("-", "_") for name in _CLEARED}

    assert LOOKALIKES - cleared == set()

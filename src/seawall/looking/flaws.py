"""Known flaws of Nginx that matter for what we write.

Upstream's list: https://nginx.org/en/security_advisories.html

Only flaws that need nothing in particular, or something that we write or may come to write. The rest cannot be reached,
because their triggers are never emitted. A test compares the ranges with those of gixy-ng.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

Version = tuple[int, int, int]

# The constructs that we write today.
EMITTED = frozenset({"scgi"})


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw. `affected`: upstream releases, both ends included.  `needs`: what must be written to be open to it.

    patched: package versions that count their fixes (`1.22.1-9+deb12u`, then a number) and from which number on this
    one is fixed. It decides before the changelog does, which names a first, incomplete fix as well.
    """

    id: str
    affected: tuple[tuple[Version, Version], ...]
    needs: str = ""
    patched: tuple[tuple[str, int], ...] = ()


FLAWS = (
    Flaw("CVE-2026-93479", (((1, 30, 0), (1, 30, 5)), ((1, 31, 2), (1, 31, 6)))),
    Flaw("CVE-2026-42946", (((0, 8, 42), (1, 30, 0)),), "scgi", (("1.22.1-9+deb12u", 8),)),
    Flaw("CVE-2025-23419", (((1, 11, 4), (1, 26, 2)), ((1, 27, 0), (1, 27, 3))), "tls", (("1.22.1-9+deb12u", 1),)),
    Flaw("CVE-2026-97629", (((1, 23, 2), (1, 30, 5)), ((1, 31, 0), (1, 31, 6))), "tls"),
)


def flaws_of(
    version: Version, package: str, fixed: Collection[str], emitted: Collection[str] = EMITTED
) -> tuple[str, ...]:
    """List what this build is open to. `fixed`: the ids that the package's changelog names."""
    return tuple(
        flaw.id
        for flaw in FLAWS
        if (not flaw.needs or flaw.needs in emitted)
        and any(low <= version <= high for low, high in flaw.affected)
        and not _is_patched(flaw, package, fixed)
    )


def _is_patched(flaw: Flaw, package: str, fixed: Collection[str]) -> bool:
    for prefix, first in flaw.patched:
        digits = package.removeprefix(prefix) if package.startswith(prefix) else ""
        if digits.isdigit():
            return int(digits) >= first
    return bool(package) and flaw.id in fixed

"""A flaw is judged by the package before the upstream range, and only when we write what it needs."""

from __future__ import annotations

import gzip
import importlib

import pytest

from seawall.looking import packages
from seawall.looking.flaws import FLAWS, flaws_of
from tools import missing

SCGI = "CVE-2026-42946"
STRINGS = "CVE-2026-93479"


@pytest.mark.parametrize(
    ("version", "package", "fixed", "open_to"),
    [
        ((1, 31, 3), "", (), {STRINGS}),
        ((1, 31, 7), "", (), set()),
        ((1, 31, 1), "", (), set()),
        ((1, 30, 5), "", (), {STRINGS}),
        ((1, 30, 6), "", (), set()),
        ((1, 30, 0), "", (), {STRINGS, SCGI}),
        ((1, 28, 0), "", (), {SCGI}),
        ((1, 22, 1), "", (SCGI,), {SCGI}),  # a changelog counts only together with its package
        ((1, 22, 1), "1.22.1-9+deb12u7", (SCGI,), {SCGI}),  # the first fix was incomplete
        ((1, 22, 1), "1.22.1-9+deb12u8", (), set()),  # an image without changelogs
        ((1, 22, 1), "1.22.1-9+deb12u11", (SCGI,), set()),
        ((1, 26, 3), "1.26.3-3+deb13u3", (SCGI,), set()),
        ((1, 26, 3), "1.26.3-3", (), {SCGI}),
    ],
)
def test_which_flaws_a_build_is_open_to(version, package, fixed, open_to):
    assert set(flaws_of(version, package, fixed)) == open_to


def test_a_flaw_counts_only_when_we_write_what_it_needs():
    assert flaws_of((1, 26, 0), "", ()) == (SCGI,)
    assert flaws_of((1, 26, 0), "", (), emitted=()) == ()
    assert set(flaws_of((1, 26, 0), "", (), emitted=("scgi", "tls"))) == {SCGI, "CVE-2025-23419", "CVE-2026-97629"}


def test_our_table_agrees_with_that_of_gixy():
    try:
        database = importlib.import_module("gixy.plugins._nginx_cves_db")
    except ImportError:
        missing("gixy-ng")
    theirs = {record["id"]: record["affected_oss"] for record in database.CVES}
    versions = [(1, minor, patch) for minor in range(18, 33) for patch in range(12)]
    compared = [flaw for flaw in FLAWS if flaw.id in theirs]

    assert compared
    for flaw in compared:
        ours = {v for v in versions if any(low <= v <= high for low, high in flaw.affected)}
        assert {v for v in versions if database.in_any_range(v, theirs[flaw.id])} == ours, flaw.id


def test_the_owner_of_a_binary_and_its_fixes_are_read_without_searching_all_packages(tmp_path, monkeypatch):
    info, doc = tmp_path / "var/lib/dpkg/info", tmp_path / "usr/share/doc/nginx-light"
    info.mkdir(parents=True)
    doc.mkdir(parents=True)
    (info / "nginx-common.list").write_text("/.\n/etc/nginx\n")
    (info / "nginx-light:amd64.list").write_text("/.\n/usr/sbin/nginx\n")
    (doc / "changelog.Debian.gz").write_bytes(gzip.compress(b"nginx (1)\n  * CVE-2026-42946, CVE-2026-1642.patch"))
    monkeypatch.setattr(packages, "_ask", lambda *words: "1-2" if words[-1] == "nginx-light" else "")

    found = packages.look_up(tmp_path.__class__("/usr/sbin/nginx"), tmp_path)

    assert found == ("1-2", frozenset({"CVE-2026-42946", "CVE-2026-1642"}))
    assert packages.look_up(tmp_path / "own/nginx", tmp_path) == ("", frozenset())


def test_a_damaged_changelog_names_nothing(tmp_path):
    (tmp_path / "changelog.Debian.gz").write_bytes(b"\x1f\x8bnot gzip")

    assert packages._named(tmp_path) == frozenset()

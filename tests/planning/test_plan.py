"""Facts and configuration in, decisions out; one promise per test."""

from __future__ import annotations

import pytest

from builders import MB, a_config, a_folder, a_machine, an_app, an_nginx, facts
from seawall.config.pinned import Config, Pinned, StaticPin, Variables
from seawall.errors import MachineError, RefusalError
from seawall.model.decisions import Source
from seawall.model.facts import Interpreter, StaticMount
from seawall.model.stack import Trust
from seawall.model.values import Duration, Host, Network, Port, Size, UrlPrefix
from seawall.planning.plan import plan


def decided(found, key):
    return next(decision for decision in found.decisions if decision.key == key)


def test_the_same_facts_and_configuration_give_the_same_plan():
    assert plan(facts(), a_config()) == plan(facts(), a_config())


@pytest.mark.parametrize(
    ("cpus", "memory", "rss", "workers"),
    [
        (2.0, 4096, 40, 2),
        (1.0, 4096, 40, 2),
        (0.5, 256, 40, 2),
        (8.0, 65_536, 40, 8),
        (64.0, 262_144, 40, 12),
        (64.0, 512, 100, 2),
        (4.0, 128, 200, 1),
    ],
)
def test_p12_workers_fit_into_quota_and_memory(cpus, memory, rss, workers):
    machine = a_machine(cpus=cpus, cpus_from=f"{cpus} cores", memory=memory * MB)

    assert workers == plan(facts(machine=machine, app=an_app(rss=rss * MB)), a_config()).stack.server.workers


def test_p12_the_reason_for_the_worker_count_is_printed():
    machine = a_machine(cpus=64.0, cpus_from="64 cores", memory=256 * MB, memory_from="cgroup v2 limit")

    assert "cgroup v2 limit" in decided(plan(facts(machine=machine), a_config()), "workers").because


def test_p30_state_in_the_process_means_one_process_and_is_said():
    found = plan(facts(app=an_app(state=("`NOTES` in app.py is changed by `add_note`",))), a_config())

    assert found.stack.server.workers == 1
    assert "NOTES" in decided(found, "workers").because


def test_p30_a_thread_started_at_import_means_one_process():
    assert plan(facts(app=an_app(threads=("APScheduler",))), a_config()).stack.server.workers == 1


def test_p30_more_processes_against_state_are_taken_with_a_warning():
    found = plan(facts(app=an_app(threads=("APScheduler",))), a_config(workers=4))

    assert found.stack.server.workers == 4
    assert any("APScheduler" in remark.text for remark in found.remarks)


def test_an_app_patched_by_gevent_gets_the_gevent_worker():
    assert plan(facts(app=an_app(gevent_patched=True)), a_config()).stack.server.worker == "gevent"


def test_an_app_patched_by_eventlet_gets_its_worker_where_gunicorn_has_one():
    old = Interpreter("/srv/shop/.venv/bin/python", (3, 12, 1), "/srv/shop/.venv", gunicorn="25.3.0")

    assert plan(facts(app=an_app(eventlet_patched=True, interpreter=old)), a_config()).stack.server.worker == "eventlet"
    with pytest.raises(RefusalError, match="eventlet") as refused:
        plan(facts(app=an_app(eventlet_patched=True)), a_config())
    assert refused.value.hint == "/srv/shop/.venv/bin/python -m pip install 'gunicorn<26'"


def test_asgi_is_refused_with_a_sentence_until_its_servers_arrive():
    with pytest.raises(RefusalError, match="ASGI"):
        plan(facts(app=an_app(protocol="asgi")), a_config())


def test_p10_every_time_follows_from_the_deadline():
    time = plan(facts(), a_config(deadline=Duration(90))).stack.time

    assert time.deadline.seconds == 90
    assert time.deadline < time.kill <= time.drain <= time.grace


def test_p08_the_edge_limit_is_the_apps_own_and_a_margin():
    size = plan(facts(app=an_app(body_limit=100 * MB)), a_config()).stack.size

    assert 100 * MB < size.body.bytes < 101 * MB


def test_p08_without_a_limit_of_the_app_the_documented_default_holds():
    assert 25 * MB < plan(facts(), a_config()).stack.size.body.bytes < 26 * MB


def test_p08_a_configured_limit_wins():
    found = plan(facts(app=an_app(body_limit=100 * MB)), a_config(max_body=Size(MB)))

    assert decided(found, "max body").where == "`--max-body`"
    assert found.stack.size.body.bytes < 2 * MB


def test_p33_gunicorns_control_socket_is_off():
    assert ("control_socket_disable", True) in plan(facts(), a_config()).stack.server.settings


def test_p20_workers_are_never_recycled_by_count():
    assert "max_requests" not in dict(plan(facts(), a_config()).stack.server.settings)


def test_an_app_without_a_server_gets_seawalls_own():
    assert plan(facts(), a_config()).stack.app.server_folder == "/opt/seawall/site-packages"


def test_a_gunicorn_in_the_apps_environment_wins():
    own = Interpreter("/srv/.venv/bin/python", (3, 12, 1), "/srv/.venv", gunicorn="26.2.0")

    found = plan(facts(app=an_app(interpreter=own)), a_config()).stack

    assert (found.app.server_folder, found.server.version) == ("", "26.2.0")


def test_an_older_python_gets_the_one_command_that_installs_a_gunicorn_for_it():
    old = Interpreter("/srv/.venv/bin/python", (3, 8, 18), "/srv/.venv")

    with pytest.raises(RefusalError) as caught:
        plan(facts(app=an_app(interpreter=old)), a_config())

    assert caught.value.hint == "/srv/.venv/bin/python -m pip install 'gunicorn<24'"


def test_p18_the_backlog_never_exceeds_the_kernels_cap():
    room = plan(facts(machine=a_machine(accept_queue=128)), a_config()).stack.capacity

    assert room.queue == room.backlog == 128


def test_p18_a_small_kernel_queue_is_warned_about():
    found = plan(facts(machine=a_machine(accept_queue=128)), a_config())

    assert any("somaxconn" in remark.hint for remark in found.remarks)


def test_c17_descriptors_cover_both_sides_of_each_connection():
    room = plan(facts(), a_config()).stack.capacity

    assert room.descriptors >= 2 * room.connections


def test_a_descriptor_limit_that_is_too_low_is_refused_with_the_command_that_raises_it():
    with pytest.raises(MachineError) as caught:
        plan(facts(machine=a_machine(descriptors=128)), a_config())

    assert "ulimit -n 20000" in caught.value.hint


def test_a_low_descriptor_limit_is_warned_about():
    found = plan(facts(machine=a_machine(descriptors=1024)), a_config())

    assert any("limit of open files is 1024" in remark.text for remark in found.remarks)


def test_static_mounts_of_the_app_are_mapped():
    app = an_app(static=(StaticMount("/static", "/srv/shop/static", "Flask `static_folder`"),))

    [found] = plan(
        facts(app=app, folders={"/srv/shop/static": a_folder("/srv/shop/static")}), a_config()
    ).stack.edge.static

    assert (found.url.path, found.folder, found.sample) == ("/static/", "/srv/shop/static", "app.css")


def test_a_sample_that_a_map_further_inside_answers_is_not_asked_for():
    app = an_app(static=(StaticMount("/static", "/srv/s", "x"), StaticMount("/static/vendor", "/srv/v", "x")))
    folders = {"/srv/s": a_folder("/srv/s", sample="vendor/app.css"), "/srv/v": a_folder("/srv/v")}

    found = plan(facts(app=app, folders=folders), a_config()).stack.edge.static

    assert [each.sample for each in found] == ["", "app.css"]


@pytest.mark.parametrize(
    ("url", "hidden", "said"),
    [
        ("/static/", "package.json", True),
        ("/static/", "x.toml", True),
        ("/static/", "node_modules/", True),
        ("/", "package.json", True),
        ("/", "x.toml", False),  # the app is asked for it there
        ("/static/", "", False),
    ],
)
def test_s22_a_file_that_is_never_served_is_named_in_the_plan(url, hidden, said):
    config = a_config(static=(StaticPin(UrlPrefix(url), "/srv/s"),))

    remarks = plan(facts(folders={"/srv/s": a_folder("/srv/s", hidden=hidden)}), config).remarks

    assert said == any(f"`{url}{hidden}` is not served" in remark.text for remark in remarks)


def test_p37_static_urls_get_the_prefix_once():
    app = an_app(
        prefix="/shop", static=(StaticMount("/static", "/srv/s", "x"), StaticMount("/shop/media", "/srv/m", "x"))
    )

    urls = [each.url.path for each in plan(facts(app=app), a_config()).stack.edge.static]

    assert urls == ["/shop/static/", "/shop/media/"]


def test_a_configured_static_folder_replaces_the_apps():
    app = an_app(static=(StaticMount("/static", "/srv/shop/static", "Flask `static_folder`"),))
    config = a_config(static=(StaticPin(UrlPrefix("/static/"), "/srv/build"),))

    [found] = plan(facts(app=app, folders={"/srv/build": a_folder("/srv/build")}), config).stack.edge.static

    assert found.folder == "/srv/build"


def test_a_configured_static_folder_that_is_missing_is_an_error_with_the_command_that_makes_it():
    config = a_config(static=(StaticPin(UrlPrefix("/static/"), "/srv/b c"),))

    with pytest.raises(MachineError) as caught:
        plan(facts(folders={"/srv/b c": a_folder("/srv/b c", exists=False)}), config)

    assert caught.value.hint == "mkdir -p '/srv/b c'"


def test_p15_a_closed_static_folder_names_the_parent_that_closes_it():
    config = a_config(static=(StaticPin(UrlPrefix("/static/"), "/home/x/s"),))

    with pytest.raises(MachineError) as caught:
        plan(facts(folders={"/home/x/s": a_folder("/home/x/s", closed_by="/home/x")}), config)

    assert "`/home/x` may not be entered" in caught.value.saw


@pytest.mark.parametrize("folder", ["/srv/shop", "/srv", "/"])
def test_s22_publishing_the_project_folder_is_refused(folder):
    config = a_config(static=(StaticPin(UrlPrefix("/"), folder),))

    with pytest.raises(RefusalError, match="holds the app's own code"):
        plan(facts(folders={folder: a_folder(folder)}), config)


def test_s22_an_app_that_publishes_its_own_folder_keeps_doing_that_itself():
    app = an_app(static=(StaticMount("/", "/srv/shop", "Flask `static_folder`"),))

    found = plan(facts(app=app, folders={"/srv/shop": a_folder("/srv/shop")}), a_config())

    assert found.stack.edge.static == ()
    assert any("holds the app's own code" in remark.text for remark in found.remarks)


UNSERVABLE = {
    "/node_modules": "never published",
    "/.files": "never published",
    "/files.old/": "never published",
    "/$files/": "no way to write a `$`",
    "/" + "x" * 300: "longer than a path may be",
}


@pytest.mark.parametrize("url", UNSERVABLE)
def test_a_mount_that_the_edge_could_never_serve_stays_with_the_app(url):
    app = an_app(static=(StaticMount(url, "/srv/shop/files", "Flask `static_folder`"),))

    found = plan(facts(app=app, folders={"/srv/shop/files": a_folder("/srv/shop/files")}), a_config())

    assert found.stack.edge.static == ()
    assert any(UNSERVABLE[url] in remark.text for remark in found.remarks)


@pytest.mark.parametrize("url", UNSERVABLE)
def test_a_configured_url_that_the_edge_could_never_serve_is_refused(url):
    config = a_config(static=(StaticPin(UrlPrefix.parse(url), "/srv/shop/files"),))

    with pytest.raises(RefusalError, match="the edge cannot serve files at") as caught:
        plan(facts(folders={"/srv/shop/files": a_folder("/srv/shop/files")}), config)

    assert UNSERVABLE[url] in caught.value.saw
    assert "--static /static=/srv/shop/files" in caught.value.hint


def test_a_prefix_of_the_app_that_is_no_url_is_refused_and_a_configured_one_wins():
    app = an_app(prefix="shop\nautoindex on;")

    with pytest.raises(RefusalError, match="mounted where nothing can be") as caught:
        plan(facts(app=app), a_config())

    assert "--prefix /shop" in caught.value.hint
    assert plan(facts(app=app), a_config(prefix=UrlPrefix("/shop/"))).stack.edge.prefix.path == "/shop/"


def test_a_folder_that_exists_only_after_a_build_is_mapped_and_remarked_on():
    app = an_app(static=(StaticMount("/assets", "/srv/shop/dist", "Flask `static_folder`"),))

    found = plan(
        facts(app=app, folders={"/srv/shop/dist": a_folder("/srv/shop/dist", exists=False, sample="")}), a_config()
    )

    assert found.stack.edge.static[0].sample == ""
    assert any("until `/srv/shop/dist` exists" in remark.text for remark in found.remarks)


def test_files_that_must_be_collected_go_to_the_state_folder():
    app = an_app(framework="Django", static=(StaticMount("/static/", None, "`STATIC_ROOT`"),))

    [found] = plan(facts(app=app), a_config()).stack.edge.static

    assert found.collect
    assert found.folder.endswith("/state/seawall/shop-1a2b3c4d/static")


def test_p41_the_health_request_uses_a_route_and_a_host_that_the_app_has():
    health = plan(facts(app=an_app(hosts=("shop.example",))), a_config()).stack.health

    assert (health.path, health.host, health.pinned) == ("/healthz", "shop.example", False)


def test_e22_the_health_request_carries_the_prefix():
    assert plan(facts(app=an_app(prefix="/a/b")), a_config()).stack.health.path == "/a/b/healthz"


def test_a_configured_health_path_must_be_healthy():
    assert plan(facts(), a_config(health="/ready")).stack.health.pinned


def test_nobody_is_trusted_until_proxies_are_declared():
    assert plan(facts(), a_config()).stack.edge.trust.proxies == ()


def test_declaring_proxies_needs_an_nginx_that_knows_them():
    config = a_config(behind=Trust(proxies=(Network("10.0.0.0/8"),)))

    with pytest.raises(RefusalError, match="behind a proxy"):
        plan(facts(nginx=an_nginx(directives=frozenset())), config)


def test_a_flaw_of_nginx_is_a_note_on_loopback_and_a_warning_in_public():
    flawed = facts(nginx=an_nginx(flaws=("CVE-2026-93479",)))

    [note] = [remark for remark in plan(flawed, a_config()).remarks if "CVE" in remark.text]
    [warning] = [remark for remark in plan(flawed, a_config(host=Host("0.0.0.0"))).remarks if "CVE" in remark.text]

    assert (note.level, warning.level) == ("note", "warning")


def test_an_accepted_flaw_is_not_warned_about():
    config = a_config(host=Host("0.0.0.0"), accept_nginx_flaws=("CVE-2026-93479",))

    assert not [
        remark
        for remark in plan(facts(nginx=an_nginx(flaws=("CVE-2026-93479",))), config).remarks
        if "CVE" in remark.text
    ]


def test_debug_mode_is_warned_about():
    hints = {
        framework: remark.hint
        for framework in ("Flask", "Django", "Bottle")
        for remark in plan(facts(app=an_app(debug=True, framework=framework)), a_config()).remarks
        if "debug mode" in remark.text
    }
    assert "FLASK_DEBUG" in hints["Flask"]
    assert "ALLOWED_HOSTS" in hints["Django"]
    assert hints["Bottle"]


def test_each_decision_names_its_source():
    found = plan(facts(), a_config(port=Port(9000)))

    assert (decided(found, "port").source, decided(found, "port").where) == ("flag", "`--port`")
    assert decided(found, "host").source == "default"
    assert decided(found, "app").source == "detected"


def test_an_app_a_python_and_an_nginx_that_were_named_say_where():
    config = a_config(app="shop/wsgi.py", python="/srv/shop/.venv", nginx="/opt/nginx")
    found = plan(facts(app=an_app(chosen_because="named"), nginx=an_nginx(binary="/opt/nginx", origin="given")), config)

    shown = [(each.value, each.because, each.source, each.where) for each in found.decisions[:2]]
    assert shown == [
        ("shop.wsgi:application", "as configured; Flask 3.1.0", "flag", "`--app`"),
        ("/srv/shop/.venv/bin/python", "as configured; Python 3.12.1", "flag", "`--python`"),
    ]
    edge = decided(found, "nginx")
    assert (edge.because, edge.source, edge.where) == ("as configured; 1.30.7", "flag", "`--nginx`")


def test_a_name_from_the_file_has_its_line():
    config = Config(nginx=Pinned("/usr/sbin/nginx", Source.FILE, "seawall.toml:3"))
    edge = decided(plan(facts(nginx=an_nginx(origin="given")), config), "nginx")

    assert (edge.source, edge.where) == ("file", "seawall.toml:3")


def test_a_python_that_was_found_says_why_it_is_this_one():
    found = plan(facts(app=an_app(interpreter_because="the environment `/srv/shop/.venv` beside the app")), a_config())

    python = decided(found, "python")
    assert (python.because, python.source) == (
        "Python 3.12.1; the environment `/srv/shop/.venv` beside the app",
        "detected",
    )


PINS = {
    "env_file": ("/srv/shop/.env", "env file", "/srv/shop/.env"),
    "chdir": ("/srv/shop", "folder", "/srv/shop"),
    "run_dir": ("/run/shop", "run folder", "/run/shop"),
    "detach": (True, "detach", "yes"),
    "import_timeout": (Duration(300), "import timeout", "300s"),
}


@pytest.mark.parametrize("key", PINS)
def test_what_was_pinned_about_seawall_itself_has_its_line(key):
    value, called, shown = PINS[key]
    found = decided(plan(facts(), a_config(**{key: value})), called)

    assert (found.value, found.where) == (shown, f"`--{key.replace('_', '-')}`")
    assert called not in {decision.key for decision in plan(facts(), a_config()).decisions}


def test_s35_of_variables_a_plan_tells_the_number_and_never_the_values():
    variables = Variables((("API_KEY", "hunter2"), ("DEBUG", "0")))

    alone = plan(facts(), a_config(env=variables))
    file = plan(facts(), a_config(env=variables, env_file="/srv/shop/.env"))

    assert decided(alone, "env").value == "2 variables"
    assert decided(file, "env file").because == "as configured; 2 variables, `[env]` included"
    assert "hunter2" not in str((alone.decisions, file.decisions))


def space(*, run, state):
    ordinary = facts()
    return {ordinary.run_folder: run, ordinary.state_folder: state}


def test_c16_bodies_wait_beside_the_sockets_where_there_is_room():
    found = plan(facts(space=space(run=8 * 1024 * MB, state=80 * 1024 * MB)), a_config()).stack

    assert found.run.temp == found.run.path / "temp"


def test_c16_a_small_runtime_folder_in_memory_never_holds_the_bodies():
    found = plan(facts(space=space(run=400 * MB, state=80 * 1024 * MB)), a_config()).stack

    assert str(found.run.temp) == "/home/shop/.local/state/seawall/shop-1a2b3c4d/spool"


def test_c16_what_one_answer_may_take_follows_from_the_room():
    roomy = plan(facts(space=space(run=8 * 1024 * MB, state=8 * 1024 * MB)), a_config()).stack
    tight = plan(facts(space=space(run=160 * MB, state=160 * MB)), a_config()).stack

    assert (roomy.size.spool, tight.size.spool) == (Size(256 * MB), Size(10 * MB))

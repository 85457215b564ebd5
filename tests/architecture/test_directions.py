"""Who may import whom. The flow is look → plan → say → do, and nothing looks back."""

from __future__ import annotations

import pytest
from house import modules

# room: the rooms that it may import. What is not listed may import nothing of ours.
MAY_IMPORT = {
    "errors": set(),
    "model": set(),
    "config": {"errors", "model"},
    "syntax": {"errors"},
    "edge": {"errors", "model", "syntax"},
    "servers": {"errors", "model", "config", "syntax"},
    "planning": {"errors", "model", "config", "servers", "edge"},
    "targets": {"errors", "model", "config", "edge", "servers"},
    "looking": {"errors", "model", "edge", "doing"},
    "doing": {"errors", "model"},
    "worker": set(),
    "cli": {"__version__", "errors", "model", "config", "looking", "planning", "targets", "doing"},
    "__init__": set(),
    "__main__": {"cli"},
}
# Where only a part of another room is open: (from, to): the names that may be imported.
ONLY = {
    # What an Nginx can do, and which names it never serves, are facts; the text that comes of them is not planning's.
    ("planning", "edge"): ("seawall.edge.abilities", "seawall.edge.hidden"),
    # The file that is fetched before the port opens must be one that the edge serves: one list of names for both.
    ("looking", "edge"): ("seawall.edge.abilities", "seawall.edge.hidden"),
    ("servers", "config"): ("seawall.config.pinned",),
    ("targets", "config"): ("seawall.config.plain",),
    # Looking starts programs (the probe, `nginx -V`) and asks what an account may read; it changes nothing, and writes
    # down but one thing: what it took some tries to find out about an Nginx.
    ("looking", "doing"): (
        "seawall.doing.process",
        "seawall.doing.contained",
        "seawall.doing.privileges",
        "seawall.doing.files",
        "seawall.doing.waiting",
    ),
}
# Known, reported, and to be mended; an entry that is no longer true fails.
OWED: set[tuple[str, str]] = set()


@pytest.mark.parametrize("room", sorted({module.room for module in modules()}))
def test_a_room_imports_only_what_lies_before_it(room):
    found = [
        (module, each)
        for module in modules(room)
        for each in module.imports()
        if each.room not in {"", room} and not _may(room, each)
    ]
    owed = {(module.name, each.name) for module, each in found} & OWED

    assert [module.at(each.line) for module, each in found if (module.name, each.name) not in OWED] == []
    assert owed == {entry for entry in OWED if entry[0].startswith(f"{room}/")}, "mended: take it out of OWED"


def test_looking_asks_about_files_and_writes_down_one_thing():
    """`doing.files` holds questions beside what writes; of these, looking has the memory of an Nginx, and no more."""
    questions = {"exists", "is_file", "is_folder"}
    written = {
        (module.name, name)
        for module in modules("looking")
        for name, _ in module.calls()
        if name.startswith("files.") and name.removeprefix("files.") not in questions
    }
    by_name = {
        each.name
        for module in modules("looking")
        for each in module.imports()
        if each.name.startswith("seawall.doing.files.") and each.name.rpartition(".")[2] not in questions
    }

    assert written == {("looking/nginx.py", "files.write_text")}
    assert by_name == set()


def test_an_adapter_is_imported_by_its_tuple_alone():
    """Nothing outside its file knows an adapter's name, except the list that it stands in."""
    homes = {"seawall.servers": "servers/__init__.py", "seawall.worker.detectors": "worker/detectors/__init__.py"}
    adapters = {
        ".".join(("seawall", *module.path.with_suffix("").parts)): home
        for module in modules()
        for package, home in homes.items()
        if ".".join(("seawall", *module.path.parent.parts)) == package and not module.path.name.startswith("_")
    }
    strangers = [
        module.at(each.line)
        for module in modules()
        for each in module.imports()
        for adapter, home in adapters.items()
        if (each.name == adapter or each.name.startswith(adapter + ".")) and module.name != home
    ]

    assert adapters
    assert strangers == []


def _may(room: str, each) -> bool:
    allowed = MAY_IMPORT.get(room, set())
    parts = ONLY.get((room, each.room))
    return each.room in allowed and (parts is None or any(_within(each.name, part) for part in parts))


def _within(name: str, part: str) -> bool:
    return name == part or name.startswith(part + ".")

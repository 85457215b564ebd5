"""The whole configuration of the edge: `render` one, `files` for all that Nginx needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.edge import abilities, place, static
from seawall.edge.compression import compression
from seawall.edge.errors import error_maps, error_pages, error_rules
from seawall.edge.limits import limits
from seawall.edge.listeners import listeners
from seawall.edge.logs import logs
from seawall.edge.mime import mime_types
from seawall.edge.prefix import locations
from seawall.edge.proxy import proxy_rules, upgrade_maps, upstream
from seawall.edge.trust import host_rules, request_id, trust
from seawall.edge.units import time
from seawall.model.files import File, FileSet
from seawall.syntax.nginx import Comment, Directive, Tree, directive, emit, paragraphs

if TYPE_CHECKING:
    from seawall.edge.place import Place
    from seawall.model.stack import Stack

_MIME_TYPES = "mime.types"


def files(stack: Stack) -> FileSet:
    """List the configuration, its rehearsal and the static tree, relative to the runtime folder.

    Nginx wants the folders `log` and `temp` beside them, and nothing left of an older `web`.
    """
    conf = stack.run.conf.relative_to(stack.run.path)
    rehearsal = stack.run.rehearsal.relative_to(stack.run.path)
    return (
        File(conf / stack.run.edge_config.name, emit(render(stack, public=True))),
        File(conf / _MIME_TYPES, emit(mime_types())),
        File(rehearsal / stack.run.edge_config.name, emit(render(stack, public=False))),
        *static.links(stack),
    )


def render(stack: Stack, *, public: bool) -> Tree:
    """Say everything to Nginx. Not `public`: the rehearsal, with the private listener only and files of its own."""
    where = place.real(stack.run) if public else place.rehearsal(stack.run)
    return paragraphs(_header(public=public), _process(stack, where), _events(stack), (_http(stack, where, public),))


def _header(*, public: bool) -> Tree:
    purpose = "" if public else " This one is tried before the real one starts; it opens no public port."
    return (
        Comment("Made by Seawall, and made anew at each start: change `seawall.toml` or the flags of `seawall up`."),
        Comment(f"`seawall plan` says why each value is what it is.{purpose}"),
    )


def _process(stack: Stack, where: Place) -> Tree:
    """Say all that would else come from the build; no `user`: master and workers run as whoever started Seawall."""
    jit = (directive("pcre_jit", "on"),) if abilities.PCRE_JIT.name in stack.edge.abilities else ()
    return (
        directive("daemon", "off"),
        directive("master_process", "on"),
        directive("pid", str(where.pid)),
        directive("lock_file", str(where.lock)),
        Comment("at `warn` every body that waits on disk would write a line"),
        directive("error_log", str(where.error_log), "error"),
        directive("worker_processes", stack.capacity.edge_workers),
        directive("worker_rlimit_nofile", stack.capacity.descriptors),
        directive("worker_shutdown_timeout", time(stack.time.drain)),
        *jit,
        *((directive("user", stack.edge.user),) if stack.edge.user else ()),
    )


def _events(stack: Stack) -> Tree:
    return (
        directive(
            "events",
            block=(
                directive("worker_connections", stack.capacity.connections),
                Comment("the kernel wakes one worker for a connection; a mutex would only add its delay"),
                directive("accept_mutex", "off"),
                directive("multi_accept", "off"),
            ),
        ),
    )


def _http(stack: Stack, where: Place, public: bool) -> Directive:
    return directive(
        "http",
        block=paragraphs(
            _tables(stack),
            limits(stack, where),
            static.file_rules(),
            compression(stack),
            trust(stack),
            logs(stack, where),
            error_maps(),
            upgrade_maps(),
            proxy_rules(stack),
            upstream(stack),
            *_servers(stack, where, public=public),
        ),
    )


def _tables(stack: Stack) -> Tree:
    return (
        directive("include", str(stack.run.conf / _MIME_TYPES)),
        directive("default_type", "application/octet-stream"),
        directive("types_hash_max_size", 2048),
        directive("variables_hash_max_size", 2048),
        directive("variables_hash_bucket_size", 128),
        directive("map_hash_max_size", 4096),
        directive("map_hash_bucket_size", 256),
        directive("server_names_hash_max_size", 2048),
        directive("server_names_hash_bucket_size", 512),
    )


def _servers(stack: Stack, where: Place, *, public: bool) -> tuple[Tree, ...]:
    """Answer every plain host, or, when the site's hosts are known, those and no other (P44)."""
    names = tuple(host.name for host in stack.edge.hosts)
    first = listeners(stack, where, public=public, default=True)
    if not names:
        return ((_site(stack, "_", listen=first),),)
    further = listeners(stack, where, public=public, default=False)
    return ((_nobody(stack, listen=first),), (_site(stack, *names, listen=further),))


def _site(stack: Stack, *names: str, listen: Tree) -> Directive:
    return directive(
        "server",
        block=paragraphs(
            (*listen, directive("server_name", *names)),
            host_rules(stack),
            error_rules(),
            *locations(stack),
            error_pages(request_id(stack)),
        ),
    )


def _nobody(stack: Stack, *, listen: Tree) -> Directive:
    return directive(
        "server",
        block=paragraphs(
            (Comment("hosts that are not this site's"), *listen, directive("server_name", "_")),
            host_rules(stack),
            error_rules(),
            (directive("location", "/", block=(directive("return", 421),)),),
            error_pages(request_id(stack)),
        ),
    )

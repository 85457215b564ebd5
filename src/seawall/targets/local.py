"""local: this machine, in the foreground or behind it, from a private runtime folder."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath

from seawall import edge
from seawall.config.plain import to_json
from seawall.model.files import File, FileSet
from seawall.model.stack import Argv, Plan, Stack
from seawall.servers import adapter_of


def files(plan: Plan) -> FileSet:
    """Everything that the stack reads at start, relative to the runtime folder; secrets are not among it."""
    stack = plan.stack
    return (
        *edge.files(stack),
        *adapter_of(stack.server.name).files(stack),
        File(PurePosixPath("conf/plan.json"), _json(plan)),
    )


def server_command(stack: Stack) -> Argv:
    return adapter_of(stack.server.name).command(stack)


def edge_command(stack: Stack) -> Argv:
    return _nginx(stack, stack.run.path, stack.run.edge_config, stack.run.edge_log)


def rehearsal_command(stack: Stack) -> Argv:
    return _nginx(stack, stack.run.rehearsal, stack.run.rehearsal_config, stack.run.rehearsal_log)


def _json(plan: Plan) -> str:
    """Readable in any language; only a name that is not text (a folder in Latin-1) makes it ASCII."""
    text = json.dumps(to_json(plan), indent=2, ensure_ascii=False) + "\n"
    return json.dumps(to_json(plan), indent=2) + "\n" if re.search("[\ud800-\udfff]", text) else text


def _nginx(stack: Stack, folder: PurePosixPath, config: PurePosixPath, log: PurePosixPath) -> Argv:
    """Prefix, configuration and the log of its very first lines are named: nothing depends on how it was built."""
    return (stack.edge.binary, "-p", str(folder), "-c", str(config), "-e", str(log))

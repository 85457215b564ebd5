"""The folders inside the runtime folder, made before anything writes there."""

from __future__ import annotations

import shutil
from pathlib import Path

from seawall.doing import files
from seawall.model.runfolder import RunFolder


def prepare(run: RunFolder) -> None:
    """Make them all, private to the user who serves. Raises MachineError when one cannot be trusted."""
    if not Path(run.web).is_symlink():
        shutil.rmtree(run.web, ignore_errors=True)  # links of an earlier plan; what they point to is not touched
    for folder in (run.path, run.conf, run.logs, run.temp, run.web, run.rehearsal):
        files.private_folder(Path(folder))

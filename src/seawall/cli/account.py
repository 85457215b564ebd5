"""Started by root: which account serves, found by looking whether it could."""

from __future__ import annotations

import os
import pwd
import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from seawall.cli.session import Session
from seawall.doing import privileges
from seawall.errors import MachineError
from seawall.looking.interpreter import find_interpreter
from seawall.model.stack import Plan
from seawall.planning.user import Candidate, UserChoice, choose_user

SERVICE_ACCOUNTS = ("www-data", "nginx", "nobody")
# What an app writes beside its code, by the names that frameworks and tutorials give it.
DATA = ("*.sqlite3", "*.sqlite", "*.db", "instance", "media", "uploads", "data")


@dataclass(frozen=True, slots=True)
class Standing:
    """Who we are going to be. `owner`: user and group id that own the runtime folder."""

    choice: UserChoice
    account: privileges.Account | None
    owner: tuple[int, int]

    def shown_in(self, decided: Plan) -> Plan:
        """Give the plan with the choice of the account among its decisions and remarks."""
        extra = (self.choice.decision,) if self.choice.decision else ()
        remarks = (*decided.remarks, *self.choice.remarks)
        return replace(decided, decisions=(*decided.decisions, *extra), remarks=remarks)


def choose_standing(session: Session) -> Standing:
    """Raises MachineError when the configured account does not exist or cannot be taken on."""
    uid = os.geteuid()
    if uid != 0:
        return Standing(_refuse_other(session), None, (uid, os.getegid()))
    needed = _needed(session)
    service = next((name for name in SERVICE_ACCOUNTS if _exists(name)), None)
    choice = choose_user(
        session.config,
        uid,
        _candidate(_owner(session.folder), session, needed),
        _candidate(service, session, needed) if service else None,
    )
    if choice.name is None:
        return Standing(choice, None, (0, 0))
    account = _account(choice.name, session)
    _refuse_unreachable(account, session, needed)
    return Standing(choice, account, (account.uid, account.gid))


def become(standing: Standing, env: dict[str, str]) -> dict[str, str]:
    """Give up root for good, when there is somebody to become; the environment that goes with it."""
    if standing.account is None:
        return env
    return privileges.assume(standing.account, env)


def refuse_closed(account: privileges.Account, folder: Path) -> None:
    """Refuse a folder to write to that the account would not reach."""
    if closed := privileges.closed_parent(folder, account):
        raise MachineError(
            f"the account `{account.name}`, which would serve, cannot reach `{folder}`",
            where=str(folder),
            saw=f"`{closed}` may not be entered by it",
            hint="name a folder that it can reach, or another account with `--user`",
        )


def _refuse_other(session: Session) -> UserChoice:
    pinned = session.config.user
    if pinned and pinned.value not in (privileges.current().name, str(os.geteuid())):
        raise MachineError(
            f"only root can become `{pinned.value}`",
            where=pinned.where,
            saw=f"this is uid {os.geteuid()}",
            hint="leave out the user, or start with `sudo seawall up`",
        )
    return UserChoice(None, None)


def _refuse_unreachable(account: privileges.Account, session: Session, needed: tuple[Path, ...]) -> None:
    """A configured account that cannot reach the app, its Python or ours would fail later, and in no clear way."""
    for path in needed:
        if closed := privileges.closed_parent(path, account):
            raise MachineError(
                f"the account `{account.name}` cannot reach `{path}`",
                where=session.config.user.where if session.config.user else "",
                saw=f"`{closed}` may not be entered by it",
                hint=f"`{shlex.join(('chmod', 'o+x', closed))}`, or another account with `--user`",
            )


def _needed(session: Session) -> tuple[Path, ...]:
    given = session.config.python
    interpreter = find_interpreter(Path(given.value) if given else None, session.folder, os.environ)
    executable = Path(interpreter.executable)
    return (
        session.folder,
        executable,
        executable.resolve(),
        Path(sys.executable).resolve(),
        Path(os.__file__),
        Path(__file__),
    )


def _candidate(name: str, session: Session, needed: tuple[Path, ...]) -> Candidate:
    account = _account(name, session)
    blocked = next((closed for path in needed if (closed := privileges.closed_parent(path, account))), "")
    return Candidate(name, account.uid, blocked, _unwritable(session.folder, account))


def _unwritable(folder: Path, account: privileges.Account) -> str:
    """The app's first data file or folder that this account could not write."""
    for pattern in DATA:
        for path in sorted(folder.glob(pattern)):
            if not privileges.can_write(account, path):
                return str(path)
    return ""


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except KeyError:
        return "root"


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _account(name: str, session: Session) -> privileges.Account:
    try:
        return privileges.lookup(name)
    except MachineError:
        pinned = session.config.user
        words = ("--uid", name, "shop") if name.isdigit() else (name,)
        raise MachineError(
            f"the account `{name}` does not exist",
            where=pinned.where if pinned else "",
            saw="no such user on this machine",
            hint=shlex.join(("useradd", "--system", *words)),
        ) from None

"""As whom the site runs when `seawall up` was started by root."""

from __future__ import annotations

from dataclasses import dataclass

from seawall.config.pinned import Config
from seawall.model.decisions import Decision, Level, Remark, Source


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account, and the first thing of the app that it could not reach, and not write; "" when there is none."""

    name: str
    uid: int
    blocked_by: str = ""
    cannot_write: str = ""


@dataclass(frozen=True, slots=True)
class UserChoice:
    """`name` None means: stay who we are."""

    name: str | None
    decision: Decision | None
    remarks: tuple[Remark, ...] = ()


def choose_user(config: Config, uid: int, owner: Candidate, service: Candidate | None) -> UserChoice:
    """Only root has a choice: what is configured, else the owner of the app's folder, else a service account that can
    reach everything and need not write what belongs to root. When none can, it stays root, and says so.
    """
    if uid != 0:
        return UserChoice(None, None)
    if config.user:
        name = config.user.value
        decision = Decision("user", name, "as configured", config.user.source, config.user.where)
        return UserChoice(None if name in {"root", "0"} else name, decision)
    if owner.uid != 0 and not owner.blocked_by:
        return _become(owner.name, "owner of the app's folder; root is given up before anything of the app runs")
    if service and not service.blocked_by and not service.cannot_write:
        return _become(service.name, "unprivileged; root is given up before anything of the app runs")
    return _stay(service)


def _become(name: str, because: str) -> UserChoice:
    return UserChoice(name, Decision("user", name, because, Source.DETECTED))


def _stay(service: Candidate | None) -> UserChoice:
    if service is None:
        because = "no unprivileged account was found"
    elif service.blocked_by:
        because = f"`{service.name}` may not enter `{service.blocked_by}`"
    else:
        because = f"`{service.cannot_write}` is the app's data and belongs to root"
    remark = Remark(
        Level.WARNING,
        f"the site runs as root: {because}",
        "give the app's folder to an unprivileged account and name it with `--user NAME`",
    )
    return UserChoice(None, Decision("user", "root", because, Source.DETECTED), (remark,))

"""Facts and configuration become the stack and its decisions; one file per question. Pure."""

from seawall.planning.plan import plan

__all__ = ["plan"]

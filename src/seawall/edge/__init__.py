"""What we say to Nginx, one file per concern. Pure."""

from __future__ import annotations

from seawall.edge.site import files, render

__all__ = ["files", "render"]

"""Finds a browser for the browser tests; as root on Debian installs one. Run as a program it prints the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: The shell without a window first: the same engine, for two thirds of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Headless in a container, and no word to anybody outside.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


def find() -> str | None:
    """The browser that a setting names, else one on the path, else Playwright's own."""
    named = os.environ.get("PORTAL_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def find_or_install() -> str:
    """A browser, or an error that says which command to run."""
    path = find()
    if path is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("No browser found: installing Debian's Chromium…", file=sys.stderr)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        for package in NAMES[:2]:  # a distribution may have the second alone
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
            if path is None and subprocess.run(command, check=False, **quiet).returncode == 0:
                path = find()
    if path is None:
        raise SystemExit("The browser tests need Chromium. Install it with `apt-get install chromium` (as root), or "
                         "name one with PORTAL_CHROMIUM=/path/to/chromium.")
    return path


if __name__ == "__main__":
    print(find_or_install())

"""What a browser calls itself, in words that its owner recognises."""

from __future__ import annotations

from portal.kernel.i18n import Message, msg

#: The first that occurs wins: most browsers name several others too.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Whale", "Whale"),
             ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))


def device(user_agent: str) -> Message:
    """`Firefox on Windows`, or that we cannot tell."""
    browser = next((name for mark, name in _BROWSERS if mark + "/" in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser and system:
        return msg("%(browser)s on %(system)s", browser=browser, system=system)
    return msg("An unknown browser")

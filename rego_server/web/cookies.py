"""The session cookie, and whether a request that carries it was made by this server's own pages.

A browser sends the cookie with whatever any page makes it send, so a request that changes something must say where it comes
from: `Sec-Fetch-Site` or `Origin`, which no page can forge.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from aiohttp import web

from rego.wire.errors import Forbidden

NAME = "rego_auth"

_SAFE = ("GET", "HEAD", "OPTIONS")
_OWN_SITES = ("same-origin", "none")


def cookie_of(request: web.Request) -> str | None:
    """The session cookie of a request that has no better credential: a header of its own wins."""
    return None if "Authorization" in request.headers else request.cookies.get(NAME)


def refuse_foreign(request: web.Request) -> None:
    """Raise `Forbidden` for a request with a cookie that another site may have made the browser send."""
    if "Upgrade" in request.headers:
        # Browsers let any page open a socket to any server, and it can read what comes.
        if not _is_own_origin(request):
            raise Forbidden("A socket that is opened with a cookie needs an Origin header that names this server.")
    elif request.method not in _SAFE and not (request.headers.get("Sec-Fetch-Site") in _OWN_SITES or _is_own_origin(request)):
        raise Forbidden(
            "A change with a cookie needs an Origin header that names this server; other sites' pages may not make it."
        )


def refuse_foreign_login(request: web.Request) -> None:
    """Raise `Forbidden` when another site's page logs its reader in here, as somebody whom it chose.

    A client that says nothing of where it comes from is no browser.
    """
    if {"Sec-Fetch-Site", "Origin"} & set(request.headers) and not (
        request.headers.get("Sec-Fetch-Site") in _OWN_SITES or _is_own_origin(request)
    ):
        raise Forbidden("Another site's page may not log you in here.")


def set_cookie(request: web.Request, value: str, lifetime: timedelta) -> str:
    """The `Set-Cookie` header that stores `value`; an empty one with no lifetime takes the cookie away."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[NAME] = value
    morsel = cookie[NAME]
    morsel["path"] = "/"
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    morsel["max-age"] = int(lifetime.total_seconds())
    if not _is_loopback(_hostname(request.host)):
        morsel["secure"] = True
    return morsel.OutputString()


def _is_own_origin(request: web.Request) -> bool:
    """Whether the page's host is the one that was asked. The scheme is left out: a proxy in front may have changed it."""
    origin = request.headers.get("Origin", "")
    scheme, _, host = origin.partition("://")
    return scheme in ("http", "https") and bool(host) and host.lower() == request.host.lower()


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(hostname: str) -> bool:
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False

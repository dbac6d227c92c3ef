"""The proxies through which others are reached, by the usual environment variables."""

from collections.abc import Mapping
from importlib.util import find_spec
from urllib.request import getproxies

import httpx

from bot.errors import SettingsError


def proxies_set() -> Mapping[str, str]:
    """The addresses of proxies by the scheme of what they are for, which is `all` for the others.

    Raises:
        SettingsError: One cannot be used.
    """
    found = getproxies()
    named = {scheme: _with_scheme(found[scheme]) for scheme in ("http", "https", "all") if found.get(scheme)}
    for scheme, url in named.items():
        if not _is_usable(url):  # which may hold a password
            raise SettingsError(
                f"{scheme.upper()}_PROXY names a proxy that cannot be used: name one as http://HOST:PORT or, with"
                " `pip install 'policydesk[socks]'`, as socks5://HOST:PORT."
            )
    return named


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def _is_usable(url: str) -> bool:
    try:
        scheme = httpx.Proxy(url).url.scheme
    except (ValueError, httpx.InvalidURL):
        return False
    return not scheme.startswith("socks") or find_spec("socksio") is not None

"""Connections to checked addresses only: no name and no redirect leads into a network that a feed is not of."""

import asyncio
import ipaddress
import socket
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence

import httpx

from bot.transport.proxies import proxies_set
from retrieval.errors import FeedError
from storage.feeds.book import AddressReach

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the IP addresses of a host's name, in the order to try."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host.

    Raises:
        OSError: The name is not known.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def reach_of(address: str) -> AddressReach:
    """From where an IP address can be reached; an IPv4 address within an IPv6 one counts itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    if ip.is_loopback:
        return AddressReach.LOOPBACK
    if ip.is_multicast or ip.is_link_local or ip.is_unspecified or ip.is_reserved:
        return AddressReach.NOWHERE
    if ip.is_global:
        return AddressReach.PUBLIC
    return AddressReach.PRIVATE if ip.is_private else AddressReach.NOWHERE


def proxies_to_sites() -> Mapping[str, httpx.AsyncBaseTransport]:
    """The proxies that the environment names, by the scheme of what they are for.

    Raises:
        SettingsError: One cannot be used.
    """
    named = proxies_set()
    found = {scheme: named.get(scheme) or named.get("all") for scheme in ("http", "https")}
    return {scheme: httpx.AsyncHTTPTransport(proxy=url) for scheme, url in found.items() if url}


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves each host itself and connects to checked addresses, so that no second answer of the resolver counts.

    Where a proxy leads out, it resolves names for itself: an address that this machine knows of a name is checked all
    the same, and what it does not know is the proxy's to refuse.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        resolver: Resolve = resolve,
        proxies: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self._inner, self._resolve, self._proxies = inner, resolver, proxies or {}
        self.allowed = frozenset({AddressReach.PUBLIC})

    async def reach(self, url: httpx.URL) -> AddressReach:
        """From where a host can be reached: from the fewest places of all its addresses.

        Raises:
            FeedError: Its name is not known.
        """
        order = list(AddressReach)
        return max(map(reach_of, await self._addresses(url)), key=order.index, default=AddressReach.PUBLIC)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first address that takes it.

        Raises:
            FeedError: The host has an address that is not allowed, or is not known.
        """
        addresses = await self._addresses(request.url)
        if any(reach_of(address) not in self.allowed for address in addresses):
            reason = "it leads to an address of this machine or its network, which only a feed of there may"
            raise FeedError(str(request.url), reason)
        if proxy := self._proxy(request.url):
            return await proxy.handle_async_request(request)
        for number, address in enumerate(addresses, 1):
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except httpx.ConnectError:
                if number == len(addresses):
                    raise
        raise AssertionError("a host has addresses")

    def _proxy(self, url: httpx.URL) -> httpx.AsyncBaseTransport | None:
        """The proxy through which an address is reached; None where it is reached directly."""
        host = url.netloc.decode("ascii")
        return None if urllib.request.proxy_bypass(host) else self._proxies.get(url.scheme)

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """The addresses of a host; none where only a proxy knows them."""
        try:
            if addresses := await self._resolve(url.host, url.port or (443 if url.scheme == "https" else 80)):
                return addresses
        except (OSError, UnicodeError):
            if self._proxy(url):
                return ()
        raise FeedError(str(url), f"there is no host {url.host}")

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in (self._inner, *self._proxies.values()):
            await transport.aclose()


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """A request to an address, whose certificate must be that of the host."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # with that of the host
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
    )

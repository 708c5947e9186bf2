"""Addresses, hosts and origins: which of them are this machine's own, and this app's own."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address.

    >>> [is_loopback(each) for each in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.7")]
    [True, True, True, False, False]
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def is_own_host(host: str) -> bool:
    """Whether a Host header names this machine itself.

    >>> [is_own_host(each) for each in ("localhost:8501", "[::1]:8501", "evil.example", "")]
    [True, True, False, False]
    """
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def is_same_origin(origin: str | None, host: str) -> bool:
    """Whether a request comes from a page of ours; programs other than browsers name no origin.

    >>> is_same_origin("http://localhost:8501", "localhost:8501"), is_same_origin("null", "a")
    (True, False)
    """
    return origin is None or urlsplit(origin).netloc.lower() == host.lower() != ""

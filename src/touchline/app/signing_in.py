"""The login form, and the signed cookie that a visitor gets for the right password."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field

COOKIE = "touchline_app"
LASTS_SECONDS = 12 * 3600
MOST_FORM_BYTES = 4096

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Touchline: sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; display: grid; place-items: center; height: 90vh }}
form {{ display: grid; gap: .75rem; width: 18rem }}
input, button {{ font: inherit; padding: .5rem; border: 1px solid #555; border-radius: .25rem }}
button {{ background: #14532d; color: #fff }}
</style></head><body><main><form method="post" action="/sign-in"><h1>Touchline</h1>
<p role="alert">{message}</p>
<label for="password">Password of this app</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 autofocus><button>Sign in</button></form></main></body></html>
"""


@dataclass(frozen=True)
class Passes:
    """Signed cookies of one running app; none outlives it.

    Attributes:
        password: what visitors must know.
        secret: what cookies are signed with.
    """

    password: str = field(repr=False)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def is_password(self, given: str) -> bool:
        """Whether a password is the right one, in the same time for any."""
        digests = (hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
                   for text in (given, self.password))  # fmt: skip
        return hmac.compare_digest(*digests)

    def new(self) -> str:
        """A pass for the next hours."""
        stated = f"{int(time.time()) + LASTS_SECONDS}.{secrets.token_hex(8)}"
        return f"{stated}.{self._signature(stated)}"

    def is_valid(self, shown: str) -> bool:
        """Whether we have signed a pass and it has not run out."""
        stated, _, signature = shown.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(stated).encode()):
            return False
        return int(stated.partition(".")[0]) > time.time()

    def _signature(self, stated: str) -> str:
        return hmac.new(self.secret, stated.encode(), "sha256").hexdigest()


def sign_in_page(message: str = "") -> str:
    """The form as HTML.

    Args:
        message: what went wrong; one of ours, never what a visitor sent.
    """
    return _PAGE.format(message=message)

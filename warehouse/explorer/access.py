"""What a visitor may do, and the seal of forms: what is sent must come from a form that this server gave out."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final, Literal

from starlette.requests import Request

Role = Literal["reader", "editor"]
ROLE_KEY: Final = "wenming.role"
"""Key of the scope that holds the role of the visitor."""
COOKIE: Final = "wenming"
"""Name of the cookie of a signed-in visitor."""
SEAL_FIELD: Final = "seal"
"""Field of every form that changes something."""


def may_edit(request: Request) -> bool:
    """Return whether the visitor may change something."""
    return request.scope.get(ROLE_KEY) == "editor"


@dataclass(frozen=True, slots=True)
class FormSeal:
    """Seals of forms, bound to the session of the visitor and to this run of the server.

    A page of another site can make a browser send a form, but it can read none and so knows no seal.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, request: Request) -> str:
        """Return the seal for the forms of a page."""
        session = request.cookies.get(COOKIE, "")
        return hmac.new(self.key, session.encode(), hashlib.sha256).hexdigest()

    def is_valid(self, request: Request, seal: str) -> bool:
        """Return whether a form was given out to this visitor."""
        return hmac.compare_digest(seal.encode(), self.make(request).encode())

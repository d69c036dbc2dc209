"""Who is calling: a bearer key, or on a loopback address without any key the local user."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from adapters.storage import keys
from adapters.storage.keys import Caller, Role
from app.bootstrap import Services
from domain.errors import BadInput, Forbidden, Unauthenticated

_bearer = HTTPBearer(
    scheme_name="key", auto_error=False,
    description="A key made with `tierwise key create`. It opens one tenant, has roles, and may belong to a person.",
)  # fmt: skip

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def services(request: Request) -> Services:
    """The application's services."""
    found: Services = request.app.state.services
    return found


def caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """The caller. Raises `Unauthenticated`."""
    house = services(request)
    if given is not None:
        known = house.store.read(lambda c: keys.caller(c, given.credentials))
        if known is None:
            raise Unauthenticated("the key is not known", mend="make one with `tierwise key create`")
        return known
    if house.store.read(keys.any_key):
        raise Unauthenticated("a key is needed", mend="send `Authorization: Bearer <key>`")
    if not _is_local(request):
        raise Unauthenticated(
            "without any key only callers on this machine are answered",
            mend="make a key with `tierwise key create`",
        )
    return Caller(tenant=house.settings.tenant, key_id="local", roles=frozenset(Role), person=None)


def _is_local(request: Request) -> bool:
    """Whether the call comes from this machine to this machine.

    The name in `Host` keeps out web pages that point a name of their own at the loopback address.
    """
    return request.client is not None and request.client.host in _LOCAL and request.url.hostname in _LOCAL


class Needs:
    """A dependency: the caller must have one of the roles (an admin has them all). Raises `Forbidden`."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    def __call__(self, known: Annotated[Caller, Depends(caller)]) -> Caller:
        """The caller, who may do this."""
        if known.roles.isdisjoint({*self.roles, Role.ADMIN}):
            raise Forbidden(
                f"this needs one of the roles {', '.join(self.roles)}", mend="use a key that has one of them"
            )
        return known


def acting_as(known: Caller, named: str | None) -> str:
    """The person who acts: the key's own, or for keys that belong to nobody the one named in the call.

    Raises `Forbidden` when a personal key names somebody else, `BadInput` when nobody is named.
    """
    if known.person is not None:
        if named is not None and named != known.person:
            raise Forbidden(f"this key belongs to {known.person}", mend="leave `by` out, or use your own key")
        return known.person
    if named is None:
        raise BadInput("nobody is named", mend="name the acting person in `by`")
    return named


House = Annotated[Services, Depends(services)]

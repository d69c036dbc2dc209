"""Every error Tierwise raises on purpose.

    TierwiseError
    ├── BadInput              what was given is wrong; the sender can mend it          422
    │   ├── BadHistoryLine    one line of a history file                               422
    │   ├── BadPolicy         a policy folder with findings                            422
    │   ├── BadEvent          an event that cannot belong to its ticket                422
    │   └── UnsupportedMedia  a body that is not JSON by its own word                  415
    ├── NotFound              no such record in this tenant                            404
    │   └── Gone              what should be changed in place is not there any more    404
    ├── Conflict              the record has moved on since it was read                409
    │   ├── IllegalMove       a state machine refuses this step                        409
    │   ├── PreconditionFailed  If-Match names another version                         412
    │   ├── StaleContent      the content hash that was seen is not the current one    409
    │   ├── LostUpdate        the ticket was changed in the helpdesk meanwhile             409
    │   ├── DeliveryReused    one delivery id, two different bodies                    409
    │   └── KeyReused         one Idempotency-Key, two different requests              409
    ├── PreconditionRequired  If-Match is missing                                      428
    ├── Unauthenticated       no key, or one we do not know                            401
    ├── Forbidden             a known caller without the role                          403
    ├── Unavailable           try again later                                          503
    │   ├── CouldNotLook      the search index did not answer                          503
    │   ├── DiskFull          the disk is full; nothing was half-written               503
    │   ├── TryLater          the other side says when to try again                    503
    │   └── MaybeDone         it was sent, but no answer says whether it arrived       503
    └── Misconfigured         the installation is wrong; a person has to mend it       500
        ├── DataDirInUse      another process owns the data directory                  500
        ├── EmbedderMismatch  the index was built with another embedding model         500
        ├── ModelDamaged      the embedding model's weights are not the published ones 500
        └── BadModel          what was learned cannot be read; the points table answers   500

Each class carries a stable `code`, the HTTP `status`, and whether trying again can help (`retryable`).
`mend` says what the reader can do about it.
"""

from __future__ import annotations

from typing import ClassVar


class TierwiseError(Exception):
    """Something Tierwise refuses or cannot do."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        """One line: what is wrong and what mends it."""
        return f"{self.message}; {self.mend}" if self.mend else self.message


class BadInput(TierwiseError):
    """What was given is wrong; the sender can mend it."""

    code = "bad_input"
    status = 422


class BadHistoryLine(BadInput):
    """One line of a history file cannot be read as a ticket."""

    code = "bad_history_line"


class BadPolicy(BadInput):
    """A policy folder has findings that must be mended before it can be used."""

    code = "bad_policy"


class BadEvent(BadInput):
    """An event cannot belong to the ticket it names."""

    code = "bad_event"


class UnsupportedMedia(BadInput):
    """The body is declared as something that is not read here."""

    code = "unsupported_media"
    status = 415


class NotFound(TierwiseError):
    """There is no such record in this tenant."""

    code = "not_found"
    status = 404


class Gone(NotFound):
    """What should be changed in place was taken away on the other side."""

    code = "gone"


class Conflict(TierwiseError):
    """The record has moved on since it was read."""

    code = "conflict"
    status = 409


class IllegalMove(Conflict):
    """A state machine refuses this step."""

    code = "illegal_move"


class PreconditionFailed(Conflict):
    """The caller read another version of the record."""

    code = "precondition_failed"
    status = 412


class StaleContent(Conflict):
    """The content hash that the caller saw is not the current one."""

    code = "stale_content"


class LostUpdate(Conflict):
    """Somebody changed the ticket in the helpdesk since it was looked at; nothing of the change was written."""

    code = "lost_update"


class DeliveryReused(Conflict):
    """A delivery id was used before with another body."""

    code = "delivery_reused"


class KeyReused(Conflict):
    """An Idempotency-Key was used before for another request."""

    code = "key_reused"


class PreconditionRequired(TierwiseError):
    """The call has to say which version of the record it is about."""

    code = "precondition_required"
    status = 428


class Unauthenticated(TierwiseError):
    """There is no key, or one we do not know."""

    code = "unauthenticated"
    status = 401


class Forbidden(TierwiseError):
    """The caller is known but does not have the role."""

    code = "forbidden"
    status = 403


class Unavailable(TierwiseError):
    """A part we depend on does not answer now."""

    code = "unavailable"
    status = 503
    retryable = True


class CouldNotLook(Unavailable):
    """The search index did not answer; this is not the same as having found nothing."""

    code = "could_not_look"


class DiskFull(Unavailable):
    """The disk is full; what was acknowledged is safe, nothing was half-written."""

    code = "disk_full"


class TryLater(Unavailable):
    """The other side does not answer now and says when it will."""

    code = "try_later"

    def __init__(self, message: str, *, seconds: float, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.seconds = seconds


class MaybeDone(Unavailable):
    """Something was sent, and no answer says whether it arrived."""

    code = "maybe_done"


class Misconfigured(TierwiseError):
    """The installation is wrong; a person has to mend it."""

    code = "misconfigured"


class DataDirInUse(Misconfigured):
    """Another process owns the data directory."""

    code = "data_dir_in_use"


class EmbedderMismatch(Misconfigured):
    """The index was built with another embedding model."""

    code = "embedder_mismatch"


class ModelDamaged(Misconfigured):
    """The embedding model's weights are not the published ones."""

    code = "model_damaged"


class BadModel(Misconfigured):
    """A learned model is damaged, foreign or of another version; nothing is judged by it."""

    code = "bad_model"

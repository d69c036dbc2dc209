"""What all commands share: settings with options laid over them, JSON on stdout, progress on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from app.settings import Settings, quiet_libraries
from domain.errors import BadInput
from domain.privacy.kinds import SECRETS, Kind
from domain.privacy.redaction import mask

_NOT_LOGGED = SECRETS | {Kind.EMAIL, Kind.PHONE}


def settings(**options: Any) -> Settings:  # Any: whatever options a command has; pydantic checks them
    """The settings, with the options that were given laid over them. Raises `BadInput` naming the setting."""
    quiet_libraries()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # The default shows local variables with a traceback: whole tickets, with names and addresses.
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
    )
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        finding = error.errors(include_url=False)[0]
        name = str(finding["loc"][0])
        raise BadInput(
            f"setting {name}: {finding['msg']}", mend=f"mend --{name.replace('_', '-')} or TIERWISE_{name.upper()}"
        ) from error


def masked(_logger: object, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A log line whose texts hold no secret, e-mail address or telephone number: errors repeat what they were given."""
    # Any: a log line holds whatever it was given.
    return {name: mask(value, kinds=_NOT_LOGGED) if isinstance(value, str) else value for name, value in entry.items()}


def say(text: str) -> None:
    """A line for people, on stdout."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """A line beside the result, on stderr."""
    sys.stderr.write(f"{text}\n")


def print_json(value: object) -> None:
    """The one JSON document of a command."""
    sys.stdout.buffer.write(TypeAdapter(object).dump_json(value, indent=1) + b"\n")
    sys.stdout.flush()


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr; a no-op where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(title, total=total)
        yield lambda amount: bar.update(task, advance=amount)


def read_moment(option: str, text: str) -> datetime:
    """A moment as an option gives it. Raises `BadInput`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{option} {text}: not a moment", mend="write for example 2026-03-01T09:00:00Z") from error
    if moment.tzinfo is None:
        raise BadInput(f"{option} {text}: no zone", mend="write for example 2026-03-01T09:00:00Z")
    try:
        moment.astimezone(UTC)
    except OverflowError as error:
        raise BadInput(
            f"{option} {text}: in no year there is", mend="write for example 2026-03-01T09:00:00Z"
        ) from error
    return moment


def read_text(file: Path) -> str:
    """The text of a file, or of standard input for `-`. Raises `BadInput`."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else existing(file).read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not UTF-8 text", mend="save it as UTF-8") from error
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}", mend="name a readable file") from error


def existing(path: Path) -> Path:
    """The path, if there is something. Raises `BadInput`."""
    if not path.exists():
        raise BadInput(f"{path}: no such file or folder", mend="check the path")
    return path

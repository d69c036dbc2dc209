"""`tierwise import` and `tierwise reindex`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import existing, note, print_json, progress, say, settings

if TYPE_CHECKING:
    from app.importing import ImportReport

SHOWN = 20
"""Rejected lines shown to people; `--json` has them all."""


def run_import(files: list[Path], *, data_dir: Path | None, tenant: str | None, as_json: bool) -> None:
    """Imports files. Raises `BadInput`, `DiskFull`, `DataDirInUse`, `EmbedderMismatch`."""
    chosen = settings(data_dir=data_dir, tenant=tenant)
    total = sum(existing(file).stat().st_size for file in files)
    from app.bootstrap import open_stores

    with open_stores(chosen) as stores, progress("importing", total) as advance:
        report = stores.importer.run(stores.settings.tenant, files, advance)
    nothing_went_in = bool(report.rejected) and not report.added + report.updated + report.unchanged
    if as_json:
        print_json(report)
    else:
        _tell(report)
    if nothing_went_in:
        sys.exit(1)


def _tell(report: ImportReport) -> None:
    say(
        f"{report.read} read: {report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{len(report.rejected)} set aside, in {report.seconds:.1f} s"
    )
    for one in report.rejected[:SHOWN]:
        note(f"{one.file}:{one.line}: {one.error}")
    if len(report.rejected) > SHOWN:
        note(f"… and {len(report.rejected) - SHOWN} more; --json lists them all")


def run_reindex(*, data_dir: Path | None, as_json: bool) -> None:
    """Rebuilds the index."""
    from app.bootstrap import open_stores

    with open_stores(settings(data_dir=data_dir), check_model=False) as stores:
        report = stores.indexer.rebuild()
    if as_json:
        print_json(report)
    else:
        say(f"index rebuilt: {report.embedded} documents embedded")

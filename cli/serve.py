"""`tierwise serve`."""

from __future__ import annotations

from pathlib import Path

from cli.output import note, settings


def run_server(
    *, host: str | None, port: int | None, data_dir: Path | None, policy_dir: Path | None, tenant: str | None
) -> None:
    """Serves until it is stopped. Raises `Misconfigured` when it would be open to the network."""
    chosen = settings(host=host, port=port, data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)
    import uvicorn

    from api.server import create_app
    from app.bootstrap import check_exposure, open_services

    with open_services(chosen) as services:
        if check_exposure(services.settings, services.store):
            note("no key has been made: listening on loopback only, every local caller may do everything")
        note(f"http://{chosen.host}:{chosen.port}/openapi.json  (tenant {services.settings.tenant})")
        uvicorn.run(create_app(services), host=chosen.host, port=chosen.port, log_level="warning", access_log=False)

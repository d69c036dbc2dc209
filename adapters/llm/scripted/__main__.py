"""`python -m adapters.llm.scripted [SCRIPT] [--host HOST] [--port PORT]`: serves a script until it is interrupted."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from adapters.llm.scripted.script import Script, load_script
from adapters.llm.scripted.server import ScriptedServer
from domain.errors import TierwiseError


def main() -> int:
    """Serves; 1 when the script cannot be read or the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m adapters.llm.scripted", description=__doc__)
    parser.add_argument("script", nargs="?", type=Path, help="a YAML file; without one every answer is faithful")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8089)
    given = parser.parse_args()
    try:
        script = load_script(given.script) if given.script else Script(otherwise="faithful")
        server = ScriptedServer(script, host=given.host, port=given.port)
    except TierwiseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{given.host}:{given.port}: {error.strerror or error}; choose another --port\n")
        return 1
    sys.stderr.write(f"a scripted model answers at {server.url} (model {server.name})\n")
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())

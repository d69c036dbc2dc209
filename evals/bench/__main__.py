"""`make bench`: every figure that the documentation claims, measured here and now."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from app.settings import quiet_libraries

quiet_libraries()


def main() -> None:
    """Runs the benches named on the command line, or all; one JSON document on stdout.

    `replay=FILE` measures on that history in place of a made-up one.
    """
    from evals.bench import demo, embedding, journey, outbreaks, replay, rules, search, sla, startup

    benches: Mapping[str, Callable[[], dict[str, float]]] = {
        "startup": startup.run, "embedding": embedding.run, "journey": journey.run, "demo": demo.run,
        "rules": rules.run, "sla": sla.run, "outbreaks": outbreaks.run, "replay": replay.run,
        "search": search.run,
    }  # fmt: skip
    wanted = [name.partition("=")[0] for name in sys.argv[1:]] or list(benches)
    files = dict(name.split("=", 1) for name in sys.argv[1:] if name.startswith("replay="))
    if "replay" in files:
        benches = {**benches, "replay": lambda: replay.run(Path(files["replay"]))}
    if unknown := [name for name in wanted if name not in benches]:
        sys.exit(f"no bench {unknown[0]!r}; there are {', '.join(benches)}")
    results: dict[str, object] = {"cores": os.cpu_count()}
    for name in wanted:
        sys.stderr.write(f"{name} …\n")
        results[name] = benches[name]()
    sys.stdout.write(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""`make bench`: every figure that the documentation claims, measured here and now."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping

from app.settings import quiet_libraries

quiet_libraries()


def main() -> None:
    """Runs the benches named on the command line, or all; one JSON document on stdout."""
    from evals.bench import demo, embedding, journey, outbreaks, rules, sla, startup

    benches: Mapping[str, Callable[[], dict[str, float]]] = {
        "startup": startup.run, "embedding": embedding.run, "journey": journey.run, "demo": demo.run,
        "rules": rules.run, "sla": sla.run, "outbreaks": outbreaks.run,
    }  # fmt: skip
    wanted = sys.argv[1:] or list(benches)
    if unknown := [name for name in wanted if name not in benches]:
        sys.exit(f"no bench {unknown[0]!r}; there are {', '.join(benches)}")
    results: dict[str, object] = {"cores": os.cpu_count()}
    for name in wanted:
        sys.stderr.write(f"{name} …\n")
        results[name] = benches[name]()
    sys.stdout.write(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()

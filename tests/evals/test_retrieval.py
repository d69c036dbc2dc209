"""The retrieval suite: its files, its figures, and what it says about bad input."""

from __future__ import annotations

import csv
import gzip
import json
import os
from pathlib import Path

import pytest

from domain.errors import BadInput
from evals.retrieval import render, run_retrieval
from retrieval.embeddings import HashEmbedder

CORPUS: list[dict[str, object]] = [
    {"id": 1, "title": "Reset a password", "text": "Open the portal and choose reset."},
    {"id": 2, "title": "VPN error 619", "text": "Restart the tunnel adapter."},
    {"id": "KB-3", "title": "Printer jams", "text": "Open tray two and pull."},
]
QUERIES: list[dict[str, object]] = [
    {"id": "q1", "text": "vpn error 619", "relevant": [2]},
    {"id": "q2", "text": "printer jams", "relevant": ["KB-3"]},
    {"id": "q3", "text": "reset a password", "relevant": [1, 2], "exclude": [1]},
    {"id": 4, "text": "no answer is known"},
]


def _write(path: Path, rows: list[dict[str, object]] | list[str]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_bytes(gzip.compress("\n".join(lines).encode()) if path.suffix == ".gz" else "\n".join(lines).encode())
    return path


def _files(folder: Path) -> tuple[Path, Path]:
    return _write(folder / "corpus.jsonl.gz", CORPUS), _write(folder / "queries.jsonl", QUERIES)


@pytest.mark.parametrize("kind", ["articles", "tickets"])
def test_the_suite_ranks_scores_and_writes_predictions(tmp_path: Path, kind: str) -> None:
    corpus, queries = _files(tmp_path)
    out = tmp_path / "new" / "predictions.csv"
    report = run_retrieval(corpus, queries, out, kind, 1, HashEmbedder())
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["query_id", "rank", "doc_id", "score"]
    assert [row["doc_id"] for row in rows if row["rank"] == "1" and row["query_id"] != "4"][:2] == ["2", "KB-3"]
    assert not [row for row in rows if row["query_id"] == "q3" and row["doc_id"] == "1"]
    assert (report.documents, report.queries, report.scored) == (3, 4, 3)
    assert report.systems["hybrid"]["hit@1"].mean >= 2 / 3
    assert "hybrid" in render(report)
    assert json.loads(report.model_dump_json())["suite"] == "retrieval"


def test_json_lines_keep_numbers_as_numbers(tmp_path: Path) -> None:
    corpus, queries = _files(tmp_path)
    out = tmp_path / "p.jsonl"
    run_retrieval(corpus, queries, out, "articles", 1, HashEmbedder())
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert {type(row["doc_id"]) for row in rows} == {int, str}
    assert {row["query_id"] for row in rows} == {"q1", "q2", "q3", 4}


def test_the_same_seed_gives_the_same_figures_and_predictions(tmp_path: Path) -> None:
    corpus, queries = _files(tmp_path)
    reports = [run_retrieval(corpus, queries, tmp_path / f"{n}.csv", "articles", 1, HashEmbedder()) for n in range(2)]
    assert reports[0].systems == reports[1].systems
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()


@pytest.mark.parametrize(
    ("corpus", "queries", "message"),
    [
        (['{"id": 1}', "{oops"], ['{"id": 1, "text": "a"}'], r"corpus.jsonl:2: not JSON"),
        (['{"id": 1}', '{"id": "1"}'], ['{"id": 1, "text": "a"}'], r"corpus.jsonl:2: id: '1' is already on line 1"),
        (['{"title": "a"}'], ['{"id": 1, "text": "a"}'], r"corpus.jsonl:1: id: .*required"),
        (['{"id": 1, "titel": "a"}'], ['{"id": 1, "text": "a"}'], r"corpus.jsonl:1: titel: .*title, text"),
        (["[1]"], ['{"id": 1, "text": "a"}'], r"corpus.jsonl:1: the line: .*"),
        ([], ['{"id": 1, "text": "a"}'], r"corpus.jsonl: holds no line"),
        (['{"id": 1}'], ['{"id": 1, "text": "a", "relevant": [7]}'], r"queries.jsonl:1: relevant: .*no document 7"),
        (['{"id": 1}'], ['{"id": 1, "text": null}'], r"queries.jsonl:1: text: "),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, corpus: list[str], queries: list[str], message: str) -> None:
    files = _write(tmp_path / "corpus.jsonl", corpus), _write(tmp_path / "queries.jsonl", queries)
    with pytest.raises(BadInput, match=message):
        run_retrieval(*files, tmp_path / "p.csv", "articles", 1, HashEmbedder())


def test_bad_files_are_named(tmp_path: Path) -> None:
    corpus, queries = _files(tmp_path)
    with pytest.raises(BadInput, match=r"absent.jsonl: cannot be read: No such file"):
        run_retrieval(tmp_path / "absent.jsonl", queries, tmp_path / "p.csv", "articles", 1, HashEmbedder())
    with pytest.raises(BadInput, match=r"no kind 'letters'.*articles, tickets"):
        run_retrieval(corpus, queries, tmp_path / "p.csv", "letters", 1, HashEmbedder())
    with pytest.raises(BadInput, match=r"p.xlsx: predictions are CSV or JSON Lines"):
        run_retrieval(corpus, queries, tmp_path / "p.xlsx", "articles", 1, HashEmbedder())
    corpus.write_bytes(corpus.read_bytes()[:40])
    with pytest.raises(BadInput, match=r"corpus.jsonl.gz: not a whole gzip file"):
        run_retrieval(corpus, queries, tmp_path / "p.csv", "articles", 1, HashEmbedder())


def _shared(name: str) -> Path:
    folder = Path(os.environ.get("TIERWISE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    path = folder / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{name} is not part of the repository; set TIERWISE_SHARED_DATA to its folder")
    return path


NOISE = 0.005
"""Words cost a little on paraphrased questions: less than half the interval of the mean."""


@pytest.mark.slow
@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "kind", "least"), [("stackfaq", "articles", 0.97), ("seamonkey-bugs", "tickets", 0.65)]
)
def test_search_is_no_worse_than_the_better_of_its_halves_but_for_noise(
    tmp_path: Path, name: str, kind: str, least: float
) -> None:
    report = run_retrieval(_shared(f"{name}.corpus"), _shared(f"{name}.queries"), tmp_path / "p.csv", kind, 1)
    alone = [metrics["mrr"].mean for system, metrics in report.systems.items() if system != "hybrid"]
    assert report.systems["hybrid"]["mrr"].mean >= max(max(alone) - NOISE, least)

"""`policy check` names every mistake with its file, line, key and mend."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.policy_folder import Finding, check_policy, load_policy
from adapters.policy_folder.folder import OPTIONAL
from adapters.policy_folder.reader import LARGEST, MOST_FINDINGS
from adapters.policy_folder.reference import CODES
from domain.errors import BadPolicy
from tests.adapters.policy_folder.mistakes import MISTAKES, Mistake
from tests.adapters.policy_folder.small import FILES, plant, write_small

REPOSITORY = Path(__file__).parents[3]

PLANTED_BY_HAND = {
    "no-folder", "missing-file", "unknown-file", "unreadable", "too-many-playbooks", "too-large", "not-utf8",
    "empty-file", "not-a-mapping", "year-without-work", "phrase-twice",
    "empty-holiday-set", "ical-broken", "ical-timed", "ical-rule",
    "ical-length", "ical-empty",
}  # fmt: skip
NOT_PLANTED = {"bad-value"}
"""The answer to a refusal that no field makes today; it is there so that a new constraint never passes in silence."""


@pytest.fixture(name="folder")
def small_folder(tmp_path: Path) -> Path:
    return write_small(tmp_path / "policy")


def one(folder: Path, code: str) -> Finding:
    found = [finding for finding in check_policy(folder) if finding.code == code]
    assert len(found) == 1, f"{code}: {[str(finding) for finding in check_policy(folder)]}"
    return found[0]


def test_the_small_folder_has_no_mistake(folder: Path) -> None:
    assert check_policy(folder) == ()
    assert load_policy(folder).team("noc") is not None


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.code}-{m.file}-{m.key}")
def test_a_mistake_is_named_with_its_place_and_mend(folder: Path, mistake: Mistake) -> None:
    plant(folder, mistake.file, mistake.old, mistake.new)

    finding = next(
        (found for found in check_policy(folder) if (found.code, found.key) == (mistake.code, mistake.key)),
        None,
    )

    assert finding is not None, [str(found) + f" [{found.code}]" for found in check_policy(folder)]
    assert finding.file == mistake.found_in
    line = (folder / finding.file).read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert mistake.on in line
    assert 1 <= finding.column <= len(line) + 1
    assert mistake.mend in finding.mend
    with pytest.raises(BadPolicy):
        load_policy(folder)


def test_every_kind_of_mistake_is_planted_by_a_test() -> None:
    planted = {mistake.code for mistake in MISTAKES} | PLANTED_BY_HAND

    assert planted | NOT_PLANTED == set(CODES)
    assert len(planted) >= 35


@pytest.mark.parametrize("file", [file for file in FILES if "/" not in file and file not in OPTIONAL])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()

    assert one(folder, "missing-file").file == file


@pytest.mark.parametrize("file", OPTIONAL)
def test_a_file_that_may_be_missing_has_defaults(folder: Path, file: str) -> None:
    (folder / file).unlink()

    assert check_policy(folder) == ()
    assert load_policy(folder).outbreaks.false_alarms_per_week == 1.0


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert one(tmp_path / "nowhere", "no-folder").problem.endswith("nowhere")


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("calendar.yaml", "did you mean 'calendars.yaml'?"),
        ("teams.yml", "did you mean 'teams.yaml'?"),
        ("playbooks/vpn.yml", "name playbooks <id>.yaml"),
        ("playbook/x.yaml", "did you mean 'playbooks'?"),
    ],
)
def test_a_misspelt_file_is_named(folder: Path, name: str, mend: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("a: 1\n", encoding="utf-8")

    assert one(folder, "unknown-file").mend == mend


def test_notes_and_hidden_files_may_lie_beside_the_policy(folder: Path) -> None:
    (folder / "README.md").write_text("why", encoding="utf-8")
    (folder / ".editorconfig").write_text("", encoding="utf-8")

    assert check_policy(folder) == ()


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "teams.yaml").unlink()
    (folder / "teams.yaml").mkdir()

    assert one(folder, "unreadable").file == "teams.yaml"


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"", "empty-file", 1),
        (b"# nothing yet\n", "empty-file", 1),
        (b"- a\n- b\n", "not-a-mapping", 1),
        (b"hello", "not-a-mapping", 1),
        (b"rules: []\n# caf\xe9\n", "not-utf8", 2),
        (b"rules: []\n# \x00\n", "nul", 2),
        (b'rules: "\\ud800"\n', "not-yaml", 1),
        (b"#" * (LARGEST + 1), "too-large", 1),
    ],
)
def test_bytes_that_are_no_policy_file_are_named(folder: Path, raw: bytes, code: str, line: int) -> None:
    (folder / "notifications.yaml").write_bytes(raw)

    finding = one(folder, code)

    assert (finding.file, finding.line) == ("notifications.yaml", line)


def test_too_many_playbooks_are_refused(folder: Path) -> None:
    for number in range(501):
        (folder / "playbooks" / f"p{number}.yaml").write_text("id: x", encoding="utf-8")

    assert "502" in one(folder, "too-many-playbooks").problem


def test_a_year_of_holidays_is_named(folder: Path) -> None:
    days = ", ".join((date(2027, 1, 1) + timedelta(days=number)).isoformat() for number in range(365))
    plant(folder, "calendars.yaml", "2026-12-29,", f"2026-12-29, {days},")

    assert "2027" in one(folder, "year-without-work").problem


def test_mistakes_in_several_files_are_all_named_at_once(folder: Path) -> None:
    plant(folder, "policy.yaml", "1.0.0", "one")
    plant(folder, "teams.yaml", "calendar: office", "calendar: ofice")
    plant(folder, "risk.yaml", "{high: 15}", "{hihg: 15}")

    assert [finding.code for finding in check_policy(folder)] == [
        "bad-version",
        "unknown-calendar",
        "unknown-priority",
    ]


def test_loading_names_the_first_mistakes_one_a_line(folder: Path) -> None:
    plant(folder, "teams.yaml", "calendar: office", "calendar: ofice")

    with pytest.raises(BadPolicy) as refusal:
        load_policy(folder)

    assert "has 1 mistake" in str(refusal.value)
    assert "teams.yaml:6:15 teams[0].calendar: there is no calendar 'ofice'; did you mean 'office'?" in str(
        refusal.value
    )


def test_words_that_older_yaml_reads_as_something_else_stay_text(folder: Path) -> None:
    plant(folder, "slas.yaml", "[waiting for requester]", "[on, no, 12:30, 2026-01-01, off]")

    assert load_policy(folder).slas.pause_in == ("on", "no", "12:30", "2026-01-01", "off")


@pytest.mark.parametrize("value", ["'10'", "true", "10.5", "1e3", "[10]"])
def test_what_is_not_a_whole_number_is_not_taken_for_one(folder: Path, value: str) -> None:
    plant(folder, "technicians.yaml", "capacity: 10", f"capacity: {value}")

    assert one(folder, "wrong-type").key == "technicians[0].capacity"


@pytest.mark.parametrize(
    "raw",
    [
        "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
        "[" * LARGEST,
        "{a: " * (LARGEST // 4),
        "a:" * (LARGEST // 2),
        "? " * (LARGEST // 2),
        "key: 1\n" * (LARGEST // 7),
        "".join(f"k{number}: 1\n" for number in range(20_000)),
    ],
    ids=["aliases", "lists", "mappings", "colons", "questions", "same key", "many keys"],
)
def test_a_hostile_file_is_refused_within_seconds(folder: Path, raw: str) -> None:
    (folder / "notifications.yaml").write_text(raw, encoding="utf-8")
    started = time.process_time()

    findings = check_policy(folder)

    assert time.process_time() - started < 3
    assert 1 <= len(findings) <= MOST_FINDINGS
    assert {finding.file for finding in findings} == {"notifications.yaml"}


def test_a_finding_stays_one_readable_line_whatever_the_file_held(folder: Path) -> None:
    monster = "x" * 100_000
    (folder / "notifications.yaml").write_text(f'"a\\nb": 1\n{monster[:900]}: 2\nrules: {monster}\n', encoding="utf-8")

    lines = [str(finding) for finding in check_policy(folder)]

    assert len(lines) == 3
    assert all("\n" not in line and len(line) < 1000 for line in lines)


@pytest.mark.parametrize("name", ["default", "demo"])
def test_the_policies_we_ship_have_no_mistake(name: str) -> None:
    assert [str(finding) for finding in check_policy(REPOSITORY / "policies" / name)] == []


def test_a_phrase_that_two_playbooks_have_is_named(folder: Path) -> None:
    plant(folder, "playbooks/vpn-outage.yaml", "steps:", "similar_to: [The VPN is down]\nsteps:")
    other = "id: other\nname: Other\nsimilar_to: [the  vpn is down]\nsteps:\n  - {id: look, text: Look.}\n"
    (folder / "playbooks" / "other.yaml").write_text(other, encoding="utf-8")

    assert one(folder, "phrase-twice").key == "similar_to[0]"


def test_a_playbook_that_another_always_comes_before_is_named(folder: Path) -> None:
    other = "id: zzz\nname: Other\nwhen: {category: [vpn], vip: true}\nsteps:\n  - {id: look, text: Look.}\n"
    (folder / "playbooks" / "zzz.yaml").write_text(other, encoding="utf-8")

    assert "vpn-outage" in one(folder, "playbook-unreachable").problem


@pytest.mark.parametrize("moment", ["2026-10-20T09:00:00+01:00", '"2026-10-20T09:00:00+01:00"', "2026-10-20T08:00:00Z"])
def test_a_day_and_a_change_of_hours_may_say_since_when_they_are_known(folder: Path, moment: str) -> None:
    days = f"    special_days: [{{date: 2026-10-30, known_from: {moment}}}]\n"
    changes = f"    changes: [{{first: 2027-04-01, hours: {{mon: ['07:00-15:00']}}, known_from: {moment}}}]\n"
    plant(folder, "calendars.yaml", "    holidays: [", f"{days}{changes}    holidays: [")

    assert check_policy(folder) == ()
    calendar = load_policy(folder).calendar_by_id["office"]
    known = datetime(2026, 10, 20, 8, tzinfo=UTC)
    assert [one.known_from for one in calendar.special_days] == [known]
    assert [one.known_from for one in calendar.changes] == [known]


@pytest.mark.parametrize("moment", ["2026-10-20T09:00:00", "1760000000", '"1760000000"', "0001-01-01T00:00:00+14:00"])
def test_a_moment_without_its_zone_or_outside_all_years_is_named_as_it_was_written(folder: Path, moment: str) -> None:
    days = f"    special_days: [{{date: 2026-10-30, known_from: {moment}}}]\n"
    plant(folder, "calendars.yaml", "    holidays: [", f"{days}    holidays: [")

    assert one(folder, "bad-moment").problem.replace("'", '"').startswith((moment, f'"{moment}"'))

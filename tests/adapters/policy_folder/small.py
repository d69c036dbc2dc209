"""A small valid policy folder, written for each test."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "policy.yaml": """\
name: Small
version: 1.0.0
organisation: Small & Sons
zone: Europe/Berlin
""",
    "tiers.yaml": """\
tiers:
  - {id: L1, name: Service desk, lead: ada}
  - {id: L2, name: Specialists, lead: bob}
""",
    "teams.yaml": """\
teams:
  - id: desk
    name: Service Desk
    tier: L1
    lead: ada
    calendar: office
    categories: [password, other]
    aliases: [Helpdesk]
  - id: network
    name: Network Team
    tier: L2
    lead: bob
    calendar: office
    categories: [vpn]
    aliases: [NOC]
""",
    "technicians.yaml": """\
technicians:
  - id: ada
    name: Ada
    email: ada@example.com
    team: desk
    skills: [password]
    shift: office
    leave: [{first: 2026-12-24, last: 2026-12-31}]
    capacity: 10
  - id: bob
    name: Bob
    email: bob@example.com
    team: network
    shift: night
""",
    "people.yaml": """\
people:
  - {id: carla, name: Carla, email: carla@example.com}
vips: [ceo@example.com, u-17]
roles:
  security-officer: [carla, bob]
""",
    "calendars.yaml": """\
calendars:
  - id: office
    zone: Europe/Berlin
    hours:
      mon: ['08:00-12:00', '13:00-17:00']
      tue: ['08:00-17:00']
    holidays: [2026-12-29, 2026-12-25]
  - id: night
    zone: Asia/Kolkata
    hours: {fri: ['22:00-24:00']}
""",
    "slas.yaml": """\
targets:
  - {priority: high, first_response: 30, resolution: 240, calendar: office}
  - {priority: normal, first_response: 60, resolution: 480, calendar: office}
default_priority: normal
pause_in: [waiting for requester]
""",
    "risk.yaml": """\
at_risk_from: 60
monitor_from: 40
sla:
  - {at_percent: 60, points: 15}
  - {at_percent: 80, points: 30}
priority: {high: 15}
unanswered_message: 10
signals:
  - id: urgency
    points: 20
    lists: [{language: en, words: [asap, cannot work]}]
no_hurry:
  - {language: en, words: [no rush]}
explicit:
  - {language: en, words: [please escalate]}
""",
    "categories.yaml": """\
categories:
  - {id: password, name: Passwords, words: [password*], aliases: [Login]}
  - {id: vpn, name: Remote access, words: [vpn]}
  - {id: other, name: Anything else}
""",
    "escalation.yaml": """\
rules:
  - id: vip
    when: {vip: true, tier: [L1]}
    to_tier: L2
    priority: high
  - id: usual
    to_tier: L2
cooldown: 120
""",
    "forms.yaml": """\
forms:
  - id: remote
    when: {category: [vpn]}
    fields:
      - id: device
        label: Device
        question: Which device is it?
        patterns: ['\\bPC-\\d+\\b']
        words: {laptop: [laptop, notebook]}
      - id: place
        label: Place
        question: Where are you?
  - id: login
    when: {category: [password]}
    fields:
      - {id: account, label: Account, question: Which account?}
never_wait_for: [high]
""",
    "approvals.yaml": """\
rules:
  - id: vpn-abroad
    when: {category: [vpn], any_words: [abroad]}
    action: open the VPN from abroad
    approvers: security-officer
    quorum: 2
    risk: Data leaves the country.
  - id: any-vpn
    when: {category: [vpn], priority: [high]}
    action: open the VPN
    approvers: security-officer
    risk: Somebody gets in.
""",
    "notifications.yaml": """\
rules:
  - id: lead
    on: [handed_over, outbreak_proposed]
    to: [team_lead, security-officer, desk@example.com]
  - id: asked
    on: [question_asked]
    to: [requester]
""",
    "learning.yaml": """\
mode: shadow
targets: [escalation, sla_breach]
leave_out: [hour]
require: []
""",
    "outbreaks.yaml": """\
least_requesters: 3
requesters_without_past: 4
windows: [15, 60]
""",
    "playbooks/vpn-outage.yaml": """\
id: vpn-outage
name: VPN outage
when: {category: [vpn]}
steps:
  - {id: ping, text: Ping the gateway.}
  - {id: restart, text: Restart it.}
""",
}


def write_small(folder: Path) -> Path:
    """Writes the folder and returns it."""
    for file, text in FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def plant(folder: Path, file: str, old: str, new: str) -> None:
    """Replaces the first `old` of a file."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

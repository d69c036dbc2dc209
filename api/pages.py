"""The two small pages behind the link of a mail: one that asks, one that thanks."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import DictLoader, Environment, StrictUndefined

from domain.telling.records import Acknowledgement
from domain.telling.words import moment_text

_FRAME = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title>
<style>body{font-family:sans-serif;max-width:32em;margin:3em auto;padding:0 1em;color:#1b1b1b;background:#fff}
button{font:inherit;padding:.6em 1.4em}</style></head>
<body><main><h1>{{ title }}</h1>{% block body %}{% endblock %}</main></body></html>
"""
_ASKED = """\
{% extends "frame" %}{% block body %}
<p>The escalation of ticket <strong>{{ ticket }}</strong> is {{ state }}.</p>
<p>As <strong>{{ by }}</strong> you say that you have seen it. Nobody is reminded of it any more.</p>
<form method="post"><button type="submit">Acknowledge</button></form>{% endblock %}
"""
_DONE = """\
{% extends "frame" %}{% block body %}
<p>Acknowledged by <strong>{{ by }}</strong>, {{ when }}. Every place where it was told says so.</p>{% endblock %}
"""


def asked(ticket_id: str, state: str, by: str) -> str:
    """The page that asks."""
    return _page("asked", title="Acknowledge this escalation?", ticket=ticket_id, state=state.replace("_", " "), by=by)


def done(word: Acknowledgement) -> str:
    """The page afterwards."""
    return _page("done", title="Thank you", by=word.by, when=moment_text(word.at, "UTC"))


def _page(name: str, **values: str) -> str:
    return _pages().get_template(name).render(values)


@lru_cache(maxsize=1)
def _pages() -> Environment:
    loader = DictLoader({"frame": _FRAME, "asked": _ASKED, "done": _DONE})
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

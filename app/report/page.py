"""The HTML page of a report: one file without scripts or anything from elsewhere, readable in light and dark.

Everything that is put into it is escaped. It names its own content security policy: nothing is loaded, and the only
style is the one whose hash the policy gives.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from app.report.plots import Plot

STYLE = """\
:root{color-scheme:light dark;--ink:#1c2430;--dim:#56606e;--line:#d0d4da;--card:#f5f7f9;--page:#fff;--warn:#8a4b00}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--dim:#a4adba;--line:#3a424e;--card:#1d232c;--page:#12161c;\
--warn:#ffb454}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:62rem;margin:0 auto;\
padding:1.5rem}
h1{font-size:1.6rem;line-height:1.25}
h2{font-size:1.2rem;margin-top:2.2rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin-bottom:.3rem}
p.lead,figcaption,caption{color:var(--dim)}
p.notice{border-left:4px solid var(--warn);padding:.4rem .8rem;background:var(--card)}
figure{margin:1rem 0}
figure img{width:100%;max-width:44rem;height:auto;background:#fff;border:1px solid var(--line);border-radius:4px}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:.6rem 0;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.3rem}
th,td{border-bottom:1px solid var(--line);padding:.25rem .7rem;text-align:right;vertical-align:top}
th:first-child,td:first-child,.text td,.text th{text-align:left}
details summary{cursor:pointer;color:var(--dim)}
@media print{details{display:none}}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'"
"""For the header of a response that carries a page; a page opened as a file names it itself."""


@dataclass(frozen=True)
class Text:
    """A paragraph; a `notice` stands out."""

    text: str
    notice: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under columns. With `text` the cells are prose and stand left, else figures."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    caption: str = ""
    text: bool = False


@dataclass(frozen=True)
class Points:
    """A list of short sentences."""

    lines: tuple[str, ...]


Part = Text | Table | Points | Plot


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    parts: tuple[Part, ...]


def page(title: str, lead: str, sections: Iterable[Section]) -> str:
    """The whole page."""
    body = "\n".join(_section(one) for one in sections)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(CONTENT_SECURITY_POLICY)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="lead">{escape(lead)}</p>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _section(section: Section) -> str:
    parts = "\n".join(_part(one) for one in section.parts)
    return f"<section>\n<h2>{escape(section.heading)}</h2>\n{parts}\n</section>"


def _part(part: Part) -> str:
    match part:
        case Text(text, notice):
            return f'<p class="notice" role="note">{escape(text)}</p>' if notice else f"<p>{escape(text)}</p>"
        case Table():
            return _table(part)
        case Points(lines):
            return "<ul>\n" + "\n".join(f"<li>{escape(one)}</li>" for one in lines) + "\n</ul>"
        case Plot():
            return _figure(part)


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in table.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(one)}</td>" for one in row) + "</tr>" for row in table.rows
    )  # fmt: skip
    kind = ' class="text"' if table.text else ""
    return (
        f'<div class="wide"><table{kind}>{caption}\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _figure(plot: Plot) -> str:
    data = base64.b64encode(plot.svg).decode()
    return (
        f'<figure>\n<img alt="{escape(plot.alt)}" src="data:image/svg+xml;base64,{data}">\n'
        f"<figcaption>{escape(plot.title)}</figcaption>\n<details><summary>The same as a table</summary>\n"
        f"{_table(Table(plot.columns, plot.rows))}\n</details>\n</figure>"
    )

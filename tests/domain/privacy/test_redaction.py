"""What is private becomes a placeholder, and comes back; nobody can forge one."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import JsonValue

from domain.privacy.kinds import SECRETS, Kind
from domain.privacy.redaction import Redaction, find, mask

GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
BLOCK = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----"

PRIVATE = [
    (Kind.EMAIL, "ren.ito+x@mail.example.com"),
    (Kind.EMAIL, "bot@host_13.hq.example.com"),
    (Kind.EMAIL, "ren [at] example [dot] com"),
    (Kind.EMAIL, "ren(at)example.com"),
    (Kind.EMAIL, "ren.ito at example dot com"),
    (Kind.EMAIL, "ren.ito @ example.com"),
    (Kind.EMAIL, "ren%40example.com"),
    (Kind.EMAIL, "r\u200ben@exam\u200bple.com"),
    (Kind.EMAIL, "jörg@bücher.example"),
    (Kind.EMAIL, "ren.ito@bakery"),
    (Kind.PHONE, "+49 30 1234567"),
    (Kind.PHONE, "(555) 123-4567"),
    (Kind.PHONE, "555.123.4567"),
    (Kind.PHONE, "030 123 45 67"),
    (Kind.IP, "10.2.3.4"),
    (Kind.IP, "fe80::1ff:fe23:4567:890a"),
    (Kind.MAC, "00:1A:2b:3c:4d:5e"),
    (Kind.MAC, "001a.2b3c.4d5e"),
    (Kind.CARD, "4111 1111 1111 1111"),
    (Kind.CARD, "378282246310005"),
    (Kind.IBAN, "DE89 3704 0044 0532 0130 00"),
    (Kind.IBAN, "gb29nwbk60161331926819"),
    (Kind.KEY, "AKIAIOSFODNN7EXAMPLE"),
    (Kind.KEY, GITHUB),
    (Kind.KEY, "xoxb-1234567890-abcdefghij"),
    (Kind.KEY, JWT),
    (Kind.KEY, BLOCK),
    (Kind.KEY, "https://hooks.slack.com/services/T000/B000/XXXXXXXXXXXX"),
    (Kind.KEY, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    (Kind.NATIONAL_ID, "123-45-6789"),
    (Kind.NATIONAL_ID, "12345678Z"),
    (Kind.NATIONAL_ID, "RSSMRA85T10A562S"),
    (Kind.NATIONAL_ID, "44051401359"),
    (Kind.NAME, "Ren Ito"),
    (Kind.NAME, "ITO, REN"),
    (Kind.NAME, "R. Ito"),
    (Kind.NAME, "Jorg Muller"),
    (Kind.NAME, "joerg mueller"),
    (Kind.NAME, "rito"),
    (Kind.USER, "e-4711x"),
]

PEOPLE = ("Ren Ito", "Jörg Müller", "山田太郎", "Will Rose")


def _redaction() -> Redaction:
    return Redaction(PEOPLE, ids=("E-4711X",))


@pytest.mark.parametrize(("kind", "value"), PRIVATE)
@pytest.mark.parametrize("around", ["see {} please", "({})", "as I said:\n{}\nthanks"])
def test_what_is_private_is_masked_whole_wherever_it_stands(kind: Kind, value: str, around: str) -> None:
    text = around.format(value)
    redaction = _redaction()
    assert redaction.redact(text) == around.format(f"[{kind}-1]")
    assert redaction.held == {kind: (value,)}
    assert redaction.restore(redaction.redact(text)) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password: hunter2, thanks", "password: [password-1], thanks"),
        ("my Passwort ist Sommer2024!", "my Passwort ist [password-1]!"),
        ("pwd='two words' here", "pwd='[password-1]' here"),
        ('{"password": "s3 cr3t"}', '{"password": "[password-1]"}'),
        ("postgres://app:s3cret@db:5432/x", "postgres://[key-1]@db:5432/x"),
        ("Server=db;User Id=sa;Pwd=abc123;", "Server=db;User Id=sa;Pwd=[password-1];"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer [key-1]"),
        ("https://x.example/a?b=1&sig=abcdefgh99&c=2", "https://x.example/a?b=1&sig=[key-1]&c=2"),
        ("api_key = 12ab34cd56ef", "api_key = [key-1]"),
        ("4111 1111 1111 1111 12/27 code 123", "[card-1] code 123"),
        ("ext. 4711-22", "ext. [phone-1]"),
        ("Ren's laptop and Ren’s phone", "[name-1]'s laptop and [name-1]’s phone"),
        ("山田太郎さん", "[name-1]さん"),
        ("Rose rose; I will ask Will", "[name-1] rose; I will ask [name-2]"),
    ],
)
def test_only_the_private_part_goes(text: str, masked: str) -> None:
    redaction = _redaction()
    assert redaction.redact(text) == masked
    assert redaction.restore(masked) == text


@pytest.mark.parametrize(
    "text",
    [
        "error 0x80070005 after KB5021233 in build 10.0.19041.1",
        "on 2026-10-11 at 12:30:45, 12-10-2026 again",
        "order 4500123456 and ticket INC0012345678",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "guid 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "card 4111111111111112 is wrong by one digit",
        "my password is expired and was not accepted",
        "the brentitour rental is current",
        "std::vector<int> and a::b",
        "C:\\Program Files\\Vendor\\Application\\bin\\service-host.exe",
        "host company-na-plant-bld1-qa-2960-01-access-sw01 port gigabitethernet1/0/40",
        "10/31/2016 09:15 and 31.10.2016",
        "@mention of a team @ 5 pm",
    ],
)
def test_what_a_technician_needs_stays(text: str) -> None:
    assert _redaction().redact(text) == text


def test_placeholders_are_numbered_in_order_of_appearance_and_the_same_value_has_the_same() -> None:
    redaction = Redaction()
    assert redaction.redact("b@x.example, a@x.example, b@x.example") == "[email-1], [email-2], [email-1]"
    assert redaction.redact("to a@x.example from 10.0.0.1") == "to [email-2] from [ip-1]"


def test_a_placeholder_in_the_ticket_cannot_stand_for_what_was_masked() -> None:
    redaction = Redaction()
    said = redaction.redact("send [email-1] to a@x.example")
    assert said == "send [text-1] to [email-1]"
    assert redaction.restore(said) == "send [email-1] to a@x.example"
    assert redaction.restore("[email-2] and [phone-1]") == "[email-2] and [phone-1]"


def test_structured_fields_are_masked_with_their_keys() -> None:
    redaction = Redaction()
    value: JsonValue = {"extra": [{"a@x.example": "10.0.0.1", "count": 3, "ok": True, "none": None}]}
    masked = redaction.redact_all(value)
    assert masked == {"extra": [{"[email-1]": "[ip-1]", "count": 3, "ok": True, "none": None}]}
    assert redaction.restore_all(masked) == value


def test_only_the_kinds_asked_for_are_masked() -> None:
    text = "a@x.example has 4111 1111 1111 1111"
    assert mask(text, kinds=SECRETS) == "a@x.example has [card]"


_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from([value for _, value in PRIVATE]),
    st.sampled_from(["[email-1]", "[EMAIL-2]", "[text-1]", "[key-", "1]", "[", "-1]", "password: ", "@", " ", "\n"]),
)
TEXTS = st.lists(_PIECES, max_size=12).map("".join)


@given(st.lists(TEXTS, max_size=4))
def test_restoring_gives_every_text_back(texts: list[str]) -> None:
    redaction = _redaction()
    masked = [redaction.redact(text) for text in texts]
    assert [redaction.restore(text) for text in masked] == texts


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(TEXTS)
def test_the_same_text_is_masked_the_same(text: str) -> None:
    assert _redaction().redact(text) == _redaction().redact(text)


@given(TEXTS, st.sampled_from([value for kind, value in PRIVATE if kind not in (Kind.NAME, Kind.USER)]), TEXTS)
def test_no_neighbour_hides_a_private_value(before: str, value: str, after: str) -> None:
    assume(value not in before + after)
    assert value not in mask(f"{before} {value} {after}")


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "a@", "1 ", "password ", "key=", "f:", "[at] ", "eyJ", "-", "://", "1", "DE12", "http://a:", "+1 ",
     "é@", "a dot ", "ren ", "bearer ", "-----BEGIN PRIVATE KEY-----"],
)  # fmt: skip
def test_a_hostile_line_of_a_hundred_kilobytes_takes_no_longer_than_a_second_or_two(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    before = time.process_time()
    find(text)
    assert time.process_time() - before < 3

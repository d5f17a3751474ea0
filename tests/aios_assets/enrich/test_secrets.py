"""Secrets: what is found and what is left alone. Every key here is made up, and put together so that no scanner trips."""

import base64

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich import secrets

MADE_UP = "q7Zt2Lx9Vb4Nc8Rw1Kd6Ys3Hm5Fp0Jg7Qa2Ze"

FOUND = [
    ("key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("key", "gh" + "p_" + MADE_UP[:36]),
    ("key", "xox" + "b-123456789012-" + MADE_UP[:24]),
    ("key", "sk_" + "live_" + MADE_UP[:24]),
    ("key", "AI" + "za" + MADE_UP[:35]),
    ("key", "gl" + "pat-" + MADE_UP[:20]),
    ("key", "hf_" + MADE_UP[:34]),
    ("jwt", "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0." + MADE_UP),
]


@pytest.mark.parametrize(("kind", "secret"), FOUND)
def test_issued_keys_are_found_where_they_stand(kind: str, secret: str) -> None:
    text = f"Deluxe bag, {secret} in black"
    [(row, start, end, found, there)] = secrets.find(pl.Series([text])).rows()
    assert (row, found, there) == (0, kind, secret)
    assert text[start:end] == secret


def test_a_private_key_is_found_whole_or_to_the_end() -> None:
    body = base64.b64encode(bytes(range(96))).decode()
    begin, end = "-----BEGIN RSA PRIVATE " + "KEY-----", "-----END RSA PRIVATE " + "KEY-----"
    whole = f"{begin}\n{body}\n{end}"
    spans = secrets.find(pl.Series([f"x {whole} y", f"x {begin}\n{body[:20]}"]))
    assert spans["text"].to_list() == [whole, f"{begin}\n{body[:20]}"]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("login admin password: Winter2024! please", "Winter2024"),
        ("DB_PASSWORD=hunter2x", "hunter2x"),
        ("Passwort: g3heim!23", "g3heim!23"),
        (f"api_key = '{MADE_UP}'", MADE_UP),
        (f"Authorization: Bearer {MADE_UP}", MADE_UP),
        ("postgres://shop:s3cr3tpw@db.example.com/x", "s3cr3tpw"),
    ],
)
def test_what_stands_beside_its_word_is_found(text: str, secret: str) -> None:
    assert secret in secrets.find(pl.Series([text]))["text"][0]


@pytest.mark.parametrize(
    "text",
    [
        "1Password: password manager for families",
        "Password: protected files, 256-bit encryption",
        "Secret garden: colouring book",
        "token ring adapter 16/4 PCI",
        "API key ring",
        "Victoria Secret: bombshell 100ml",
        "AKIATSUKI 12345678 plush",
        "SKU 0123456789abcdef0123456789abcdef",
        "hf_radio kit",
        "http://example.com:8080/path",
    ],
)
def test_product_text_is_left_alone(text: str) -> None:
    assert secrets.find(pl.Series([text])).rows() == []


@given(
    st.lists(
        st.one_of(
            st.sampled_from([s for _, s in FOUND]),
            st.text(max_size=9),
            st.sampled_from(["password=", " ", ":", "://a:b@c"]),
        ),
        max_size=6,
    )
)
@settings(max_examples=150, deadline=None)
def test_count_agrees_with_find_and_gates_over_select(parts: list[str]) -> None:
    series = pl.Series(["".join(parts)])
    assert secrets.count(series) == secrets.find(series)["row"].n_unique()
    for detector in secrets.SCANNER.detectors:
        if list(detector.scan(series[0], [])):
            assert all(series.str.contains(gate).all() for gate in detector.gates)

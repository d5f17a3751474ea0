"""Which test meets which line of what the world does to this system; a line without a test is noticed here."""

from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
FEEDS, TEXT = "feeds/test_hostile_feeds.py", "enrich/normalise/test_text.py"
MET = {
    "1 orders in text, keys, names, two fields, base64": (
        (FEEDS, "orders_in_keys_names_and_cells_are_text"),
        (TEXT, "flags"),
        (TEXT, "an_instruction_split_over_two_fields_is_seen_together"),
    ),
    "2 fake tool replies and approvals": ((FEEDS, "orders_in_keys_names_and_cells_are_text"), (TEXT, "flags")),
    "3 tags, zero-width, bidi, homoglyphs": (
        (TEXT, "invisible_signs_are_counted"),
        (TEXT, "a_title_is_plain_visible_text"),
    ),
    "4 markup, links, decoding after cleaning": (
        (TEXT, "encoding_too_deep_to_be_honest_is_refused"),
        (TEXT, "cleaning_twice_is_cleaning_once"),
    ),
    "5 9/16 turned into 1-9/16": (
        ("enrich/normalise/test_quantity.py", "a_fraction_keeps_its_magnitude"),
        ("enrich/normalise/test_quantity.py", "canonical_and_raw_have_one_magnitude"),
    ),
    "6 text that makes patterns slow": (
        (TEXT, "a_megabyte_of_anything_takes_little_time"),
        ("enrich/normalise/test_price.py", "no_cell_takes_long"),
        ("enrich/normalise/test_quantity.py", "no_cell_takes_long"),
        ("enrich/test_personal.py", "no_text_makes_a_detector_slow"),
    ),
    "7 formulas, quotes, BOM, UTF-16, mixed encodings, separators": (
        (FEEDS, "formulas_are_text"),
        (FEEDS, "mixed_encodings_never_become_replacement_characters"),
        (FEEDS, "an_unbalanced_quote_costs_one_line"),
        (FEEDS, "separators_are_found_among_commas"),
        (FEEDS, "half_a_character_in_utf16_is_a_reason"),
        ("feeds/test_others_wrote.py", "each_encoding_and_separator"),
    ),
    "8 5 MB titles, 100,000 columns, a million attributes, nothing, headers alone": (
        (FEEDS, "a_long_cell_is_a_reason_that_names_its_limit"),
        (FEEDS, "limits_are_named"),
        (FEEDS, "a_million_attributes_set_one_record_aside"),
        (FEEDS, "nothing_in_a_file"),
        (FEEDS, "a_header_alone_and_no_header"),
        (FEEDS, "a_text_in_a_headers_place_costs_no_time"),
    ),
    "9 prices and titles that are other things": (
        (FEEDS, "numbers_keep_their_spelling"),
        ("enrich/normalise/test_price.py", "refuses_with_a_reason"),
        (TEXT, "numbers_are_titles_too"),
    ),
    "10 duplicate keys, depth, surrogates, NUL, twins of SKUs": (
        (FEEDS, "json_lines_have_reasons"),
        (FEEDS, "nul_is_a_reason_and_paths_are_text"),
        (FEEDS, "twins_of_unicode_stay_two_records"),
    ),
    "11 bombs, paths out of archives, lying footers, entities": ((FEEDS, "whole_deliveries_are_refused"),),
    "13 addresses": (
        ("feeds/test_places.py", "addresses_that_are_never_asked"),
        ("feeds/test_places.py", "what_a_server_answers_is_not_trusted"),
        ("feeds/test_places.py", "a_name_that_moves_to_a_private_address_gains_nothing"),
    ),
    "14 shrunk, renamed, the same twice, one row changed, still being written": (
        ("feeds/test_drift.py", "each_kind_is_told_of_its_column"),
        (FEEDS, "a_renamed_column_stops_a_mapping"),
        (FEEDS, "the_same_bytes_are_the_same_delivery"),
        (FEEDS, "a_file_in_motion_is_not_read"),
    ),
    "17 the clock": ((FEEDS, "a_clock_that_is_wrong_delays_a_file_and_loses_none"),),
}
"""Line -> tests. Line 12 (pictures) is met where pictures are opened; feeds carry their addresses only."""


@pytest.mark.parametrize("line", MET)
def test_each_line_has_its_tests(line: str) -> None:
    for file, name in MET[line]:
        assert f"def test_{name}(" in (HOUSE / file).read_text(encoding="utf-8"), (file, name)

from html.parser import HTMLParser

from aios_assets.evaluate.page import page


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)

    def handle_data(self, data):
        self.text += data


def test_a_page_shows_numbers_and_runs_nothing_that_a_feed_says():
    plain = {
        "kind": "matches",
        "f1": 0.5,
        "blocking": {"completeness": 0.9},
        "calibration": [{"pairs": 3, "said": 0.9, "right": 1.0}],
        "errors": [
            {"error": "false", "left": "<script>x()</script>", "right": '"><img onerror=x>', "probability": 0.9}
        ],
    }
    tags = Tags()
    tags.feed(page(plain))
    assert "script" not in tags.seen
    assert "img" not in tags.seen
    assert tags.seen.count("circle") == 1
    assert "completeness 0.9" in tags.text
    assert "<script>x()</script>" in tags.text

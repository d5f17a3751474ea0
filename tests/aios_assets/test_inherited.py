"""Variants through a run: they have their parent's title and brand, its line in the receipt, and follow when it changes."""

from pathlib import Path

import pytest

from aios_assets.reopen import check_receipts, reopen
from aios_assets.runtime import Runtime
from aios_assets.trace import trace
from tests.aios_assets.feeds.test_variants import shop
from tests.aios_assets.small_lake import run_chain, settings_in

SKU = "shop/S-12"


@pytest.fixture
def runtime(tmp_path: Path):
    opened = Runtime.open(settings_in(tmp_path))
    yield opened
    opened.lake.ledger.close()
    opened.vault.close()


def delivered(runtime: Runtime, text: str, *, only: set[str] | None = None) -> dict[str, dict[str, object]]:
    file = runtime.settings.home / "shop.csv"
    file.write_text(text)
    assert not [attempt for attempt in run_chain(runtime, [str(file)], only=only) if attempt.refused]
    return {str(row["sku"]): row for row in runtime.lake.scan("records").collect().iter_rows(named=True)}


@pytest.mark.slow
def test_a_variant_follows_its_parent(runtime: Runtime) -> None:
    rows = delivered(runtime, shop(), only={"records"})
    assert len(rows) == 24  # the rows of pictures are no products
    told = [rows["S-12"][name] for name in ("title", "brand", "price", "line", "lent_line")]
    assert told == ["Linen Shirt", "Vela", "10.92", 8, 6]
    assert rows["S-10"]["lent_line"] is None
    changed = delivered(runtime, shop().replace(",Linen Shirt,", ",Linen Blouse,"), only={"records"})
    assert [changed[sku]["title"] for sku in ("S-10", "S-11", "S-12", "S-20")] == 3 * ["Linen Blouse"] + [
        "Oak Table Lamp"
    ]


@pytest.mark.slow
def test_a_receipt_leads_to_the_row_that_the_title_came_from(runtime: Runtime) -> None:
    delivered(runtime, shop(), only={"records", "products"})
    (title,), (price,) = (trace(runtime, SKU, field).fields for field in ("title", "price"))
    assert [source.line for source in title.sources] == [8, 6]
    assert [source.line for source in price.sources] == [8]
    assert "Linen Shirt" in str(reopen(runtime, title.sources[1]))
    delivered(runtime, shop())
    done = check_receipts(runtime, 1000)
    assert done.ok
    assert done.values > 40

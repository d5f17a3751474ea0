"""Finished: deliveries that were read, with their order and with what was learned of all their rows put into each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import polars as pl

from aios_assets import order
from aios_assets.acceptance import Look
from aios_assets.fingerprint import fingerprint
from aios_assets.gathered import Learned
from aios_assets.spill import OF, Spill
from aios_assets.stage import Stage
from aios_assets.taken import ALL, LENDER, Mapped, ReadIn, Taken, read_in, spilled_by
from aios_assets.vault import Vault
from aios_assets.work import ORDERED

UNTOLD, AHEAD = "arrival", "arrival, its own lies in the future"
"""What says which delivery is the newer one, where the supplier says nothing that can be believed."""


def taken(one: Mapped, vault: Vault, stage: Stage, now: datetime, look: Look, *, spill: Spill | None = None) -> Taken:
    """Reads one delivery to the end; it is held where no spill is given. Raises IntakeError."""
    spill = spill or Spill(Path(), spilled_by(stage), 1, holds=ALL)
    return finishing([read_in(one, vault, stage, look, spill=spill)], stage, now, spill)[0][0]


def finishing(all_read: Sequence[ReadIn], stage: Stage, now: datetime, spill: Spill) -> tuple[list[Taken], Spill]:
    """The deliveries with their order, and the spill that their rows lie in by the key of the stage's table."""
    if spill.over and stage.contract.keys != spilled_by(stage):
        spill = spill.again(stage.contract.keys, _by_delivery(_positioned))
    learned = {each.number: each.gathered.learned() for each in all_read}
    orders = _orders(all_read, learned, spill, now)
    done = []
    for each in all_read:
        one, (newest, by) = each.mapped, orders[each.number]
        finish = partial(_finished, one=one, learned=learned[each.number], newest=newest, now=now)
        rejects = each.rejects
        if one.mapping.mode == "delta":
            rejects = rejects.with_columns(pl.lit(newest, dtype=pl.Int64).alias(ORDERED))
        rows = finish(spill.none if spill.over else spill.held(each.number))
        filled = dict(each.gathered.filled)
        told = (filled, each.look, each.gathered.height, each.number, finish)
        done.append(Taken(one, rows, rejects, newest, by, *told))
    return done, spill


def order_by_name(one: Mapped, now: datetime) -> tuple[int | None, str]:
    """(the order of a delivery whose rows tell none, what says so)."""
    told = order.of_name(one.delivery.name, one.mapping.conventions.timezone)
    newest = order.believed(told, now)
    return newest, "name" if newest is not None else UNTOLD if told is None else AHEAD


def _orders(
    all_read: Sequence[ReadIn], learned: Mapping[int, Learned], spill: Spill, now: datetime
) -> dict[int, tuple[int | None, str]]:
    """For each delivery (its own order, what says so); what its rows say is looked through once more."""
    told = {each.number: order_by_name(each.mapped, now) for each in all_read}
    columns = {each.number: each.mapped.mapping.order for each in all_read if each.mapped.mapping.order}
    if not columns:
        return told
    told |= dict.fromkeys(columns, (None, UNTOLD))
    said = pl.DataFrame(schema={OF: pl.Int32, "told": pl.Int64, "newest": pl.Int64})
    for rows in spill.looked_through([OF, "_order"]):
        for (of,), own in rows.group_by(OF):
            if (number := int(str(of))) in columns:
                orders = order.of_rows(own["_order"], learned[number].written).to_frame()
                newest = pl.col(ORDERED).filter(order.believable(pl.col(ORDERED), now)).max().alias("newest")
                most = orders.select(
                    pl.lit(number, dtype=pl.Int32).alias(OF), pl.col(ORDERED).max().alias("told"), newest
                )
                said = pl.concat([said, most]).group_by(OF).max()
    for number, most, newest in said.iter_rows():
        by = f"column {columns[number]}"
        told[number] = newest, by if newest is not None else UNTOLD if most is None else AHEAD
    return told


def _by_delivery(do: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What is done to the rows of each delivery alone."""
    return lambda rows: pl.concat([rows.clear(), *(do(own) for own in rows.partition_by(OF, maintain_order=True))])


def _finished(rows: pl.DataFrame, *, one: Mapped, learned: Learned, newest: int | None, now: datetime) -> pl.DataFrame:
    """The rows in their order, the newest first, with what was learned of the whole delivery, and the fingerprint."""
    mapping, said = one.mapping, one.mapping.conventions
    rows = _positioned(rows)
    if mapping.order:
        own = order.of_rows(rows["_order"], learned.written).to_frame()
        own_order = own.select(pl.when(order.believable(pl.col(ORDERED), now)).then(ORDERED)).to_series()
    else:
        own_order = pl.repeat(None, rows.height, dtype=pl.Int64, eager=True).alias(ORDERED)
    # Of a whole assortment the delivery's own order decides, and a row keeps only what it says itself.
    if newest is not None and mapping.mode == "delta":
        own_order = own_order.fill_null(newest)
    rows = rows.drop("_order").with_columns(own_order, pl.lit(learned.decimal, dtype=pl.String).alias("decimal"))
    known = ["decimal", *([LENDER] if mapping.inherit else [])]
    if mapping.kind == "sales":
        # Cut by what positions are counted by, lines of one key may come in another order than they stand in.
        rows = rows.sort("line", maintain_order=True).with_columns(
            pl.lit(learned.dates).alias("dates"), pl.lit(said.timezone).alias("zone")
        )
        known += ["dates", "zone", "position"]
    if own_order.null_count() < rows.height:
        rows = rows.sort(ORDERED, descending=True, nulls_last=True, maintain_order=True)
    # A change is told anew with each delivery: that it still holds is what makes an older one late.
    again = [ORDERED] if mapping.mode == "delta" else []
    prints = rows.select("line_digest", *known, *again, pl.lit(one.meaning).alias("meaning"))
    return rows.with_columns(prints.select(fingerprint(prints.columns, prints.schema)).to_series())


def _positioned(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines of invoices with their position, where the feed tells none; the rows stand in the order of their lines."""
    if "position" not in rows.columns or not rows["position"].null_count():
        return rows
    nth = pl.int_range(1, pl.len() + 1).over("invoice", "sku").cast(pl.String)
    return rows.with_columns(pl.coalesce("position", pl.concat_str("sku", nth, separator=".")).alias("position"))

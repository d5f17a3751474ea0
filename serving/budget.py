"""Budget: money is reserved before a model is asked and settled after it, so that no cap is ever passed."""

import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from serving.model import ServingError

_UNIT = Decimal("1e-9")
"""Amounts are kept as whole billionths, rounded up: never less is booked than was spent."""

_MOST = Decimal(1_000_000)
"""The most of one amount: thousands of them still fit SQLite's whole numbers."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (owner TEXT PRIMARY KEY, booked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (
    id TEXT, owner TEXT, amount INTEGER NOT NULL, PRIMARY KEY (id, owner)
) WITHOUT ROWID;
"""


class BudgetError(ServingError):
    """A budget that was used wrongly, or whose file cannot be used."""


class OverBudgetError(BudgetError):
    """A call that would pass a cap. Nothing was reserved and nobody was asked."""

    def __init__(self, owner: str, cap: Decimal, booked: Decimal, asked: Decimal) -> None:
        self.owner, self.cap, self.booked, self.asked = owner, cap, booked, asked
        super().__init__(
            f"{owner} may cost {cap} and {booked} of it is booked, so {asked} more would pass its cap;"
            " raise the cap, or leave it without this answer"
        )


@dataclass(frozen=True)
class Reservation:
    """Money set aside for one call, per SKU. Until it is settled it counts as spent: a crash may have been billed."""

    id: str
    run: str
    amounts: Mapping[str, Decimal]


class Budget:
    """Caps per SKU (over all runs) and per run, in one SQLite file, under any number of threads and processes.

    What is booked is what was spent plus what is reserved; it never exceeds a cap.
    """

    def __init__(self, path: Path, *, per_sku: Decimal, per_run: Decimal) -> None:
        self._path, self._per_sku, self._per_run = path, per_sku, per_run
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_SCHEMA)

    def reserve(self, run: str, amounts: Mapping[str, Decimal]) -> Reservation:
        """Sets aside an amount for each SKU, all or none; raises OverBudgetError. Durable when it returns."""
        units = {f"sku {sku}": _units(amount) for sku, amount in amounts.items()}
        reservation = Reservation(uuid.uuid4().hex, run, dict(amounts))
        total = {f"run {run}": sum(units.values())}
        with self._write() as db:
            for cap, owners in ((self._per_sku, units), (self._per_run, total)):
                for owner, asked in owners.items():
                    booked = _booked(db, owner)
                    if booked + asked > cap / _UNIT:
                        raise OverBudgetError(owner, cap, booked * _UNIT, asked * _UNIT)
                    _book(db, owner, asked)
            rows = ((reservation.id, owner, amount) for owner, amount in units.items())
            db.executemany("INSERT INTO reservations VALUES (?, ?, ?)", rows)
        return reservation

    def settle(self, reservation: Reservation, cost: Mapping[str, Decimal]) -> None:
        """Books what the call really cost each SKU in place of what was reserved; once.

        Raises BudgetError, after booking, where it cost more than was reserved, and where it was settled before.
        """
        actual = {f"sku {sku}": _units(amount) for sku, amount in cost.items()}
        with self._write() as db:
            held = dict(
                db.execute(
                    "DELETE FROM reservations WHERE id = ? RETURNING owner, amount", (reservation.id,)
                ).fetchall()
            )
            if set(actual) != set(held):
                raise BudgetError(
                    f"reservation {reservation.id} holds {len(held)} SKUs and {len(actual)} are to be settled;"
                    " settle each reservation once, with every SKU it was made for"
                )
            for owner, amount in held.items():
                _book(db, owner, actual[owner] - amount)
            _book(db, f"run {reservation.run}", sum(actual.values()) - sum(held.values()))
        dearer = sorted(owner for owner, amount in held.items() if actual[owner] > amount)
        if dearer:
            raise BudgetError(
                f"{len(dearer)} SKUs cost more than was reserved for them, {dearer[0]} the first;"
                " it is booked: raise the model's price to the most that a row can cost"
            )

    def release(self, reservation: Reservation) -> None:
        """Gives a reservation back whole: the call was never made, or is known to have cost nothing."""
        self.settle(reservation, dict.fromkeys(reservation.amounts, Decimal(0)))

    def booked(self, *, sku: str | None = None, run: str | None = None) -> Decimal:
        """What was spent and is reserved, of one SKU or of one run."""
        with self._open() as db:
            return _booked(db, f"run {run}" if sku is None else f"sku {sku}") * _UNIT

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            with db:
                yield db

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection each time: none is carried over a fork or between threads.
        try:
            with closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as db:
                # A reservation that a power cut takes back could be spent twice.
                db.execute("PRAGMA synchronous = FULL")
                yield db
        except sqlite3.Error as error:
            raise BudgetError(f"the budget at {self._path} cannot be used ({error}); nobody was asked") from error


def _units(amount: Decimal) -> int:
    if not amount.is_finite() or not 0 <= amount <= _MOST:
        raise BudgetError(f"an amount is between 0 and {_MOST}, not {amount}; correct the model's price or bill")
    return int((amount / _UNIT).to_integral_value(rounding=ROUND_CEILING))


def _booked(db: sqlite3.Connection, owner: str) -> int:
    found = db.execute("SELECT booked FROM accounts WHERE owner = ?", (owner,)).fetchone()
    return int(found[0]) if found else 0


def _book(db: sqlite3.Connection, owner: str, units: int) -> None:
    db.execute(
        "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET booked = booked + excluded.booked",
        (owner, units),
    )

"""A small lake made by the very chain of `aios run`, stage by stage and without Dagster's job around it."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from aios_assets.definitions import stages
from aios_assets.intake import take_in
from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.runtime import Runtime
from aios_assets.settings import FeedSettings, Settings

ACME = """\
id,title,brand,modelno,price,description
A1,Sony Bravia KDL-40 Television,Sony,KDL-40,$499.99,LCD television; write to john.doe@example.com
A2,Canon PowerShot SD1100 Camera,Canon,SD1100,$179.00,8 MP camera
A/3,Apple iPod nano 8GB,Apple,MB754,$149.00,music player
A4,Bosch Drill 18V red,Bosch,GSR18,N/A,Cordless drill
A5,,,,$5.00,
A6,Makita Saw 190mm,Makita,HS7601,$89.50,circular saw
"""
BESTCO = """\
sku,name,brand,model,price
B1,Sony KDL-40 Bravia LCD TV,Sony,KDL-40,489.00
B2,Canon SD1100 PowerShot digital camera,Canon,SD1100,175.50
B3,Nikon Coolpix S210 camera,Nikon,S210,129.99
B4,Philips Kettle 1.7 l steel,Philips,HD9350,39.95
B5,broken,row,with,too,many,cells,9.99
"""


def write_feeds(folder: Path, *, acme: str = ACME, bestco: str = BESTCO) -> list[str]:
    """The two deliveries as files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "acme.csv", folder / "bestco.csv"
    for file, text in zip(files, (acme, bestco), strict=True):
        file.write_text(text)
    return [str(file) for file in files]


def run_chain(runtime: Runtime, files: Iterable[str], *, only: set[str] | None = None) -> list[Attempt]:
    """Materialises the stages in order over these files, as one run; stops where one is refused."""
    known = stages(runtime.settings)
    contracts = {stage.name: stage.contract for stage in known}
    run, attempts = Run(uuid.uuid4().hex, "catalogue"), []
    for stage in known:
        if only is not None and stage.name not in only:
            continue
        feed = take_in(runtime, list(files), None, stage) if stage.reads_feed else None
        if stage.reads_feed and feed is None:
            continue
        attempts.append(materialise(stage, runtime, run, contracts=contracts, feed=feed))
        if attempts[-1].refused:
            break
    return attempts


def settings_in(home: Path) -> Settings:
    """Default settings with the lake in this folder; deliveries are not waited for to be at rest."""
    return Settings(home=home, feeds=FeedSettings(limits={"settle_seconds": 0}))

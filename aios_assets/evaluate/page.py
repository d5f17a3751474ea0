"""Page: one evaluation as one HTML file that needs nothing else: numbers, calibration, errors with their evidence."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

SIZE: Final = 320
STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d2530}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde2e8;"
    "vertical-align:top}th{font-weight:600}small{color:#5b6675}svg{background:#f7f8fa}"
)


def page(plain: Mapping[str, Any]) -> str:
    """The HTML of a result's `plain()`; every text in it is escaped."""
    title = f"Evaluation: {plain['kind']}"
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head><body>',
            f"<h1>{escape(title)}</h1>",
            _numbers(plain),
            "<h2>Calibration</h2><p>What was said (across) against what was right (up); a dot's area is its pairs.</p>",
            _calibration(plain.get("calibration", [])),
            *_curve(plain.get("curve", [])),
            "<h2>Hardest errors</h2>",
            _errors(plain.get("errors", [])),
            "</body></html>",
        ]
    )


def _numbers(plain: Mapping[str, Any]) -> str:
    rows = []
    for name, value in plain.items():
        if name in ("kind", "calibration", "curve", "errors"):
            continue
        told = ", ".join(f"{key} {inner}" for key, inner in value.items()) if isinstance(value, Mapping) else str(value)
        rows.append(f"<tr><th>{escape(name)}</th><td>{escape(told)}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _calibration(bins: Sequence[Mapping[str, float]]) -> str:
    most = max((point["pairs"] for point in bins), default=1)
    dots = [
        f'<circle cx="{point["said"] * SIZE:.1f}" cy="{(1 - point["right"]) * SIZE:.1f}" '
        f'r="{2 + 12 * (point["pairs"] / most) ** 0.5:.1f}" fill="#2f6db5" fill-opacity="0.7">'
        f"<title>{point['pairs']} pairs: said {point['said']}, right {point['right']}</title></circle>"
        for point in bins
    ]
    line = f'<line x1="0" y1="{SIZE}" x2="{SIZE}" y2="0" stroke="#9aa5b1" stroke-dasharray="4 4"/>'
    return (
        f'<svg role="img" aria-label="calibration" width="{SIZE}" height="{SIZE}" viewBox="-14 -14 {SIZE + 28} {SIZE + 28}">'
        f"{line}{''.join(dots)}</svg>"
    )


def _curve(points: Sequence[Mapping[str, float]]) -> list[str]:
    """Precision, recall and F1 over the threshold."""
    if not points:
        return []
    lines, words = [], []
    for name, colour in (("precision", "#2f6db5"), ("recall", "#b5562f"), ("f1", "#1d2530")):
        told = " ".join(f"{point['threshold'] * SIZE:.1f},{(1 - point[name]) * SIZE:.1f}" for point in points)
        lines.append(f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="2"/>')
        words.append(f'<b style="color:{colour}">{name}</b>')
    drawn = (
        f'<svg role="img" aria-label="precision, recall and F1 by threshold" width="{SIZE}" height="{SIZE}" '
        f'viewBox="-14 -14 {SIZE + 28} {SIZE + 28}">{"".join(lines)}</svg>'
    )
    said = f"<p>{', '.join(words)} (up, 0 to 1) of the pairs from a probability (across, 0 to 1) on.</p>"
    return ["<h2>Threshold</h2>", said, drawn]


def _errors(errors: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        f"<tr><td>{escape(str(error['error']))}<br><small>{escape(str(error.get('why', '')))}</small></td>"
        f"<td>{error['probability']:.2f}</td><td>{escape(str(error['left']))}</td><td>{escape(str(error['right']))}"
        f"<br><small>{escape(str(error.get('evidence', '')))}</small></td></tr>"
        for error in errors
    ]
    return f"<table><tr><th>error</th><th>said</th><th>left</th><th>right</th></tr>{''.join(rows)}</table>"

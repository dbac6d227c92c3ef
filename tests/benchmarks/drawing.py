"""Draws what `tests.benchmarks.scale` measured: latency, indexing time and memory against the number of sentences."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from tests.benchmarks.peers import Figures

AXES = {"p50": "latency, median (ms)", "indexing": "indexing (s)", "memory": "memory (MB)"}


def draw(figures: Sequence[Figures], path: Path) -> None:
    """Draw one panel a figure, both axes logarithmic, one line an engine.

    Args:
        figures: What was measured.
        path: The SVG file to write.
    """
    sheet = Figure(figsize=(13, 4), layout="constrained")
    panels = sheet.subplots(1, len(AXES))
    for panel, (field, title) in zip(panels, AXES.items(), strict=True):
        for name in dict.fromkeys(each.name for each in figures):
            own = [each for each in figures if each.name == name]
            panel.loglog([e.passages for e in own], [getattr(e, field) for e in own], marker="o", label=name)
        panel.set(xlabel="sentences", title=title)
    sheet.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(figures))
    sheet.savefig(path, metadata={"Date": None, "Creator": None})

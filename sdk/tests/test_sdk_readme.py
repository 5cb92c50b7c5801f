"""The samples of the README are Python, and what they name exists."""

import re
from pathlib import Path

import flask

SAMPLES = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_samples_are_python():
    assert len(SAMPLES) == 5
    for sample in SAMPLES:
        compile(sample, "README.md", "exec")


def test_the_app_of_the_readme_serves_its_paths():
    names = {"__name__": __name__}
    exec(next(sample for sample in SAMPLES if "blueprint" in sample), names)
    assert isinstance(names["web"], flask.Flask)
    paths = {rule.rule for rule in names["web"].url_map.iter_rules()}
    assert {"/events", "/lifecycle", "/actions/<key>", "/panels/history"} <= paths
    assert "data-portico-panel" in names["web"].test_client().get("/panels/history").text

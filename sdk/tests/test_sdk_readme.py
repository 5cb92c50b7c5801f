"""The samples of the README are Python, and what they name exists."""

import re
from pathlib import Path

import flask

SAMPLES = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_samples_are_python():
    assert len(SAMPLES) == 6
    for sample in SAMPLES:
        compile(sample, "README.md", "exec")


def test_the_app_of_the_readme_serves_its_paths():
    names = {"__name__": __name__}
    exec(next(sample for sample in SAMPLES if "blueprint" in sample), names)
    assert isinstance(names["web"], flask.Flask)
    paths = {rule.rule for rule in names["web"].url_map.iter_rules()}
    assert {"/events", "/lifecycle", "/actions/<key>", "/panels/history"} <= paths
    assert "data-portico-panel" in names["web"].test_client().get("/panels/history").text


def test_people_are_asked_as_the_howto_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    howto = Path(__file__).parents[2] / "docs" / "howto" / "acting-for-people.md"
    asking, acting = re.findall(r"```python\n(.*?)```", howto.read_text(encoding="utf-8"), re.DOTALL)
    compile(acting, howto.name, "exec")
    names = {"__name__": __name__}
    exec(asking, names)
    browser = names["web"].test_client()
    assert "code_challenge_method=S256" in browser.get("/connect").location
    assert browser.get("/back?state=other").status_code == 400

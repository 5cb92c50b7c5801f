import re
from pathlib import Path

import pytest
from lucide import IconDoesNotExist

import portico
from portico.web.avatars import TONES, initials, tone
from portico.web.icons import lucide


def test_an_icon_without_a_label_is_hidden_from_screen_readers() -> None:
    drawing = lucide("house")
    assert 'aria-hidden="true"' in drawing
    assert "role=" not in drawing
    assert 'width="18"' in drawing


def test_an_icon_with_a_label_is_an_image_and_the_label_is_escaped() -> None:
    drawing = lucide("lock", size=14, label='"><script>')
    assert 'role="img"' in drawing
    assert "<script" not in drawing


def test_an_unknown_icon_fails_loudly() -> None:
    with pytest.raises(IconDoesNotExist):
        lucide("no-such-icon")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Lindqvist", "ML"),
        ("ada", "A"),
        ("Zoë de la Cruz", "ZC"),
        ("王小明", "小明"),
        ("欧阳 娜娜", "娜娜"),
        ("  ", "?"),
        ("", "?"),
    ],
)
def test_initials_follow_how_names_are_read(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_tone_is_stable_and_within_the_palette() -> None:
    assert tone("emp_0199c1b7k2m4") == tone("emp_0199c1b7k2m4")
    assert {tone(f"emp_{number}") for number in range(200)} == set(range(TONES))


def test_every_icon_that_a_page_names_exists() -> None:
    named = re.compile(r"""\bicon(?:_name)?\s*[=(]\s*(['"])([a-z0-9-]+)\1(?!\s*~)""")
    root = Path(portico.__file__).parent
    found = {
        match[2]
        for path in (*root.rglob("*.html"), *root.rglob("*.py"))
        for match in named.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 50
    for name in sorted(found):
        assert lucide(name)

"""Steps on any page of the app, and what each has to stand: a tablet's width, Tab alone."""

from typing import Any

MOST_TABS = 80
TABLET = {"width": 820, "height": 1180}
_DEEP = """function* deep(root) {
  for (const each of root.querySelectorAll("*")) {
    yield each;
    if (each.shadowRoot) yield* deep(each.shadowRoot);
  }
}
"""
_OUT_OF_REACH = f"""() => {{ {_DEEP}
  const controls = "button, input, select, textarea, summary, a[href], [role=tab], [role=option]";
  const scrolls = (each) => {{
    for (let at = each; at; at = at.parentElement ?? at.getRootNode().host)
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  }};
  return [...deep(document)].filter((each) => each.matches(controls) && each.checkVisibility())
    .filter((each) => each.getBoundingClientRect().width > 1 && !scrolls(each))
    .filter((each) => {{
      const {{ left, right }} = each.getBoundingClientRect();
      return right > innerWidth + 1 || left < -1;
    }})
    .map((each) => each.outerHTML.slice(0, 120));
}}"""
_FOCUSED = """(element) => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === element;
}"""
_LEAVE = """(element) => element.blur()"""


def require_fits(page: Any, width: int = TABLET["width"]) -> None:
    """No page is wider than the window, and no control lies where it cannot be scrolled to."""
    page.wait_for_function(f"document.documentElement.scrollWidth <= {width}")
    assert page.evaluate(_OUT_OF_REACH) == []


def require_tab_reaches(page: Any, control: Any) -> None:
    """Tab alone leads from the top of the page to a control, and one sees that it has the focus."""
    control.wait_for()
    page.evaluate("document.activeElement?.blur()")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if control.evaluate(_FOCUSED):
            break
    else:
        raise AssertionError("Tab does not lead there")
    box = control.bounding_box()
    around = {
        "x": max(0, box["x"] - 6), "y": max(0, box["y"] - 6),
        "width": box["width"] + 12, "height": box["height"] + 12,
    }  # fmt: skip
    focused = page.screenshot(clip=around, animations="disabled")
    control.evaluate(_LEAVE)
    page.wait_for_timeout(0)
    assert page.screenshot(clip=around, animations="disabled") != focused


def open_tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.locator(f'[role=tab][aria-selected=true]:has-text("{name}")').wait_for()


def choose(page: Any, label: str, words: str, *, exact: bool = True) -> None:
    """Choose from a list by typing, as with a keyboard."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words, exact=exact).first.click()

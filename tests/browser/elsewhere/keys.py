"""A person who has no mouse, and who sees at each stop where the focus is."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.support.server import password

MOST_STOPS = 90
"""From wherever one is to where one wants: more is no way that anybody goes."""

STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return { wrong: [], name: 'the end of the page', end: true };
  const name = at.outerHTML.slice(0, 120);
  const ringed = (one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  };
  // A box that is drawn by its label, or by what stands around it, is ringed there.
  const around = [at.parentElement, at.parentElement?.parentElement];
  // (What draws a ring within a video of the browser's own controls cannot be asked.)
  const near = [at, ...(at.labels ?? []), at.nextElementSibling, ...around];
  const ring = near.find((one) => one && ringed(one)) ?? (at.matches('#main, video') ? at : null);
  if (!ring) return { wrong: ['no ring'], name };
  const box = ring.getBoundingClientRect();
  const wrong = [];
  if (box.width < 1 || box.height < 1) wrong.push('nothing to see');
  const tall = box.height > innerHeight || at.matches('textarea, video'), wide = box.width > innerWidth;
  const down = tall ? 0 : box.bottom - innerHeight, right = wide ? 0 : box.right - innerWidth;
  const out = Math.max(-box.top, down, -box.left, right);
  const gone = box.top > innerHeight - 20 || box.bottom < 20;
  if (tall ? gone : out > 2) wrong.push(`outside by ${Math.round(out)} px`);
  else {
    const clip = (value, most) => Math.min(Math.max(value, 1), most - 1);
    const x = clip(box.left + Math.min(box.width, innerWidth) / 2, innerWidth);
    for (const y of [box.top + 3, box.top + box.height / 2, box.bottom - 3]) {
      const hit = document.elementFromPoint(x, clip(y, innerHeight));
      let over = hit;
      const stays = (one) => ['fixed', 'sticky'].includes(getComputedStyle(one).position);
      while (over && !stays(over)) over = over.parentElement;
      if (over && !over.contains(at)) wrong.push(`under ${over.outerHTML.slice(0, 60)}`);
    }
  }
  return { wrong: [...new Set(wrong)], name };
}"""
"""Where the focus is, and why a person would not see it."""


class Keys:
    """Presses keys in a page and nothing else; what was wrong at a stop is in `wrong`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Write into what has the focus."""
        self.page.keyboard.type(words)

    def step(self, key: str = "Tab") -> Any:
        """Go to the next stop and look at it."""
        self.press(key)
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        stop = self.page.evaluate(STOP)
        if stop["wrong"]:  # while the page was still being laid out, or scrolled?
            self.page.wait_for_timeout(200)
            stop = self.page.evaluate(STOP)
        self.wrong += [f"{self.page.url}: {one}: {stop['name']}" for one in stop["wrong"]]
        return stop

    def to(self, css: str, key: str = "Tab") -> None:
        """Press Tab until the focus is in what `css` names."""
        for _ in range(MOST_STOPS):
            self.step(key)
            if self.page.evaluate("(css) => document.activeElement?.matches(css)", css):
                return
        at = self.page.evaluate("() => document.activeElement?.outerHTML.slice(0, 200)")
        raise AssertionError(f"{MOST_STOPS} stops on {self.page.url} and not at {css}, but at {at}")

    def through(self, key: str = "Tab") -> None:
        """Go once through the whole page, or back: every stop is seen, and there is a last one.

        Where Tab does something else, Escape is what leads on.
        """
        self.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
        for _ in range(3 * MOST_STOPS):
            before = self.page.evaluate_handle("() => document.activeElement")
            if self.step(key).get("end"):
                return
            if self.page.evaluate("(before) => before === document.activeElement", before):
                self.press("Escape")
        raise AssertionError(f"no way out of {self.page.url}")

    def sign_in(self, base_url: str, username: str) -> None:
        """From the home page."""
        self.page.goto(base_url)
        self.to(".account a.button")
        self.press("Enter")
        self.page.wait_for_url("**/sign-in?**")
        self.to("main input[name=username]")
        self.type(username)
        self.to("main input[name=password]")
        self.type(password(username))
        self.press("Enter")
        self.page.wait_for_selector("header .menu summary")

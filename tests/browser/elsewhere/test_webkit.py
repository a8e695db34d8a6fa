"""What a member and a lecturer do most, in WebKit: the engine of every iPhone, in WebKitGTK's clothes.

WebKitGTK plays through Media Source and GStreamer. What Apple's own does otherwise, its native HLS and its
whole screen, is not met here.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.elsewhere.conftest import SAID, Course
from tests.support.needs import program
from tests.support.server import Served, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(17)]

AT = "document.querySelector('#video').currentTime"
PLAYS = "!document.querySelector('#video').paused"


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A screen that nobody looks at: MiniBrowser does not run without one. Its name for $DISPLAY."""
    xvfb = program("Xvfb", package="xvfb")
    command = [str(xvfb), "-displayfd", "1", "-screen", "0", "1300x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        number = running.stdout.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
        running.terminate()


@dataclass
class Visit:
    """A browser at the library, with what Selenium says in many words said in few."""

    driver: WebKitGTK
    base_url: str

    def open(self, path: str) -> None:
        """Open a page of the library."""
        self.driver.get(self.base_url + path)

    def see(self, css: str) -> WebElement:
        """The first of those that `css` names, once it is shown."""
        return self._wait(
            lambda driver: next(filter(_shown, driver.find_elements(By.CSS_SELECTOR, css)), None)
        )

    def until(self, condition: str, *args: Any) -> None:
        """Wait until a condition in JavaScript is true."""
        self._wait(lambda driver: driver.execute_script(f"return Boolean({condition})", *args), condition)

    def until_says(self, css: str, words: str) -> None:
        """Wait until what `css` names has `words` in it."""
        self.until("document.querySelector(arguments[0])?.innerText.includes(arguments[1])", css, words)

    def sign_in(self, username: str) -> None:
        """Sign in through the form."""
        self.open("/sign-in")
        self.see("main input[name=username]").send_keys(username)
        self.see("main input[name=password]").send_keys(password(username))
        self.see("main form button.primary").click()
        self.until_says("header .menu summary", username)

    def _wait(self, condition: Callable[[WebKitGTK], Any], told: str = "") -> Any:
        return WebDriverWait(self.driver, 30, 0.1).until(condition, told)


def _shown(element: WebElement) -> bool:
    return element.is_displayed()


@pytest.fixture(scope="module")
def visit(screen: str, served: Served) -> Iterator[Visit]:
    """One browser for all tests: it takes seconds to start."""
    driver_path = program("WebKitWebDriver", package="webkit2gtk-driver")
    options = Options()
    options.binary_location = str(_mini_browser())
    options.add_argument("--automation")
    driver = WebKitGTK(
        options=options, service=Service(str(driver_path), env={**os.environ, "DISPLAY": screen})
    )
    driver.set_window_size(1280, 960)
    yield Visit(driver, served.base_url)
    driver.quit()


def _mini_browser() -> Path:
    """Where Debian puts it: in no folder of $PATH."""
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return found[-1] if found else program("MiniBrowser", package="webkit2gtk-driver")


def test_it_plays_with_captions_and_without_in_the_quality_chosen_and_goes_on(
    visit: Visit, course: Course
) -> None:
    first, second = course.clips
    visit.open(f"/clips/{first}")
    visit.see("[data-do=begin]").click()
    visit.until(f"{AT} > 1.2")
    visit.until_says("#caption", SAID)
    visit.see("[data-do=captions]").click()
    visit.until("document.querySelector('#caption').hidden")
    before = visit.driver.execute_script(f"return {AT}")
    visit.until(f"{AT} > arguments[0] + 0.3", before)

    Select(visit.driver.find_element(By.ID, "quality")).select_by_value("360p")
    visit.driver.execute_script("document.querySelector('#seek').focus()")
    visit.see("#seek").send_keys(Keys.HOME)
    visit.until(f"{AT} < 5 && document.querySelector('#video').videoHeight === 360")

    visit.see("#controls a[rel=next]").click()
    visit.until("location.pathname === arguments[0]", f"/clips/{second}")
    visit.until(f"{PLAYS} && {AT} > 0.5")
    visit.until("document.querySelector('#quality').value === '360p'")


def test_signing_in_searching_and_the_way_to_the_sentence(visit: Visit, course: Course) -> None:
    visit.sign_in("member")
    visit.see("#q").send_keys(SAID, Keys.ENTER)
    visit.until_says("main a.moment", SAID)
    visit.see("main a.moment").click()
    visit.until("location.pathname === arguments[0]", f"/clips/{course.clips[0]}")
    visit.until_says(".cues [aria-current]", SAID)
    visit.driver.delete_all_cookies()


def test_a_file_is_handed_over(visit: Visit, recording: Path) -> None:
    visit.sign_in("lecturer")
    visit.open("/upload")
    visit.driver.find_element(By.ID, "files").send_keys(str(recording))
    visit.until_says("#uploads > li [data-part=state]", "已传完")
    visit.see("#uploads input[name=lecturer]").send_keys("韩老师")
    visit.until_says("#uploads [data-part=saved]", "已自动保存")
    visit.driver.delete_all_cookies()

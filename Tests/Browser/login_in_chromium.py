#!/usr/bin/env python3
"""A login in a real browser: Chromium opens the portal, the phone reads the QR code from the screenshot.

usage: login_in_chromium.py --portal URL --phone PROGRAM --home DIR --ca FILE --pin-file FILE
                            [--profile NAME] [--pictures DIR]

Needs chromium and chromedriver (Debian: chromium chromium-driver). Ends with "browser: N passed, M failed".
Standard library only: chromedriver speaks the WebDriver protocol (W3C), which is JSON over HTTP.
"""
import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER = "\ue004", "\ue007"


class Browser:
    def __init__(self, width, height):
        self.base = f"http://127.0.0.1:{self.start()}"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
                     "--lang=de", f"--window-size={width},{height}", "--disable-dev-shm-usage"]
        options = {"args": arguments, "prefs": {"intl.accept_languages": "de"}}
        capabilities = {"alwaysMatch": {"acceptInsecureCerts": True, "goog:chromeOptions": options,
                                        "goog:loggingPrefs": {"browser": "ALL"}}}
        answer = self.call("POST", "/session", {"capabilities": capabilities})
        self.base += "/session/" + answer["sessionId"]

    def start(self):
        """Starts a driver; its port. Between choosing a port and listening at it somebody else may take it: then again."""
        for _ in range(5):
            self.driver = subprocess.Popen(
                ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for line in self.driver.stdout:
                found = re.search(r"started successfully on port (\d+)", line)
                if found:
                    return found.group(1)
            self.driver.wait()
        raise RuntimeError("chromedriver did not start")

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def url(self):
        return self.call("GET", "/url")

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def has(self, selector):
        return bool(self.call("POST", "/elements", {"using": "css selector", "value": selector}))

    def attribute(self, selector, name):
        return self.call("GET", f"/element/{self.find(selector)}/attribute/{name}")

    def text(self, selector):
        return self.call("GET", f"/element/{self.find(selector)}/text")

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def property(self, selector, name):
        return self.call("GET", f"/element/{self.find(selector)}/property/{name}")

    def script(self, text):
        """Runs a script of the page's own origin that calls its last argument with the result."""
        return self.call("POST", "/execute/async", {"script": text, "args": []})

    def developer(self, command, **parameters):
        """A command of the DevTools protocol."""
        self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def value(self, expression):
        return self.script(f"arguments[arguments.length - 1]({expression})")

    def press(self, *keys):
        """Keys as a person presses them, wherever the focus is."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ["keyDown", "keyUp"]]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def tab_to(self, selector):
        """Goes on with the tabulator until the focus is there, and says that a person can see it."""
        for _ in range(20):
            if self.value(f"document.activeElement.matches({json.dumps(selector)})"):
                style = self.value("(s => s.outlineStyle + s.boxShadow)(getComputedStyle(document.activeElement))")
                assert style != "nonenone", f"the focus on {selector} cannot be seen"
                return
            self.press(TAB)
        raise AssertionError(f"the tabulator does not lead to {selector}")

    def forget_cookies(self):
        self.call("DELETE", "/cookie")

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))

    def complaints(self):
        log = self.call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in log if entry["level"] == "SEVERE"]

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.kill()
            self.driver.wait()


def wait_until(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (urllib.error.HTTPError, urllib.error.URLError):
            pass  # The page is changing under us.
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for: {what}")


class Phone:
    def __init__(self, arguments):
        self.program = arguments.phone
        self.options = ["--home", arguments.home, "--profile", arguments.profile, "--ca", arguments.ca, "--json"]
        self.pin = ["--pin-file", arguments.pin_file]

    def run(self, *words, pin=False):
        command = [self.program, *words, *self.options, *(self.pin if pin else [])]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if result.returncode != 0:
            raise AssertionError(f"citizen-phone {words[0]} ended with {result.returncode}: {result.stdout}")
        return json.loads(result.stdout)


def begin(browser, portal):
    browser.open(portal)
    browser.click("form[action^='/login'] button")
    wait_until("the login page", lambda: browser.has("main#login[data-state='created']"))


def by_qr_code(browser, phone, arguments):
    """The phone reads the QR code from the picture of the screen, the person types the digits."""
    begin(browser, arguments.portal)
    first = browser.attribute("main#login", "data-qr-link")
    browser.picture(f"{arguments.pictures}/login.png")
    wait_until("a new QR frame", lambda: browser.attribute("main#login", "data-qr-link") != first, 10)
    # Where events do not come through, the page fetches itself.
    fetched = browser.value("performance.getEntriesByType('resource').map(e => e.name).filter(n => n === location.href)")
    assert fetched == [], "the new frame did not come by an event"
    browser.picture(f"{arguments.pictures}/scan.png")
    claimed = phone.run("scan", f"{arguments.pictures}/scan.png")
    assert claimed["state"] == "awaiting_code", claimed
    wait_until("the form for the digits", lambda: browser.has("#code-form input[name=code]"))
    browser.picture(f"{arguments.pictures}/code.png")
    browser.type("#code-form input[name=code]", "00000000")
    browser.click("#code-form button")
    wait_until("the page after wrong digits", lambda: browser.has("#code-form input[name=code]"))
    browser.picture(f"{arguments.pictures}/wrong-code.png")
    browser.type("#code-form input[name=code]", claimed["code"])
    browser.click("#code-form button")
    wait_until("the page that waits for the phone", lambda: browser.has("main#login[data-state='awaiting_user']"))
    browser.picture(f"{arguments.pictures}/awaiting-user.png")
    phone.run("show", "--wait")
    phone.run("approve", pin=True)
    wait_until("the portal's account page", lambda: browser.url().endswith("/account") or "/account?" in browser.url())
    browser.picture(f"{arguments.pictures}/account.png")


def known_browser(browser, phone, arguments):
    """The person has the browser remembered: the next login needs no digits, and the key cannot leave the browser."""
    begin(browser, arguments.portal)
    issuer = "/".join(browser.url().split("/")[:3])
    claimed = phone.run("scan", browser.attribute("main#login", "data-qr-link"))
    wait_until("the form for the digits", lambda: browser.has("#code-form input[name=code]"))
    assert not browser.property("#remember", "checked"), "the offer is ticked by itself"
    browser.click("#remember")
    browser.picture(f"{arguments.pictures}/remember.png")
    browser.type("#code-form input[name=code]", claimed["code"])
    browser.click("#code-form button")
    request = phone.run("show", "--wait")
    assert "CitizenID den Browser" in request["request"]["text"] or "remembers the browser" in request["request"]["text"]
    phone.run("approve", pin=True)
    wait_until("the portal's account page", lambda: "/account" in browser.url())
    assert len(phone.run("browsers")["browsers"]) == 1
    # The session ends, the key stays.
    browser.open(issuer + "/sessions")
    stored = browser.script("""
        const done = arguments[arguments.length - 1];
        indexedDB.open('citizen-id').onsuccess = event => {
          const keys = event.target.result.transaction('browsers').objectStore('browsers').getAll();
          keys.onsuccess = () => done(keys.result.map(({ key }) => [key.type, key.extractable, key.usages.join()]));
        };""")
    assert stored == [["private", False, "sign"]], stored
    browser.forget_cookies()
    begin(browser, arguments.portal)
    wait_until("the proof", lambda: browser.script("""
        const done = arguments[arguments.length - 1];
        fetch(location.pathname).then(page => page.text()).then(text => done(!text.includes('data-nonce')));"""), 10)
    request = phone.run("scan", browser.attribute("main#login", "data-qr-link"))
    assert request["state"] == "awaiting_user", request
    assert request["request"]["binding"] == "known_browser", request
    phone.run("approve", pin=True)
    wait_until("the portal's account page", lambda: "/account" in browser.url())
    known = phone.run("browsers")["browsers"][0]["browser"]
    phone.run("browsers", "forget", known)


def by_link(browser, phone, arguments):
    """The same device: the phone hands the browser a return link."""
    begin(browser, arguments.portal)
    request = phone.run("scan", browser.attribute("main#login", "data-same-device-link"))
    assert request["state"] == "awaiting_user", request
    answer = phone.run("approve", pin=True)
    browser.open(answer["return"])
    wait_until("the portal's account page", lambda: "/account" in browser.url())


def denied(browser, phone, arguments):
    """The person refuses on the phone; the browser hears it without a reload by hand."""
    begin(browser, arguments.portal)
    claimed = phone.run("scan", browser.attribute("main#login", "data-qr-link"))
    wait_until("the form for the digits", lambda: browser.has("#code-form input[name=code]"))
    browser.type("#code-form input[name=code]", claimed["code"])
    browser.click("#code-form button")
    phone.run("show", "--wait")
    phone.run("deny")
    wait_until("the page after a refusal", lambda: browser.has("main#login[data-state='denied']"))
    browser.picture(f"{arguments.pictures}/denied.png")
    browser.click("#finish-link")
    wait_until("the portal", lambda: browser.url().startswith(arguments.portal))
    browser.picture(f"{arguments.pictures}/portal-denied.png")


def cancelled(browser, phone, arguments):
    """The person gives up in the browser and is at the portal again."""
    begin(browser, arguments.portal)
    browser.click("#cancel-form button")
    wait_until("the portal", lambda: browser.url().startswith(arguments.portal))
    assert "access_denied" in browser.call("GET", "/source"), "the portal does not say that the login was refused"


def scanned(browser, phone, path):
    """Reads the code off the screen; a code lives for a few seconds only."""
    for _ in range(8):
        browser.picture(path)
        try:
            return phone.run("scan", path)
        except AssertionError as error:
            if "scan_again" not in str(error):
                raise
    raise AssertionError("no code on the screen was fresh enough")


def without_scripts(browser, phone, arguments):
    """A browser that runs no scripts: the page reloads by itself, but never while a person types."""
    browser.developer("Emulation.setScriptExecutionDisabled", value=True)
    begin(browser, arguments.portal)
    first = browser.attribute("main#login", "data-qr-link")
    wait_until("a new QR frame by reload", lambda: browser.attribute("main#login", "data-qr-link") != first, 10)
    claimed = scanned(browser, phone, f"{arguments.pictures}/without-scripts.png")
    wait_until("the form for the digits", lambda: browser.has("#code-form input[name=code]"))
    browser.type("#code-form input[name=code]", claimed["code"])
    time.sleep(3)
    assert browser.property("#code-form input[name=code]", "value") == claimed["code"], "the page took the digits away"
    browser.click("#code-form button")
    wait_until("the page that waits for the phone", lambda: browser.has("main#login[data-state='awaiting_user']"))
    phone.run("show", "--wait")
    phone.run("approve", pin=True)
    wait_until("the portal's account page", lambda: "/account" in browser.url())


def by_keyboard(browser, phone, arguments):
    """The keyboard alone: the digits, and giving up; the focus can be seen."""
    begin(browser, arguments.portal)
    claimed = phone.run("scan", browser.attribute("main#login", "data-qr-link"))
    wait_until("the form for the digits", lambda: browser.has("#code-form input[name=code]"))
    browser.tab_to("#code-form input[name=code]")
    browser.press(*claimed["code"], ENTER)
    wait_until("the page that waits for the phone", lambda: browser.has("main#login[data-state='awaiting_user']"))
    browser.tab_to("#cancel-form button")
    browser.press(ENTER)
    wait_until("the portal", lambda: browser.url().startswith(arguments.portal))


def narrow_and_dark(browser, phone, arguments):
    """A screen 320 pixels wide, in the dark: nothing is wider than the screen, and the code can be scanned."""
    browser.developer("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=2, mobile=True)
    browser.developer("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def fits(state):
        wait_until(f"the page {state}", lambda: browser.has(f"main#login[data-state='{state}']"))
        browser.picture(f"{arguments.pictures}/narrow-{state}.png")
        width = browser.value("document.documentElement.scrollWidth")
        assert width <= 320, f"the page {state} is {width} pixels wide"

    begin(browser, arguments.portal)
    fits("created")
    red, green, blue = browser.value(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
    assert max(red, green, blue) < 80, "the page is not dark"
    browser.value("document.querySelector('#qr svg').scrollIntoView({block: 'center'})")
    claimed = scanned(browser, phone, f"{arguments.pictures}/narrow-scan.png")
    fits("awaiting_code")
    browser.type("#code-form input[name=code]", claimed["code"])
    browser.click("#code-form button")
    fits("awaiting_user")
    phone.run("show", "--wait")
    phone.run("deny")
    fits("denied")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["portal", "phone", "home", "ca", "pin-file"]:
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--profile", default="default")
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    arguments.portal = arguments.portal.rstrip("/")
    with tempfile.TemporaryDirectory() as folder:
        arguments.pictures = arguments.pictures or folder
        os.makedirs(arguments.pictures, exist_ok=True)
        passed = failed = 0
        for test in [by_qr_code, known_browser, by_link, denied, cancelled, without_scripts, by_keyboard, narrow_and_dark]:
            browser = Browser(1200, 900)
            try:
                test(browser, Phone(arguments), arguments)
                complaints = browser.complaints()
                # A page that answers wrong digits or a refusal has a status of its own; that is no fault of a script.
                complaints = [line for line in complaints if "Failed to load resource" not in line]
                assert not complaints, f"the browser's console says: {complaints}"
                passed += 1
                print(f"ok   {test.__name__}: {test.__doc__}", flush=True)
            except (AssertionError, urllib.error.HTTPError, subprocess.TimeoutExpired) as error:
                failed += 1
                detail = error.read().decode() if isinstance(error, urllib.error.HTTPError) else error
                print(f"FAIL {test.__name__}: {detail}", flush=True)
                browser.picture(f"{arguments.pictures}/failed-{test.__name__}.png")
            finally:
                browser.close()
        print(f"browser: {passed} passed, {failed} failed")
        sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

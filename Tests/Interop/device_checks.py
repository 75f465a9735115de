#!/usr/bin/env python3
"""Enrols the device client of device_client.py at a running provider and logs in with it at a running portal.

usage: device_checks.py SETTINGS.json

The settings name `ca`, `login_url`, `tickets` (enrolment links), `simulator_key`, `simulator_certificate`, `folder` and
`family_name`. Prints one JSON object: each check with "passed" or what was wrong.
"""
import html.parser
import http.cookiejar
import json
import ssl
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from device_client import (
    Device, Problem, Refused, Simulator, decode, digest, encode, jwk, members, private_key, sign, thumbprint)
from person import Checks, require

PIN = "135790"


class Page(html.parser.HTMLParser):
    """The members of the provider's login page that a person sees: the links and the form for the digits."""

    def __init__(self, text):
        super().__init__()
        self.login, self.action, self.hidden, self.inside = {}, None, {}, False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "main" and attributes.get("id") == "login":
            self.login = attributes
        if tag == "form":
            self.inside = attributes.get("id") == "code-form"
            if self.inside:
                self.action = attributes["action"]
        if tag == "input" and self.inside and attributes.get("type") == "hidden":
            self.hidden[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


class Browser:
    """A browser with cookies of its own, of urllib."""

    def __init__(self, ca):
        context = ssl.create_default_context(cafile=ca)
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url, fields=None):
        """Where the redirects end, and the page there."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(url, data, {"Accept": "text/html", "Accept-Language": "de"})
        if fields is not None:
            target = urllib.parse.urlsplit(url)
            request.add_header("Origin", f"{target.scheme}://{target.netloc}")
        try:
            with self.opener.open(request, timeout=30) as response:
                return response.url, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.url, error.read().decode()


class Journey:
    """A portal's login that has come to the provider's page."""

    def __init__(self, settings):
        self.browser = Browser(settings["ca"])
        self.address, text = self.browser.open(settings["login_url"])
        self.page = Page(text)
        require("data-same-device-link" in self.page.login, f"no login page: {self.address}")

    def link(self, flow):
        return self.page.login["data-same-device-link" if flow == "link" else "data-qr-link"]

    def type_digits(self, code):
        """The page has the form only after the claim."""
        _, text = self.browser.open(self.address)
        page = Page(text)
        require(page.action, "the page has no form for the digits")
        self.browser.open(urllib.parse.urljoin(self.address, page.action), {**page.hidden, "code": code})

    def finish(self):
        return self.browser.open(self.address + "/finish")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        settings = json.load(file)
    simulator = Simulator(settings["simulator_key"], settings["simulator_certificate"])
    device = Device(settings["folder"] + "/python-device.json", settings["ca"])
    checks = Checks()

    def signed_in(answer):
        address, text = answer
        require(address.endswith("/account") and settings["family_name"] in text, f"not signed in: {address}")

    def refused(code, function):
        try:
            function()
        except Problem as problem:
            require(problem.code == code, f"{problem.code} instead of {code}")
            return problem
        raise AssertionError(f"not refused with {code}")

    def not_followed(function):
        try:
            function()
        except Refused:
            return
        raise AssertionError("this device followed it")

    def wrong_key():
        """The true link enrols afterwards: the ticket was shown to nobody."""
        link = settings["tickets"][0]
        other = Device(settings["folder"] + "/python-other.json", settings["ca"])
        changed = link[:-1] + ("A" if link[-1] != "A" else "Q")
        not_followed(lambda: other.enrol(changed, PIN, simulator=simulator))

    def too_low():
        """D-6.2.4: what would end below the level that is wanted is left alone. The true link enrols afterwards."""
        weak = Simulator(settings["simulator_key"], settings["simulator_certificate"], key_store="software")
        other = Device(settings["folder"] + "/python-other.json", settings["ca"])
        not_followed(lambda: other.enrol(settings["tickets"][0], PIN, simulator=weak, level="substantiell"))

    def enrol():
        record, verdicts, block_code = device.enrol(settings["tickets"][0], PIN, simulator=simulator)
        require(all(one["passed"] for one in verdicts), str(verdicts))
        require(len(block_code.replace(" ", "").replace("-", "")) == 18, "no block code of 18 digits")
        require("substantiell" in record["ceiling"], record["ceiling"])
        device.renew_attestation()

    def used_ticket():
        other = Device(settings["folder"] + "/python-other.json", settings["ca"])
        refused("unknown_ticket", lambda: other.enrol(settings["tickets"][0], PIN, simulator=simulator))

    def qr():
        journey = Journey(settings)
        login = device.claim(journey.link("qr"))
        require(len(login["code"]) == 8, "not eight digits")
        waiting = threading.Thread(target=lambda: (time.sleep(0.5), journey.type_digits(login["code"])))
        waiting.start()
        login = device.wait(login)
        waiting.join()
        receipt, back = device.send(device.prepare(login, "approve", PIN))
        require(receipt["state"] == "complete" and back is None, "not complete")
        signed_in(journey.finish())

    def link():
        journey = Journey(settings)
        receipt, back = device.send(device.prepare(device.claim(journey.link("link")), "approve", PIN))
        require(receipt["state"] == "awaiting_return", receipt["state"])
        signed_in(journey.browser.open(back))

    def other_browser():
        journey = Journey(settings)
        _, back = device.send(device.prepare(device.claim(journey.link("link")), "approve", PIN))
        address, _ = Browser(settings["ca"]).open(back)
        require(address.startswith(device.state["issuer"]), f"a browser that did not begin the login came to {address}")
        signed_in(journey.browser.open(back))

    def deny():
        journey = Journey(settings)
        receipt, _ = device.send(device.prepare(device.claim(journey.link("link")), "deny"))
        require(receipt["state"] == "denied", receipt["state"])

    def wrong_pin():
        journey = Journey(settings)
        login = device.claim(journey.link("link"))
        problem = refused("not_accepted", lambda: device.send(device.prepare(login, "approve", "97531")))
        require(problem.tries_left == 2, f"{problem.tries_left} tries left")
        _, back = device.send(device.prepare(login, "approve", PIN))
        signed_in(journey.browser.open(back))

    def lost_answer():
        journey = Journey(settings)
        login = device.prepare(device.claim(journey.link("link")), "approve", PIN)
        first, second = device.send(login), device.send(login)
        require(first == second, "another receipt for the same bytes")
        refused("login_over", lambda: device.send(device.prepare(login, "deny")))
        signed_in(journey.browser.open(second[1]))

    def lower_counter():
        """A copy of the device that lags behind is a clone: nobody can say which of the two is the thief."""
        clone = Device(settings["folder"] + "/python-second.json", settings["ca"])
        clone.state["counter"] -= 1
        refused("device_cloned", lambda: clone.send(clone.prepare(clone.claim(Journey(settings).link("link")), "deny")))
        refused("device_suspended", lambda: clone.claim(Journey(settings).link("link")))

    def changed_text():
        login = device.claim(Journey(settings).link("link"))
        genuine = login["request"].split(".")
        request = {**members(decode(genuine[1])), "text": "Another text"}
        changed = encode(json.dumps(request).encode())
        not_followed(lambda: device.checked({**login, "request": ".".join([genuine[0], changed, genuine[2]])}))
        prepared = device.prepare(login, "approve", PIN)
        payload = {**members(decode(prepared["body"]["response"].split(".")[1])), "text_sha256": digest("Another text")}
        prepared["body"]["response"] = sign(private_key(device.state["auth"]), "login-response+jwt", payload)
        refused("statement_refused", lambda: device.send(prepared))
        device.send(device.prepare(login, "deny"))

    def foreign_link():
        link = Journey(settings).link("link")
        not_followed(lambda: device.claim(link.replace("https://", "https://not-")))
        refused("unknown_login", lambda: device.claim(link[:-1] + ("A" if link[-1] != "A" else "Q")))

    def other_device():
        other = Device(settings["folder"] + "/python-second.json", settings["ca"])
        other.enrol(settings["tickets"][1], PIN, simulator=simulator)
        require(thumbprint(jwk(private_key(other.state["auth"]))) != thumbprint(
            jwk(private_key(device.state["auth"]))), "two devices, one key")
        journey = Journey(settings)
        login = device.claim(journey.link("link"))
        refused("already_claimed", lambda: other.claim(journey.link("link")))
        prepared = device.prepare(login, "approve", PIN)
        refused("unknown_login", lambda: other.call(
            "POST", f"/device/v1/logins/{login['txn']}/response", prepared["body"]))
        _, back = device.send(prepared)
        signed_in(journey.browser.open(back))
        other.send(other.prepare(other.claim(Journey(settings).link("link")), "deny"))

    for name, check in [
        ("a link with another key", wrong_key), ("a level out of reach", too_low), ("enrolment", enrol), ("a used ticket", used_ticket), ("a login on another screen", qr),
        ("a login on this device", link), ("a return in another browser", other_browser), ("a denial", deny),
        ("a wrong PIN", wrong_pin), ("a lost answer", lost_answer), ("a changed text", changed_text),
        ("a foreign link", foreign_link), ("a login of another device", other_device), ("a clone", lower_counter),
    ]:
        checks.run(name, check)
    checks.report("device_client.py")


main()

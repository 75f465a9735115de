#!/usr/bin/env python3
"""Whether an installation's answers tell by their time what they must not tell by their words (checklist G8, I7).

usage: timing.py ISSUER [--ca FILE] [--rounds N] [--used-ticket LINK]

Each question is a pair, or a few, of calls that get the same answer: a ticket that is malformed, unknown or used; a block code that
is malformed or unknown; a client that is unknown or has another secret; a code, a refresh token and an access token that are
malformed or made up. They are asked in turn over one connection, in an order that chance makes anew each round, so that whatever
else the machine does meets all of them alike. The figure is the difference of their medians and how sure it is: a permutation
test says how often chance alone makes such a difference. `DIFFERS` needs both, p below 0.001 and more than 5 % and 50 µs.

An installation for such a test has higher limits: CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE=600000 and
CITIZEN_ID_LIMITS_CODES_PER_MINUTE=600000. Not for the suite: a busy machine needs many rounds. The status is 0 when nothing
differs, else 1. Standard library only.
"""
import argparse
import base64
import http.client
import json
import os
import random
import ssl
import statistics
import sys
import time
import urllib.parse


def text(count):
    return base64.urlsafe_b64encode(os.urandom(count)).rstrip(b"=").decode()


def body(**members):
    return json.dumps(members), {"Content-Type": "application/json"}


def form(**members):
    return urllib.parse.urlencode(members), {"Content-Type": "application/x-www-form-urlencoded"}


def questions(used):
    """Name, path, and the calls: name and a function that makes a fresh body with its headers."""
    tickets = {
        "malformed": lambda: body(ticket=text(14)[:-1] + "!"), "short": lambda: body(ticket=text(8)),
        "unknown": lambda: body(ticket=text(14)),
    }
    if used:
        tickets["used"] = lambda: body(ticket=used)

    def credentials(client):
        pair = base64.b64encode(f"{client}:{text(24)}".encode()).decode()
        sent, headers = form(grant_type="authorization_code", code=text(32))
        return sent, dict(headers, Authorization="Basic " + pair)

    return [
        ("tickets", "/device/v1/enrolments", tickets),
        ("block codes", "/device/v1/blocks", {
            "malformed": lambda: body(code="12"),
            "unknown": lambda: body(code="".join(random.choice("0123456789") for _ in range(18)))}),
        ("clients", "/token", {
            "unknown": lambda: credentials("nobody-" + text(4)), "malformed": lambda: credentials("no body")}),
        ("access tokens", "/userinfo", {
            "malformed": lambda: ("", {"Authorization": "Bearer " + text(40)}),
            "made up": lambda: ("", {"Authorization": f"Bearer {text(30)}.{text(90)}.{text(64)}"})}),
    ]


class Connection:
    def __init__(self, issuer, authority):
        address = urllib.parse.urlsplit(issuer)
        self.connection = http.client.HTTPSConnection(
            address.hostname, address.port or 443, context=ssl.create_default_context(cafile=authority), timeout=20)

    def ask(self, path, sent, headers):
        """Microseconds, and what the answer says."""
        start = time.perf_counter_ns()
        self.connection.request("POST", path, sent, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = (time.perf_counter_ns() - start) / 1000
        try:
            words = json.loads(content)
        except ValueError:
            words = {}
        return took, (answer.status, words.get("code") or words.get("error") or "")


def chance(left, right, rounds=2000):
    """How often shuffled times have medians as far apart as these."""
    found = abs(statistics.median(left) - statistics.median(right))
    both, hits = left + right, 0
    for _ in range(rounds):
        random.shuffle(both)
        hits += abs(statistics.median(both[:len(left)]) - statistics.median(both[len(left):])) >= found
    return (hits + 1) / (rounds + 1)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("issuer")
    parser.add_argument("--ca")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--used-ticket")
    options = parser.parse_args()
    used = options.used_ticket and options.used_ticket.split("/app/e/")[-1].split("#")[0]
    connection, differs = Connection(options.issuer, options.ca), 0
    for name, path, calls in questions(used):
        times, words = {call: [] for call in calls}, {call: set() for call in calls}
        for number in range(options.rounds + 50):
            order = list(calls)
            random.shuffle(order)
            for call in order:
                took, said = connection.ask(path, *calls[call]())
                words[call].add(said)
                # The first ones warm everything up.
                if number >= 50:
                    times[call].append(took)
        if any((429, "rate_limited") in said for said in words.values()):
            print(f"{name}: the limit of calls is in the way; nothing is known")
            differs += 1
            continue
        medians = {call: statistics.median(times[call]) for call in calls}
        base = "unknown" if "unknown" in calls else "malformed"
        for call in (call for call in calls if call != base):
            gap = medians[call] - medians[base]
            sure = chance(times[call], times[base])
            is_apart = sure < 0.001 and abs(gap) > max(50, 0.05 * medians[base])
            same = words[call] == words[base]
            differs += is_apart or not same
            print(
                f"{name}: {call} {medians[call]:.0f} µs, {base} {medians[base]:.0f} µs, difference {gap:+.0f} µs, p {sure:.4f}"
                f"{'  DIFFERS' if is_apart else ''}{'' if same else f'  OTHER WORDS {words[call]} {words[base]}'}")
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())

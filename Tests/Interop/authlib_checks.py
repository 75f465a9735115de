#!/usr/bin/python3
"""Logs in with Authlib and uses every endpoint of the provider.

usage: authlib_checks.py SETTINGS       (a JSON file; Tests/EndToEndTests/IndependentClientTests.swift writes it)
"""
import json
import pathlib
import sys

import authlib
from authlib.jose import JsonWebKey
from authlib_portal import Portal
from person import Checks, Listener, Person, require


def main():
    settings = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    checks, person, listener = Checks(), Person(settings), Listener(settings)
    state = {}

    def key(name):
        return JsonWebKey.import_key(pathlib.Path(settings[name]).read_bytes(), {"kty": "EC"})

    def discovery():
        state["portal"] = Portal(
            settings["issuer"], settings["client_id"], settings["portal"] + "/callback", key("key"),
            settings["levels"], ca=settings["ca"],
            decryption_key=key("decryption_key") if "decryption_key" in settings else None)

    def code_flow():
        url, state["login"] = state["portal"].begin_login()
        state["callback"] = person.login(url)

    def id_token():
        claims = state["claims"] = state["portal"].finish_login(state["callback"], state["login"])
        state["tokens"] = dict(state["portal"].session.token)
        require(claims["nonce"] == state["login"]["nonce"], claims)
        require(claims["sid"], "there is no sid")

    def userinfo():
        require(state["portal"].userinfo(state["claims"])["family_name"] == settings["family_name"], "another name")

    def refresh():
        old = state["portal"].session.token["access_token"]
        token = state["portal"].refresh()
        require(token["access_token"] != old, "the same access token")
        require(state["portal"].userinfo(state["claims"]), "no userinfo")
        if "id_token" in token:
            claims = state["portal"].validate(token["id_token"])
            require(claims["sub"] == state["claims"]["sub"], "another subject")

    def introspection():
        answer = state["portal"].introspect(state["portal"].session.token["access_token"])
        require(answer["active"] is True, answer)
        require(answer["client_id"] == settings["client_id"] and answer["iss"] == settings["issuer"], answer)
        require(state["portal"].introspect("unknown") == {"active": False}, "an unknown token is active")

    def revocation():
        portal = state["portal"]
        token = dict(portal.session.token)
        portal.revoke(token["access_token"], "access_token")
        require(portal.introspect(token["access_token"]) == {"active": False}, "the access token is active")
        require(portal.session.get(portal.provider["userinfo_endpoint"]).status_code == 401, "userinfo")
        portal.revoke(token["refresh_token"], "refresh_token")
        require(portal.introspect(token["refresh_token"]) == {"active": False}, "the refresh token is active")

    def rp_initiated_logout():
        goodbye = settings["portal"] + "/goodbye"
        hint = state["portal"].decrypted(state["tokens"]["id_token"])
        status, target = person.open(state["portal"].logout_url(hint, goodbye, "s1"))
        require(status in (302, 303) and target == goodbye + "?state=s1", f"{status} {target}")

    def back_channel_logout():
        path, content_type, form = listener.next()
        require(path == "/logout" and content_type == "application/x-www-form-urlencoded", (path, content_type))
        claims = state["portal"].validate_logout_token(form["logout_token"][0])
        require(claims["sid"] == state["claims"]["sid"] and claims["sub"] == state["claims"]["sub"], claims)

    checks.run("discovery", discovery)
    checks.run("code flow", code_flow)
    checks.run("ID token validation", id_token)
    checks.run("userinfo", userinfo)
    checks.run("refresh", refresh)
    checks.run("introspection", introspection)
    checks.run("revocation", revocation)
    checks.run("RP-initiated logout", rp_initiated_logout)
    checks.run("back-channel logout", back_channel_logout)
    checks.report(f"Authlib {authlib.__version__}")


main()

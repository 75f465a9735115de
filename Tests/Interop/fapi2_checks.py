#!/usr/bin/env python3
"""Logs in as FAPI 2.0 wants it, with requests_oauth2client: pushed request, private_key_jwt, tokens bound by DPoP.

usage: fapi2_checks.py SETTINGS       (a JSON file; Tests/EndToEndTests/IndependentClientTests.swift writes it)
"""
import importlib.metadata
import json
import pathlib
import sys

import requests
from jwskate import Jwk
from person import Checks, Person, require
from requests_oauth2client import BearerToken, OAuth2Client, PrivateKeyJwt


def main():
    settings = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    checks, person = Checks(), Person(settings)
    state = {}

    def discovery():
        key = Jwk.from_pem(pathlib.Path(settings["key"]).read_bytes())
        key = Jwk({**key, "alg": "ES256", "kid": key.thumbprint()})
        session = requests.Session()
        session.verify = settings["ca"]
        state["client"] = OAuth2Client.from_discovery_endpoint(
            issuer=settings["issuer"], session=session, redirect_uri=settings["portal"] + "/callback",
            auth=PrivateKeyJwt(settings["client_id"], key, aud=settings["issuer"]),
            id_token_signed_response_alg="ES256", dpop_bound_access_tokens=True)

    def code_flow():
        client = state["client"]
        request = client.authorization_request(scope="openid person", dpop=True)
        pushed = client.pushed_authorization_request(request)
        state["response"] = request.validate_callback(person.login(str(pushed)))

    def id_token():
        tokens = state["tokens"] = state["client"].authorization_code(state["response"], validate=False)
        require(tokens.token_type.lower() == "dpop", tokens.token_type)
        # 1.8.0 cannot copy a token with a key after it has validated the ID token: it is asked about one without.
        unbound = BearerToken(tokens.access_token, id_token=tokens.id_token)
        claims = state["claims"] = unbound.validate_id_token(state["client"], state["response"]).id_token.claims
        require(claims["acr"] in settings["levels"], claims)

    def userinfo():
        answer = state["client"].userinfo(state["tokens"])
        require(answer["sub"] == state["claims"]["sub"], "userinfo is about somebody else")
        require(answer["family_name"] == settings["family_name"], "another name")

    def bound():
        client, tokens = state["client"], state["tokens"]
        plain = client.session.get(client.userinfo_endpoint, auth=BearerToken(tokens.access_token))
        require(plain.status_code == 401, f"a bound token as a bearer token: {plain.status_code}")
        thief = client.dpop_key_generator("ES256")
        stolen = thief.dpop_token_class(tokens.access_token, _dpop_key=thief)
        answer = client.session.get(client.userinfo_endpoint, auth=stolen)
        require(answer.status_code == 401, f"with another key: {answer.status_code}")

    def refresh():
        old, tokens = state["tokens"], state["client"].refresh_token(state["tokens"])
        require(tokens.access_token != old.access_token, "the same access token")
        require(state["client"].userinfo(tokens)["sub"] == state["claims"]["sub"], "another subject")
        state["refreshed"] = tokens

    def introspection():
        answer = state["client"].introspect_token(state["refreshed"], token_type_hint="access_token")
        require(answer["active"] is True and answer["cnf"]["jkt"] == state["tokens"].dpop_key.dpop_jkt, answer)

    def revocation():
        client, tokens = state["client"], state["refreshed"]
        require(client.revoke_access_token(tokens), "not revoked")
        require(client.introspect_token(tokens, token_type_hint="access_token")["active"] is False, "active")
        refresh_token = tokens.refresh_token or state["tokens"].refresh_token
        require(client.revoke_refresh_token(refresh_token), "not revoked")

    checks.run("discovery", discovery)
    checks.run("code flow", code_flow)
    checks.run("ID token validation", id_token)
    checks.run("userinfo", userinfo)
    checks.run("a bound token without its key", bound)
    checks.run("refresh", refresh)
    checks.run("introspection", introspection)
    checks.run("revocation", revocation)
    checks.report("requests_oauth2client " + importlib.metadata.version("requests_oauth2client"))


main()

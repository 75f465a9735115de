"""A portal with Authlib (Debian: python3-authlib, python3-requests) that logs people in with CitizenID."""
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebEncryption, JsonWebKey, JsonWebToken
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7523.assertion import private_key_jwt_sign
from authlib.oidc.core import CodeIDToken

ALGORITHM = "ES256"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class ClientAssertion(PrivateKeyJWT):
    """Names the issuer as audience, the key, and ends soon: Authlib's own names the endpoint and lives for an hour."""

    def __init__(self, issuer, key):
        super().__init__(token_endpoint=issuer)
        self.key = key

    def sign(self, auth, issuer):
        return private_key_jwt_sign(self.key, auth.client_id, issuer, alg=ALGORITHM, expires_in=60,
                                    header={"kid": self.key.thumbprint()})


class Portal:
    """`key` signs for the portal; `decryption_key` opens ID tokens if the region file has them encrypted."""

    def __init__(self, issuer, client_id, redirect_uri, key, levels, scope="openid person", ca=True,
                 decryption_key=None):
        self.issuer, self.client_id, self.levels = issuer, client_id, levels
        self.decryption_key = decryption_key
        metadata = requests.get(issuer + "/.well-known/openid-configuration", verify=ca, timeout=10)
        metadata.raise_for_status()
        self.provider = metadata.json()
        if self.provider["issuer"] != issuer:
            raise ValueError("the metadata is another provider's")
        self.session = OAuth2Session(
            client_id, "", scope=scope, redirect_uri=redirect_uri, code_challenge_method="S256",
            token_endpoint_auth_method="private_key_jwt", revocation_endpoint_auth_method="private_key_jwt")
        self.session.verify = ca
        self.session.register_client_auth_method(ClientAssertion(issuer, key))

    def begin_login(self):
        """The address for the browser, and what the browser's session must remember until it comes back."""
        login = {"verifier": generate_token(64), "nonce": generate_token(32)}
        url, login["state"] = self.session.create_authorization_url(
            self.provider["authorization_endpoint"], code_verifier=login["verifier"], nonce=login["nonce"])
        # RFC 9126: the parameters go to the provider itself, and the browser carries only their name.
        answer = self.session.post(
            self.provider["pushed_authorization_request_endpoint"], data=dict(parse_qsl(urlsplit(url).query)),
            auth=self.session.client_auth("private_key_jwt"))
        answer.raise_for_status()
        reference = {"client_id": self.client_id, "request_uri": answer.json()["request_uri"]}
        return self.provider["authorization_endpoint"] + "?" + urlencode(reference), login

    def finish_login(self, callback, login):
        """The claims of the ID token. Everything that is wrong is an exception."""
        # RFC 9207, which Authlib leaves to the portal: the answer is this provider's.
        if parse_qs(urlsplit(callback).query).get("iss") != [self.issuer]:
            raise ValueError("the callback is another provider's")
        token = self.session.fetch_token(
            self.provider["token_endpoint"], authorization_response=callback, state=login["state"],
            code_verifier=login["verifier"])
        return self.validate(token["id_token"], login["nonce"])

    def decrypted(self, token):
        """The signed token inside an encrypted one; what is not encrypted is no answer to a portal that asked so."""
        if self.decryption_key is None:
            return token
        opened = JsonWebEncryption(["ECDH-ES+A256KW", "A256GCM"]).deserialize_compact(token, self.decryption_key)
        return opened["payload"].decode()

    def validate(self, id_token, nonce=None):
        claims = JsonWebToken([ALGORITHM]).decode(
            self.decrypted(id_token), self.provider_keys(), claims_cls=CodeIDToken,
            claims_options={"iss": {"essential": True, "value": self.issuer},
                            "aud": {"essential": True, "value": self.client_id},
                            "acr": {"essential": True, "values": self.levels}},
            claims_params={"nonce": nonce, "client_id": self.client_id,
                           "access_token": self.session.token["access_token"]})
        claims.validate(leeway=10)
        return claims

    def provider_keys(self):
        answer = self.session.get(self.provider["jwks_uri"], withhold_token=True)
        answer.raise_for_status()
        return JsonWebKey.import_key_set(answer.json())

    def userinfo(self, claims):
        answer = self.session.get(self.provider["userinfo_endpoint"])
        answer.raise_for_status()
        userinfo = answer.json()
        if userinfo["sub"] != claims["sub"]:
            raise ValueError("userinfo is about somebody else")
        return userinfo

    def refresh(self):
        return self.session.refresh_token(self.provider["token_endpoint"])

    def introspect(self, token):
        answer = self.session.introspect_token(self.provider["introspection_endpoint"], token=token)
        answer.raise_for_status()
        return answer.json()

    def revoke(self, token, kind):
        answer = self.session.revoke_token(
            self.provider["revocation_endpoint"], token=token, token_type_hint=kind)
        answer.raise_for_status()

    def logout_url(self, id_token, return_uri, state):
        """Where the browser goes when the person logs out at the portal (RP-Initiated Logout §2)."""
        return self.provider["end_session_endpoint"] + "?" + urlencode(
            {"id_token_hint": id_token, "client_id": self.client_id, "post_logout_redirect_uri": return_uri,
             "state": state})

    def validate_logout_token(self, text):
        """The claims of a logout token that came to the portal (Back-Channel Logout §2.6)."""
        claims = JsonWebToken([ALGORITHM]).decode(
            self.decrypted(text), self.provider_keys(),
            claims_options={"iss": {"essential": True, "value": self.issuer},
                            "aud": {"essential": True, "value": self.client_id}, "iat": {"essential": True},
                            "exp": {"essential": True}, "jti": {"essential": True}, "sid": {"essential": True}})
        claims.validate(leeway=10)
        if claims.get("events", {}).get(LOGOUT_EVENT) != {} or "nonce" in claims:
            raise ValueError("this is no logout token")
        return claims

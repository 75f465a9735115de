"""A device client in another language: enrols at a provider and answers logins as docs/protocol.md says, and knows nothing
else of CitizenID. Needs the standard library and PyPI's `cryptography`: 44 or later, which has Argon2id; with an earlier one,
as Debian 12 has it, the standard library asks libsodium for that.

It is written to be read beside the protocol: each step of the device has its number. It holds its keys in a plain file
(mode 0600), which is good for tests and for nothing else.
"""
import base64
import ctypes
import hashlib
import http.client
import json
import os
import re
import secrets
import ssl
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

try:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
except ImportError:
    Argon2id = None

CLOCK_DIFFERENCE = 60
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Refused(Exception):
    """This device refuses a statement or a link of the provider; nothing was signed."""


class Problem(Exception):
    """The provider's problem document (§9)."""

    def __init__(self, document):
        super().__init__(f"{document.get('code')}: {document.get('title')}")
        self.code = document.get("code")
        self.tries_left = document.get("tries_left")


# §2: texts, digests, statements


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise Refused("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise Refused("base64url is not canonical")
    return data


def members(data):
    def once(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused("a name occurs twice")
        return dict(pairs)

    value = json.loads(data.decode("utf-8"), object_pairs_hook=once)
    if not isinstance(value, dict):
        raise Refused("not an object")
    return value


def digest(text):
    return encode(hashlib.sha256(text.encode()).digest())


def jwk(key):
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": encode(numbers.x.to_bytes(32, "big")),
            "y": encode(numbers.y.to_bytes(32, "big"))}


def thumbprint(public):
    """RFC 7638."""
    return digest(json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":")))


def sign(key, kind, payload, **header):
    """A compact JWS with ES256; `kid` is the key's thumbprint unless the header brings the key itself."""
    if not header:
        header = {"kid": thumbprint(jwk(key))}
    parts = [encode(json.dumps(part, separators=(",", ":")).encode())
             for part in ({"alg": "ES256", "typ": kind, **header}, payload)]
    r, s = decode_dss_signature(key.sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256())))
    return ".".join(parts + [encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))])


def verified(text, kind, keys):
    """The payload of a statement of this type, signed by one of these keys ({thumbprint: JWK})."""
    parts = text.split(".")
    if len(parts) != 3:
        raise Refused("not a compact JWS")
    header = members(decode(parts[0]))
    if header.get("alg") != "ES256" or header.get("typ") != kind or "crit" in header:
        raise Refused(f"not a {kind} with ES256")
    key = keys.get(header.get("kid"))
    if key is None:
        raise Refused("signed by a key that is not the provider's")
    signature = decode(parts[2])
    if len(signature) != 64:
        raise Refused("not a signature")
    public = ec.EllipticCurvePublicNumbers(
        *(int.from_bytes(decode(key[name]), "big") for name in ("x", "y")), ec.SECP256R1()).public_key()
    raw = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        public.verify(raw, f"{parts[0]}.{parts[1]}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused("the signature is wrong") from None
    return members(decode(parts[1]))


def demand(truth, sentence):
    if not truth:
        raise Refused(sentence)


# §1 and D-6.3: keys


def pin_key(pin, salt):
    """K_pin, which is derived anew each time and kept nowhere."""
    seed = argon2id(pin.encode(), salt)
    for counter in range(256):
        scalar = int.from_bytes(
            hashlib.sha256(b"citizen-id/pin-key/v1" + bytes([counter]) + seed).digest(), "big")
        if 0 < scalar < ORDER:
            return ec.derive_private_key(scalar, ec.SECP256R1())
    raise RuntimeError("no scalar")


def argon2id(pin, salt):
    """32 bytes by three passes over 64 MiB, one lane (RFC 9106)."""
    if Argon2id is not None:
        return Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536).derive(pin)
    sodium = ctypes.CDLL("libsodium.so.23")
    derive = sodium.crypto_pwhash
    number, text = ctypes.c_ulonglong, ctypes.c_char_p
    derive.argtypes = [text, number, text, number, text, number, ctypes.c_size_t, ctypes.c_int]
    seed = ctypes.create_string_buffer(32)
    # 2 is Argon2id; the salt has the 16 bytes that libsodium asks for.
    if len(salt) != 16 or sodium.sodium_init() < 0 or derive(seed, 32, pin, len(pin), salt, 3, 65536 * 1024, 2) != 0:
        raise RuntimeError("no Argon2id")
    return seed.raw


def private_key(text):
    return serialization.load_der_private_key(decode(text), None)


def stored(key):
    return encode(key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


LEVELS = ["undefined", "normal", "substantiell", "hoch"]


class Simulator:
    """§7: evidence of a simulator of hardware, for development regions."""

    def __init__(self, key_file, certificate_file, key_store="strongbox"):
        with open(key_file, "rb") as file:
            self.key = serialization.load_pem_private_key(file.read(), None)
        with open(certificate_file, encoding="ascii") as file:
            bodies = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", file.read(), re.DOTALL)
        # `x5c` has what stands between the lines of PEM (RFC 7515 §4.1.6).
        self.chain = ["".join(body.split()) for body in bodies]
        self.key_store = key_store

    def evidence(self, offer, keys):
        payload = {"offer_sha256": digest(offer), "key_store": self.key_store,
                   **{f"{name}_jkt": thumbprint(jwk(key)) for name, key in keys.items()}}
        return {"fmt": "simulator",
                "evidence": {"attestation": sign(self.key, "simulator-attestation+jwt", payload, x5c=self.chain)}}


class Device:
    """One device at one provider. `file` holds what it keeps: keys, counter, attestation, the receipts."""

    def __init__(self, file, ca):
        self.file = file
        self.tls = ssl.create_default_context(cafile=ca)
        self.nonce = None
        self.state = None
        if os.path.exists(file):
            with open(file, encoding="utf-8") as opened:
                self.state = json.load(opened)

    def keep(self):
        """The old file or the new one, whatever happens in between."""
        descriptor = os.open(self.file + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(self.state, opened)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(self.file + ".new", self.file)

    # §8: calls

    def call(self, method, path, body=None, query="", authenticated=True, issuer=None):
        issuer = issuer or self.state["issuer"]
        status, headers, answer = self.exchange(issuer, method, path, body, query, authenticated)
        if status == 401 and answer.get("code") == "use_dpop_nonce":
            status, headers, answer = self.exchange(issuer, method, path, body, query, authenticated)
        if status >= 400:
            raise Problem(answer)
        return status, answer

    def exchange(self, issuer, method, path, body, query, authenticated):
        target = urllib.parse.urlsplit(issuer)
        headers = {"Accept-Language": "de"}
        if authenticated:
            key = private_key(self.state["inst"])
            proof = {"htm": method, "htu": issuer + path, "iat": int(time.time()), "jti": encode(secrets.token_bytes(16))}
            if self.nonce:
                proof["nonce"] = self.nonce
            headers["OAuth-Client-Attestation"] = self.state["attestation"]
            headers["DPoP"] = sign(key, "dpop+jwt", proof, jwk=jwk(key))
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPSConnection(target.hostname, target.port or 443, context=self.tls, timeout=40)
        try:
            connection.request(method, target.path + path + query, data, headers)
            response = connection.getresponse()
            content = response.read()
            self.nonce = response.getheader("DPoP-Nonce") or self.nonce
            return response.status, response.headers, members(content) if content else {}
        finally:
            connection.close()

    def fetch_keys(self, issuer):
        _, answer = self.call("GET", "/jwks", authenticated=False, issuer=issuer)
        return {thumbprint(key): key for key in answer["keys"] if key.get("kty") == "EC" and key.get("crv") == "P-256"}

    # §6: enrolment

    def enrol(self, link, pin, name="Python", simulator=None, level=None):
        match = re.fullmatch(r"(https://[^/?#]+(?:/[^?#]*)?)/app/e/([A-Za-z0-9_-]+)#k=([A-Za-z0-9_-]{43})", link)
        demand(match, "not an enrolment link")
        issuer, ticket, wanted = match.groups()
        # D-6.2.3: the keys first. A provider that does not have the link's key never sees the ticket.
        keys = self.fetch_keys(issuer)
        demand(wanted in keys, "the provider does not publish the key that the link names")
        _, answer = self.call("POST", "/device/v1/enrolments", {"ticket": ticket}, authenticated=False, issuer=issuer)
        offer_text = answer["offer"]
        offer = verified(offer_text, "enrolment-offer+jwt", {wanted: keys[wanted]})
        demand(offer["iss"] == issuer, "the offer is another provider's")
        demand(offer["ticket_sha256"] == digest(ticket), "the offer is for another ticket")
        demand(time.time() < offer["exp"] + CLOCK_DIFFERENCE, "the offer has expired")
        demand(offer["pin_digits"] <= len(pin) <= 12 and pin.isascii() and pin.isdigit(), "not a PIN that is long enough")
        # D-6.2.4: what this device will reach, before it has keys.
        chosen = ("simulator", simulator.key_store) if simulator else ("none", "software")
        ceilings = {(one["fmt"], one["key_store"]): one["level"] for one in offer["ceilings"]}
        demand(chosen in ceilings, "the provider does not take this evidence")
        reached = min(LEVELS.index(ceilings[chosen]), LEVELS.index(offer["level"]))
        least = LEVELS.index(level) if level else min(LEVELS.index(offer["required_level"]), LEVELS.index(offer["level"]))
        demand(reached >= least, "this device would not reach the level " + LEVELS[least])
        # D-6.3
        salt = secrets.token_bytes(16)
        mine = {"auth": ec.generate_private_key(ec.SECP256R1()), "inst": ec.generate_private_key(ec.SECP256R1()),
                "pin": pin_key(pin, salt)}
        evidence = simulator.evidence(offer_text, mine) if simulator else {"fmt": "none", "evidence": {}}
        # D-6.4
        registration = sign(mine["auth"], "device-registration+jwt", {
            "iss": thumbprint(jwk(mine["auth"])), "aud": issuer, "offer_sha256": digest(offer_text),
            "nonce": offer["nonce"], "inst_jwk": jwk(mine["inst"]), "pin_jwk": jwk(mine["pin"]),
            "evidence": [evidence], "device": {"name": name, "model": "Python", "system": "Python"},
            "iat": int(time.time()), "jti": encode(secrets.token_bytes(16))}, jwk=jwk(mine["auth"]))
        proof = {"purpose": "registration", "sha256": digest(registration)}
        status, answer = self.call(
            "POST", "/device/v1/enrolments/" + urllib.parse.quote(offer["jti"], safe=""),
            {"registration": registration, "inst_proof": sign(mine["inst"], "device-key-proof+jwt", proof),
             "pin_proof": sign(mine["pin"], "device-key-proof+jwt", proof)}, authenticated=False, issuer=issuer)
        record = verified(answer["record"], "device-record+jwt", keys)
        demand(record["iss"] == issuer, "the record is another provider's")
        for name in ("auth", "inst"):
            demand(record[f"{name}_jkt"] == thumbprint(jwk(mine[name])), "the record names other keys")
        self.state = {"issuer": issuer, "device": record["sub"], "keys": keys, "salt": encode(salt), "counter": 0,
                      "auth": stored(mine["auth"]), "inst": stored(mine["inst"]), "receipts": {},
                      "method": "swk" if record["ceiling"].endswith("/normal") else "hwk"}
        self.keep_attestation(answer["attestation"])
        return record, answer["verdicts"], answer["block_code"]

    def keep_attestation(self, text):
        attestation = verified(text, "oauth-client-attestation+jwt", self.state["keys"])
        demand(attestation["iss"] == self.state["issuer"], "the attestation is another provider's")
        demand(attestation["sub"] == self.state["device"], "the attestation is another device's")
        demand(thumbprint(attestation["cnf"]["jwk"]) == thumbprint(jwk(private_key(self.state["inst"]))),
               "the attestation is for another key")
        self.state["attestation"] = text
        self.keep()

    def renew_attestation(self):
        """P-8.1."""
        self.keep_attestation(self.call("POST", "/device/v1/attestation", {})[1]["attestation"])

    # §4: logins

    def claim(self, link):
        """D-4.2.1: the login that a link leads to, as {"txn", "flow", "code"?, "request"?}."""
        match = re.fullmatch(r"(https://.+)/app/([qs])/[A-Za-z0-9_-]+(?:\.\d+)?\.[A-Za-z0-9_-]+", link)
        demand(match, "not a login link")
        demand(match.group(1) == self.state["issuer"], "the link leads to another provider")  # D-3.1
        _, answer = self.call("POST", "/device/v1/claims", {"link": link})
        return {**answer, "flow": "qr" if match.group(2) == "q" else "link"}

    def wait(self, login):
        """D-4.2.4: until the digits are typed."""
        while login["state"] == "awaiting_code":
            _, answer = self.call("GET", f"/device/v1/logins/{login['txn']}", query="?wait=25")
            login = {**login, **answer}
        demand("request" in login, f"the login is {login['state']}")
        return login

    def checked(self, login):
        """D-4.3.2: the request that may be shown and signed."""
        request = verified(login["request"], "login-request+jwt", self.state["keys"])
        demand(request["iss"] == self.state["issuer"], "the request is another provider's")
        demand(request["aud"] == self.state["device"], "the request is for another device")
        demand(request["txn"] == login["txn"], "the request is about another login")
        demand(time.time() < request["exp"] + CLOCK_DIFFERENCE, "the request has expired")
        demand(request["text_sha256"] == digest(request["text"]), "the text is not what would be signed")
        demand(request["flow"] == login["flow"], "the request came another way than its link")
        demand(request["binding"] in {"qr": ["code", "known_browser"], "link": ["return"]}[login["flow"]],
               "the binding is not the flow's")
        return request

    def prepare(self, login, decision, pin=None, context="citizen", voluntary=None):
        """D-4.5.1: the bytes that are sent, and sent again if the answer is lost; `uv` stays on the device."""
        request = self.checked(login)
        self.state["counter"] += 1
        self.keep()
        answer = {"iss": thumbprint(jwk(private_key(self.state["auth"]))), "sub": self.state["device"],
                  "aud": self.state["issuer"], "txn": request["txn"], "nonce": request["nonce"],
                  "req_sha256": digest(login["request"]), "decision": decision, "flow": request["flow"],
                  "text_sha256": request["text_sha256"], "released": [], "amr": [], "counter": self.state["counter"],
                  "iat": int(time.time()), "jti": encode(secrets.token_bytes(16))}
        login = dict(login)
        if decision == "approve":
            offered = {one["context"]: one for one in request["contexts"]}
            demand(context in offered, "this context is not offered")
            chosen = request["claims_voluntary"] if voluntary is None else voluntary
            answer["context"] = context
            answer["released"] = request["claims_essential"] + chosen + offered[context]["claims"]
            answer["amr"] = [self.state["method"], "pin", "mfa", "user"]
        if login["flow"] == "link":
            login["uv"] = encode(secrets.token_bytes(32))
            answer["uc"] = digest(login["uv"])
        response = sign(private_key(self.state["auth"]), "login-response+jwt", answer)
        login["body"] = {"response": response}
        if decision == "approve":
            key = pin_key(pin, decode(self.state["salt"]))
            login["body"]["pin_proof"] = sign(
                key, "device-key-proof+jwt", {"purpose": "login", "sha256": digest(response)})
        return login

    def send(self, login):
        """D-4.5.2 and D-4.7: the receipt, and in the flow `link` where the browser of this device goes on."""
        _, answer = self.call("POST", f"/device/v1/logins/{login['txn']}/response", login["body"])
        receipt = verified(answer["receipt"], "login-receipt+jwt", self.state["keys"])
        demand(receipt["iss"] == self.state["issuer"], "the receipt is another provider's")
        demand(receipt["aud"] == self.state["device"], "the receipt is for another device")
        demand(receipt["txn"] == login["txn"], "the receipt is for another login")
        demand(receipt["resp_sha256"] == digest(login["body"]["response"]), "the receipt is for another answer")
        self.state["receipts"][login["txn"]] = {
            "request": login["request"], "response": login["body"]["response"], "receipt": answer["receipt"]}
        self.keep()
        back = receipt.get("return")
        if back is None:
            return receipt, None
        demand(back.startswith(self.state["issuer"] + "/"), "the return address is not the provider's")
        return receipt, f"{back}?uv={login['uv']}"

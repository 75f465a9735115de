#!/usr/bin/env python3
"""Checks Tests/Vectors without any code of CitizenID: the standard library and `cryptography` alone.

usage: verify_vectors.py FOLDER

Every accepted statement must be signed by its key and say what the file says. Every refused one is refused for its
reason where this script can judge it: the form of the token, its type, algorithm, key, signature and the names in its
payload. Links, digests and the MACs of links are calculated anew. Exit code 0 when all is well, 1 otherwise.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


class Refused(Exception):
    """A token is refused; the argument is the reason."""


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not canonical")
    return data


def once(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name occurs twice")
    return dict(pairs)


def parse(data):
    value = json.loads(data.decode("utf-8"), object_pairs_hook=once)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def digest(text):
    return encode(hashlib.sha256(text.encode()).digest())


def thumbprint(jwk):
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return digest(json.dumps(members, separators=(",", ":"), sort_keys=True))


def public_key(jwk):
    numbers = [int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y")]
    return ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()


def read(jws, message, place, jwk):
    """The payload of a statement, or Refused."""
    try:
        parts = jws.split(".")
        if len(parts) != 3 or not parts[2]:
            raise ValueError("not three parts")
        header, payload, signature = parse(decode(parts[0])), decode(parts[1]), decode(parts[2])
        if not all(isinstance(header.get(name, ""), str) for name in ("typ", "kid")):
            raise ValueError("a name of the wrong type")
        if "crit" in header:
            raise Refused("critical_extension")
        if not isinstance(header.get("alg"), str):
            raise ValueError("no alg")
    except ValueError as error:
        raise Refused("malformed_token") from error
    if place == "kid" and header.get("kid") != thumbprint(jwk):
        raise Refused("unknown_key")
    if place == "jwk":
        jwk = header.get("jwk")
        if "kid" in header or not isinstance(jwk, dict) or "d" in jwk:
            raise Refused("unknown_key")
    if place == "x5c":
        certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0], validate=True))
        if certificate.public_key() != public_key(jwk):
            raise Refused("unknown_key")
    if header.get("typ", "").lower().removeprefix("application/") != message:
        raise Refused("wrong_type")
    if header["alg"] != "ES256":
        raise Refused("wrong_algorithm")
    verify(public_key(jwk), signature, jws.rpartition(".")[0].encode())
    try:
        return parse(payload)
    except ValueError as error:
        raise Refused("malformed_payload") from error


def verify(key, signature, text):
    if len(signature) != 64:
        raise Refused("wrong_signature")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Refused("wrong_signature") from error


def names(value):
    """The names of the members, and of those one level down."""
    inner = {f"{outer}.{name}" for outer in value if isinstance(value[outer], dict) for name in value[outer]}
    return set(value) | inner


class Checker:
    def __init__(self):
        self.count = 0
        self.failures = []

    def check(self, is_good, what):
        self.count += 1
        if not is_good:
            self.failures.append(what)

    def statements(self, name, file):
        jwk, place = file["keys"][file["signer"]], file["key_place"]
        known = set().union(*(names(token["payload"]) for token in file["accepted"]))
        needed = set.intersection(*(names(token["payload"]) for token in file["accepted"]))
        for token in file["accepted"]:
            what = f"{name}: {token['name']}"
            try:
                self.check(read(token["jws"], file["message"], place, jwk) == token["payload"], what)
            except Refused as reason:
                self.check(False, f"{what}: {reason}")
            self.flips(what, token["jws"], file["message"], place, jwk)
        for token in file["refused"]:
            try:
                payload = read(token["jws"], file["message"], place, jwk)
                if names(payload) - known:
                    reason = "unknown_member"
                elif needed - names(payload) and token["reason"] == "missing_member":
                    reason = "missing_member"
                else:
                    # Which values are malformed says docs/protocol.md, not this script.
                    reason = "malformed_member"
            except Refused as refused:
                reason = str(refused)
            self.check(reason == token["reason"], f"{name}: {token['name']}: {reason}")

    def flips(self, what, jws, message, place, jwk):
        """One flipped bit in each byte of the signature and in the payload."""
        text, _, signature = jws.rpartition(".")
        data = decode(signature)
        changed = [data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1:] for i in range(64)]
        tokens = [f"{text}.{encode(flipped)}" for flipped in changed]
        header, _, payload = text.partition(".")
        body = bytearray(decode(payload))
        body[len(body) // 2] ^= 1
        tokens.append(f"{header}.{encode(bytes(body))}.{signature}")
        for token in tokens:
            try:
                read(token, message, place, jwk)
                self.check(False, f"{what}: a flipped bit is accepted")
            except Refused as reason:
                self.check(str(reason) == "wrong_signature", f"{what}: flipped: {reason}")

    def contexts(self, name, file):
        """Every statement in a context that is accepted is signed by one of the listed keys."""
        keys = {thumbprint(jwk): jwk for jwk in file["keys"].values()}
        cases = [case for value in file.values() if isinstance(value, list) for case in value]
        for case in (case for case in cases if case["verdict"] == "accepted"):
            for member, jws in case.items():
                if not isinstance(jws, str) or jws.count(".") != 2 or not jws.startswith("ey"):
                    continue
                header = parse(decode(jws.split(".")[0]))
                place = "jwk" if "jwk" in header else "kid"
                jwk = keys.get(header.get("kid"))
                # A proof by another PIN is no reason to refuse the response.
                if jwk is None and place == "kid" and member == "pin_proof":
                    continue
                try:
                    if jwk is None and place == "kid":
                        raise Refused("unknown_key")
                    read(jws, header["typ"], place, jwk)
                    self.check(True, "")
                except Refused as reason:
                    self.check(False, f"{name}: {case['name']}: {member}: {reason}")

    def links(self, file):
        key = decode(file["mac_key"])
        for case in file["checks"]:
            match = re.fullmatch(r"(https://.*)/app/([qs])/([^.]*)\.(?:(\d+)\.)?([^.]*)", case["link"])
            verdict = "forged"
            if match and match[1] == file["issuer"]:
                flow, frame = ("qr", match[4]) if match[2] == "q" else ("link", "0")
                message = f"citizen-id/link/v1\n{match[1]}\n{flow}\n{match[3]}\n{frame}".encode()
                if encode(hmac.digest(key, message, "sha256")[:16]) == match[5]:
                    age = (case["now"] - file["started_at"]) // 2 - int(frame)
                    verdict = "authentic" if flow == "link" or -1 <= age <= 3 else "stale"
            self.check(verdict == case["verdict"], f"links: {case['name']}: {verdict}")

    def texts(self, file):
        for case in file["cases"]:
            self.check(digest(case["text"]) == case["text_sha256"], f"text-digest: {case['text']}")

    def test_keys(self, file):
        for name, jwk in file["keys"].items():
            scalar = hashlib.sha256(f"citizen-id test key {name}".encode()).digest()
            key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()).public_key()
            self.check(decode(jwk["d"]) == scalar and key == public_key(jwk), f"test-keys: {name}")

    def pin_keys(self, file):
        """The last step only, where argon2-cffi is not installed: the point is on the curve."""
        try:
            from argon2.low_level import Type, hash_secret_raw
        except ImportError:
            hash_secret_raw = None
        for case in file["cases"]:
            key = public_key(case["jwk"])
            if hash_secret_raw is not None:
                seed = hash_secret_raw(
                    case["pin"].encode(), decode(case["salt"]), case["operations"], case["memory_kib"], 1, 32, Type.ID)
                # The first counter gives a scalar but with a chance of 2^-32.
                scalar = hashlib.sha256(b"citizen-id/pin-key/v1\0" + seed).digest()
                derived = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()).public_key()
                self.check(derived == key, f"pin-key: {case['name']}")


def main():
    folder = pathlib.Path(sys.argv[1])
    checker = Checker()
    for path in sorted(folder.glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
        special = {
            "links": checker.links, "text-digest": checker.texts, "test-keys": checker.test_keys,
            "pin-key": checker.pin_keys,
        }
        if "message" in file:
            checker.statements(path.stem, file)
        elif path.stem in special:
            special[path.stem](file)
        else:
            checker.contexts(path.stem, file)
    for failure in checker.failures:
        print(failure)
    print(f"{checker.count} checks, {len(checker.failures)} failures")
    return 0 if checker.count > 500 and not checker.failures else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compact JWE without any code of CitizenID: the standard library and `cryptography` alone.

usage: jwe.py decrypt PRIVATE-KEY TOKEN   prints the content
       jwe.py encrypt PUBLIC-JWK CONTENT  prints a token

PRIVATE-KEY is DER in base64url. ECDH-ES+A256KW (P-256, X25519) and RSA-OAEP-256, both with A256GCM (RFC 7518).
"""
import base64
import json
import os
import sys

from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_key(jwk):
    if jwk["kty"] == "RSA":
        n, e = (int.from_bytes(decode(jwk[name]), "big") for name in ("n", "e"))
        return rsa.RSAPublicNumbers(e, n).public_key()
    if jwk["kty"] == "OKP":
        return x25519.X25519PublicKey.from_public_bytes(decode(jwk["x"]))
    x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def wrapping_key(private, public, party_u=b"", party_v=b""):
    is_curve25519 = isinstance(private, x25519.X25519PrivateKey)
    secret = private.exchange(public) if is_curve25519 else private.exchange(ec.ECDH(), public)
    fields = [b"ECDH-ES+A256KW", party_u, party_v]
    info = b"".join(len(field).to_bytes(4, "big") + field for field in fields) + (256).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), 32, info).derive(secret)


def decrypt(key, token):
    key = serialization.load_der_private_key(decode(key), None)
    first, *rest = token.split(".")
    header = json.loads(decode(first))
    encrypted_key, nonce, ciphertext, tag = map(decode, rest)
    assert header["enc"] == "A256GCM"
    if header["alg"] == "RSA-OAEP-256":
        content_key = key.decrypt(encrypted_key, OAEP)
    else:
        assert header["alg"] == "ECDH-ES+A256KW"
        content_key = keywrap.aes_key_unwrap(wrapping_key(key, public_key(header["epk"])), encrypted_key)
    return AESGCM(content_key).decrypt(nonce, ciphertext + tag, first.encode()).decode()


def encrypt(jwk, content):
    jwk = json.loads(jwk)
    recipient, content_key, nonce = public_key(jwk), os.urandom(32), os.urandom(12)
    header = {"enc": "A256GCM", "alg": "ECDH-ES+A256KW", "apu": encode(b"Alice"), "apv": encode(b"Bob")}
    if jwk["kty"] == "RSA":
        header = {"enc": "A256GCM", "alg": "RSA-OAEP-256"}
        encrypted_key = recipient.encrypt(content_key, OAEP)
    else:
        if jwk["kty"] == "OKP":
            ephemeral = x25519.X25519PrivateKey.generate()
            header["epk"] = {
                "kty": "OKP", "crv": "X25519", "x": encode(ephemeral.public_key().public_bytes_raw())}
        else:
            ephemeral = ec.generate_private_key(ec.SECP256R1())
            numbers = ephemeral.public_key().public_numbers()
            header["epk"] = {
                "kty": "EC", "crv": "P-256", "x": encode(numbers.x.to_bytes(32, "big")),
                "y": encode(numbers.y.to_bytes(32, "big"))}
        encrypted_key = keywrap.aes_key_wrap(wrapping_key(ephemeral, recipient, b"Alice", b"Bob"), content_key)
    first = encode(json.dumps(header).encode())
    sealed = AESGCM(content_key).encrypt(nonce, content.encode(), first.encode())
    return ".".join([first] + [encode(part) for part in (encrypted_key, nonce, sealed[:-16], sealed[-16:])])


if __name__ == "__main__":
    command, key, text = sys.argv[1:]
    sys.stdout.write({"decrypt": decrypt, "encrypt": encrypt}[command](key, text))

internal import IdentityCrypto
internal import OpenIDMessages

/// A token whose signature is the provider's, and the checks that every token of the provider has to pass.
struct ProviderToken<Defect: TokenDefect>: Sendable {
    let claims: JSONObject
    /// That of the key that signed.
    let algorithm: JWSAlgorithm

    /// How far two clocks may differ, in seconds.
    static var clockTolerance: Int64 { 30 }
    /// How old a token may be that was issued just now, in seconds.
    static var maximumAge: Int64 { 600 }

    /// Verifies the signature by the key that `kid` names, with that key's algorithm and no other.
    ///
    /// - Parameter type: what the header's `typ` must be (RFC 8725 §3.11); nil when it may be absent or `JWT`.
    init(verifying text: String, keys: VerificationKeySet, type: String?) throws(Defect) {
        do throws(JWSError) {
            let token = try CompactJWS(parsing: text)
            guard token.keyIdentifier != nil else { throw JWSError.unknownKey }
            let verified = try keys.verify(token, type: type ?? (token.header["typ"] == nil ? nil : "jwt"))
            claims = verified.payload
            algorithm = verified.key.algorithm
        } catch { throw .signature(error) }
    }

    /// Byte for byte.
    func expect(_ claim: String, _ value: String) throws(Defect) {
        guard let actual = claims[claim] else { throw .missing(claim) }
        guard let text = actual.string, Array(text.utf8) == Array(value.utf8) else { throw .wrong(claim) }
    }

    /// The audience: this client and nobody else.
    func expectAudience(_ client: ClientIdentifier) throws(Defect) {
        guard let audience = claims["aud"] else { throw .missing("aud") }
        guard audience == .string(client.rawValue) || audience == .strings([client.rawValue]) else {
            throw .wrong("aud")
        }
    }

    /// `exp`, `iat` and `nbf`; gives the end.
    @discardableResult
    func checkTimes(now: Timestamp) throws(Defect) -> Timestamp {
        let expiry = try time("exp")
        guard now < expiry + Self.clockTolerance else { throw .expired }
        let issuedAt = try time("iat")
        guard issuedAt <= now + Self.clockTolerance, issuedAt >= now - Self.maximumAge else {
            throw .clockDisagrees("iat")
        }
        if claims["nbf"] != nil {
            guard try time("nbf") <= now + Self.clockTolerance else { throw .clockDisagrees("nbf") }
        }
        return expiry
    }

    /// A NumericDate in whole seconds (RFC 7519 §2).
    func time(_ claim: String) throws(Defect) -> Timestamp {
        guard let value = claims[claim] else { throw .missing(claim) }
        guard let seconds = value.integer, (0...253_402_300_799).contains(seconds) else { throw .wrong(claim) }
        return Timestamp(seconds: seconds)
    }

    /// A text of a type that knows its form.
    func value<Value: WireValue>(_ claim: String, as type: Value.Type) throws(Defect) -> Value {
        guard let member = claims[claim] else { throw .missing(claim) }
        guard let value = member.string.flatMap(Value.init(rawValue:)) else { throw .wrong(claim) }
        return value
    }
}

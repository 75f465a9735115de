import OpenIDMessages

@testable import IdentityCrypto

/// A reader of what strangers send.
enum FuzzTarget: String, CaseIterable {
    case cbor
    case coseKey = "cose-key"
    case authenticatorData = "authenticator-data"
    case appAttest = "app-attest"
    case tpm
    case keyDescription = "key-description"
    case compactJWS = "compact-jws"
    case strictJSON = "strict-json"
    case deviceLink = "device-link"

    /// Reads the bytes, and ends the program where what was read does not keep the reader's promise.
    ///
    /// - Returns: whether they were taken.
    func takes(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .cbor:
            guard let value = try? CBORReader.read(bytes) else { return false }
            precondition(value.encoded == bytes, "there is one spelling of a value")
        case .coseKey:
            guard let key = try? COSEKey.read(bytes) else { return false }
            guard case .es256(let point) = key.material else { return true }
            precondition(COSEKey.encoded(point).encoded == bytes, "there is one spelling of a key")
        case .authenticatorData:
            guard AuthenticatorData(bytes) != nil else { return false }
            precondition(AuthenticatorData(bytes.dropLast()) == nil, "it is read to its end")
        case .appAttest:
            guard let object = AppAttestObject(bytes) else { return false }
            precondition(AuthenticatorData(object.authenticatorDataBytes) != nil)
        case .tpm:
            guard let statement = TPMStatement(bytes) else { return false }
            precondition(TPMCertification(statement.certifyInfo.dropLast()) == nil, "it is read to its end")
        case .keyDescription:
            guard let description = try? KeyDescription(bytes[...]) else { return false }
            precondition((try? KeyDescription(bytes.dropLast())) == nil, "it is read to its end")
            precondition((try? KeyDescription(bytes[...])) == description)
        case .compactJWS:
            let text = String(decoding: bytes, as: UTF8.self)
            guard let token = try? CompactJWS(parsing: text) else { return false }
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            precondition(parts.count == 3 && token.signingInput == Array("\(parts[0]).\(parts[1])".utf8))
            precondition(Base64URL.decode(String(parts[1])).map { Base64URL.encode($0) == parts[1] } ?? false)
            precondition(parts[2] == Base64URL.encode(token.signature), "there is one spelling of a token")
        case .strictJSON:
            guard let value = try? StrictJSON.parse(bytes) else { return false }
            precondition((try? StrictJSON.parse(value.serialized)) == value, "what is written is read as the same")
        case .deviceLink:
            let text = String(decoding: bytes, as: UTF8.self)
            guard let link = DeviceLink(parsing: text) else { return false }
            precondition(link.text == text, "there is one spelling of a link")
        }
        return true
    }
}

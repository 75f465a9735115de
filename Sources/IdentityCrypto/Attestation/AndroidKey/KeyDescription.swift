internal import SwiftASN1

/// Android's key attestation extension, OID 1.3.6.1.4.1.11129.2.1.17: what the secure hardware says about the key in the
/// leaf certificate.
struct KeyDescription: Sendable, Equatable {
    static let identifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 17]

    /// The extension is not what its definition says.
    struct Malformed: Error {}

    /// Values of `SecurityLevel`.
    enum SecurityLevel: Int64, Sendable, Comparable {
        case software, trustedEnvironment, strongBox

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    var attestationVersion: Int64
    var attestationLevel: SecurityLevel
    var keyMintVersion: Int64
    var keyMintLevel: SecurityLevel
    var challenge: [UInt8]
    var uniqueIdentifier: [UInt8]
    var softwareEnforced: AuthorizationList
    var hardwareEnforced: AuthorizationList
}

extension KeyDescription {
    /// Reads the extension's value, all of it.
    init(_ value: ArraySlice<UInt8>) throws {
        let elements = Array(try DER.parse(value).children(of: .sequence))
        guard elements.count == 8, let attestationLevel = SecurityLevel(rawValue: try elements[1].enumerated),
            let keyMintLevel = SecurityLevel(rawValue: try elements[3].enumerated)
        else { throw Malformed() }
        self.attestationLevel = attestationLevel
        self.keyMintLevel = keyMintLevel
        attestationVersion = try elements[0].integer
        keyMintVersion = try elements[2].integer
        challenge = try elements[4].octets
        uniqueIdentifier = try elements[5].octets
        softwareEnforced = try AuthorizationList(elements[6])
        hardwareEnforced = try AuthorizationList(elements[7])
    }
}

extension ASN1Node {
    /// The elements of a constructed node with that identifier.
    func children(of identifier: ASN1Identifier) throws -> ASN1NodeCollection {
        guard self.identifier == identifier, case .constructed(let nodes) = content else {
            throw KeyDescription.Malformed()
        }
        return nodes
    }

    var integer: Int64 { get throws { try Int64(derEncoded: self) } }
    var enumerated: Int64 { get throws { try Int64(derEncoded: self, withIdentifier: .enumerated) } }
    var integers: [Int64] { get throws { try children(of: .set).map { try $0.integer } } }
    var octets: [UInt8] { get throws { Array(try ASN1OctetString(derEncoded: self).bytes) } }

    /// True for NULL, which says by being there that something holds.
    var isPresent: Bool {
        get throws {
            _ = try ASN1Null(derEncoded: self)
            return true
        }
    }
}

internal import SwiftASN1

/// What a key may do and how it came to be: `AuthorizationList` of Android's key attestation extension, for one of the two
/// places that enforce it. Tags that are not read here are passed over: newer systems add some, and none weakens these.
struct AuthorizationList: Sendable, Equatable {
    /// Values of `KeyOrigin`.
    enum Origin: Int64, Sendable { case generated, derived, imported, reserved, securelyImported }

    var purposes: [Int64] = []
    var algorithm: Int64?
    var keySize: Int64?
    var blockModes: [Int64] = []
    var digests: [Int64] = []
    var paddings: [Int64] = []
    var curve: Int64?
    var postQuantumVariant: Int64?
    var publicExponent: Int64?
    var maskDigests: [Int64] = []
    var activeFrom: Int64?
    var originationExpiry: Int64?
    var usageExpiry: Int64?
    var usageLimit: Int64?
    var needsNoAuthentication = false
    var userAuthentication: Int64?
    var authenticationTimeout: Int64?
    var isAllowedOnBody = false
    var needsUserPresence = false
    var needsConfirmation = false
    var needsUnlockedDevice = false
    var isForAllApplications = false
    var createdAt: Int64?
    var origin: Origin?
    var resistsRollback = false
    var rootOfTrust: RootOfTrust?
    var systemVersion: Int64?
    var systemPatch: Int64?
    var application: AttestedApplication?
    /// `attestationId…` by tag: brand 710, device, product, serial, IMEI, MEID, manufacturer, model 717, second IMEI 723.
    var identifiers: [UInt: [UInt8]] = [:]
    var vendorPatch: Int64?
    var bootPatch: Int64?
    var moduleHash: [UInt8]?
}

extension AuthorizationList {
    init(_ node: ASN1Node) throws {
        var last: UInt?
        for element in try node.children(of: .sequence) {
            let tag = element.identifier.tagNumber
            // Strictly rising, as DER wants of the components of a SEQUENCE: none is there twice.
            guard element.identifier.tagClass == .contextSpecific, last.map({ $0 < tag }) ?? true else {
                throw KeyDescription.Malformed()
            }
            last = tag
            var inner = try element.children(of: element.identifier).makeIterator()
            guard let value = inner.next(), inner.next() == nil else { throw KeyDescription.Malformed() }
            if try !readJudged(tag, value) { readOther(tag, value) }
        }
    }

    /// What a check judges is read strictly.
    private mutating func readJudged(_ tag: UInt, _ value: ASN1Node) throws -> Bool {
        switch tag {
        case 1: purposes = try value.integers
        case 2: algorithm = try value.integer
        case 3: keySize = try value.integer
        case 5: digests = try value.integers
        case 10: curve = try value.integer
        case 503: needsNoAuthentication = try value.isPresent
        case 504: userAuthentication = try value.integer
        case 505: authenticationTimeout = try value.integer
        case 600: isForAllApplications = try value.isPresent
        case 702:
            guard let read = Origin(rawValue: try value.integer) else { throw KeyDescription.Malformed() }
            origin = read
        case 704: rootOfTrust = try RootOfTrust(value)
        case 706: systemPatch = try value.integer
        case 709: application = try AttestedApplication(value)
        default: return false
        }
        return true
    }

    /// What no check judges refuses no phone, whatever it is: dates may lie beyond `Int64`, where they never come.
    private mutating func readOther(_ tag: UInt, _ value: ASN1Node) {
        switch tag {
        case 4: blockModes = (try? value.integers) ?? []
        case 6: paddings = (try? value.integers) ?? []
        case 11: postQuantumVariant = try? value.integer
        case 200: publicExponent = try? value.integer
        case 203: maskDigests = (try? value.integers) ?? []
        case 303, 703: resistsRollback = (try? value.isPresent) ?? false
        case 400: activeFrom = try? value.integer
        case 401: originationExpiry = try? value.integer
        case 402: usageExpiry = try? value.integer
        case 405: usageLimit = try? value.integer
        case 506: isAllowedOnBody = (try? value.isPresent) ?? false
        case 507: needsUserPresence = (try? value.isPresent) ?? false
        case 508: needsConfirmation = (try? value.isPresent) ?? false
        case 509: needsUnlockedDevice = (try? value.isPresent) ?? false
        case 701: createdAt = try? value.integer
        case 705: systemVersion = try? value.integer
        case 710...717, 723: identifiers[tag] = try? value.octets
        case 718: vendorPatch = try? value.integer
        case 719: bootPatch = try? value.integer
        case 724: moduleHash = try? value.octets
        default: break
        }
    }
}

/// What the device had booted.
struct RootOfTrust: Sendable, Equatable {
    /// Values of `VerifiedBootState`.
    enum State: Int64, Sendable { case verified, selfSigned, unverified, failed }

    var bootKey: [UInt8]
    var isLocked: Bool
    var state: State
    var bootHash: [UInt8]?
}

extension RootOfTrust {
    init(_ node: ASN1Node) throws {
        var elements = try node.children(of: .sequence).makeIterator()
        guard let key = elements.next(), let locked = elements.next(), let stateNode = elements.next() else {
            throw KeyDescription.Malformed()
        }
        bootKey = try key.octets
        isLocked = try Bool(derEncoded: locked)
        guard let state = State(rawValue: try stateNode.enumerated) else { throw KeyDescription.Malformed() }
        self.state = state
        // From attestation version 3 on.
        bootHash = try elements.next()?.octets
        guard elements.next() == nil else { throw KeyDescription.Malformed() }
    }
}

/// The app that made the key, as the system says: `AttestationApplicationId`, DER inside an OCTET STRING.
struct AttestedApplication: Sendable, Equatable {
    struct Package: Sendable, Equatable {
        var name: [UInt8]
        var version: Int64
    }

    var packages: [Package]
    /// SHA-256 digests of the certificates that sign the packages.
    var signatures: [[UInt8]]
}

extension AttestedApplication {
    init(_ node: ASN1Node) throws {
        var elements = try DER.parse(node.octets).children(of: .sequence).makeIterator()
        guard let packageNode = elements.next(), let signatureNode = elements.next(), elements.next() == nil else {
            throw KeyDescription.Malformed()
        }
        packages = try packageNode.children(of: .set).map { package in
            var members = try package.children(of: .sequence).makeIterator()
            guard let name = members.next(), let version = members.next(), members.next() == nil else {
                throw KeyDescription.Malformed()
            }
            return Package(name: try name.octets, version: try version.integer)
        }
        signatures = try signatureNode.children(of: .set).map { try $0.octets }
    }
}

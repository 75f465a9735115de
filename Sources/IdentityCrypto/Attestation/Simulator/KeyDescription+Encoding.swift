internal import SwiftASN1

/// The extension as a simulated keystore writes it.
extension KeyDescription {
    func encoded() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(attestationVersion)
            coder.enumerated(attestationLevel.rawValue)
            try coder.serialize(keyMintVersion)
            coder.enumerated(keyMintLevel.rawValue)
            try coder.octets(challenge)
            try coder.octets(uniqueIdentifier)
            try softwareEnforced.encode(into: &coder)
            try hardwareEnforced.encode(into: &coder)
        }
        return serializer.serializedBytes
    }
}

extension AuthorizationList {
    func encode(into coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try encodeKeyProperties(into: &coder)
            try encodeSystemProperties(into: &coder)
        }
    }

    private func encodeKeyProperties(into coder: inout DER.Serializer) throws {
        try coder.set(1, purposes)
        try coder.number(2, algorithm)
        try coder.number(3, keySize)
        try coder.set(4, blockModes)
        try coder.set(5, digests)
        try coder.set(6, paddings)
        try coder.number(10, curve)
        try coder.number(11, postQuantumVariant)
        try coder.number(200, publicExponent)
        try coder.set(203, maskDigests)
        try coder.number(400, activeFrom)
        try coder.number(401, originationExpiry)
        try coder.number(402, usageExpiry)
        try coder.number(405, usageLimit)
        try coder.flag(503, needsNoAuthentication)
        try coder.number(504, userAuthentication)
        try coder.number(505, authenticationTimeout)
        try coder.flag(506, isAllowedOnBody)
        try coder.flag(507, needsUserPresence)
        try coder.flag(508, needsConfirmation)
        try coder.flag(509, needsUnlockedDevice)
        try coder.flag(600, isForAllApplications)
    }

    private func encodeSystemProperties(into coder: inout DER.Serializer) throws {
        try coder.number(701, createdAt)
        try coder.number(702, origin?.rawValue)
        try coder.flag(703, resistsRollback)
        if let rootOfTrust { try coder.tagged(704) { try rootOfTrust.encode(into: &$0) } }
        try coder.number(705, systemVersion)
        try coder.number(706, systemPatch)
        if let application { try coder.tagged(709) { try $0.octets(application.encoded()) } }
        for tag: UInt in 710...717 {
            if let value = identifiers[tag] { try coder.tagged(tag) { try $0.octets(value) } }
        }
        try coder.number(718, vendorPatch)
        try coder.number(719, bootPatch)
        if let value = identifiers[723] { try coder.tagged(723) { try $0.octets(value) } }
        if let moduleHash { try coder.tagged(724) { try $0.octets(moduleHash) } }
    }
}

extension RootOfTrust {
    fileprivate func encode(into coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.octets(bootKey)
            try coder.serialize(isLocked)
            coder.enumerated(state.rawValue)
            if let bootHash { try coder.octets(bootHash) }
        }
    }
}

extension AttestedApplication {
    fileprivate func encoded() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { coder in
            try coder.appendConstructedNode(identifier: .set) { coder in
                for package in packages {
                    try coder.appendConstructedNode(identifier: .sequence) { coder in
                        try coder.octets(package.name)
                        try coder.serialize(package.version)
                    }
                }
            }
            try coder.appendConstructedNode(identifier: .set) { coder in
                for signature in signatures { try coder.octets(signature) }
            }
        }
        return serializer.serializedBytes
    }
}

extension DER.Serializer {
    fileprivate mutating func octets(_ bytes: [UInt8]) throws {
        try serialize(ASN1OctetString(contentBytes: bytes[...]))
    }

    /// An ENUMERATED value below 128.
    fileprivate mutating func enumerated(_ value: Int64) {
        appendPrimitiveNode(identifier: .enumerated) { $0.append(UInt8(clamping: value)) }
    }

    fileprivate mutating func tagged(_ tag: UInt, _ block: (inout DER.Serializer) throws -> Void) rethrows {
        try serialize(explicitlyTaggedWithTagNumber: tag, tagClass: .contextSpecific, block)
    }

    fileprivate mutating func number(_ tag: UInt, _ value: Int64?) throws {
        guard let value else { return }
        try tagged(tag) { try $0.serialize(value) }
    }

    fileprivate mutating func set(_ tag: UInt, _ values: [Int64]) throws {
        guard !values.isEmpty else { return }
        try tagged(tag) { try $0.serializeSetOf(values) }
    }

    fileprivate mutating func flag(_ tag: UInt, _ isPresent: Bool) throws {
        guard isPresent else { return }
        try tagged(tag) { try $0.serialize(ASN1Null()) }
    }
}

package import IdentityCrypto
package import OpenIDMessages

/// What turns a PIN into `K_pin` (D-6.3).
package struct PINDerivation: Sendable, Equatable {
    /// 16 random bytes, made at enrolment.
    package let salt: [UInt8]
    package let cost: SealedBox.Cost

    package init(salt: [UInt8], cost: SealedBox.Cost) {
        self.salt = salt
        self.cost = cost
    }

    /// One with a fresh salt.
    init(freshAt cost: SealedBox.Cost, random: RandomSource = .system) {
        self.init(salt: random.bytes(16), cost: cost)
    }

    /// What the PIN opens; nil when the memory for it cannot be had.
    package func credential(for pin: PIN) -> PINCredential? {
        DerivedPIN(pin: pin.digits, salt: salt, cost: cost).map { PINCredential(pin: pin, derived: $0) }
    }
}

/// The PIN that a person has just typed and what was derived from it, for one answer. It must not outlive that answer.
package struct PINCredential: Sendable {
    let pin: PIN
    let derived: DerivedPIN

    /// The proof by `K_pin` over a statement (D-4.5.1).
    package func proof(_ purpose: KeyProofStatement.Purpose, of statement: String) throws -> String {
        try derived.key.sign(KeyProofStatement(purpose: purpose, digest: ContentDigest(of: statement)))
    }
}

extension PINDerivation {
    /// Reads the members that `members` writes.
    init(reading reader: inout MemberReader) throws(MessageError) {
        let operations = try reader.count("pin_operations")
        let memory = try reader.count("pin_memory_kib")
        guard let salt = Base64URL.decode(try reader.string("pin_salt")), salt.count == 16,
            let operations = UInt8(exactly: operations), let memory = UInt32(exactly: memory)
        else { throw .malformed("pin_salt") }
        self.init(salt: salt, cost: SealedBox.Cost(operations: operations, memoryKiB: memory))
    }

    var members: JSONObject {
        [
            "pin_salt": .string(Base64URL.encode(salt)), "pin_operations": .integer(Int64(cost.operations)),
            "pin_memory_kib": .integer(Int64(cost.memoryKiB)),
        ]
    }
}

extension JSONObject {
    /// This object with the members of another one behind its own.
    func adding(_ other: JSONObject) -> JSONObject {
        other.members.reduce(into: self) { $0[$1.name] = $1.value }
    }
}

internal import IdentityCrypto
internal import OpenIDMessages

/// A type of statement that the protocol knows (docs/protocol.md §2): who signs it and what it says.
struct StatementKind: Sendable {
    enum Signer: Sendable {
        case provider
        /// `K_auth` of the device, named by `kid`.
        case authenticationKey
        /// `K_inst` or `K_pin`, named by `kid`.
        case otherDeviceKey
        /// The key in the header `jwk`.
        case headerKey
        /// The first certificate of the header `x5c`.
        case certificateChain
        /// A browser's: in the header `jwk` when it is new, else named by `kid`.
        case browserKey
    }

    /// What a statement says that a check can be made of.
    struct Facts: Sendable {
        var issuer: IssuerURL?
        var device: DeviceIdentifier?
        var expiresAt: Timestamp?
        var text: (text: String, digest: ContentDigest)?
    }

    let type: String
    /// What it is, in plain words.
    let name: String
    let signer: Signer
    /// Reads the payload; members that the statement does not know are refused.
    let facts: @Sendable (JSONObject) throws(MessageError) -> Facts

    private init<Statement: DeviceStatement>(
        _ name: String, _ signer: Signer, _ facts: @escaping @Sendable (Statement) -> Facts
    ) {
        type = Statement.type
        self.name = name
        self.signer = signer
        self.facts = { (json) throws(MessageError) in facts(try Statement(json: json)) }
    }

    private static func asking<Statement: AskingStatement>(_ type: Statement.Type, _ name: String) -> StatementKind {
        StatementKind(name, .provider) { (statement: Statement) in
            Facts(
                issuer: statement.issuer, device: statement.device, expiresAt: statement.expiresAt,
                text: (statement.text, statement.textDigest))
        }
    }

    private static func answering<Statement: AnsweringStatement>(
        _ type: Statement.Type, _ name: String
    ) -> StatementKind {
        StatementKind(name, .authenticationKey) { (statement: Statement) in
            Facts(issuer: statement.issuer, device: statement.device)
        }
    }

    static let all: [StatementKind] = [
        StatementKind("the provider's offer to enrol a device", .provider) { (offer: EnrolmentOffer) in
            Facts(issuer: offer.issuer, expiresAt: offer.expiresAt)
        },
        StatementKind("a device's registration, by its new key", .headerKey) { (registration: DeviceRegistration) in
            Facts(issuer: registration.issuer)
        },
        StatementKind("a proof by a device's other key over a statement", .otherDeviceKey) { (_: KeyProofStatement) in
            Facts()
        },
        StatementKind("the provider's record of a device", .provider) { (record: DeviceRecord) in
            Facts(issuer: record.issuer, device: record.device)
        },
        StatementKind("the provider's attestation of a device", .provider) { (attestation: ClientAttestation) in
            Facts(issuer: attestation.issuer, device: attestation.device, expiresAt: attestation.expiresAt)
        },
        StatementKind("a simulator's word about a device's keys", .certificateChain) { (_: SimulatorAttestation) in
            Facts()
        },
        asking(LoginRequestStatement.self, "a login's request, by the provider"),
        answering(LoginResponseStatement.self, "a login's answer, by the device"),
        StatementKind("a login's receipt, by the provider", .provider) { (receipt: LoginReceipt) in
            Facts(issuer: receipt.issuer, device: receipt.device)
        },
        asking(ConfirmationRequestStatement.self, "something to be confirmed, by the provider"),
        answering(ConfirmationResponseStatement.self, "a confirmation, by the device"),
        StatementKind("a browser's proof of its key", .browserKey) { (proof: BrowserProof) in
            Facts(issuer: proof.issuer)
        },
        StatementKind("the provider's word why a login has its level", .provider) { (word: LevelExplanation) in
            let device: DeviceIdentifier? = if case .device(let device, _) = word.subject { device } else { nil }
            return Facts(issuer: word.issuer, device: device)
        },
    ]

    static func of(type: String?) -> StatementKind? { all.first { $0.type == type } }
}

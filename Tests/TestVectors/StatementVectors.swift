import IdentityCrypto
import OpenIDMessages

/// Why a token is refused, in the words of `Tests/Vectors/README.md`.
public enum VectorReason: String, Error, Sendable, CaseIterable {
    case malformedToken = "malformed_token"
    case criticalExtension = "critical_extension"
    case wrongType = "wrong_type"
    case wrongAlgorithm = "wrong_algorithm"
    case unknownKey = "unknown_key"
    case wrongSignature = "wrong_signature"
    /// The payload is not one JSON object whose names occur once.
    case malformedPayload = "malformed_payload"
    case missingMember = "missing_member"
    case unknownMember = "unknown_member"
    case malformedMember = "malformed_member"
}

/// A file of `Tests/Vectors` about one statement of the device protocol.
public struct StatementVectors: Sendable {
    /// Where a token names its key.
    public enum KeyPlace: String, Sendable {
        case kid, jwk, x5c
    }

    public struct Token: Sendable {
        public let name: String
        public let jws: String
        /// What an accepted token says.
        public let payload: JSONObject?
        /// Why a refused token is refused.
        public let reason: VectorReason?
    }

    /// The `typ`.
    public let message: String
    public let keyPlace: KeyPlace
    /// The key that signs.
    public let key: VerificationKey
    public let accepted: [Token]
    public let refused: [Token]

    /// Every statement of docs/protocol.md §2 and the file of its vectors.
    public static let files: [(type: any DeviceStatement.Type, file: String)] = [
        (EnrolmentOffer.self, "enrolment-offer"), (DeviceRegistration.self, "device-registration"),
        (KeyProofStatement.self, "device-key-proof"), (DeviceRecord.self, "device-record"),
        (ClientAttestation.self, "client-attestation"), (LoginRequestStatement.self, "login-request"),
        (LoginResponseStatement.self, "login-response"), (LoginReceipt.self, "login-receipt"),
        (ConfirmationRequestStatement.self, "confirmation-request"),
        (ConfirmationResponseStatement.self, "confirmation-response"),
        (SimulatorAttestation.self, "simulator-attestation"), (BrowserProof.self, "browser-proof"),
        (LevelExplanation.self, "assurance-explanation"),
    ]

    /// Reads the file of `name`; nil when it is not there or not of the format.
    public init?(_ name: String) {
        guard let file = VectorFile.read(name), let message = file["message"]?.string,
            let keyPlace = (file["key_place"]?.string).flatMap(KeyPlace.init(rawValue:)),
            let signer = file["signer"]?.string, let key = VectorFile.keys(file)[signer],
            let accepted = file["accepted"]?.array, let refused = file["refused"]?.array
        else { return nil }
        self.message = message
        self.keyPlace = keyPlace
        self.key = key
        self.accepted = accepted.compactMap { Token(accepted: $0) }
        self.refused = refused.compactMap { Token(refused: $0) }
        guard self.accepted.count == accepted.count, self.refused.count == refused.count else { return nil }
    }

    /// What the readers of the package say to a token: its payload or the reason of its refusal.
    public func judge<Statement: DeviceStatement>(
        _ jws: String, as type: Statement.Type
    ) -> Result<JSONObject, VectorReason> {
        do throws(JWSError) {
            switch keyPlace {
            case .kid: return .success(try SignedStatement<Statement>.verify(jws, key: key).statement.json)
            case .jwk: return .success(try SignedStatement<Statement>.verifyPossession(jws).statement.json)
            case .x5c:
                let payload = try CompactJWS(parsing: jws).verified(by: key, type: Statement.type).payload
                return Self.read(payload, as: type)
            }
        } catch {
            switch error {
            case .malformed: return .failure(.malformedToken)
            case .criticalExtension: return .failure(.criticalExtension)
            case .wrongType: return .failure(.wrongType)
            case .wrongAlgorithm: return .failure(.wrongAlgorithm)
            case .unknownKey: return .failure(.unknownKey)
            case .wrongSignature: return .failure(.wrongSignature)
            case .wrongPayload:
                guard let payload = (try? CompactJWS(parsing: jws))?.unverifiedPayload else {
                    return .failure(.malformedPayload)
                }
                return Self.read(payload, as: type)
            }
        }
    }

    private static func read<Statement: DeviceStatement>(
        _ payload: JSONObject, as type: Statement.Type
    ) -> Result<JSONObject, VectorReason> {
        do throws(MessageError) { return .success(try Statement(json: payload).json) } catch {
            switch error {
            case .missing: return .failure(.missingMember)
            case .unknown: return .failure(.unknownMember)
            case .malformed: return .failure(.malformedMember)
            }
        }
    }
}

extension StatementVectors.Token {
    fileprivate init?(accepted value: JSONValue) {
        guard let name = value.object?["name"]?.string, let jws = value.object?["jws"]?.string,
            let payload = value.object?["payload"]?.object
        else { return nil }
        self.init(name: name, jws: jws, payload: payload, reason: nil)
    }

    fileprivate init?(refused value: JSONValue) {
        guard let name = value.object?["name"]?.string, let jws = value.object?["jws"]?.string,
            let reason = (value.object?["reason"]?.string).flatMap(VectorReason.init(rawValue:))
        else { return nil }
        self.init(name: name, jws: jws, payload: nil, reason: reason)
    }
}

internal import Foundation
internal import Hummingbird
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// The administration of signing keys: `GET /keys`, and `POST /keys/rotate` with `alg` and `now`.
enum KeyAdministration {
    static func addRoutes(to router: Router<ProviderRequestContext>, keys: KeyCustodian) {
        router.get("/keys") { _, _ in Answer.json(keys.ring.summary) }
        router.post("/keys/rotate") { request, _ in
            var request = request
            var reader = MemberReader(try await request.json())
            let name = try reader.string("alg")
            let isEmergency = try reader.bool("now")
            try reader.finish()
            guard let algorithm = JWSAlgorithm(rawValue: name) else {
                let names = JWSAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
                throw AdministrationError(.badRequest, "unknown_algorithm", "The algorithm is one of \(names).")
            }
            do {
                return Answer.json(try await keys.rotate(algorithm, evenIfUnpublished: isEmergency).summary)
            } catch let fault as KeyCustodian.Fault {
                throw fault.refusal(algorithm) ?? fault
            }
        }
    }
}

extension KeyCustodian.Fault {
    /// What the operator is told; nil for faults of the provider.
    fileprivate func refusal(_ algorithm: JWSAlgorithm) -> (any Error)? {
        switch self {
        case .nextKeyTooNew(let readyAt):
            AdministrationError(
                .conflict, "next_key_too_new",
                "The next \(algorithm.rawValue) key has not been published for long enough: portals may not know it. "
                    + "It can sign from \(Date(timeIntervalSince1970: TimeInterval(readyAt.seconds)).formatted(.iso8601)) on. --now rotates at once; logins at portals "
                    + "that have not fetched the keys again then fail.")
        case .busy:
            AdministrationError(.conflict, "busy", "Another change of the keys is under way. Try again.")
        case .wrongMasterKey, .inconsistent: nil
        }
    }
}

extension SigningKeyRing {
    fileprivate var summary: JSONObject {
        [
            "keys": .array(
                entries.map { entry in
                    .object([
                        "kid": .string(entry.key.thumbprint.rawValue),
                        "alg": .string(entry.key.algorithm.rawValue), "stage": .string(entry.stage.rawValue),
                        "since": entry.since.json,
                    ])
                })
        ]
    }
}

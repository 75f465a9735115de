internal import AccountDirectory
internal import Hummingbird
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// What the operator asks about evidence: which devices a revocation list affects.
enum EvidenceAdministration {
    static func addRoutes(to router: Router<ProviderRequestContext>, provider: Provider) {
        router.post("/devices/affected") { request, _ in
            var request = request
            var reader = MemberReader(try await request.largeJSON())
            let object = try reader.object("revocation_list")
            try reader.finish()
            guard let list = try? RevocationList(json: object) else {
                throw AdministrationError(
                    .badRequest, "revocation_list",
                    "The list has not the form {\"entries\": {serial: {\"status\": …}}}.")
            }
            let devices = try await provider.evidenceReview.affected(by: list)
            return Answer.json(["devices": .array(devices.map { .object(json($0)) })])
        }
    }

    private static func json(_ device: CertifiedDevice) -> JSONObject {
        [
            "device": .string(device.identifier.rawValue), "state": .string(device.state.rawValue),
            "ceiling": .string(device.ceiling.level.name), "simulated": .bool(device.ceiling.isSimulated),
        ]
    }
}

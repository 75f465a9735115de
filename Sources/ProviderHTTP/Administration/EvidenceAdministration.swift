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
            let serials = try reader.value("serials").strings
            try reader.finish()
            guard let serials, serials.allSatisfy(RevocationList.isSerial) else {
                throw AdministrationError(
                    .badRequest, "serials", "Serial numbers are hexadecimal in lower case without leading zeros.")
            }
            let devices = try await provider.evidenceReview.affected(by: RevocationList(serials: Set(serials)))
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

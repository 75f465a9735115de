internal import IdentityCrypto
internal import OpenIDMessages

/// An enrolment whose answer has not come, `enrolment.sealed`: what is needed to register the same keys again (D-6.5). Nothing of
/// the registration is kept: it names `K_pin`, and by that a thief could test guesses of the PIN.
struct BegunEnrolment: Sendable, Equatable {
    /// The offer under which the profile's keys were, or may have been, registered; nil when there is none that could go on.
    var offer: Offer?
    /// How many registrations have drawn from a seed: each has identifiers of its own, also when it is interrupted.
    var attempts: Int64 = 0

    struct Offer: Sendable, Equatable {
        /// The exact `enrolment-offer+jwt`.
        let text: String
        let providerKeys: ProviderKeys
        /// Where the keys come from; nil for the system's generator.
        let seed: UInt64?
    }

    fileprivate static let fileName = "enrolment.sealed"
}

extension BegunEnrolment {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        try reader.requireVersion(1)
        if let text = try reader.optionalString("offer", maximumLength: CompactJWS.maximumLength) {
            let keys = ProviderKeys(jwks: try reader.object("provider_keys"))
            var seed: UInt64?
            if let number = try reader.optionalString("seed") {
                seed = UInt64(number)
                guard seed != nil else { throw .malformed("seed") }
            }
            offer = Offer(text: text, providerKeys: keys, seed: seed)
        }
        if let value = reader.optional("attempts") {
            guard let number = value.integer, number > 0 else { throw .malformed("attempts") }
            attempts = number
        }
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = ["version": 1]
        if let offer {
            object["offer"] = .string(offer.text)
            object["provider_keys"] = .object(offer.providerKeys.json)
            // A JSON number has no 64 bits without a sign.
            object["seed"] = offer.seed.map { .string(String($0)) }
        }
        if attempts > 0 { object["attempts"] = .integer(attempts) }
        return object
    }
}

extension SealedFolder {
    /// What was begun in this profile; empty when nothing was.
    func begunEnrolment() throws(FileRefusal) -> BegunEnrolment {
        guard let object = try read(BegunEnrolment.fileName) else { return BegunEnrolment() }
        do { return try BegunEnrolment(json: object) } catch {
            let path = folder.path + "/" + BegunEnrolment.fileName
            throw object.isOfNewerVersion(than: 1) ? .newerVersion(path) : .cannotOpen(path)
        }
    }

    /// Stores it durably; where nothing is left to say, the file goes.
    func remember(_ begun: BegunEnrolment) throws(FileRefusal) {
        guard begun != BegunEnrolment() else { return try forgetBegunEnrolment() }
        try prepare()
        try replace(BegunEnrolment.fileName, with: begun.json)
    }

    func forgetBegunEnrolment() throws(FileRefusal) { try folder.remove(BegunEnrolment.fileName) }
}

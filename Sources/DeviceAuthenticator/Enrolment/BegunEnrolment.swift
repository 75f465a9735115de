internal import IdentityCrypto
internal import OpenIDMessages

/// An enrolment that has not come to its end, `enrolment.sealed`: what is needed to register the same keys again (D-6.5), and to
/// go on with an offer that was shown. Nothing of a registration is kept: it names `K_pin`, and by that a thief could test guesses
/// of the PIN.
struct BegunEnrolment: Sendable, Equatable {
    /// The offer under which the profile's keys were, or may have been, registered; nil when there is none that could go on.
    var offer: Offer?
    /// The offer that was shown last and under which no keys were made: a ticket gives few (P-6.2.2).
    var shown: Offer?
    /// How many registrations have drawn from a seed: each has identifiers of its own, also when it is interrupted.
    var attempts: Int64 = 0

    struct Offer: Sendable, Equatable {
        /// The exact `enrolment-offer+jwt`.
        let text: String
        let providerKeys: ProviderKeys
        /// Where the keys come from; nil for the system's generator, and where there are none.
        let seed: UInt64?
    }

    fileprivate static let fileName = "enrolment.sealed"
    /// Version 1, which knows no offer that was only shown, is read as well.
    fileprivate static let version: Int64 = 2
}

extension BegunEnrolment {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        let version = try reader.count("version")
        guard (1...Self.version).contains(version) else { throw .malformed("version") }
        offer = try Offer(reading: &reader)
        if let object = try reader.optionalObject("shown") {
            var inner = MemberReader(object)
            shown = try Offer(reading: &inner)
            try inner.finish()
        }
        if let value = reader.optional("attempts") {
            guard let number = value.integer, number > 0 else { throw .malformed("attempts") }
            attempts = number
        }
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = ["version": .integer(Self.version)]
        offer?.write(into: &object)
        if let shown {
            var inner: JSONObject = [:]
            shown.write(into: &inner)
            object["shown"] = .object(inner)
        }
        if attempts > 0 { object["attempts"] = .integer(attempts) }
        return object
    }
}

extension BegunEnrolment.Offer {
    /// Nil where there is none.
    fileprivate init?(reading reader: inout MemberReader) throws(MessageError) {
        guard let text = try reader.optionalString("offer", maximumLength: CompactJWS.maximumLength) else { return nil }
        let keys = ProviderKeys(jwks: try reader.object("provider_keys"))
        var seed: UInt64?
        if let number = try reader.optionalString("seed") {
            seed = UInt64(number)
            guard seed != nil else { throw .malformed("seed") }
        }
        self.init(text: text, providerKeys: keys, seed: seed)
    }

    fileprivate func write(into object: inout JSONObject) {
        object["offer"] = .string(text)
        object["provider_keys"] = .object(providerKeys.json)
        // A JSON number has no 64 bits without a sign.
        object["seed"] = seed.map { .string(String($0)) }
    }
}

extension SealedFolder {
    /// What was begun in this profile; empty when nothing was.
    func begunEnrolment() throws(FileRefusal) -> BegunEnrolment {
        guard let object = try read(BegunEnrolment.fileName) else { return BegunEnrolment() }
        do { return try BegunEnrolment(json: object) } catch {
            let path = folder.path + "/" + BegunEnrolment.fileName
            throw object.isOfNewerVersion(than: BegunEnrolment.version) ? .newerVersion(path) : .cannotOpen(path)
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

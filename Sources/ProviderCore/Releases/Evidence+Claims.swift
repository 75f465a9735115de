internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

extension Evidence {
    /// The evidence as `verified_claims` shows it (IDA Schema 1.0): how, by whom, when, and the kind of document.
    func claim(organization: String?) -> JSONObject {
        var check: JSONObject = ["check_method": .string(method.checkMethod)]
        check["organization"] = organization.map { .string($0) }
        check["time"] = .string(checkedAt.minuteText)
        var evidence: JSONObject = [
            "type": .string(method.isOfDocument ? "document" : "electronic_record"),
            "check_details": .array([.object(check)]),
        ]
        if let documentType {
            var document: JSONObject = ["type": .string(documentType)]
            document["issuer"] = documentCountry.map { .object(["country": .string($0)]) }
            evidence["document_details"] = .object(document)
        }
        return evidence
    }

    /// What a portal can quote of this check: another text in each sector, so that it links nobody.
    func reference(in sector: SubjectSector) -> String {
        String(ContentDigest(of: "citizen-id/evidence/v1\n\(sector.name)\n\(identifier)").rawValue.prefix(16))
    }
}

extension Evidence.Method {
    var isOfDocument: Bool { self == .counter || self == .eid }
}

extension Timestamp {
    /// `YYYY-MM-DDThh:mmZ`: to the minute, as IDA's own examples have it.
    var minuteText: String {
        let second = ((seconds % 86_400) + 86_400) % 86_400
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(CalendarDate(self))T\(padded(second / 3600)):\(padded(second % 3600 / 60))Z"
    }
}

public import OpenIDMessages

/// How a person wants to be reached. Nobody verifies it, and the person changes it alone.
public struct ContactData: Sendable, Equatable {
    public var email: String?
    public var phoneNumber: String?

    /// Reads `{email?, phone_number?}` and refuses every other member: no verified attribute is changed this way (I5).
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        email = try reader.optionalString("email", maximumLength: 254)
        phoneNumber = try reader.optionalString("phone_number", maximumLength: 32)
        try reader.finish()
        if let email, !Self.isAddress(email) { throw .malformed("email") }
        if let phoneNumber, !Self.isNumber(phoneNumber) { throw .malformed("phone_number") }
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace)
    }

    private static func isNumber(_ text: String) -> Bool {
        text.utf8.count >= 3
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || " +-/()".utf8.contains($0) }
    }
}

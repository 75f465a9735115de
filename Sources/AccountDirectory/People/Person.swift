public import OpenIDMessages

/// A natural person as a clerk recorded it: the root of identity assurance.
public struct PersonRecord: Sendable, Equatable {
    public var givenName: String
    public var familyName: String
    public var title: String?
    public var birthFamilyName: String?
    /// ISO 8601 date, e.g. `1964-08-12`.
    public var birthdate: String?
    public var placeOfBirth: String?
    /// ISO 3166-1 alpha-2 codes; nil when they were not recorded.
    public var nationalities: [String]?
    public var address: PostalAddress?
    public var email: String?
    public var phoneNumber: String?
    /// The handle of a postbox elsewhere: a reference and nothing more.
    public var mailbox: String?

    /// Reads the record from the clerk's file, names and places in normal form C.
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        givenName = try Self.name(&reader, "given_name")
        familyName = try Self.name(&reader, "family_name")
        title = try reader.optionalNormalString("title", maximumLength: 64)
        birthFamilyName = try reader.optionalNormalString("birth_family_name", maximumLength: 256)
        birthdate = try reader.optionalString("birthdate", maximumLength: 10)
        if let birthdate, CalendarDate(rawValue: birthdate) == nil { throw .malformed("birthdate") }
        placeOfBirth = try reader.optionalNormalString("place_of_birth", maximumLength: 256)
        if let value = reader.optional("nationalities") {
            guard let codes = value.strings, (1...8).contains(codes.count), Set(codes).count == codes.count,
                codes.allSatisfy(PostalAddress.isCountry)
            else { throw .malformed("nationalities") }
            nationalities = codes
        }
        if let address = reader.optional("address") {
            guard let object = address.object else { throw .malformed("address") }
            self.address = try PostalAddress(json: object)
        }
        email = try reader.optionalString("email", maximumLength: 254)
        if let email, email.split(separator: "@", omittingEmptySubsequences: false).count != 2 {
            throw .malformed("email")
        }
        phoneNumber = try reader.optionalString("phone_number", maximumLength: 32)
        mailbox = try reader.optionalString("mailbox", maximumLength: 256)
        try reader.finish()
    }

    private static func name(_ reader: inout MemberReader, _ member: String) throws(MessageError) -> String {
        let name = try reader.normalString(member, maximumLength: 256)
        guard name.contains(where: { !$0.isWhitespace }) else { throw .malformed(member) }
        return name
    }

    public var json: JSONObject {
        var object: JSONObject = ["given_name": .string(givenName), "family_name": .string(familyName)]
        object["title"] = title.map { .string($0) }
        object["birth_family_name"] = birthFamilyName.map { .string($0) }
        object["birthdate"] = birthdate.map { .string($0) }
        object["place_of_birth"] = placeOfBirth.map { .string($0) }
        object["nationalities"] = nationalities.map { .strings($0) }
        object["address"] = address.map { .object($0.json) }
        object["email"] = email.map { .string($0) }
        object["phone_number"] = phoneNumber.map { .string($0) }
        object["mailbox"] = mailbox.map { .string($0) }
        return object
    }

    /// The value of a claim of the catalogue; nil when the person has none.
    ///
    /// - Parameter namespace: what the region's own members begin with, e.g. `https://id.example/claims/`.
    public func claim(_ name: String, namespace: String) -> JSONValue? {
        switch name {
        case "given_name": .string(givenName)
        case "family_name": .string(familyName)
        case "title": title.map { .string($0) }
        case "birthdate": birthdate.map { .string($0) }
        case "birth_family_name": birthFamilyName.map { .string($0) }
        case "place_of_birth": placeOfBirth.map { .object(["locality": .string($0)]) }
        case "nationalities": nationalities.map { .strings($0) }
        case "address": address.map { .object($0.claim(namespace: namespace)) }
        case "email": email.map { .string($0) }
        case "phone_number": phoneNumber.map { .string($0) }
        case "mailbox": mailbox.map { .string($0) }
        default: nil
        }
    }

    /// Enough to recognise oneself and too little to learn a stranger's name, e.g. `E. M…n`.
    public var maskedName: String {
        func initial(_ name: String) -> String { name.first.map { String($0).uppercased() } ?? "" }
        let last = familyName.count > 2 ? familyName.last.map(String.init) ?? "" : ""
        return "\(initial(givenName)). \(initial(familyName))…\(last)"
    }
}

/// A postal address with street and number apart, so that nobody has to take them apart again.
public struct PostalAddress: Sendable, Equatable {
    public var street: String
    public var houseNumber: String?
    public var postalCode: String
    public var locality: String
    /// What is needed besides street and number, e.g. a staircase.
    public var addition: String?
    /// Amtlicher Gemeindeschlüssel of the town in which the person is registered: eight digits.
    public var municipalityKey: String?
    /// ISO 3166-1 alpha-2.
    public var country: String

    /// Reads the parts as people and clerks send them, in normal form C.
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        street = try reader.normalString("street", maximumLength: 256)
        houseNumber = try reader.optionalNormalString("house_number", maximumLength: 16)
        postalCode = try reader.normalString("postal_code", maximumLength: 16)
        locality = try reader.normalString("locality", maximumLength: 256)
        addition = try reader.optionalNormalString("addition", maximumLength: 256)
        municipalityKey = try reader.optionalString("ags", maximumLength: 8)
        if let key = municipalityKey {
            guard key.utf8.count == 8, key.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw .malformed("ags")
            }
        }
        country = try reader.optionalString("country", maximumLength: 2) ?? "DE"
        try reader.finish()
    }

    /// Two capital letters (ISO 3166-1 alpha-2).
    public static func isCountry(_ code: String) -> Bool { code.utf8.count == 2 && code.utf8.allSatisfy(\.isCapital) }

    /// What a new address must keep besides its form; those that were stored earlier are read without it. Its texts have
    /// the characters of DIN 91379, and the key is one that a town can have. Throws the member that does not fit.
    public func check() throws(MessageError) {
        let texts = [
            ("street", street), ("house_number", houseNumber), ("postal_code", postalCode), ("locality", locality),
            ("addition", addition),
        ]
        for (name, text) in texts where text.map({ OrganizationName($0) == nil }) ?? false { throw .malformed(name) }
        if let key = municipalityKey, MunicipalityKey(rawValue: key)?.isDistrict != false { throw .malformed("ags") }
        guard Self.isCountry(country) else { throw .malformed("country") }
    }

    /// The claim `address` (OpenID Connect Core §5.1.1), and the parts of the street line apart.
    public func claim(namespace: String) -> JSONObject {
        let line = houseNumber.map { street + " " + $0 } ?? street
        var object: JSONObject = [
            "street_address": .string(line), "postal_code": .string(postalCode), "locality": .string(locality),
            "country": .string(country), namespace + "street": .string(street),
        ]
        object.append(namespace + "house_number", houseNumber.map { .string($0) })
        object.append(namespace + "addition", addition.map { .string($0) })
        object.append(namespace + "ags", municipalityKey.map { .string($0) })
        return object
    }

    /// The address as the clerk's file has it.
    public var json: JSONObject {
        var object: JSONObject = ["street": .string(street)]
        object["house_number"] = houseNumber.map { .string($0) }
        object["postal_code"] = .string(postalCode)
        object["locality"] = .string(locality)
        object["addition"] = addition.map { .string($0) }
        object["ags"] = municipalityKey.map { .string($0) }
        object["country"] = .string(country)
        return object
    }
}

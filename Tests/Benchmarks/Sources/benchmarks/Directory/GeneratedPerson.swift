import OpenIDMessages

/// A person who exists only in measurements.
struct GeneratedPerson {
    let attributes: String

    init(_ generator: inout SeededGenerator) {
        let given = generator.pick(Self.givenNames)
        let family = generator.pick(Self.familyNames)
        let birthdate =
            "\(generator.number(1935...2008))-\(Self.two(generator.number(1...12)))-\(Self.two(generator.number(1...28)))"
        let object: JSONObject = [
            "given_name": .string(given), "family_name": .string(family), "birthdate": .string(birthdate),
            "address": .object([
                "street": .string(generator.pick(Self.streets)),
                "house_number": .string(String(generator.number(1...180))),
                "postal_code": .string(String(generator.number(44_579...46_286))),
                "locality": .string(generator.pick(Self.towns)),
            ]), "email": .string("person.\(generator.number(0...999_999_999))@example.org"),
        ]
        attributes = object.text
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static let givenNames = [
        "Erika", "Heinz", "Zoë", "Jürgen", "Marie Luise", "Ayşe", "Mehmet", "Ćirić", "Anna", "Paul", "Fatma", "Lukas",
        "Ingeborg", "Günther", "Sofia", "Emil", "Katarzyna", "Piotr", "Hannelore", "Noah",
    ]
    private static let familyNames = [
        "Mustermann", "Gabler", "Schäfer", "Yılmaz", "Kowalski", "Öztürk", "Großkreutz", "Nowak", "van der Berg",
        "Weiß",
        "Szymaniak", "Müller-Lüdenscheidt", "Schulze Althoff", "Böhm", "Đorđević", "Kaya", "Brinkmann", "Hölscher",
    ]
    private static let streets = [
        "Ebertstraße", "Musterweg", "Bahnhofstraße", "Am Förderturm", "Zechenweg", "Emscherallee", "Kirchplatz",
    ]
    private static let towns = ["Herten", "Marl", "Gelsenkirchen", "Bottrop", "Recklinghausen", "Gladbeck", "Dorsten"]
}

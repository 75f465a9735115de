import OpenIDMessages

/// People who do not exist, the same ones for the same seed, no two with one name and birth date.
struct MadeUpPeople: Sequence, IteratorProtocol {
    private var random: SeededNumbers
    private var seen: Set<String> = []

    init(seed: UInt64) { random = SeededNumbers(seed: seed) }

    private static let givenNames = [
        "Ada", "Anna", "Ayşe", "Ben", "Björn", "Carla", "Clara", "David", "Elif", "Emil", "Erik", "Eva", "Felix",
        "Finn",
        "Greta", "Hanna", "Hüseyin", "Ida", "Jakob", "Jana", "Jonas", "Karl", "Łucja", "Lea", "Leon", "Lina", "Mara",
        "Max", "Mehmet", "Mia", "Nils", "Noah", "Olga", "Paul", "Rosa", "Sara", "Theo", "Till", "Zoë", "Žofia",
    ]
    private static let familyNames = [
        "Adler", "Bach", "Bauer", "Becker", "Berger", "Brandt", "Çelik", "Demir", "Dietrich", "Ebert", "Fischer",
        "Fuchs", "Graf", "Groß", "Haas", "Hartmann", "Huber", "Jäger", "Kaya", "Keller", "Koch", "König", "Kowalski",
        "Krämer", "Lange", "Lehmann", "Ludwig", "Maier", "Möller", "Nowak", "Öztürk", "Peters", "Pohl", "Richter",
        "Schäfer", "Schulz", "Šimek", "Stein", "Vogel", "Voß", "Weber", "Winter", "Wolf", "Yılmaz", "Ziegler",
    ]

    mutating func next() -> JSONObject? {
        while true {
            let givenName = Self.givenNames.randomElement(using: &random) ?? ""
            let familyName = Self.familyNames.randomElement(using: &random) ?? ""
            func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let birthdate =
                "\(Int.random(in: 1930...2006, using: &random))-"
                + padded(Int.random(in: 1...12, using: &random)) + "-" + padded(Int.random(in: 1...28, using: &random))
            guard seen.insert("\(givenName) \(familyName) \(birthdate)").inserted else { continue }
            return [
                "given_name": .string(givenName), "family_name": .string(familyName),
                "birthdate": .string(birthdate),
            ]
        }
    }
}

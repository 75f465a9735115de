import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Facts about a company")
struct CompanyDetailsTests {
    private static let good: JSONObject = [
        "name": "Muster Elektrotechnik GmbH", "kind": "NNatPers",
        "legal_form": .object(["code": "350", "text": "GmbH"]),
        "register": .object(["type": "HRB", "number": "12345", "court": "Amtsgericht Gelsenkirchen"]),
        "euid": "DER2402.HRB12345", "w_idnr": "DE123456788-00001", "ust_idnr": "DE136695976",
        "lei": "5493001KJTIIGC8Y1R12", "trade": .object(["tenant": "herten", "number": "HE-1"]),
        "address": .object(["street": "Musterweg", "postal_code": "45699", "locality": "Herten", "country": "DE"]),
    ]

    private static func details(_ members: (String, JSONValue?)...) throws -> CompanyDetails {
        var json = good
        for (name, value) in members { json[name] = value }
        return try CompanyDetails(json: json)
    }

    @Test("are read and written alike")
    func roundTrip() throws {
        let details = try Self.details()
        #expect(details.json == Self.good)
        #expect(try CompanyDetails(json: details.json) == details)
        #expect(
            details.identities.map(\.key) == [
                "euid:DER2402.HRB12345", "w-idnr:DE123456788", "register:HRB:12345:gelsenkirchen", "trade:herten:HE-1",
            ])
    }

    @Test("I19: something must tell a company from all others")
    func identity() throws {
        #expect(throws: MessageError.missing("w_idnr")) {
            try Self.details(("euid", nil), ("w_idnr", nil), ("trade", nil), ("register", nil))
        }
        for kept in ["euid", "w_idnr", "trade"] {
            var json = Self.good
            for name in ["euid", "w_idnr", "trade", "register"] where name != kept { json[name] = nil }
            #expect(try CompanyDetails(json: json).identities.count == 1)
        }
    }

    @Test("I19: one entry in a register has one key, however the court is written, and no other entry has it")
    func entryKey() throws {
        func key(_ court: String, type: String = "HRB", number: String = "12345") throws -> String {
            try RegisterEntry(json: [
                "type": .string(type), "number": .string(number), "court": .string(court),
            ]).key
        }
        for court in ["Gelsenkirchen", "AG Gelsenkirchen", "AMTSGERICHT GELSENKIRCHEN"] {
            #expect(try key(court) == key("Amtsgericht Gelsenkirchen"))
        }
        let others = [
            try key("Gelsenkirchen", type: "HRA"), try key("Gelsenkirchen", number: "12346"), try key("Essen"),
        ]
        #expect(try !others.contains(key("Gelsenkirchen")))
    }

    @Test("a new description names the entry beside the EUID, and an address that there can be")
    func newDescription() throws {
        try Self.details().check()
        #expect(throws: MessageError.missing("register")) { try Self.details(("register", nil)).check() }
        var address = try #require(Self.good["address"]?.object)
        address["locality"] = "Her\u{202E}ten"
        #expect(throws: MessageError.malformed("locality")) {
            try Self.details(("address", .object(address))).check()
        }
    }

    @Test("facts that contradict each other, malformed and unknown members are refused by name")
    func refusals() {
        let cases: [(String, JSONValue?, MessageError)] = [
            ("name", nil, .missing("name")), ("name", "Muster\u{202E}GmbH", .malformed("name")),
            ("kind", "GmbH", .malformed("kind")), ("euid", "DER2402.HRB99", .malformed("euid")),
            ("euid", "DER2402.HRA12345", .malformed("euid")), ("w_idnr", "DE123456789-00001", .malformed("w_idnr")),
            ("lei", "5493001KJTIIGC8Y1R13", .malformed("lei")), ("ust_idnr", "DE123456789", .malformed("ust_idnr")),
            ("occupation", "Elektriker", .malformed("occupation")),
            ("register", .object(["type": "HRC", "number": "1", "court": "AG"]), .malformed("type")),
            ("register", .object(["type": "HRB", "number": "01", "court": "AG"]), .malformed("number")),
            ("legal_form", .object(["code": "35", "text": "GmbH"]), .malformed("code")),
            ("trade", .object(["tenant": "Herten", "number": "1"]), .malformed("tenant")),
            ("state", "active", .unknown("state")), ("level", "hoch", .unknown("level")),
            ("approvers_needed", 1, .unknown("approvers_needed")),
        ]
        for (name, value, error) in cases {
            #expect(throws: error, "\(name)") { try Self.details((name, value)) }
        }
        #expect(throws: MessageError.missing("euid")) { try Self.details(("euid", nil), ("w_idnr", nil)) }
    }

    @Test("establishments have an activity's number and lie in a municipality")
    func establishments() throws {
        func read(_ members: (String, JSONValue)...) throws -> EstablishmentRecord {
            var json: JSONObject = [
                "activity": "00002", "name": "Lager Marl", "ags": "05562024",
                "address": .object(["street": "Hafen", "postal_code": "45772", "locality": "Marl"]),
            ]
            for (name, value) in members { json[name] = value }
            return try EstablishmentRecord(
                json: json, identifier: try #require(EstablishmentIdentifier(rawValue: "e")),
                company: try #require(CompanyIdentifier(rawValue: "c")))
        }
        #expect(try read().activity == "00002")
        for activity in ["00000", "2", "000002", "0000A"] {
            #expect(throws: MessageError.malformed("activity")) { try read(("activity", .string(activity))) }
        }
        #expect(throws: MessageError.malformed("ags")) { try read(("ags", "05562")) }
        #expect(throws: MessageError.malformed("ags")) { try read(("ags", "99999999")) }
        #expect(throws: MessageError.unknown("company")) { try read(("company", "other")) }
    }

    @Test("roles are the given ones, at least one, and nobody grants more than they have")
    func roles() throws {
        #expect(CompanyRoles([CompanyRole]()) == nil)
        let all = CompanyRole.allCases
        for holder in all {
            for granted in all {
                let mayGrant = try #require(CompanyRoles([holder])).mayGrant(try #require(CompanyRoles([granted])))
                let expected =
                    holder == .orgAdmin || (holder == .userAdmin && (granted == .member || granted == .userAdmin))
                #expect(mayGrant == expected, "\(holder) \(granted)")
            }
        }
        #expect(CompanyRoles.member.union(.administrator).roles == [.member, .orgAdmin])
    }
}

import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Releases and verified attributes as rules")
struct ReleaseTests {
    @Test("the life of a release")
    func releases() {
        LifeTable.expect(
            ClaimRelease.State.self,
            [
                "asked grant granted", "asked expire expired", "granted grant granted", "granted withdraw withdrawn",
                "granted supersede superseded", "granted expire expired",
            ], final: [.withdrawn, .superseded, .expired])
    }

    @Test("the life of a verified attribute")
    func attributes() {
        LifeTable.expect(
            VerifiedAttribute.State.self,
            [
                "valid expire stale", "valid confirm valid", "valid revoke revoked", "valid supersede superseded",
                "stale confirm valid", "stale revoke revoked", "stale supersede superseded",
            ], final: [.revoked, .superseded])
    }

    private static let account = AccountIdentifier(rawValue: "a")!

    private static func release(
        asked: [String], released: [String], purpose: String = "1", state: ClaimRelease.State = .granted
    ) -> ClaimRelease {
        ClaimRelease(
            identifier: ReleaseIdentifier(rawValue: "r")!,
            key: ReleaseKey(
                account: account, context: .citizen, client: ClientIdentifier(rawValue: "c")!, tenant: nil,
                service: nil, purposeVersion: purpose), asked: asked, released: released,
            grantedAt: Timestamp(seconds: 0), state: state)
    }

    @Test("I32, I37: silence releases what was released for this purpose, and nothing else")
    func silently() {
        let earlier = Self.release(asked: ["a", "b", "c"], released: ["a", "b"])
        func silently(
            _ asked: [String], essential: [String] = [], purpose: String = "1", _ release: ClaimRelease?
        ) -> [String]? {
            ReleaseRules.silently(asked: asked, essential: essential, purposeVersion: purpose, earlier: release)
        }
        #expect(silently(["b", "a"], earlier) == ["b", "a"])
        #expect(silently([], earlier) == [])
        // What was kept back stays back, unless the portal cannot go on without it.
        #expect(silently(["a", "c"], earlier) == ["a"])
        #expect(silently(["a", "c"], essential: ["c"], earlier) == nil)
        #expect(silently(["a", "d"], earlier) == nil)
        #expect(silently(["a"], purpose: "2", earlier) == nil)
        #expect(silently(["a"], nil) == nil)
        for state in [ClaimRelease.State.asked, .withdrawn, .superseded, .expired] {
            #expect(silently(["a"], Self.release(asked: ["a"], released: ["a"], state: state)) == nil)
        }
    }

    @Test("what remains of a grant when its release has changed")
    func remaining() {
        #expect(ReleaseRules.remaining(["a", "b"], of: .granted, released: ["b", "c"]) == ["b"])
        #expect(ReleaseRules.remaining(["a", "b"], of: .superseded, released: ["a", "b"]) == ["a", "b"])
        #expect(ReleaseRules.remaining(["a"], of: .withdrawn, released: ["a"]) == [])
        #expect(ReleaseRules.remaining(["a"], of: .expired, released: ["a"]) == [])
    }

    // MARK: Verified attributes

    private static func evidence(
        _ level: AssuranceLevel, at seconds: Int64 = 100, expiresAt: Int64? = nil
    ) -> Evidence {
        Evidence(
            identifier: EvidenceIdentifier(rawValue: "e")!, account: account, method: .counter, performer: nil,
            checkedAt: Timestamp(seconds: seconds), level: level,
            expiresAt: expiresAt.map { Timestamp(seconds: $0) })
    }

    @Test("I3: the level of an attribute is at most that of its evidence")
    func level() {
        for evidence in AssuranceLevel.allCases {
            for claimed in AssuranceLevel.allCases {
                let attribute = VerifiedAttribute(
                    claim: "given_name", evidence: Self.evidence(evidence), level: claimed)
                #expect(attribute.level == min(evidence, claimed))
            }
        }
    }

    @Test("I3: what a person says of themself is never verified")
    func selfAsserted() throws {
        let person = try PersonRecord(json: [
            "given_name": "Erika", "family_name": "Mustermann", "birthdate": "1964-08-12",
            "email": "erika@example.org", "phone_number": "+49 1", "mailbox": "box-1",
        ])
        #expect(VerificationRules.claims(of: person) == ["given_name", "family_name", "birthdate"])
    }

    @Test("an attribute counts while it is valid and its evidence has not expired")
    func counts() {
        let now = Timestamp(seconds: 1000)
        func counts(_ level: AssuranceLevel, _ state: VerifiedAttribute.State, expiresAt: Int64? = nil) -> Bool {
            VerifiedAttribute(
                claim: "address", evidence: Self.evidence(level, expiresAt: expiresAt), state: state
            ).counts(at: now)
        }
        #expect(counts(.normal, .valid))
        #expect(counts(.normal, .valid, expiresAt: 1001))
        #expect(!counts(.normal, .valid, expiresAt: 1000))
        #expect(!counts(.undefined, .valid))
        for state in [VerifiedAttribute.State.stale, .revoked, .superseded] { #expect(!counts(.normal, state)) }
    }

    // MARK: Predicates

    @Test(
        "age_over_N on the days around the birthday",
        arguments: [
            ("2008-03-01", "2026-02-28", false), ("2008-03-01", "2026-03-01", true),
            ("2008-02-29", "2026-02-28", false), ("2008-02-29", "2026-03-01", true),
            ("1900-01-01", "2026-03-01", true),
        ])
    func ages(born: String, today: String, isOver: Bool) throws {
        let person = try PersonRecord(json: [
            "given_name": "E", "family_name": "M", "birthdate": .string(born),
        ])
        let day = try #require(CalendarDate(rawValue: today))
        #expect(person.predicate("age_over_18", municipality: nil, today: day) == isOver)
    }

    @Test("an age that is not on the list, and a birth date that is not known, have no answer")
    func noAge() throws {
        let day = try #require(CalendarDate(rawValue: "2026-03-01"))
        let person = try PersonRecord(json: ["given_name": "E", "family_name": "M", "birthdate": "1964-08-12"])
        for claim in ["age_over_17", "age_over_0", "age_over_-18", "age_over_", "age_over_18 ", "birthdate"] {
            #expect(person.predicate(claim, municipality: nil, today: day) == nil, "\(claim)")
            #expect(!person.canAnswer(claim))
        }
        let unknown = try PersonRecord(json: ["given_name": "E", "family_name": "M"])
        #expect(unknown.predicate("age_over_18", municipality: nil, today: day) == nil)
    }

    @Test("resident_here is about the town that asks; a Kreis has its towns")
    func residence() throws {
        let day = try #require(CalendarDate(rawValue: "2026-03-01"))
        let person = try PersonRecord(json: TestPeople.inHerten)
        func answer(_ municipality: String?) -> Bool? {
            person.predicate("resident_here", municipality: municipality, today: day)
        }
        #expect(answer("05562020") == true && answer("05562024") == false)
        #expect(answer("05562") == true && answer("05513") == false)
        #expect(answer(nil) == nil)
    }

    private enum TestPeople {
        static let inHerten: JSONObject = [
            "given_name": "E", "family_name": "M",
            "address": .object(["street": "Weg", "postal_code": "45699", "locality": "Herten", "ags": "05562020"]),
        ]
    }

    @Test(
        "an address key, a nationality and more that is malformed is refused",
        arguments: [
            #"{"address": {"street": "W", "postal_code": "1", "locality": "H", "ags": "0556202"}}"#,
            #"{"address": {"street": "W", "postal_code": "1", "locality": "H", "ags": "0556202x"}}"#,
            #"{"nationalities": []}"#, #"{"nationalities": ["de"]}"#, #"{"nationalities": ["DE", "DE"]}"#,
            #"{"nationalities": "DE"}"#, #"{"nationalities": ["DEU"]}"#,
        ])
    func malformed(text: String) throws {
        var json = try StrictJSON.parseObject(Array(text.utf8))
        json["given_name"] = "E"
        json["family_name"] = "M"
        #expect(throws: MessageError.self) { try PersonRecord(json: json) }
    }
}

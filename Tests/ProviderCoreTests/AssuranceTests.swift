import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

@Suite("Why a login has its level")
struct AssuranceTests {
    @Test("I4: a level is the lowest of its reasons, whichever that is")
    func minimum() {
        for proofing in AssuranceLevel.allCases {
            for device in AssuranceLevel.allCases {
                let citizen = AssuranceExplanation(
                    proofing: proofing, ceiling: DeviceCeiling(level: device, isSimulated: false))
                #expect(citizen.level == min(proofing, device, .substantiell))
                for binding in AssuranceLevel.allCases {
                    for company in AssuranceLevel.allCases {
                        let acting = citizen.acting(binding: binding, company: company)
                        #expect(acting.level == min(citizen.level, binding, company))
                        #expect(!acting.limiting.isEmpty)
                        for kind in acting.limiting {
                            #expect(acting.reasons.first { $0.kind == kind }?.level == acting.level)
                        }
                        #expect(acting.missing(for: acting.level) == [])
                    }
                }
            }
        }
    }

    @Test("each bound has words in both languages, and says what lifts it where something does")
    func words() {
        for kind in AssuranceExplanation.Kind.allCases {
            let one = AssuranceExplanation(
                reasons: [AssuranceExplanation.Reason(kind, .normal)], isSimulated: false)
            #expect(one.summary(.german).contains(kind.name(.german)))
            #expect(one.summary(.english).contains(kind.name(.english)))
            #expect(kind.name(.german) != kind.name(.english))
            #expect((one.advice(.german) == nil) == (kind == .authenticator))
            #expect((one.advice(.english) == nil) == (kind == .authenticator))
        }
    }

    @Test("the person hears it for their device, signed by the provider, without a value of a claim")
    func device() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone(person: TestServices.erika, level: .substantiell)
        let signed = try await provider.provider.assurance.explain(try await provider.verified(phone))
        #expect(signed.explanation.level == .normal && signed.explanation.limiting == [.device])
        let verified = try SignedStatement<LevelExplanation>.verify(
            signed.statement, keys: provider.provider.keys.ring.verificationKeys)
        let payload = verified.statement.json
        #expect(payload["iss"] == "https://id.region.example" && payload["aud"]?.string == phone.device.rawValue)
        #expect(payload["level"] == "normal" && payload["acr"] == "http://bsi.bund.de/eID/LoA/normal")
        let reasons = try #require(payload["reasons"]?.array).compactMap(\.object)
        #expect(reasons.map { $0["kind"] } == ["proofing", "authenticator", "device"])
        #expect(reasons.map { $0["limits"] } == [false, false, true])
        let proofing = try #require(reasons[0]["facts"]?.object)
        #expect(proofing["method"] == "counter" && proofing["performer"] == "Stadt Herten")
        let day = CalendarDate(provider.now)
        #expect(
            reasons[0]["basis"]?.object?["de"]?.string == "am Schalter mit Ausweis, Stadt Herten, \(day.text(.german))")
        #expect(
            reasons[0]["basis"]?.object?["en"]?.string
                == "at a counter with a document, Stadt Herten, \(day.text(.english))")
        #expect(reasons[2]["basis"]?.object?["de"]?.string?.hasPrefix("Schlüssel, die sich kopieren ließen, ") == true)
        for value in ["Mustermann", "Erika", "1964", "Musterweg"] { #expect(!payload.text.contains(value)) }
    }

    @Test("a good device that was set up when little was proved is not called one whose keys could be copied")
    func setUpTooEarly() async throws {
        let maker = try TestSimulator("Maker")
        let provider = try await TestProvider.trusting([maker])
        let (phone, _, _) = try await provider.enrolWithSerials(HardwareStage.strongbox, by: maker, level: .normal)
        let explanation = try await provider.provider.assurance.explain(try await provider.verified(phone)).explanation
        let device = try #require(explanation.reasons.first { $0.kind == .device })
        #expect(device.level == .normal && device.facts["keys_in_hardware"] == nil, "\(device)")
        #expect(explanation.advice(.english)?.contains("if it is this one already, have it set up anew") == true)
    }

    @Test("a town hears it of its own logins by their transaction, and of no other town's")
    func transaction() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone(simulating: .strongbox)
        let signedIn = try await provider.signIn(
            at: TestServices.townHall, phone: phone, ["scope": "openid service:hundesteuer"])
        let transaction = try #require(
            signedIn.idToken["txn"]?.string.flatMap(TransactionIdentifier.init(rawValue:)))
        let registry = Registry(region: provider.provider.registry.region)
        let herten = try #require(registry.resolve(TestRegion.basic.client.identifier)).scope
        let marl = try #require(registry.resolve(TestRegion.post.client.identifier)).scope
        let signed = try #require(try await provider.provider.assurance.explain(transaction, in: herten)).explained
        let payload = try #require(CompactJWS(parsing: signed.statement).unverifiedPayload)
        #expect(payload["txn"]?.string == transaction.rawValue && payload["client_id"] == "rathaus")
        #expect(payload["answered_acr"] == signedIn.idToken["acr"] && payload["simulated"] == true)
        #expect(try await provider.provider.assurance.explain(transaction, in: marl) == nil)
        #expect(try await provider.provider.assurance.explain(.random(bytes: 16), in: herten) == nil)
    }

    @Test("I4: a login is explained by the bounds that it had, whatever person and device reach since")
    func asItWas() async throws {
        let provider = try await TestProvider.withServices()
        let person = try await provider.registered(level: .normal, simulating: .strongbox)
        let (portal, dog) = (TestServices.townHall, "openid service:hundesteuer")
        let first = try await provider.signIn(at: portal, phone: person.phone, ["scope": dog])
        _ = try await provider.provider.desk.renew(
            person.account, visit: provider.visit(evidence: ["method": "eid"]))
        // What the session of then gives in silence has the bounds of then.
        guard case .code(let code) = try await provider.enter(portal, ["scope": dog], cookie: first.cookie) else {
            Issue.record("the session did not answer in silence")
            return
        }
        let silent = SignedIn.payload(try await provider.redeem(code, at: portal))
        let now = try await provider.signIn(at: portal, phone: person.phone, ["scope": dog])
        let scope = try provider.scope(TestRegion.herten)
        func explained(_ token: JSONObject) async throws -> AssuranceExplanation {
            let transaction = try #require(TransactionIdentifier(rawValue: token.text("txn")))
            return try #require(try await provider.provider.assurance.explain(transaction, in: scope)).explained
                .explanation
        }
        for token in [first.idToken, silent] {
            let then = try await explained(token)
            #expect(then.level == .normal && then.isSimulated && then.limiting == [.proofing, .device])
            #expect(then.reasons[0].facts["level_today"] == "substantiell" && then.reasons[0].facts["method"] == "eid")
            #expect(then.basis(of: then.reasons[0], .german)?.hasSuffix(", heute substantiell") == true)
            #expect(then.reasons[2].facts["level_today"] == nil)
        }
        let today = try await explained(now.idToken)
        #expect(today.limiting == [.device] && today.reasons.allSatisfy { $0.facts["level_today"] == nil })
    }

    @Test("bounds are a name and the rank of a level each, and come back as they were written")
    func bounds() {
        let bounds = AssuranceExplanation(
            proofing: .hoch, ceiling: DeviceCeiling(level: .normal, isSimulated: false)
        ).bounds.acting(binding: .undefined, company: .substantiell)
        #expect(LevelBounds(json: bounds.json) == bounds)
        #expect(bounds.json.text == #"{"proofing":3,"authenticator":2,"device":1,"binding":0,"company":2}"#)
        for wrong in [["proofing": 4], ["proofing": "normal"], ["shoes": 1]] as [JSONObject] {
            #expect(LevelBounds(json: wrong) == nil)
        }
    }
}

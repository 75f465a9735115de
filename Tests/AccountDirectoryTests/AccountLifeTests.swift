import AccountDirectory
import OpenIDMessages
import Testing

@Suite("An account's life as tables")
struct AccountLifeTests {
    @Test("every state of an account with every event")
    func accounts() {
        LifeTable.expect(
            AccountState.self,
            [
                "pending firstDevice active", "active lock locked", "locked lock locked", "locked reactivate active",
                "active requestClose closing", "locked requestClose closing", "closing lock locked",
                "closing cancelClose active", "closing erase closed",
            ], final: [.closed])
    }

    @Test("every state of a device with every event")
    func devices() {
        LifeTable.expect(
            DeviceState.self,
            [
                "pending approve active", "pending revoke revoked", "active reportLost suspended",
                "active reportCopied suspended", "suspended found active", "active wrongPINs locked",
                "locked unlock active", "active revoke revoked", "suspended revoke revoked", "locked revoke revoked",
                "active expire expired",
            ], final: [.revoked, .expired])
    }

    @Test("every state of a device's key with every event")
    func keys() {
        LifeTable.expect(
            DeviceKeyState.self,
            ["active revoke revoked", "active compromise compromised", "revoked compromise compromised"],
            final: [.compromised])
    }

    @Test("every state of a session with every event")
    func sessions() {
        LifeTable.expect(
            SessionState.self,
            [
                "active login active", "active rest idle", "active expire expired", "active end ended",
                "idle login active", "idle expire expired", "idle end ended",
            ], final: [.expired, .ended])
    }

    @Test("every state of an emergency with every event")
    func emergencies() {
        LifeTable.expect(
            Emergency.State.self, ["requested approve approved", "requested refuse refused"],
            final: [.approved, .refused])
    }

    @Test("every state of a person's request with every event")
    func requests() {
        LifeTable.expect(
            DataSubjectRequestState.self,
            [
                "received checkIdentity identity_checked", "identity_checked start running", "running finish done",
                "received refuse refused", "identity_checked refuse refused", "running refuse refused",
            ], final: [.done, .refused])
    }

    @Test(
        "a request is due after a month (GDPR Art. 12(3))",
        arguments: [
            // 2027-01-15T08:00Z → 2027-02-15T23:59:59Z; 31 January → 28 February; 31 December → 31 January.
            (1_800_000_000, "2027-02-15"), (1_801_353_600, "2027-02-28"), (1_798_675_200, "2027-01-31"),
        ] as [(Int64, String)])
    func deadline(received: Int64, day: String) throws {
        let due = DataSubjectRequest.deadline(for: Timestamp(seconds: received))
        #expect(due == (try #require(CalendarDate(rawValue: day))).end - 1)
    }

    @Test("which devices count at once", arguments: TicketPurpose.allCases)
    func tickets(purpose: TicketPurpose) {
        #expect(!purpose.counts(hasActiveDevice: true))
        #expect(purpose.counts(hasActiveDevice: false) == (purpose != .device))
    }

    @Test("each notice has a text of its own in both languages")
    func notices() {
        for language in Language.allCases {
            #expect(Set(NoticeKind.allCases.map { $0.text(language) }).count == NoticeKind.allCases.count)
        }
    }
}

@Suite("Who gets an account back")
struct ReactivationTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func decide(
        _ state: AccountState, _ lock: Set<LockReason> = [], level: AssuranceLevel = .substantiell,
        isPerson: Bool = true, lifting: Set<LockReason> = [], eraseAt: Timestamp? = nil
    ) throws(AccountRules.Objection) -> AccountRules.Reactivation {
        try AccountRules.reactivation(
            of: state, locks: lock, level: .substantiell,
            by: AccountRules.Identification(level: level, isAccountsPerson: isPerson), lifting: lifting,
            eraseAt: eraseAt, now: now)
    }

    @Test("identified at the account's level or above, never lower (TR-03107-1 R1, R2)", arguments: LockReason.allCases)
    func level(reason: LockReason) {
        #expect(throws: AccountRules.Objection.levelTooLow) { try decide(.locked, [reason], level: .normal) }
        #expect(throws: AccountRules.Objection.otherPerson) { try decide(.locked, [reason], isPerson: false) }
        #expect(throws: Never.self) { try decide(.locked, [reason], level: .hoch, lifting: [.authority, .deceased]) }
    }

    @Test("an authority's lock needs its word, and a death that it was a mistake: neither word lifts the other's lock")
    func orders() throws {
        #expect(throws: AccountRules.Objection.orderedByAuthority) { try decide(.locked, [.authority]) }
        #expect(try decide(.locked, [.authority], lifting: [.authority]).event == .reactivate)
        #expect(throws: AccountRules.Objection.orderedByAuthority) {
            try decide(.locked, [.authority, .deceased], lifting: [.deceased])
        }
        #expect(throws: AccountRules.Objection.deceased) { try decide(.locked, [.deceased], lifting: [.authority]) }
        #expect(try decide(.locked, [.deceased], lifting: [.deceased]).event == .reactivate)
        #expect(try decide(.closing, [.deceased], lifting: [.deceased], eraseAt: now + 1).event == .cancelClose)
        #expect(throws: AccountRules.Objection.levelTooLow) {
            try decide(.locked, [.deceased], level: .normal, lifting: [.deceased])
        }
    }

    @Test("what an account was locked for counts while it is closing as well", arguments: LockReason.allCases)
    func whileClosing(reason: LockReason) {
        for lifting in [[], [.authority], [.deceased]] as [Set<LockReason>] {
            func objection(_ state: AccountState) -> AccountRules.Objection? {
                do {
                    _ = try decide(state, [reason], lifting: lifting, eraseAt: now + 1)
                    return nil
                } catch { return error }
            }
            #expect(objection(.closing) == objection(.locked), "\(lifting)")
        }
    }

    @Test("every reason counts until the account is given back, the lighter ones too")
    func severalReasons() throws {
        #expect(try decide(.locked, [.fraud, .authority], lifting: [.authority]).revokesDevices)
        #expect(throws: AccountRules.Objection.orderedByAuthority) {
            try decide(.locked, [.authority, .fraud, .own])
        }
        #expect(throws: AccountRules.Objection.deceased) {
            try decide(.locked, [.authority, .deceased], lifting: [.authority])
        }
    }

    @Test("no way leads from an authority's lock to an active or an erased account without the authority's word")
    func noWayAroundOrders() {
        /// Where an account can be, and every reason for which it was locked.
        struct Place: Hashable {
            var state: AccountState
            var locks: Set<LockReason>
        }
        func next(_ place: Place) -> [Place] {
            var places: [Place] = []
            func add(_ event: AccountState.Event, for reason: LockReason? = nil) {
                guard let state = place.state.after(event) else { return }
                places.append(
                    Place(state: state, locks: AccountRules.locks(place.locks, after: event, for: reason)))
            }
            for reason in LockReason.allCases where AccountRules.mayLock(place.state, for: reason) {
                add(.lock, for: reason)
            }
            if (try? AccountRules.checkClosing(locks: place.locks, liftsOrder: false)) != nil { add(.requestClose) }
            if let given = try? decide(place.state, place.locks, level: .hoch, eraseAt: now + 1) { add(given.event) }
            let waiting = AccountRules.waitingDevice(
                reaching: .hoch, in: place.state, lock: place.state == .locked ? place.locks.max() : nil, level: .normal
            )
            if waiting == .countsAndUnlocks { add(.reactivate) }
            if place.state == .closing { add(.erase) }
            return places
        }
        func reached(from start: Place) -> Set<Place> {
            var (seen, open) = (Set([start]), [start])
            while let place = open.popLast() { open += next(place).filter { seen.insert($0).inserted } }
            return seen
        }
        for others in [[], [.own], [.fraud], [.deceased]] as [Set<LockReason>] {
            let places = reached(from: Place(state: .locked, locks: others.union([.authority])))
            #expect(places.allSatisfy { $0.state == .locked && $0.locks.contains(.authority) }, "\(others)")
            #expect(places.count > 8)
        }
        #expect(reached(from: Place(state: .locked, locks: [.own])).contains { $0.state == .active })
        #expect(reached(from: Place(state: .locked, locks: [.deceased])).contains { $0.state == .closed })
        #expect(!reached(from: Place(state: .locked, locks: [.deceased])).contains { $0.state == .active })
    }

    @Test("after fraud, or a death that was reported, no device of before counts; else those that are left do")
    func devices() throws {
        #expect(try decide(.locked, [.fraud]).revokesDevices)
        #expect(try decide(.locked, [.deceased], lifting: [.deceased]).revokesDevices)
        #expect(try !decide(.locked, [.own]).revokesDevices)
        #expect(try !decide(.locked, [.noAuthenticator]).revokesDevices)
    }

    @Test("closing is cancelled while the time for second thoughts lasts, not at its end")
    func closing() throws {
        #expect(try decide(.closing, eraseAt: now + 1).event == .cancelClose)
        #expect(throws: AccountRules.Objection.tooLate) { try decide(.closing, eraseAt: now) }
    }

    @Test(
        "L2: a desk's device that waited counts, or lifts the lock of a last device that ended in order, or is refused")
    func waiting() {
        func outcome(
            _ state: AccountState, _ lock: LockReason? = nil, reaching: AssuranceLevel = .substantiell
        ) -> AccountRules.WaitingDevice {
            AccountRules.waitingDevice(reaching: reaching, in: state, lock: lock, level: .substantiell)
        }
        #expect(outcome(.active) == .counts)
        #expect(outcome(.active, reaching: .normal) == .counts)
        #expect(outcome(.locked, .noAuthenticator) == .countsAndUnlocks)
        #expect(outcome(.locked, .noAuthenticator, reaching: .normal) == .isRefused)
        for reason in LockReason.allCases where reason != .noAuthenticator {
            #expect(outcome(.locked, reason) == .isRefused)
        }
        for state in [AccountState.pending, .closing, .closed] { #expect(outcome(state) == .isRefused) }
    }

    @Test("there is nothing to lift otherwise", arguments: [AccountState.pending, .active, .closed])
    func nothing(state: AccountState) {
        #expect(throws: AccountRules.Objection.nothingToLift) { try decide(state) }
    }
}

@Suite("A person's data change")
struct AttributeChangeTests {
    private let erika: JSONObject = [
        "given_name": "Erika", "family_name": "Gabler", "birthdate": "1964-08-12",
        "address": .object(["street": "Musterweg", "postal_code": "45699", "locality": "Herten"]),
    ]

    private func person(_ changes: JSONObject = [:], without: [String] = []) throws -> PersonRecord {
        var json = erika
        for member in changes.members { json[member.name] = member.value }
        for name in without { json[name] = nil }
        return try PersonRecord(json: json)
    }

    @Test("I6: a new name supersedes the old one, and what was not proved anew is stale")
    func rename() throws {
        let new = try person(["family_name": "Mustermann", "birth_family_name": "Gabler"], without: ["address"])
        let change = AttributeChange(from: try person(), to: new)
        #expect(change.superseded == ["family_name"])
        #expect(change.stale == ["address"])
        let record = try person().superseded(by: new)
        #expect(record.familyName == "Mustermann" && record.address?.locality == "Herten")
    }

    @Test("I6: what was proved together with the new name is not stale; a new address makes nothing stale")
    func nothingStale() throws {
        #expect(AttributeChange(from: try person(), to: try person(["family_name": "Mustermann"])).stale == [])
        let moved = try person([
            "address": .object(["street": "Ring", "postal_code": "45768", "locality": "Marl"])
        ])
        let change = AttributeChange(from: try person(), to: moved)
        #expect(change.superseded == ["address"] && change.stale == [])
        #expect(AttributeChange(from: try person(), to: try person()).isEmpty)
    }

    @Test("I5: every claim that evidence verifies is taken over from it, and stale after a change of name without it")
    func everyVerifiableClaim() throws {
        #expect(Set(AttributeChange.verified) == ClaimCatalogue.verifiable)
        let bare = try PersonRecord(json: ["given_name": "Erika", "family_name": "Gabler"])
        let full = try PersonRecord(json: [
            "given_name": "Eva", "family_name": "Mustermann", "title": "Dr.", "birth_family_name": "Gabler",
            "birthdate": "1964-08-12", "place_of_birth": "Berlin", "nationalities": ["AT"],
            "address": .object(["street": "Ring", "postal_code": "45768", "locality": "Marl"]),
        ])
        #expect(VerificationRules.claims(of: full) == AttributeChange.verified, "all of them are in the example")
        let record = bare.superseded(by: full)
        for claim in AttributeChange.verified { #expect(record.json[claim] == full.json[claim], "\(claim)") }
        #expect(AttributeChange(from: bare, to: full).proved == AttributeChange.verified)
        let change = AttributeChange(from: full, to: bare)
        #expect(change.stale == AttributeChange.verified.filter { bare.json[$0] == nil })
    }

    @Test("birth date and one of the names stay, or it is another person")
    func mayBecome() throws {
        #expect(try person().mayBecome(person(["family_name": "Mustermann"])))
        #expect(try !person().mayBecome(person(["family_name": "Mustermann", "given_name": "Eva"])))
        #expect(try !person().mayBecome(person(["birthdate": "1964-08-13"])))
        #expect(try !person(without: ["birthdate"]).mayBecome(person(without: ["birthdate"])))
    }

    @Test("likeness knows spellings, and needs a birth date")
    func likeness() throws {
        let one = try person(["given_name": "Jörg-Peter", "family_name": "Strauß"])
        let other = try person(["given_name": "JOERG PETER", "family_name": "Strauss"])
        #expect(one.likeness != nil && one.likeness == other.likeness)
        #expect(try one.likeness != person(["given_name": "Jörg-Peter", "family_name": "Straub"]).likeness)
        #expect(try person(without: ["birthdate"]).likeness == nil)
    }

    @Test("I5: people change their contact data and nothing else")
    func contact() throws {
        let contact = try ContactData(json: ["email": "erika@example.org", "phone_number": "+49 209 1234"])
        #expect(contact.email == "erika@example.org")
        for name in AttributeChange.verified {
            #expect(throws: MessageError.unknown(name)) { try ContactData(json: [name: "X"]) }
        }
        for email in ["erika", "@example.org", "erika@", "a b@example.org", "a@b@c", ""] {
            #expect(throws: MessageError.malformed("email")) { try ContactData(json: ["email": .string(email)]) }
        }
        for number in ["", "12", "call me", "0209;12345"] {
            #expect(throws: MessageError.malformed("phone_number")) {
                try ContactData(json: ["phone_number": .string(number)])
            }
        }
    }
}

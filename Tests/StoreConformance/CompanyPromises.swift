internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let companies: [StorePromise] = [
        StorePromise("A company and its founder are kept with every part, and found again") { store in
            let stage = try await CompanyStage(store)
            let company = CompanyStage.company(state: .draft)
            let founder = stage.membership(of: stage.people[0], in: company)
            try requireEqual(try await store.found(company, founder: founder), nil)
            let file = try await store.file(of: company.identifier)
            try requireEqual(file?.company, company, "company")
            try requireEqual(file?.people.map(\.membership), [founder], "people")
            try requireEqual(file?.people.map(\.familyName), ["Mustermann"], "name")
            try requireEqual(
                try await store.companies(of: founder.account),
                [CompanyOfPerson(company: company, membership: founder)])
            try requireEqual(try await store.companies(of: stage.people[1].account), [])
            try require(try await store.file(of: .random()) == nil, "an unknown company was found")
        },
        StorePromise("I19: of two drafts with one identity one is verified, whichever it is") { store in
            for part in ["euid", "w_idnr", "trade"] {
                let stage = try await CompanyStage(store)
                let first = try await stage.found(.draft, only: part)
                let second = try await stage.found(.draft, only: part)
                try requireEqual(try await stage.move(second, [.submit, .verify]), nil, "first to be proved")
                try requireEqual(try await stage.move(first, [.submit, .verify]), .identityTaken)
                try requireEqual(try await store.file(of: first)?.company.state, .draft, "nothing half-done")
                let third = CompanyStage.company(state: .draft, only: part)
                let founder = stage.membership(of: stage.people[0], in: third)
                try requireEqual(try await store.found(third, founder: founder), .identityTaken)
                // The identity is free again when the company is closed.
                try requireEqual(try await stage.move(second, [.close, .complete]), nil)
                try requireEqual(try await stage.move(first, [.submit, .verify]), nil)
                try requireEqual(try await stage.move(first, [.close, .complete]), nil)
            }
        },
        StorePromise("I19: an entry in a register is one company, described with the EUID or with the business number")
        {
            store in
            let stage = try await CompanyStage(store)
            let first = CompanyStage.entry(["euid": "DER2402.HRB12345"], court: "Amtsgericht Gelsenkirchen")
            let second = CompanyStage.entry(["w_idnr": "DE136695976"], court: "AG GELSENKIRCHEN")
            for company in [first, second] {
                let founder = stage.membership(of: stage.people[0], in: company)
                try requireEqual(try await store.found(company, founder: founder), nil, "a draft")
            }
            try requireEqual(try await stage.move(first.identifier, [.submit, .verify]), nil, "first to be proved")
            try requireEqual(try await stage.move(second.identifier, [.submit, .verify]), .identityTaken)
            let third = CompanyStage.entry(["w_idnr": "DE136695976"], court: "Gelsenkirchen")
            let founder = stage.membership(of: stage.people[0], in: third)
            try requireEqual(try await store.found(third, founder: founder), .identityTaken)
            let other = CompanyStage.entry(["w_idnr": "DE136695976"], court: "Amtsgericht Essen")
            try requireEqual(
                try await store.found(other, founder: stage.membership(of: stage.people[0], in: other)), nil)
        },
        StorePromise("I19: a verified company's new numbers are nobody else's, and the old ones are free") { store in
            let stage = try await CompanyStage(store)
            let (essen, marl) = ("Amtsgericht Essen", "Amtsgericht Marl")
            var companies: [CompanyIdentifier] = []
            for court in [essen, marl] {
                let company = CompanyStage.entry(
                    ["w_idnr": court == essen ? "DE136695976" : "DE123456788"], court: court)
                let founder = stage.membership(of: stage.people[0], in: company)
                try requireEqual(try await store.found(company, founder: founder), nil, "a draft")
                try requireEqual(try await stage.move(company.identifier, [.submit, .verify]), nil)
                companies.append(company.identifier)
            }
            func describe(_ company: CompanyIdentifier, at court: String) async throws -> CompanyRefusal? {
                let entry: JSONObject = ["type": "HRB", "number": "12345", "court": .string(court)]
                let facts = try CompanyFacts(json: ["register": .object(entry), "name": "Neue GmbH"])
                let decision = try await stage.change(company) { snapshot in
                    CompanyDecision(facts.changed(snapshot.company.details).map { [.details($0)] } ?? [])
                }
                return decision?.refusal
            }
            try requireEqual(try await describe(companies[0], at: marl), .identityTaken)
            try requireEqual(
                try await store.file(of: companies[0])?.company.details.name.text, "Muster Elektrotechnik GmbH",
                "nothing half-done")
            try requireEqual(try await describe(companies[0], at: "Amtsgericht Herne"), nil)
            try requireEqual(try await store.file(of: companies[0])?.company.details.name.text, "Neue GmbH")
            try requireEqual(try await describe(companies[1], at: essen), nil, "free again")
        },
        StorePromise("I19: of 8 drafts with one identity that are proved at once, one succeeds") { store in
            let stage = try await CompanyStage(store)
            var drafts: [CompanyIdentifier] = []
            for _ in 0..<8 { drafts.append(try await stage.found(.draft, by: stage.newPerson())) }
            let refusals = try await atOnce(8) { [drafts] index in
                try await stage.move(drafts[index], [.submit, .verify])
            }
            try requireEqual(refusals.count { $0 == nil }, 1, "verified")
            try requireEqual(refusals.count { $0 == .identityTaken }, 7, "refused")
        },
        StorePromise("I14: of two last administrators who leave at once exactly one succeeds") { store in
            for _ in 0..<8 {
                let stage = try await CompanyStage(store)
                let company = try await stage.active()
                _ = try await stage.join(stage.people[1], company)
                let refusals = try await atOnce(2) { index in
                    try await stage.leave(stage.people[index], company)
                }
                try requireEqual(refusals.count { $0 == nil }, 1, "left")
                try requireEqual(refusals.count { $0 == .lastAdministrator }, 1, "kept")
                let people = try await store.file(of: company)?.people
                try requireEqual(people?.count, 1, "administrators")
                try requireEqual(try await stage.move(company, [.close, .complete]), nil)
            }
        },
        StorePromise("A code is accepted by one of 8 who try at once, and makes one member") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let (invitation, digest) = try await stage.invite(into: company)
            try requireEqual(try await store.invitation(code: digest)?.state, .sent)
            let guest = stage.people[1].account
            let refusals = try await atOnce(8) { _ in
                try await stage.accept(invitation, guest, company)
            }
            try requireEqual(refusals.count { $0 == nil }, 1, "accepted")
            try requireEqual(refusals.count { $0 == .invitationUnknown }, 7, "refused")
            try requireEqual(try await store.file(of: company)?.people.count, 2, "members")
            try requireEqual(try await store.invitation(code: digest)?.state, .accepted)
        },
        StorePromise("A decision that cannot be written as a whole is not written at all") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            try await requireFault("a change of what is not there") {
                _ = try await stage.change(company) { _ in
                    CompanyDecision([
                        .company(.freeze, .dispute), .suspend(.random(), .administrator),
                    ])
                }
            }
            try requireEqual(try await store.file(of: company)?.company.state, .active)
            try require(try await stage.change(.random()) { _ in CompanyDecision([]) } == nil, "an unknown company")
        },
        StorePromise("A refusal may come with changes, and they are written") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let (invitation, digest) = try await stage.invite(into: company)
            let decision = try await stage.change(company) { _ in
                CompanyDecision([.invitation(invitation, .withdraw)], refusal: .invitationUnknown)
            }
            try requireEqual(decision?.refusal, .invitationUnknown)
            try requireEqual(try await store.invitation(code: digest)?.state, .withdrawn)
        },
        StorePromise("I16: a person agrees once, and so does a device, whatever a rule would allow") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            func approve(_ account: AccountIdentifier, _ device: DeviceIdentifier) async throws {
                _ = try await stage.change(company) { _ in
                    CompanyDecision([
                        .approval(
                            CompanyApproval(
                                act: .close, subject: company.rawValue, account: account, device: device,
                                time: Fixtures.now))
                    ])
                }
            }
            let (one, other) = (stage.people[0], stage.people[1])
            try await approve(one.account, one.identifier)
            try await requireFault("the same person") { try await approve(one.account, other.identifier) }
            try await requireFault("the same device") { try await approve(other.account, one.identifier) }
            try await approve(other.account, other.identifier)
            let snapshot = try await store.snapshot(of: company, concerning: CompanyConcern(approvals: .close))
            try requireEqual(snapshot?.approvals.count, 2, "agreements")
        },
        StorePromise("I40: agreements go after their time, and whoever gave one may give it again") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let person = stage.people[0]
            func agree(at time: Timestamp) async throws {
                let approval = CompanyApproval(
                    act: .close, subject: company.rawValue, account: person.account, device: person.identifier,
                    time: time)
                _ = try await stage.change(company) { _ in CompanyDecision([.approval(approval)]) }
            }
            func kept() async throws -> [Timestamp]? {
                try await store.snapshot(of: company, concerning: CompanyConcern(approvals: .close))?
                    .approvals.map(\.time)
            }
            try await agree(at: Fixtures.now)
            let later = Fixtures.now + ApprovalRules.lifetime
            try await agree(at: later)
            try requireEqual(try await kept(), [later], "the newer one")
            try await store.sweep(now: later + ApprovalRules.lifetime - 1)
            try requireEqual(try await kept(), [later], "before its time")
            try await store.sweep(now: later + ApprovalRules.lifetime)
            try requireEqual(try await kept(), [], "after its time")
        },
        StorePromise("I18: a seat is there while membership, account and company are active, and not a moment longer") {
            store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let member = try await stage.join(stage.people[1], company, roles: .member, until: Fixtures.now + 10)
            func hasSeat(_ now: Timestamp = Fixtures.now) async throws -> Bool {
                try await stage.hasSeat(member, in: company, now)
            }
            try require(try await hasSeat(Fixtures.now + 9), "no seat")
            try require(try await !hasSeat(Fixtures.now + 10), "a seat after the end")
            for (rest, back) in [
                ([CompanyChange.suspend(member, .administrator)], [CompanyChange.resume(member)]),
                ([.company(.freeze, .dispute)], [.company(.cure, nil)]),
            ] {
                _ = try await stage.change(company) { _ in CompanyDecision(rest) }
                try require(try await !hasSeat(), "a seat at rest")
                _ = try await stage.change(company) { _ in CompanyDecision(back) }
                try require(try await hasSeat(), "no seat afterwards")
            }
            _ = try await stage.change(company) { _ in CompanyDecision([.end(member, .removed)]) }
            try require(try await !hasSeat(), "a seat after the end of the membership")
            try require(
                try await store.authority(of: .random(), for: company, now: Fixtures.now) == nil,
                "an unknown membership")
        },
        StorePromise("What ended stays ended: a return is another membership") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let first = try await stage.join(stage.people[1], company, roles: .member)
            _ = try await stage.change(company) { _ in CompanyDecision([.end(first, .left)]) }
            try await requireFault("an end after the end") {
                _ = try await stage.change(company) { _ in CompanyDecision([.end(first, .left)]) }
            }
            let second = try await stage.join(stage.people[1], company, roles: .member)
            try require(first != second, "the same membership")
            try await requireFault("two open memberships of one person") {
                _ = try await stage.join(stage.people[1], company, roles: .member)
            }
        },
        StorePromise("An invitation ends with the membership of its inviter, and a company takes all along") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let (_, digest) = try await stage.invite(into: company)
            _ = try await stage.join(stage.people[1], company)
            try requireEqual(try await stage.leave(stage.people[0], company), nil)
            try requireEqual(try await store.invitation(code: digest)?.state, .withdrawn)
            try requireEqual(try await stage.move(company, [.close, .complete]), nil)
            try requireEqual(try await store.companies(of: stage.people[1].account), [])
        },
        StorePromise("An extract takes the place of the earlier one; who signed is kept with device and level") {
            store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let first = try await stage.extract(of: company)
            let signature = RegisterPowerRecord.Signature(
                account: stage.people[0].account, device: stage.people[0].identifier, level: .hoch, time: Fixtures.now)
            _ = try await stage.change(company) { _ in CompanyDecision([.signature(first.identifier, signature)]) }
            var signed = first
            signed.state = .signed
            signed.signature = signature
            try requireEqual(try await store.file(of: company)?.powers, [signed])
            try await requireFault("a second signature") {
                _ = try await stage.change(company) { _ in CompanyDecision([.signature(first.identifier, signature)]) }
            }
            let second = try await stage.extract(of: company)
            try requireEqual(try await store.file(of: company)?.powers, [second])
            let snapshot = try await store.snapshot(of: company, concerning: CompanyConcern())
            try requireEqual(snapshot?.extractLevel, .hoch)
        },
        StorePromise("Establishments are kept; an activity's number is taken once") { store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let branch = stage.establishment(of: company)
            _ = try await stage.change(company) { _ in CompanyDecision([.newEstablishment(branch)]) }
            try requireEqual(try await store.file(of: company)?.establishments, [branch])
            let twin = stage.establishment(of: company)
            let decision = try await stage.change(company) { _ in CompanyDecision([.newEstablishment(twin)]) }
            try requireEqual(decision, .refused(.notAcceptable))
            _ = try await stage.change(company) { _ in CompanyDecision([.closeEstablishment(branch.identifier)]) }
            let again = try await stage.change(company) { _ in CompanyDecision([.newEstablishment(twin)]) }
            try requireEqual(again?.refusal, nil)
        },
        StorePromise("I40: invitations, dated memberships, drafts and closing companies end in their time") { store in
            let stage = try await CompanyStage(store)
            let draft = try await stage.found(.draft, by: stage.newPerson())
            let company = try await stage.active()
            let (_, digest) = try await stage.invite(into: company)
            let dated = try await stage.join(stage.people[1], company, roles: .member, until: Fixtures.now + 100)
            try await store.sweep(now: Fixtures.now + 99)
            try require(try await stage.hasSeat(dated, in: company), "ended before its time")
            try await store.sweep(now: Fixtures.now + 100)
            try requireEqual(try await store.file(of: company)?.people.count, 1, "members")
            try await store.sweep(now: Fixtures.now + InvitationRules.lifetime - 1)
            try requireEqual(try await store.invitation(code: digest)?.state, .sent)
            try await store.sweep(now: Fixtures.now + InvitationRules.lifetime)
            try requireEqual(try await store.invitation(code: digest)?.state, .expired)
            try await store.sweep(now: Fixtures.now + 2 * InvitationRules.lifetime + 1)
            try require(try await store.invitation(code: digest) == nil, "the invitation is still there")
            try requireEqual(try await stage.move(company, [.close]), nil)
            try await store.sweep(now: Fixtures.now + CompanyRules.closingGrace - 1)
            try requireEqual(try await store.file(of: company)?.company.state, .closing)
            try await store.sweep(now: Fixtures.now + CompanyRules.closingGrace)
            try requireEqual(try await store.file(of: company)?.company.state, .closed)
            try requireEqual(try await store.file(of: draft)?.company.state, .draft)
            try await store.sweep(now: Fixtures.now + CompanyRules.draftLifetime)
            try require(try await store.file(of: draft) == nil, "the draft keeps what its founder said")
        },
        StorePromise("I40: a sole trader's facts are erased with the company, whatever ended it") {
            store in
            let stage = try await CompanyStage(store)
            for kind in CompanyKind.allCases {
                func hasFacts(_ company: CompanyIdentifier) async throws -> Bool {
                    try await store.file(of: company) != nil
                }
                let isKept = kind == .organization
                let left = try await stage.found(.draft, kind: kind)
                try requireEqual(try await stage.leave(stage.people[0], left), nil)
                // Of what was never verified nothing is kept, of whatever kind.
                try requireEqual(try await hasFacts(left), false, "a draft that its founder left")
                let given = try await stage.found(.draft, kind: kind)
                try requireEqual(try await stage.move(given, [.submit, .abandon]), nil)
                try requireEqual(try await hasFacts(given), false, "an application that was given up")
                let forgotten = try await stage.found(.draft, kind: kind)
                let closed = try await stage.found(.draft, kind: kind)
                try requireEqual(try await stage.move(closed, [.submit, .verify, .close]), nil)
                try require(try await hasFacts(closed), "erased before its time")
                try await store.sweep(now: Fixtures.now + CompanyRules.closingGrace)
                try requireEqual(try await hasFacts(closed), isKept, "a company whose grace is over")
                try require(try await hasFacts(forgotten), "erased before its time")
                try await store.sweep(now: Fixtures.now + CompanyRules.draftLifetime)
                try requireEqual(try await hasFacts(forgotten), false, "a draft that nobody finished")
                let identity = CompanyStage.company(state: .draft).details.identities[0]
                try require(try await store.company(with: identity) == nil, "found by its identity")
            }
        },
        StorePromise("A person has so many unfinished companies and no more") { store in
            let stage = try await CompanyStage(store)
            for index in 0...CompanyRules.openDrafts {
                let company = CompanyStage.company(state: .draft)
                let founder = stage.membership(of: stage.people[0], in: company)
                try requireEqual(
                    try await store.found(company, founder: founder),
                    index < CompanyRules.openDrafts ? nil : .tooMany)
            }
        },
    ]
}

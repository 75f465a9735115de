import AccountDirectory
import OpenIDMessages
import Testing

private typealias Scene = CompanyScene

@Suite("Who represents a company, and how many must agree")
struct RepresentationTests {
    private static let now = Scene.now

    @Test("I16: joint representation needs so many different people on different devices")
    func signatures() {
        let joint = Representation.joint(2)
        let cases: [(String, [RegisterPowerRecord], Bool)] = [
            ("nobody", [Scene.power("ada")], false),
            ("one alone entitled", [Scene.power("ada", signed: true), Scene.power("bob")], true),
            ("one of two together", [Scene.power("ada", .managingDirector, joint, signed: true)], false),
            (
                "two together",
                [
                    Scene.power("ada", .managingDirector, joint, signed: true),
                    Scene.power("bob", .managingDirector, joint, signed: true),
                ], true
            ),
            (
                "two on one device",
                [
                    Scene.power("ada", .managingDirector, joint, signed: true),
                    Scene.power("bob", .managingDirector, joint, signed: true, device: "ada"),
                ], false
            ),
            (
                "a director and a Prokurist",
                [
                    Scene.power("ada", .managingDirector, joint, signed: true),
                    Scene.power("pia", .authorizedSignatory, joint, signed: true),
                ], true
            ),
            ("a Prokurist alone", [Scene.power("pia", .authorizedSignatory, .sole, signed: true)], false),
            (
                "two Prokuristen",
                [
                    Scene.power("pia", .authorizedSignatory, joint, signed: true),
                    Scene.power("per", .authorizedSignatory, joint, signed: true),
                ], false
            ),
            (
                "two where one wants three",
                [
                    Scene.power("ada", .managingDirector, joint, signed: true),
                    Scene.power("bob", .managingDirector, .joint(3), signed: true),
                ], false
            ),
        ]
        for (name, powers, suffices) in cases { #expect(RepresentationRules.suffices(powers) == suffices, "\(name)") }
    }

    @Test("administrators who must agree follow from the register")
    func approvers() {
        let joint = Scene.power("ada", .managingDirector, .joint(2))
        #expect(RepresentationRules.approversNeeded([]) == 1)
        #expect(RepresentationRules.approversNeeded([joint]) == 2)
        #expect(RepresentationRules.approversNeeded([joint, Scene.power("bob", .boardMember, .joint(3))]) == 3)
        #expect(RepresentationRules.approversNeeded([joint, Scene.power("bob")]) == 1)
        #expect(RepresentationRules.approversNeeded([joint, Scene.power("pia", .authorizedSignatory)]) == 2)
    }

    @Test("I15: only the register's one legal representative, alone entitled, is a sole representative")
    func sole() {
        let ada = Scene.member("ada").membership.account
        let bob = Scene.member("bob").membership.account
        let alone = [Scene.power("ada", signed: true), Scene.power("pia", .authorizedSignatory, .joint(2))]
        #expect(RepresentationRules.isSoleRepresentative(ada, alone))
        #expect(!RepresentationRules.isSoleRepresentative(bob, alone))
        #expect(!RepresentationRules.isSoleRepresentative(ada, [Scene.power("ada")]), "not signed")
        #expect(!RepresentationRules.isSoleRepresentative(ada, alone + [Scene.power("bob", signed: true)]))
        #expect(
            !RepresentationRules.isSoleRepresentative(
                ada, [Scene.power("ada", .managingDirector, .joint(2), signed: true)]))
    }

    // MARK: Agreements

    private static let three = ["ada", "bob", "eve"].map { Scene.member($0) }

    private enum Count: Equatable {
        case refused(CompanyRefusal)
        case noted, enough
        /// There are enough, and the agreement is not noted a second time.
        case enoughWithout
    }

    private func count(
        _ name: String, device: String? = nil, earlier: [(String, String)], needed: Int,
        among members: [CompanyMember] = three, excluding: String? = nil
    ) -> Count {
        var scene = Scene(approversNeeded: needed, administrators: members)
        scene.snapshot.actor = members.first { $0.membership.identifier.rawValue == "m-\(name)" }
        scene.snapshot.approvals = earlier.map { approval($0.0, device: $0.1) }
        let new = approval(name, device: device ?? name)
        let decision = ApprovalRules.agree(
            new, to: [.company(.close, nil)], needed: needed,
            excluding: excluding.map { Scene.member($0).membership.identifier }, in: scene.snapshot, now: Self.now)
        if let refusal = decision.refusal { return .refused(refusal) }
        guard decision.changes.last == .company(.close, nil) else { return .noted }
        return decision.changes.first == .approval(new) ? .enough : .enoughWithout
    }

    private func approval(_ name: String, device: String) -> CompanyApproval {
        CompanyApproval(
            act: .invite, subject: "s", account: Scene.member(name).membership.account,
            device: Scene.device(device), time: Self.now)
    }

    @Test("I16: agreements count once for a person and once for a device")
    func distinct() {
        #expect(count("ada", earlier: [], needed: 1) == .enough)
        #expect(count("ada", earlier: [], needed: 2) == .noted)
        #expect(count("bob", earlier: [("ada", "ada")], needed: 2) == .enough)
        #expect(count("ada", earlier: [("ada", "ada")], needed: 2) == .refused(.approvedBefore))
        #expect(count("ada", device: "new", earlier: [("ada", "ada")], needed: 2) == .refused(.approvedBefore))
        #expect(count("bob", device: "ada", earlier: [("ada", "ada")], needed: 2) == .refused(.approvedBefore))
        #expect(count("eve", earlier: [("ada", "ada"), ("bob", "bob")], needed: 3) == .enough)
        // Whoever agreed before is not counted twice, and not asked for once more when there are enough meanwhile.
        #expect(count("ada", earlier: [("ada", "ada"), ("bob", "bob")], needed: 3) == .refused(.approvedBefore))
        #expect(count("ada", earlier: [("ada", "ada"), ("bob", "bob")], needed: 2) == .enoughWithout)
        #expect(count("ada", earlier: [("ada", "ada")], needed: 1) == .enoughWithout)
    }

    @Test("I15: nobody agrees to what is about themselves, and whoever lost the rights takes the agreement along")
    func excluded() {
        #expect(count("ada", earlier: [], needed: 1, excluding: "ada") == .refused(.selfApproval))
        #expect(count("bob", earlier: [("ada", "ada")], needed: 2, excluding: "ada") == .noted)
        let gone = [Scene.member("ada", state: .suspended), Scene.member("bob")]
        #expect(count("bob", earlier: [("ada", "ada")], needed: 2, among: gone) == .noted)
        let plain = [Scene.member("bob", roles: Scene.roles(.userAdmin, .rightsAdmin))]
        #expect(count("bob", earlier: [], needed: 1, among: plain) == .refused(.notPermitted))
    }

    // MARK: Proof

    @Test("an office closes what is frozen for a reason that ends a company, with evidence as for the end of a freeze")
    func officeCloses() {
        for state in CompanyState.allCases {
            for reason in FreezeReason.allCases {
                var scene = Scene(state: state, administrators: [])
                if state == .frozen { scene.snapshot.company.freezeReason = reason }
                let decision = CompanyRules.closeFrozen(by: Scene.evidence(), in: scene.snapshot, now: Self.now)
                let isOver = state == .frozen && [.dissolved, .authority, .noAdministrator].contains(reason)
                #expect(
                    decision
                        == (isOver
                            ? CompanyDecision([.evidence(Scene.evidence()), .company(.close, nil)])
                            : .refused(.notInThisState)),
                    "\(state) \(reason)")
            }
        }
        var scene = Scene(state: .frozen, administrators: [])
        scene.snapshot.company.freezeReason = .dissolved
        for weak in [
            Scene.evidence(level: .normal), Scene.evidence(asOf: CalendarDate(Self.now).adding(days: 1)),
            Scene.evidence(asOf: CalendarDate(Self.now).adding(days: -367)),
        ] {
            #expect(
                CompanyRules.closeFrozen(by: weak, in: scene.snapshot, now: Self.now) == .refused(.evidenceNotEnough))
        }
    }

    @Test("an extract is taken when it is fresh, strong enough and names a legal representative")
    func extracts() throws {
        let powers = [Scene.power("ada")]
        func record(
            _ powers: [RegisterPowerRecord], _ evidence: CompanyEvidence = Scene.evidence(),
            state: CompanyState = .verifying, registered: Bool = true
        ) -> CompanyDecision {
            let scene = Scene(state: state, registered: registered, administrators: [Scene.member("ada")])
            return CompanyRules.record(powers, evidence: evidence, in: scene.snapshot, now: Self.now)
        }
        #expect(record(powers) == CompanyDecision([.evidence(Scene.evidence()), .powers(powers)]))
        let day: Int64 = 86_400
        let bad: [CompanyDecision] = [
            record([]), record([Scene.power("pia", .authorizedSignatory)]), record(powers + powers),
            record(powers, Scene.evidence(level: .normal)), record(powers, Scene.evidence(.desk)),
            record(powers, Scene.evidence(asOf: CalendarDate(Self.now + day))),
            record(powers, Scene.evidence(asOf: CalendarDate(Self.now - 367 * day))),
            record(powers, registered: false),
        ]
        #expect(bad.allSatisfy { $0 == .refused(.evidenceNotEnough) })
        #expect(record(powers, Scene.evidence(asOf: CalendarDate(Self.now - 366 * day))).refusal == nil)
        for state in [CompanyState.draft, .closing, .closed] {
            #expect(record(powers, state: state) == .refused(.notInThisState))
        }
        let joint = [Scene.power("ada", .managingDirector, .joint(2)), Scene.power("pia", .authorizedSignatory)]
        #expect(
            record(joint, state: .active).changes.last == .standing(level: .substantiell, approversNeeded: 2),
            "a change of the register reaches an active company at once")
        // More signatures than people: an application could never come to its end. In a company that is verified it is a vacancy.
        let vacant = [joint[0]]
        #expect(record(vacant, state: .verifying) == .refused(.evidenceNotEnough))
        #expect(
            record(vacant, state: .active).changes.last == .standing(level: .substantiell, approversNeeded: 2))
        let uneven = [joint[0], Scene.power("bob", .managingDirector, .joint(3))]
        #expect(record(uneven, state: .verifying) == .refused(.evidenceNotEnough))
    }

    @Test("whoever the register does not name cannot sign; who may signs once, and the last signature verifies")
    func signing() throws {
        let joint = Representation.joint(2)
        var scene = Scene(
            state: .verifying, administrators: [Scene.member("ada"), Scene.member("bob")])
        scene.snapshot.powers = [
            Scene.power("ada", .managingDirector, joint), Scene.power("bob", .managingDirector, joint, signed: true),
        ]
        scene.snapshot.extractLevel = .hoch
        scene.snapshot.actor = Scene.member("ada")
        let membership = try #require(MembershipIdentifier(rawValue: "new"))
        func sign(
            _ name: String, device: String? = nil, as hash: IdentityHash? = nil, consent: Bool = true,
            level: AssuranceLevel = .substantiell
        ) -> CompanyDecision {
            var signature = Scene.signature(name, device: device ?? name)
            signature.level = level
            return CompanyRules.sign(
                signature, as: hash ?? Scene.hash(name.first ?? "x"), usesPrivateIdentity: consent,
                membership: membership, in: scene.snapshot)
        }
        #expect(
            sign("ada").changes == [
                .signature(Scene.power("ada").identifier, Scene.signature("ada", device: "ada")),
                .standing(level: .substantiell, approversNeeded: 2), .company(.verify, nil),
            ])
        #expect(sign("ada", as: Scene.hash("z")) == .refused(.unknown))
        #expect(sign("bob") == .refused(.approvedBefore))
        #expect(sign("ada", device: "bob") == .refused(.approvedBefore))
        #expect(sign("ada", consent: false) == .refused(.consentMissing))
        #expect(sign("ada", level: .normal) == .refused(.levelTooLow))
        scene.snapshot.actor = Scene.member("ada", roles: .member, validUntil: Self.now + 1)
        #expect(sign("ada") == .refused(.notAcceptable), "an administrator with an end date")
        scene.snapshot.actor = nil
        #expect(sign("ada").changes.contains { if case .newMembership = $0 { true } else { false } })
        for state in [CompanyState.draft, .closing, .closed] {
            scene.snapshot.company.state = state
            #expect(sign("ada") == .refused(.notInThisState), "\(state)")
        }
    }

    @Test("I16: whom the register of an active company names since then signs, and takes a seat beside the others")
    func signingWhileActive() throws {
        let joint = Representation.joint(2)
        var scene = Scene(approversNeeded: 2, administrators: [Scene.member("ada"), Scene.member("bob")])
        scene.snapshot.powers = [
            Scene.power("ada", .managingDirector, joint, signed: true), Scene.power("cleo", .managingDirector, joint),
            Scene.power("pia", .authorizedSignatory, joint),
        ]
        scene.snapshot.extractLevel = .substantiell
        let membership = try #require(MembershipIdentifier(rawValue: "new"))
        func sign(
            _ name: String, device: String? = nil, level: AssuranceLevel = .substantiell, consent: Bool = true
        ) -> CompanyDecision {
            var signature = Scene.signature(name, device: device ?? name)
            signature.level = level
            return CompanyRules.sign(
                signature, as: Scene.hash(name.first ?? "x"), usesPrivateIdentity: consent, membership: membership,
                in: scene.snapshot)
        }
        let seat = MembershipRecord(
            identifier: membership, company: Scene.identifier, account: Scene.member("cleo").membership.account,
            roles: .administrator, level: .substantiell, since: Self.now)
        let signed = CompanyChange.signature(
            Scene.power("cleo").identifier, Scene.signature("cleo", device: "cleo"))
        #expect(sign("cleo") == CompanyDecision([signed, .newMembership(seat)]), "and nothing else changes")
        // I14: who has signed and left takes the seat again, without a second signature.
        var again = seat
        again.account = Scene.member("ada").membership.account
        #expect(sign("ada") == CompanyDecision([.newMembership(again)]))
        #expect(sign("ada", consent: false) == .refused(.consentMissing))
        scene.snapshot.actor = Scene.member("ada", roles: .member)
        let roles = CompanyChange.roles(
            Scene.member("ada").membership.identifier, CompanyRoles.member.union(.administrator))
        #expect(sign("ada") == CompanyDecision([roles]))
        scene.snapshot.actor = Scene.member("ada")
        #expect(sign("ada") == .refused(.approvedBefore))
        scene.snapshot.actor = nil
        #expect(sign("bob") == .refused(.unknown), "whom the register names no more")
        #expect(sign("pia") == .refused(.notPermitted), "§ 49 HGB")
        #expect(sign("cleo", device: "ada") == .refused(.approvedBefore), "one device, one signature")
        #expect(sign("cleo", level: .normal) == .refused(.levelTooLow))
        #expect(sign("cleo", consent: false) == .refused(.consentMissing))
        // Who belongs to the company already gets the role; who was suspended does not come back by a signature.
        scene.snapshot.actor = Scene.member("cleo", roles: .member)
        #expect(
            sign("cleo").changes == [
                signed, .roles(Scene.member("cleo").membership.identifier, CompanyRoles.member.union(.administrator)),
            ])
        scene.snapshot.actor = Scene.member("cleo", roles: .member, state: .suspended)
        #expect(sign("cleo") == .refused(.notInThisState))
        // The weakest proof says the level.
        scene.snapshot.actor = nil
        scene.snapshot.company.level = .hoch
        #expect(sign("cleo").changes.last == .standing(level: .substantiell, approversNeeded: 2))
        // The extract is as fresh as one that is recorded today, and not from before a freeze, also one that is over.
        scene.snapshot.powers[1].asOf = CalendarDate(Self.now).adding(days: -367)
        #expect(sign("cleo") == .refused(.evidenceNotEnough))
        scene.snapshot.powers[1].asOf = CalendarDate(Self.now).adding(days: -366)
        #expect(sign("cleo").refusal == nil)
        scene.snapshot.company.frozenAt = Self.now - 365 * 86_400
        #expect(sign("cleo") == .refused(.evidenceNotEnough))
        scene.snapshot.powers[1].asOf = CalendarDate(inGermanyAt: Self.now - 365 * 86_400)
        #expect(sign("cleo").refusal == nil)
    }

    @Test("what the register says otherwise is written with the extract, and what makes no description is refused")
    func changedFacts() throws {
        func record(_ changes: JSONObject, state: CompanyState = .active) throws -> CompanyDecision {
            let scene = Scene(state: state, administrators: [Scene.member("ada")])
            return CompanyRules.record(
                [Scene.power("ada")], evidence: Scene.evidence(), changed: try CompanyFacts(json: changes),
                in: scene.snapshot, now: Self.now)
        }
        let entry: JSONValue = .object(["type": "HRB", "number": "77", "court": "Amtsgericht Essen"])
        let moved: JSONObject = ["name": "Neue Muster GmbH", "register": entry, "euid": "DER2503.HRB77"]
        for state in [CompanyState.verifying, .active, .frozen] {
            let decision = try record(moved, state: state)
            guard decision.changes.count > 2, case .details(let details) = decision.changes[1] else {
                Issue.record("nothing is described anew: \(state)")
                continue
            }
            #expect(details.name.text == "Neue Muster GmbH" && details.euid?.rawValue == "DER2503.HRB77")
            #expect(details.businessNumber?.rawValue == "DE123456788", "what nobody names stays")
        }
        let contradicting: [JSONObject] = [["register": entry], ["register": entry, "euid": "DER2503.HRB78"]]
        for changes in contradicting { #expect(try record(changes) == .refused(.evidenceNotEnough)) }
        #expect(throws: MessageError.missing("name")) { try CompanyFacts(json: [:]) }
        for member in ["kind", "trade", "state", "level"] {
            #expect(throws: MessageError.unknown(member)) { try CompanyFacts(json: [member: "x"]) }
        }
    }

    @Test("an earlier extract does not take the place of a later one")
    func earlierExtract() {
        for state in [CompanyState.verifying, .active, .frozen] {
            var scene = Scene(state: state, administrators: [Scene.member("ada")])
            scene.snapshot.powers = [Scene.power("ada", signed: true)]
            func record(_ days: Int64) -> CompanyRefusal? {
                CompanyRules.record(
                    [Scene.power("eve")], evidence: Scene.evidence(asOf: CalendarDate(Self.now).adding(days: days)),
                    in: scene.snapshot, now: Self.now
                ).refusal
            }
            #expect(record(-1) == .evidenceNotEnough, "\(state)")
            #expect(record(0) == nil, "\(state)")
        }
    }

    @Test("whom a new extract of a verified company names as well has signed already, and nobody else")
    func renewedExtract() {
        let joint = Representation.joint(2)
        func record(in state: CompanyState) -> [RegisterPowerRecord] {
            var scene = Scene(state: state, administrators: [Scene.member("ada")])
            scene.snapshot.powers = [
                Scene.power("ada", signed: true), Scene.power("bob"), Scene.power("eve", signed: true),
            ]
            let powers = ["ada", "bob", "zoe"].map { Scene.power($0, .managingDirector, joint) }
            let decision = CompanyRules.record(powers, evidence: Scene.evidence(), in: scene.snapshot, now: Self.now)
            guard case .powers(let written)? = decision.changes.dropFirst().first else { return [] }
            return written
        }
        for state in [CompanyState.active, .frozen] {
            #expect(
                record(in: state) == [
                    Scene.power("ada", .managingDirector, joint, signed: true),
                    Scene.power("bob", .managingDirector, joint), Scene.power("zoe", .managingDirector, joint),
                ])
        }
        // Before the company is verified those whom the last extract names sign it.
        #expect(record(in: .verifying).allSatisfy { $0.signature == nil })
    }

    @Test(
        "a company's level is that of its weakest proof that stands: a better extract raises it, a weaker one lowers it"
    )
    func level() {
        func level(
            _ extract: AssuranceLevel, signed: [AssuranceLevel?], of company: AssuranceLevel
        ) -> AssuranceLevel? {
            var scene = Scene(state: .active, administrators: [Scene.member("ada")])
            scene.snapshot.company.level = company
            let names = ["ada", "bob"].prefix(signed.count)
            scene.snapshot.powers = zip(names, signed).map { name, level in
                var power = Scene.power(name, signed: level != nil)
                if let level { power.signature?.level = level }
                return power
            }
            let decision = CompanyRules.record(
                names.map { Scene.power($0) }, evidence: Scene.evidence(level: extract), in: scene.snapshot,
                now: Self.now)
            guard case .standing(let level, _)? = decision.changes.last else { return nil }
            return level
        }
        #expect(level(.hoch, signed: [.hoch], of: .substantiell) == .hoch)
        #expect(level(.hoch, signed: [.hoch, .substantiell], of: .substantiell) == .substantiell)
        #expect(level(.substantiell, signed: [.hoch], of: .hoch) == .substantiell)
        #expect(level(.hoch, signed: [.hoch, nil], of: .substantiell) == .hoch)
        #expect(level(.hoch, signed: [nil], of: .substantiell) == .substantiell, "nobody has signed by it yet")
    }

    @Test("a Prokurist takes no seat by signing, neither in an active company nor in a frozen one")
    func authorizedSignatory() throws {
        let membership = try #require(MembershipIdentifier(rawValue: "new"))
        func sign(_ kind: RegisterPowerKind, in state: CompanyState) -> CompanyDecision {
            var scene = Scene(state: state, administrators: [Scene.member("ada")])
            scene.snapshot.powers = [Scene.power("ada", signed: true), Scene.power("pia", kind)]
            scene.snapshot.extractLevel = .substantiell
            return CompanyRules.sign(
                Scene.signature("pia", device: "pia"), as: Scene.hash("p"), usesPrivateIdentity: true,
                membership: membership, in: scene.snapshot)
        }
        for state in [CompanyState.active, .frozen] {
            #expect(sign(.authorizedSignatory, in: state) == .refused(.notPermitted), "\(state)")
            #expect(sign(.managingDirector, in: state).refusal == nil, "\(state)")
        }
        #expect(sign(.authorizedSignatory, in: .verifying).refusal == nil, "beside a legal representative")
    }

    @Test("signing ends no freeze, and an extract from before the freeze is signed no more")
    func signingWhileFrozen() throws {
        var scene = Scene(state: .frozen, administrators: [])
        scene.snapshot.powers = [Scene.power("ada")]
        scene.snapshot.extractLevel = .substantiell
        let membership = try #require(MembershipIdentifier(rawValue: "new"))
        func sign() -> CompanyDecision {
            CompanyRules.sign(
                Scene.signature("ada", device: "ada"), as: Scene.hash("a"), usesPrivateIdentity: true,
                membership: membership, in: scene.snapshot)
        }
        let seat = MembershipRecord(
            identifier: membership, company: Scene.identifier, account: Scene.member("ada").membership.account,
            roles: .administrator, level: .substantiell, since: Self.now)
        for reason in FreezeReason.allCases {
            scene.snapshot.company.freezeReason = reason
            #expect(
                sign().changes == [
                    .signature(Scene.power("ada").identifier, Scene.signature("ada", device: "ada")),
                    .newMembership(seat),
                ], "\(reason)")
        }
        scene.snapshot.powers[0].asOf = CalendarDate(Self.now - 86_400)
        #expect(sign() == .refused(.evidenceNotEnough))
        // How many must agree after the freeze is what the extract says that was recorded during it.
        let joint = [Scene.power("ada", .managingDirector, .joint(2)), Scene.power("pia", .authorizedSignatory)]
        #expect(
            CompanyRules.record(joint, evidence: Scene.evidence(), in: scene.snapshot, now: Self.now).changes.last
                == .standing(level: .substantiell, approversNeeded: 2))
    }

    @Test(
        "a trade office's proof makes a sole trader active only when its register names the founder, alone and as owner"
    )
    func soleTrader() {
        let founder = CompanyFounder(account: Scene.member("ada").membership.account, person: Scene.hash("a"))
        func verify(
            _ power: RegisterPowerRecord = Scene.power("ada", .owner),
            _ evidence: CompanyEvidence = Scene.evidence(.desk),
            kind: CompanyKind = .soleTrader, registered: Bool = false,
            administrators: [CompanyMember] = [Scene.member("ada")], state: CompanyState = .verifying
        ) -> CompanyDecision {
            let scene = Scene(state: state, kind: kind, registered: registered, administrators: administrators)
            return CompanyRules.verify(by: evidence, owner: power, founder: founder, in: scene.snapshot, now: Self.now)
        }
        var owner = Scene.power("ada", .owner)
        owner.state = .signed
        owner.signature = RegisterPowerRecord.Signature(
            account: founder.account, device: nil, level: .substantiell, time: Self.now)
        let strong = Scene.evidence(.desk, level: .hoch)
        #expect(
            verify(Scene.power("ada", .owner), strong).changes == [
                .evidence(strong), .powers([owner]), .standing(level: .substantiell, approversNeeded: 1),
                .company(.verify, nil),
            ], "the level is that of the weakest proof")
        let refused: [CompanyDecision] = [
            verify(Scene.power("bob", .owner)), verify(Scene.power("ada", .partner)),
            verify(Scene.power("ada", .owner, .joint(2))), verify(kind: .organization), verify(registered: true),
            verify(Scene.power("ada", .owner), Scene.evidence(.registerExtract)),
            verify(Scene.power("ada", .owner), Scene.evidence(.desk, level: .normal)),
        ]
        #expect(refused.allSatisfy { $0 == .refused(.evidenceNotEnough) })
        for others in [[Scene.member("ada", level: .normal)], [Scene.member("bob")]] {
            #expect(verify(administrators: others) == .refused(.lastAdministrator))
        }
        #expect(verify(state: .draft) == .refused(.notInThisState))
    }

    @Test("a trade office's proof of another company names who signs, and proves nothing of one in a register")
    func desk() {
        func record(
            kind: CompanyKind = .organization, registered: Bool = false, state: CompanyState = .verifying
        ) -> CompanyDecision {
            let scene = Scene(state: state, kind: kind, registered: registered, administrators: [Scene.member("eve")])
            return CompanyRules.record(
                [Scene.power("ada", .partner)], evidence: Scene.evidence(.desk), in: scene.snapshot, now: Self.now)
        }
        #expect(
            record() == CompanyDecision([.evidence(Scene.evidence(.desk)), .powers([Scene.power("ada", .partner)])]))
        #expect(record(registered: true) == .refused(.evidenceNotEnough))
        #expect(record(kind: .soleTrader) == .refused(.evidenceNotEnough))
        #expect(record(state: .active).changes.last == .standing(level: .substantiell, approversNeeded: 1))
        #expect(record(state: .draft) == .refused(.notInThisState))
    }

    @Test("another account for organisations verifies any company, by what its assertion proves")
    func upstream() {
        func verify(_ evidence: CompanyEvidence, _ administrators: [CompanyMember]) -> CompanyDecision {
            let scene = Scene(state: .verifying, administrators: administrators)
            return CompanyRules.verify(
                upstream: evidence, approversNeeded: 2, in: scene.snapshot, now: Self.now)
        }
        let ada = Scene.member("ada")
        #expect(
            verify(Scene.evidence(.upstream, level: .hoch), [ada]).changes.suffix(2) == [
                .standing(level: .substantiell, approversNeeded: 2), .company(.verify, nil),
            ])
        for method in [CompanyEvidence.Method.desk, .registerExtract] {
            #expect(verify(Scene.evidence(method), [ada]) == .refused(.evidenceNotEnough))
        }
        #expect(
            verify(Scene.evidence(.upstream), [Scene.member("ada", level: .normal)]) == .refused(.lastAdministrator))
    }

    @Test("all administrators agree to closing, or under joint representation so many as represent the company")
    func closing() {
        func close(_ administrators: [CompanyMember], approvers: Int, earlier: [String] = []) -> CompanyDecision {
            var scene = Scene(approversNeeded: approvers, administrators: administrators)
            scene.snapshot.actor = administrators[0]
            scene.snapshot.approvals = earlier.map { approval($0, device: $0) }
            return CompanyRules.close(device: Scene.device("ada"), in: scene.snapshot, now: Self.now)
        }
        func isClosing(_ decision: CompanyDecision) -> Bool { decision.changes.last == .company(.close, nil) }
        #expect(isClosing(close([Self.three[0]], approvers: 1)))
        #expect(!isClosing(close(Self.three, approvers: 1)))
        #expect(!isClosing(close(Self.three, approvers: 1, earlier: ["bob"])))
        #expect(isClosing(close(Self.three, approvers: 1, earlier: ["bob", "eve"])))
        #expect(!isClosing(close(Self.three, approvers: 2)))
        #expect(isClosing(close(Self.three, approvers: 2, earlier: ["bob"])))
    }

    @Test("an agreement counts for 30 days, and whoever gave one that is over may give it again")
    func oldAgreements() {
        func close(_ name: String, after seconds: Int64) -> CompanyDecision {
            var scene = Scene(approversNeeded: 2, administrators: Self.three)
            scene.snapshot.actor = Scene.member(name)
            scene.snapshot.approvals = [approval("bob", device: "bob")]
            return CompanyRules.close(device: Scene.device(name), in: scene.snapshot, now: Self.now + seconds)
        }
        #expect(close("ada", after: ApprovalRules.lifetime - 1).changes.last == .company(.close, nil))
        #expect(close("ada", after: ApprovalRules.lifetime).changes.count == 1, "noted alone")
        #expect(close("bob", after: ApprovalRules.lifetime - 1) == .refused(.approvedBefore))
        #expect(close("bob", after: ApprovalRules.lifetime).changes.count == 1)
    }
}

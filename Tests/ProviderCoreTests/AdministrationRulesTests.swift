import AccountDirectory
import OpenIDMessages
import Testing

/// The table of roles and actions, walked whole (checklist R2; invariants I24 to I27).
@Suite("What administrators may do")
struct AdministrationRulesTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let herten = tenant("herten", operator: "it")
    static let marl = tenant("marl", operator: "other-it")

    static func tenant(_ name: String, operator: String) -> Tenant {
        Tenant(
            identifier: TenantIdentifier(rawValue: name)!, officialName: name, kind: .kreisangehoerigeStadt,
            municipalityKey: nil, operatorAssignment: OperatorAssignment(OperatorIdentifier(rawValue: `operator`)!),
            sector: SectorIdentifier(rawValue: name)!, hosts: [], floor: .normal, allowedScopes: nil, state: .live)
    }

    static func scope(_ role: AdministrationRole, at tenant: Tenant) -> AdministrationScope {
        switch role.reach {
        case .region: .region
        case .tenant: .tenant(tenant.identifier)
        case .operated: .operated(by: tenant.operatorIdentifier, for: tenant.identifier)
        }
    }

    static func assignment(
        _ role: AdministrationRole, _ scope: AdministrationScope, account: String = "alice",
        from: Timestamp = now - 10, until: Timestamp = now + 3600
    ) -> AdminAssignment {
        AdminAssignment(
            identifier: AssignmentIdentifier(rawValue: "a-\(role.rawValue)")!,
            account: AccountIdentifier(rawValue: account)!, subject: SubjectIdentifier(rawValue: account)!, role: role,
            scope: scope, validFrom: from, validUntil: until, grantedBy: nil, grantedAt: from)
    }

    private static func outcome(_ decision: AdministrationRules.TenantDecision) -> String {
        switch decision {
        case .allowed: "allowed"
        case .missingRight: "missing right"
        case .stranger: "stranger"
        }
    }

    @Test("every role may do exactly its own actions at its tenant, and is a stranger at another")
    func table() {
        for role in AdministrationRole.allCases {
            let own = [Self.assignment(role, Self.scope(role, at: Self.herten))]
            for action in AdministrationAction.allCases {
                let here = AdministrationRules.decide(action, at: Self.herten, by: own, now: Self.now)
                #expect(
                    Self.outcome(here) == (role.actions.contains(action) ? "allowed" : "missing right"),
                    "\(role) \(action)")
                let there = Self.outcome(AdministrationRules.decide(action, at: Self.marl, by: own, now: Self.now))
                let expected = role.actions.contains(action) ? "allowed" : "missing right"
                #expect(there == (role.reach == .region ? expected : "stranger"), "\(role) \(action)")
                var isRegional = false
                if case .allowed = AdministrationRules.decideForRegion(action, by: own, now: Self.now) {
                    isRegional = true
                }
                #expect(isRegional == (role.reach == .region && role.actions.contains(action)), "\(role) \(action)")
            }
        }
    }

    @Test("I25: no role for the region touches personal data")
    func regionSeesNoPeople() {
        for role in AdministrationRole.allCases where role.reach == .region {
            #expect(role.actions.filter(\.isPersonal) == [], "\(role)")
        }
        #expect(AdministrationAction.allCases.contains { $0.isPersonal })
        #expect(AdministrationRole.clerk.actions.contains { $0.isPersonal })
    }

    @Test("an assignment counts from its beginning until just before its end, and not once it is revoked")
    func dates() {
        var assignment = Self.assignment(.clerk, .tenant(Self.herten.identifier))
        let (from, until) = (assignment.validFrom, assignment.validUntil)
        for (time, counts) in [(from - 1, false), (from, true), (until - 1, true), (until, false)] {
            let decision = AdministrationRules.decide(.readTenant, at: Self.herten, by: [assignment], now: time)
            #expect(Self.outcome(decision) == (counts ? "allowed" : "stranger"), "\(time)")
        }
        assignment.revokedAt = Self.now
        let decision = AdministrationRules.decide(.readTenant, at: Self.herten, by: [assignment], now: Self.now)
        #expect(Self.outcome(decision) == "stranger")
    }

    @Test("I26: operator staff act only for the tenant's own operator")
    func operatorStaff() {
        let staff = Self.assignment(
            .operatorStaff, .operated(by: Self.marl.operatorIdentifier, for: Self.herten.identifier))
        let decision = AdministrationRules.decide(.readTenant, at: Self.herten, by: [staff], now: Self.now)
        #expect(Self.outcome(decision) == "stranger", "the tenant works with another operator")
        let own = Self.assignment(.operatorStaff, Self.scope(.operatorStaff, at: Self.herten))
        #expect(
            Self.outcome(AdministrationRules.decide(.readTenant, at: Self.herten, by: [own], now: Self.now))
                == "allowed")
    }

    @Test("I26: operator staff act from the first day of the operator's assignment to its last, as days are in Germany")
    func operatorDays() throws {
        let first = try #require(CalendarDate(rawValue: "2027-01-11"))
        let last = try #require(CalendarDate(rawValue: "2027-07-31"))
        // Midnight in Germany is 23:00 UTC of the day before in winter, and 22:00 in summer.
        let (begin, end) = (first.start - 3_600, last.end - 7_200)
        let role = Self.assignment(
            .operatorStaff, Self.scope(.operatorStaff, at: Self.herten), from: begin - 100, until: end + 100)
        var town = Self.herten
        let assignments: [(CalendarDate?, CalendarDate?)] = [(first, last), (first, nil), (nil, last), (nil, nil)]
        for (from, until) in assignments {
            town.operatorAssignment.from = from
            town.operatorAssignment.until = until
            let times = [(begin - 1, from == nil), (begin, true), (end - 1, true), (end, until == nil)]
            for (time, acts) in times {
                let decision = AdministrationRules.decide(.readTenant, at: town, by: [role], now: time)
                #expect(Self.outcome(decision) == (acts ? "allowed" : "stranger"), "\(from) \(until) \(time)")
            }
        }
    }

    @Test("I26: an operator whose assignment is over takes no right from the town's own people")
    func townAfterOperator() throws {
        var town = Self.herten
        town.operatorAssignment.until = CalendarDate(Self.now).adding(days: -2)
        for role in AdministrationRole.allCases where role.reach != .operated {
            let own = [Self.assignment(role, Self.scope(role, at: town))]
            let decision = AdministrationRules.decide(.readTenant, at: town, by: own, now: Self.now)
            let before = AdministrationRules.decide(.readTenant, at: Self.herten, by: own, now: Self.now)
            #expect(Self.outcome(decision) == Self.outcome(before), "\(role)")
        }
    }

    @Test("I26: staff get no role for a day on which their operator does not work for the town")
    func operatorGrants() throws {
        let today = CalendarDate(inGermanyAt: Self.now)
        let (from, until) = (today.adding(days: 10), today.adding(days: 20))
        var town = Self.herten
        town.operatorAssignment.from = from
        town.operatorAssignment.until = until
        // The winter of Germany: its days begin at 23:00 UTC.
        let (begin, end) = (from.start - 3_600, until.end - 3_600)
        let cases: [(Timestamp, Timestamp, AdministrationRules.GrantObjection?)] = [
            (begin, end, nil), (begin + 1, end - 1, nil), (begin - 1, end, .wrongDates), (begin, end + 1, .wrongDates),
            (Self.now, begin, .wrongDates), (end, end + 100, .wrongDates),
        ]
        for (start, end, expected) in cases {
            let objection = Self.objection(
                granter: .tenantAdministrator, gives: .operatorStaff, Self.scope(.operatorStaff, at: town),
                tenant: town, from: start, until: end)
            #expect(objection == expected, "\(start) \(end)")
            let clerk = Self.objection(
                granter: .tenantAdministrator, gives: .clerk, .tenant(town.identifier), tenant: town, from: start,
                until: end)
            #expect(clerk == nil, "a clerk is the town's own")
        }
    }

    // MARK: Granting

    /// Whether somebody with this role at Herten may give another role somewhere.
    private static func objection(
        granter role: AdministrationRole, gives other: AdministrationRole, _ scope: AdministrationScope,
        tenant: Tenant?, to account: String = "bob", from: Timestamp = now, until: Timestamp? = nil,
        held: [AdminAssignment] = []
    ) -> AdministrationRules.GrantObjection? {
        let wish = assignment(other, scope, account: account, from: from, until: until ?? from + 3600)
        let decision = AdministrationRules.grant(
            wish, by: [assignment(role, Self.scope(role, at: herten))],
            granter: AccountIdentifier(rawValue: "alice")!, held: held, tenant: tenant, now: now)
        if case .failure(let objection) = decision { return objection }
        return nil
    }

    private static let places: [(AdministrationScope, Tenant?)] = [
        (.region, nil), (.tenant(herten.identifier), herten), (.tenant(marl.identifier), marl),
        (.operated(by: herten.operatorIdentifier, for: herten.identifier), herten),
        (.operated(by: marl.operatorIdentifier, for: marl.identifier), marl),
        (.operated(by: marl.operatorIdentifier, for: herten.identifier), herten),
    ]

    @Test("I27: a grant never exceeds the granter's own scope: every role gives every role at every place")
    func grants() {
        var allowed = 0
        for granter in AdministrationRole.allCases {
            let own = Self.scope(granter, at: Self.herten)
            for role in AdministrationRole.allCases {
                for (scope, tenant) in Self.places {
                    let objection = Self.objection(granter: granter, gives: role, scope, tenant: tenant)
                    let isGood =
                        granter.actions.contains(.grantAssignment) && granter.grants.contains(role)
                        && own.contains(scope) && role.reach == scope.reach
                        && (tenant.map { AdministrationRules.covers(scope, $0, at: Self.now) } ?? true)
                    #expect((objection == nil) == isGood, "\(granter) gives \(role) at \(scope)")
                    if objection == nil {
                        allowed += 1
                        #expect(own.contains(scope))
                    }
                }
            }
        }
        #expect(allowed > 8, "the table must allow something")
    }

    @Test("R2: whatever chain of accomplices a tenant's administrator makes, nothing leaves the tenant")
    func chains() {
        var reached: Set<AdministrationRole> = [.tenantAdministrator]
        var grew = true
        while grew {
            grew = false
            for granter in reached {
                for role in AdministrationRole.allCases where !reached.contains(role) {
                    for (scope, tenant) in Self.places
                    where Self.objection(granter: granter, gives: role, scope, tenant: tenant) == nil {
                        #expect(scope.tenant == Self.herten.identifier)
                        reached.insert(role)
                        grew = true
                    }
                }
            }
        }
        #expect(!reached.contains { $0.reach == .region })
        #expect(!reached.contains(.emergency), "an emergency takes two people")
    }

    @Test("I25: whatever two who administer the region give each other, neither sees people but in an emergency")
    func regionChains() {
        let people = ["alice", "bob"]
        var held = people.map { Self.assignment(.regionAdministrator, .region, account: $0) }
        var grew = true
        while grew {
            grew = false
            for granter in people {
                for person in people where person != granter {
                    for role in AdministrationRole.allCases {
                        for (scope, tenant) in Self.places {
                            let wish = Self.assignment(role, scope, account: person, from: Self.now)
                            guard
                                !held.contains(where: {
                                    $0.account == wish.account && $0.role == role && $0.scope == scope
                                })
                            else { continue }
                            let given = AdministrationRules.grant(
                                wish, by: held, granter: AccountIdentifier(rawValue: granter)!,
                                held: held.filter { $0.account == wish.account }, tenant: tenant, now: Self.now)
                            guard case .success = given else { continue }
                            held.append(wish)
                            grew = true
                        }
                    }
                }
            }
        }
        #expect(held.contains { $0.role == .regionAuditor }, "they can give something")
        #expect(!held.contains { $0.role.actions.contains { $0.isPersonal } })
    }

    @Test("I25: a role for the region and one that sees people never count for one person at the same time")
    func conflictingDuties() {
        /// For some seconds from the time of the test on.
        func held(_ role: AdministrationRole, _ from: Int64, _ until: Int64) -> AdminAssignment {
            Self.assignment(
                role, Self.scope(role, at: Self.herten), account: "bob", from: Self.now + from, until: Self.now + until)
        }
        for role in AdministrationRole.allCases where role.seesPeople {
            #expect(AdministrationRules.conflicts(held(role, 0, 10), with: [held(.regionAdministrator, 9, 20)]))
            #expect(AdministrationRules.conflicts(held(.regionAuditor, 0, 10), with: [held(role, 9, 20)]))
            #expect(!AdministrationRules.conflicts(held(role, 0, 10), with: [held(.regionAdministrator, 10, 20)]))
            #expect(!AdministrationRules.conflicts(held(role, 0, 10), with: [held(.auditor, 0, 20)]))
            var over = held(.regionAdministrator, 0, 20)
            over.revokedAt = Self.now + 5
            #expect(!AdministrationRules.conflicts(held(role, 0, 10), with: [over]))
        }
        #expect(!AdministrationRole.emergency.seesPeople && !AdministrationRole.auditor.seesPeople)
        #expect(
            AdministrationRole.tenantAdministrator.seesPeople && AdministrationRole.dataProtectionOfficer.seesPeople)
        let refused = Self.objection(
            granter: .tenantAdministrator, gives: .clerk, .tenant(Self.herten.identifier), tenant: Self.herten,
            held: [Self.assignment(.regionAdministrator, .region, account: "bob")])
        #expect(refused == .conflictingDuty)
    }

    @Test("nobody gives a role to themselves, so that nobody extends their own")
    func oneself() {
        for role in AdministrationRole.allCases {
            for other in AdministrationRole.allCases {
                for (scope, tenant) in Self.places {
                    #expect(
                        Self.objection(granter: role, gives: other, scope, tenant: tenant, to: "alice")
                            == .ownAssignment)
                }
            }
        }
    }

    @Test("an emergency's right is in nobody's gift")
    func emergencyIsNotGranted() {
        #expect(AdministrationRole.allCases.filter { $0.grants.contains(.emergency) } == [])
    }

    @Test(
        "an assignment is dated: it begins soon, ends after that and not later than its role allows",
        arguments: [
            (-301, 3600, false), (-300, 3600, true), (0, 0, false), (0, 1, true), (0, 180 * 86_400, true),
            (0, 180 * 86_400 + 1, false), (90 * 86_400, 3600, true), (90 * 86_400 + 1, 3600, false),
        ] as [(Int64, Int64, Bool)])
    func grantDates(begin: Int64, length: Int64, isGood: Bool) {
        let from = Self.now + begin
        let objection = Self.objection(
            granter: .tenantAdministrator, gives: .operatorStaff, Self.scope(.operatorStaff, at: Self.herten),
            tenant: Self.herten, from: from, until: from + length)
        #expect(objection == (isGood ? nil : .wrongDates))
    }

    @Test("who could have granted a role may end it; everybody may end their own")
    func revoking() {
        let alice = AccountIdentifier(rawValue: "alice")!
        for role in AdministrationRole.allCases {
            let own = Self.assignment(role, Self.scope(role, at: Self.herten))
            #expect(AdministrationRules.mayRevoke(own, by: [own], revoker: alice, now: Self.now), "\(role)")
            for other in AdministrationRole.allCases {
                for place in [Self.herten, Self.marl] {
                    let foreign = Self.assignment(other, Self.scope(other, at: place), account: "bob")
                    let expected =
                        role.actions.contains(.revokeAssignment)
                        && (role.grants.contains(other) || other == .emergency) && own.scope.contains(foreign.scope)
                    let may = AdministrationRules.mayRevoke(foreign, by: [own], revoker: alice, now: Self.now)
                    #expect(may == expected, "\(role) ends \(other) at \(place.identifier)")
                }
            }
        }
    }

    // MARK: Emergencies

    private static func emergency(state: Emergency.State = .requested, at time: Timestamp = now) -> Emergency {
        Emergency(
            identifier: EmergencyIdentifier(rawValue: "e")!, tenant: herten.identifier,
            requester: AccountIdentifier(rawValue: "alice")!, requesterSubject: SubjectIdentifier(rawValue: "alice")!,
            reason: "Notfall", duration: 3600, requestedAt: time, state: state)
    }

    @Test("I25: break-glass takes two people, and its right is for one tenant and some hours")
    func breakGlass() throws {
        let right = Self.assignment(.regionAdministrator, .region, account: "bob")
        let identifier = AssignmentIdentifier(rawValue: "given")!
        let given = try AdministrationRules.assignment(
            for: Self.emergency(), identifier: identifier, approvedBy: right, now: Self.now
        ).get().assignment
        #expect(given.role == .emergency && given.scope == .tenant(Self.herten.identifier))
        #expect(given.account.rawValue == "alice" && given.validUntil == Self.now + 3600)
        #expect(given.grantedBy == right.identifier)
    }

    @Test(
        "an emergency is refused to its own requester, when it was decided, and when it waited too long",
        arguments: [
            (Emergency.State.requested, Int64(0), "alice", Emergency.Objection?.some(.ownRequest)),
            (.requested, 0, "bob", nil), (.requested, 899, "bob", nil), (.requested, 900, "bob", .expired),
            (.approved, 0, "bob", .decided), (.refused, 0, "bob", .decided),
        ])
    func emergencyObjections(
        state: Emergency.State, age: Int64, approver: String, expected: Emergency.Objection?
    ) {
        let emergency = Self.emergency(state: state)
        #expect(
            emergency.objection(toApprovalBy: AccountIdentifier(rawValue: approver)!, now: Self.now + age)
                == expected)
    }
}

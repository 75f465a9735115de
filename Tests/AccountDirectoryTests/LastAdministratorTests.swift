import AccountDirectory
import OpenIDMessages
import Testing

private typealias Scene = CompanyScene

@Suite("The last administrator")
struct LastAdministratorTests {
    private static let now = Scene.now
    private static let ada = Scene.member("ada")

    /// Others who are administrators in name only.
    static let ghosts: [(String, CompanyMember)] = [
        ("suspended", Scene.member("ghost", state: .suspended)),
        ("locked or leaving", Scene.member("ghost", accountIsActive: false)),
        ("not proved enough", Scene.member("ghost", level: .normal)),
        ("over", Scene.member("ghost", validUntil: now)),
    ]

    @Test("I13: an administrator counts only when membership and account are active and the identity is proved enough")
    func counting() {
        let scene = Scene(administrators: [Self.ada] + Self.ghosts.map(\.1))
        #expect(
            scene.snapshot.effectiveAdministrators(Self.now).map(\.membership.identifier) == [
                Self.ada.membership.identifier
            ])
        // The near-miss: one second before its end a membership counts.
        let dated = Scene.member("dated", validUntil: Self.now + 1)
        #expect(dated.isEffective(floor: .substantiell, now: Self.now))
        #expect(!dated.isEffective(floor: .hoch, now: Self.now))
    }

    @Test("I14: the last administrator cannot leave, be removed, be suspended or step down", arguments: ghosts.map(\.0))
    func cannotGo(ghost: String) throws {
        let other = try #require(Self.ghosts.first { $0.0 == ghost }).1
        var scene = Scene(administrators: [Self.ada, other])
        scene.snapshot.actor = Self.ada
        #expect(MembershipRules.leave(in: scene.snapshot, now: Self.now) == .refused(.lastAdministrator))
        scene.snapshot.target = Self.ada
        #expect(
            MembershipRules.change(to: .member, in: scene.snapshot, now: Self.now) == .refused(.lastAdministrator))
        // Nobody else is there who could remove or suspend; a successor who is not proved enough cannot either.
        scene.snapshot.actor = other
        for decision in [
            MembershipRules.remove(device: Scene.device("ghost"), in: scene.snapshot, now: Self.now),
            MembershipRules.suspend(in: scene.snapshot, now: Self.now),
        ] {
            #expect(decision == .refused(.unknown))
        }
    }

    @Test("I14: a successor whose rights count lets the administrator go")
    func successor() {
        var scene = Scene(administrators: [Self.ada, Scene.member("bob")])
        scene.snapshot.actor = Self.ada
        let identifier = Self.ada.membership.identifier
        #expect(MembershipRules.leave(in: scene.snapshot, now: Self.now).changes == [.end(identifier, .left)])
        scene.snapshot.target = Self.ada
        #expect(
            MembershipRules.change(to: .member, in: scene.snapshot, now: Self.now).changes == [
                .roles(identifier, .member)
            ])
    }

    @Test("I14: the ways out are open: the company closes, or is frozen by a clerk, and then the last may leave")
    func waysOut() {
        for state in [CompanyState.frozen, .closing] {
            var scene = Scene(state: state, administrators: [Self.ada])
            scene.snapshot.actor = Self.ada
            #expect(MembershipRules.leave(in: scene.snapshot, now: Self.now).refusal == nil)
        }
        var scene = Scene(administrators: [Self.ada])
        scene.snapshot.actor = Self.ada
        #expect(
            CompanyRules.close(device: Scene.device("ada"), in: scene.snapshot, now: Self.now).changes.last
                == .company(.close, nil))
        #expect(
            CompanyRules.freeze(for: .dispute, in: scene.snapshot, now: Self.now).changes == [
                .company(.freeze, .dispute)
            ])
        #expect(CompanyRules.freeze(for: .noAdministrator, in: scene.snapshot, now: Self.now).refusal == .notAcceptable)
    }

    @Test("I14: closing or losing the personal account is never refused; it freezes the company")
    func noDeadEnd() {
        let identifier = Self.ada.membership.identifier
        // The account is on its way out already: its own standing does not hide that it was the last.
        for ada in [Self.ada, Scene.member("ada", accountIsActive: false)] {
            var scene = Scene(administrators: [ada, Scene.member("ghost", state: .suspended)])
            scene.snapshot.actor = ada
            #expect(
                AccountNewsRules.changes(.locked, in: scene.snapshot, now: Self.now) == [
                    .suspend(identifier, .accountLocked), .company(.freeze, .noAdministrator),
                ])
            #expect(
                AccountNewsRules.changes(.closed, in: scene.snapshot, now: Self.now) == [
                    .end(identifier, .accountClosed), .company(.freeze, .noAdministrator),
                ])
            #expect(AccountNewsRules.effectOfClosing(identifier, in: scene.snapshot, now: Self.now) == .freezes)
        }
        var scene = Scene(administrators: [Self.ada, Scene.member("bob")])
        scene.snapshot.actor = Self.ada
        #expect(
            AccountNewsRules.changes(.closed, in: scene.snapshot, now: Self.now) == [.end(identifier, .accountClosed)])
        #expect(AccountNewsRules.effectOfClosing(identifier, in: scene.snapshot, now: Self.now) == .none)
    }

    @Test("I14: withdrawing the consent is a right: the company freezes, and the consent cures it")
    func consent() {
        var scene = Scene(administrators: [Self.ada])
        scene.snapshot.actor = Self.ada
        let identifier = Self.ada.membership.identifier
        #expect(
            MembershipRules.withdrawConsent(in: scene.snapshot, now: Self.now).changes == [
                .suspend(identifier, .consentWithdrawn), .company(.freeze, .noAdministrator),
            ])
        var resting = Scene.member("ada", state: .suspended)
        resting.membership.suspension = .consentWithdrawn
        scene = Scene(state: .frozen, administrators: [resting])
        scene.snapshot.actor = resting
        scene.snapshot.company.freezeReason = .noAdministrator
        #expect(
            MembershipRules.giveConsent(in: scene.snapshot).changes == [
                .resume(identifier), .company(.cure, nil),
            ])
        // A freeze by a clerk, whenever it came, is not cured by it, and a suspension by an administrator is not undone
        // by it.
        #expect(
            CompanyRules.freeze(for: .dispute, in: scene.snapshot, now: Self.now).changes == [
                .company(.freeze, .dispute)
            ])
        scene.snapshot.company.freezeReason = .dispute
        #expect(MembershipRules.giveConsent(in: scene.snapshot).changes == [.resume(identifier)])
        scene.snapshot.actor?.membership.suspension = .administrator
        #expect(MembershipRules.giveConsent(in: scene.snapshot) == .refused(.notInThisState))
    }

    @Test(
        "I13: a level that falls below the company's floor freezes it when nobody else administers it, and cures it back"
    )
    func levels() {
        let low = Scene.member("ada", level: .normal)
        var scene = Scene(administrators: [low])
        scene.snapshot.actor = low
        #expect(
            AccountNewsRules.changes(.levelChanged, in: scene.snapshot, now: Self.now) == [
                .company(.freeze, .noAdministrator)
            ])
        scene = Scene(administrators: [low, Scene.member("bob")])
        scene.snapshot.actor = low
        #expect(AccountNewsRules.changes(.levelChanged, in: scene.snapshot, now: Self.now) == [])
        scene = Scene(state: .frozen, administrators: [Self.ada])
        scene.snapshot.actor = Self.ada
        scene.snapshot.company.freezeReason = .noAdministrator
        #expect(
            AccountNewsRules.changes(.levelChanged, in: scene.snapshot, now: Self.now) == [.company(.cure, nil)])
        scene.snapshot.company.freezeReason = .dispute
        #expect(AccountNewsRules.changes(.levelChanged, in: scene.snapshot, now: Self.now) == [])
    }

    @Test("a lock that ends brings its membership back, and no other")
    func unlocked() {
        var locked = Scene.member("ada", state: .suspended)
        locked.membership.suspension = .accountLocked
        var scene = Scene(state: .frozen, administrators: [locked])
        scene.snapshot.company.freezeReason = .noAdministrator
        scene.snapshot.actor = locked
        #expect(
            AccountNewsRules.changes(.unlocked, in: scene.snapshot, now: Self.now) == [
                .resume(locked.membership.identifier), .company(.cure, nil),
            ])
        scene.snapshot.actor?.membership.suspension = .administrator
        #expect(AccountNewsRules.changes(.unlocked, in: scene.snapshot, now: Self.now) == [])
        scene.snapshot.actor?.membership.suspension = .accountLocked
        scene.snapshot.actor?.account.level = .normal
        #expect(
            AccountNewsRules.changes(.unlocked, in: scene.snapshot, now: Self.now) == [
                .resume(locked.membership.identifier)
            ])
    }

    @Test("a sole trader's account ends with the trader's own; a draft ends with its founder")
    func endings() {
        let end = CompanyChange.end(Self.ada.membership.identifier, .accountClosed)
        let cases: [(CompanyState, CompanyKind, [CompanyChange])] = [
            (.active, .soleTrader, [end, .company(.close, nil), .company(.complete, nil)]),
            (.frozen, .soleTrader, [end, .company(.close, nil), .company(.complete, nil)]),
            (.closing, .soleTrader, [end, .company(.complete, nil)]),
            (.verifying, .soleTrader, [end, .company(.abandon, nil)]),
            (.draft, .organization, [end, .company(.abandon, nil)]), (.frozen, .organization, [end]),
        ]
        for (state, kind, changes) in cases {
            var scene = Scene(state: state, kind: kind, administrators: [Self.ada])
            scene.snapshot.actor = Self.ada
            #expect(AccountNewsRules.changes(.closed, in: scene.snapshot, now: Self.now) == changes, "\(state) \(kind)")
        }
    }

    @Test("a company comes out of having no administrator only with one whom a clerk appoints")
    func cure() {
        let scene = Scene(state: .frozen, administrators: [Scene.member("ghost", accountIsActive: false)])
        var snapshot = scene.snapshot
        let membership = MembershipIdentifier(rawValue: "new")!
        let bob = Scene.member("bob").membership.account
        func cure(_ account: AccountIdentifier?, evidence: CompanyEvidence = Scene.evidence()) -> CompanyDecision {
            CompanyRules.cure(
                by: evidence, appointing: account, membership: membership, in: snapshot, now: Self.now)
        }
        #expect(cure(nil) == .refused(.lastAdministrator))
        #expect(cure(bob) == .refused(.levelTooLow))
        snapshot.actorAccount = AccountStanding(isActive: true, level: .normal)
        #expect(cure(bob) == .refused(.levelTooLow))
        snapshot.actorAccount = AccountStanding(isActive: true, level: .substantiell)
        #expect(cure(bob, evidence: Scene.evidence(level: .normal)) == .refused(.evidenceNotEnough))
        #expect(cure(bob).changes.last == .company(.cure, nil))
        #expect(cure(bob).changes.contains { if case .newMembership = $0 { true } else { false } })
        snapshot.company.state = .active
        #expect(cure(bob) == .refused(.notInThisState))
    }
}

import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Mandates: ALLOWED or DISALLOWED, and why")
struct AuthorityRulesTests {
    private static func facts(
        _ mandates: [HeldMandate], _ change: (inout AuthorityFacts) -> Void = { _ in }
    ) -> AuthorityFacts {
        var facts = AuthorityFacts(
            company: Sample.company, isCompanyActive: true, member: Sample.max, home: Sample.company,
            isMemberActive: true, register: .none, mandates: mandates)
        change(&facts)
        return facts
    }

    /// Carla of the service company.
    private static func carla(
        _ held: HeldMandate, _ change: (inout AuthorityFacts) -> Void = { _ in }
    ) -> AuthorityFacts {
        facts([held]) {
            $0.member = Sample.carla
            $0.home = Sample.serviceCompany
            change(&$0)
        }
    }

    private static func question(
        _ scope: MandateScope? = Sample.parking, at tenant: TenantIdentifier = Sample.bottrop,
        amount: String? = "120.00", establishment: EstablishmentIdentifier? = nil, on day: CalendarDate = Sample.today
    ) -> AuthorityQuestion {
        AuthorityQuestion(
            scope: scope, tenant: tenant,
            act: .act(amount: amount.map(Sample.euro), establishment: establishment), today: day)
    }

    private static func refusal(_ question: AuthorityQuestion, _ facts: AuthorityFacts)
        -> AuthorityRefusal?
    {
        if case .disallowed(let refusal) = AuthorityRules.authorizes(question, facts) { refusal } else { nil }
    }

    private static func chosen(_ question: AuthorityQuestion, _ facts: AuthorityFacts)
        -> MandateIdentifier?
    {
        guard case .allowed(.mandate(let held)) = AuthorityRules.authorizes(question, facts) else { return nil }
        return held.mandate.identifier
    }

    @Test("of several companies the one that comes nearest says why nothing is allowed, and how far its mandates go")
    func nearest() {
        let low = Sample.held { $0.powers.limit = Sample.euro("200") }
        let other = Sample.held { $0.powers.scopes = [Sample.building] }
        let frozen = Self.facts([]) { $0.isCompanyActive = false }
        let near = Self.facts([other, low, Sample.held()])
        let question = Self.question(amount: "500.01")
        let found = AuthorityRules.nearest([frozen, Self.facts([other]), near, Self.facts([])], question)
        #expect(found?.refusal == .amountExceeded && found?.facts == near)
        #expect(AuthorityRules.limit(of: near, question) == Sample.euro("500"), "the mandate that goes farthest")
        #expect(AuthorityRules.nearest([frozen], question)?.refusal == .companyNotActive)
        #expect(AuthorityRules.nearest([], question)?.refusal == nil)
        // Where something else fails as well no limit is the reason, and in a chain the lowest link counts.
        #expect(AuthorityRules.limit(of: Self.facts([other]), question) == nil)
        let chain = Sample.chain { $0.parent?.powers.limit = Sample.euro("300") }
        #expect(AuthorityRules.limit(of: Self.carla(chain), question) == Sample.euro("300"))
    }

    @Test("a mandate allows what it covers, to the last cent, day and town")
    func covered() {
        let held = Sample.held()
        #expect(Self.chosen(Self.question(), Self.facts([held])) == held.mandate.identifier)
        for amount in ["0", "499.99", "500.00"] {
            #expect(Self.chosen(Self.question(amount: amount), Self.facts([held])) != nil)
        }
        for day in ["2026-01-01", "2026-12-31"] {
            #expect(Self.chosen(Self.question(on: Sample.day(day)), Self.facts([held])) != nil)
        }
    }

    @Test("I17: beyond scope, tenant, amount, time and establishment nothing is allowed, and the reason says which")
    func beyond() {
        let held = Sample.held {
            $0.powers.tenants = .only([Sample.bottrop])
            $0.powers.establishments = .only([Sample.north])
        }
        func refusal(_ question: AuthorityQuestion) -> AuthorityRefusal? { Self.refusal(question, Self.facts([held])) }
        let north = Sample.north
        #expect(refusal(Self.question(establishment: north)) == nil)
        #expect(refusal(Self.question(Sample.building, establishment: north)) == .scopeNotCovered)
        #expect(refusal(Self.question(at: Sample.herten, establishment: north)) == .tenantNotCovered)
        #expect(refusal(Self.question(establishment: north, on: Sample.day("2025-12-31"))) == .notYetValid)
        #expect(refusal(Self.question(establishment: north, on: Sample.day("2027-01-01"))) == .expired)
        #expect(refusal(Self.question(establishment: Sample.south)) == .establishmentNotCovered)
        #expect(refusal(Self.question(establishment: nil)) == .establishmentRequired)
        #expect(refusal(Self.question(amount: "500.01", establishment: north)) == .amountExceeded)
        #expect(refusal(Self.question(amount: nil, establishment: north)) == .amountRequired)
        var francs = Self.question(establishment: north)
        francs.act = .act(amount: MoneyAmount("1", .swissFranc), establishment: north)
        #expect(refusal(francs) == .currencyNotCovered)
    }

    @Test("a login does not know the act yet: limits go into the token, everything else counts")
    func login() {
        let held = Sample.held { $0.powers.establishments = .only([Sample.north]) }
        var question = Self.question()
        question.act = .login(price: nil)
        #expect(Self.chosen(question, Self.facts([held])) != nil)
        question.scope = Sample.building
        #expect(Self.refusal(question, Self.facts([held])) == .scopeNotCovered)
    }

    @Test(
        "I17: a login for a service whose amount a mandate's limit does not reach is not covered, nor in another currency"
    )
    func price() {
        func refusal(_ price: String, _ held: HeldMandate) -> AuthorityRefusal? {
            var question = Self.question()
            question.act = .login(price: Sample.euro(price))
            return Self.refusal(question, Self.facts([held]))
        }
        #expect(refusal("500.00", Sample.held()) == nil)
        #expect(refusal("500.01", Sample.held()) == .amountExceeded)
        #expect(refusal("500.01", Sample.held { $0.powers.limit = nil }) == nil)
        #expect(
            refusal("1.00", Sample.held { $0.powers.limit = MoneyAmount("500", .swissFranc) }) == .currencyNotCovered)
        // A chain covers what each of its links covers.
        var question = Self.question()
        question.act = .login(price: Sample.euro("100.01"))
        let chain = Sample.chain { $0.parent?.powers.limit = Sample.euro("100") }
        #expect(Self.refusal(question, Self.carla(chain)) == .amountExceeded)
    }

    @Test("a service that costs nothing has no price: a limit in whatever currency reaches it")
    func free() {
        var service = Service(
            identifier: ServiceIdentifier(rawValue: "frei")!, title: LocalizedText(german: "Frei"),
            publisher: Sample.herten, version: "1.0.0", contexts: [.company], requiredLevel: .normal,
            mandateScope: "parking.permit", amount: 0, servedTenants: [Sample.herten])
        #expect(service.price == nil)
        service.amount = 1
        #expect(service.price == Sample.euro("0.01"))
        service.amount = nil
        #expect(service.price == nil)
    }

    @Test("limits in two currencies are not compared as numbers: the one in euros counts, then the offered order")
    func currencies() {
        func held(_ name: String, _ amount: String, _ currency: Currency) -> HeldMandate {
            Sample.held {
                $0.identifier = Sample.name(name)
                $0.powers.limit = MoneyAmount(amount, currency)
            }
        }
        // From the most to the least preferred.
        let preferred = [
            held("b", "500", .euro), held("a", "400", .euro), held("d", "2000", .polishZloty),
            held("c", "1000", .swedishCrown),
        ]
        var question = Self.question()
        question.act = .login(price: nil)
        for count in 1...preferred.count {
            let some = Array(preferred.suffix(count))
            for order in [some, some.reversed()] {
                #expect(Self.chosen(question, Self.facts(order)) == some[0].mandate.identifier)
            }
        }
    }

    @Test("a mandate without limit needs no amount")
    func unlimited() {
        let held = Sample.held { $0.powers.limit = nil }
        #expect(Self.chosen(Self.question(amount: nil), Self.facts([held])) != nil)
        #expect(Self.chosen(Self.question(amount: "999999999999.99"), Self.facts([held])) != nil)
    }

    @Test(
        "I18: a mandate that is not active allows nothing from the next question on", arguments: MandateState.allCases)
    func states(state: MandateState) {
        let refusal = Self.refusal(Self.question(), Self.facts([Sample.held { $0.state = state }]))
        let expected: AuthorityRefusal? =
            switch state {
            case .active: nil
            case .suspended: .suspended
            case .expired: .expired
            case .draft, .awaitingCosign, .revoked, .superseded: .noMandate
            }
        #expect(refusal == expected)
        // A chain is as strong as each of its links.
        #expect(Self.refusal(Self.carla(Sample.chain { $0.parent?.state = state })) == expected)
        #expect(Self.refusal(Self.carla(Sample.chain { $0.mandate.state = state })) == expected)
    }

    @Test("I18: an ended membership or a frozen company allows nothing, whatever the register says")
    func parties() {
        let held = Sample.held()
        for register in [RegisterStanding.none, .sole, .joint] {
            #expect(
                Self.refusal(
                    Self.facts([held]) {
                        $0.isMemberActive = false
                        $0.register = register
                    }) == .membershipNotActive)
            #expect(
                Self.refusal(
                    Self.facts([held]) {
                        $0.isCompanyActive = false
                        $0.register = register
                    }) == .companyNotActive)
        }
        #expect(Self.refusal(Self.carla(Sample.chain { $0.areCompaniesActive = false })) == .noMandate)
    }

    @Test("I17: a chain allows no more than each of its links, even if a link was stored wider than it may be")
    func chain() {
        #expect(Self.chosen(Self.carla(Sample.chain())) == Sample.name("md-carla"))
        let forged: [((inout HeldMandate) -> Void, AuthorityRefusal)] = [
            ({ $0.parent?.powers.scopes = [Sample.building] }, .scopeNotCovered),
            ({ $0.parent?.powers.tenants = .only([Sample.herten]) }, .tenantNotCovered),
            ({ $0.parent?.powers.limit = Sample.euro("100") }, .amountExceeded),
            ({ $0.parent?.powers.validity.until = Sample.day("2026-02-28") }, .expired),
            ({ $0.parent?.powers.establishments = .only([Sample.south]) }, .establishmentRequired),
            ({ $0.parent = nil }, .noMandate),
        ]
        for (change, refusal) in forged { #expect(Self.refusal(Self.carla(Sample.chain(change))) == refusal) }
    }

    @Test("a mandate counts for its holder and its company alone")
    func holder() {
        let others: [(inout Mandate) -> Void] = [
            { $0.grantee = .membership(Sample.berta) }, { $0.grantee = .company(Sample.company) },
            { $0.company = Sample.otherCompany },
        ]
        for change in others { #expect(Self.refusal(Self.facts([Sample.held(change)])) == .noMandate) }
        #expect(Self.refusal(Self.facts([])) == .noMandate)
    }

    @Test("the register comes first: alone one needs no mandate, together with others one does")
    func register() {
        #expect(
            AuthorityRules.authorizes(Self.question(), Self.facts([Sample.held()]) { $0.register = .sole })
                == .allowed(.register))
        #expect(Self.refusal(Self.facts([]) { $0.register = .joint }) == .jointRepresentation)
        #expect(Self.chosen(Self.facts([Sample.held()]) { $0.register = .joint }) != nil)
        // Somebody of a service company does not represent the other company.
        #expect(
            Self.refusal(
                Self.facts([]) {
                    $0.home = Sample.serviceCompany
                    $0.register = .sole
                }) == .noMandate)
    }

    @Test("a service that needs no mandate is open to members of the company, and to nobody else")
    func membership() {
        #expect(AuthorityRules.authorizes(Self.question(nil), Self.facts([])) == .allowed(.membership))
        #expect(Self.refusal(Self.question(nil), Self.facts([]) { $0.home = Sample.serviceCompany }) == .noMandate)
        #expect(Self.refusal(Self.question(nil), Self.facts([]) { $0.isMemberActive = false }) == .membershipNotActive)
    }

    @Test("overlapping mandates: which one counts does not depend on their order, and limits do not add up")
    func overlapping() {
        // From the most to the least preferred.
        let direct = Sample.held { $0.identifier = Sample.name("e") }
        let preferred = [
            Sample.held {
                $0.identifier = Sample.name("unlimited")
                $0.powers.limit = nil
            },
            Sample.held {
                $0.identifier = Sample.name("higher")
                $0.powers.limit = Sample.euro("500.01")
            },
            Sample.held {
                $0.identifier = Sample.name("longer")
                $0.powers.validity.until = Sample.day("2027-01-01")
            },
            Sample.held {
                $0.identifier = Sample.name("older")
                $0.proposedAt = Sample.activated - 1
            }, direct, Sample.held { $0.identifier = Sample.name("f") },
            Sample.chain {
                $0.mandate.grantee = .membership(Sample.max)
                $0.mandate.powers.limit = nil
                $0.parent?.powers.limit = nil
            },
        ]
        for count in 1...preferred.count {
            let some = Array(preferred.suffix(count))
            for order in [some, some.reversed(), Array(some[(count / 2)...] + some[..<(count / 2)])] {
                #expect(Self.chosen(Self.facts(order)) == some[0].mandate.identifier)
            }
        }
        let two = [direct, Sample.held { $0.identifier = Sample.name("g") }]
        #expect(Self.refusal(Self.question(amount: "500.01"), Self.facts(two)) == .amountExceeded)
    }

    @Test("of several mandates that do not cover an act, the one that came nearest gives the reason")
    func nearestReason() {
        let far = Sample.held { $0.powers.scopes = [Sample.building] }
        let near = Sample.held { $0.powers.limit = Sample.euro("1") }
        for order in [[far, near], [near, far]] { #expect(Self.refusal(Self.facts(order)) == .amountExceeded) }
    }
}

extension AuthorityRulesTests {
    private static func refusal(_ facts: AuthorityFacts) -> AuthorityRefusal? { refusal(question(), facts) }
    private static func chosen(_ facts: AuthorityFacts) -> MandateIdentifier? { chosen(question(), facts) }
}

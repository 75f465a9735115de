import AccountDirectory
import OpenIDMessages

/// Mandates of one made-up company: the electrician of the region's sample.
enum Sample {
    static let company = CompanyIdentifier(rawValue: "elektro")!
    static let serviceCompany = CompanyIdentifier(rawValue: "buero")!
    static let otherCompany = CompanyIdentifier(rawValue: "other")!
    /// Max, an employee.
    static let max = MembershipIdentifier(rawValue: "m-max")!
    static let maxAccount = AccountIdentifier(rawValue: "a-max")!
    /// Berta, who grants rights.
    static let berta = MembershipIdentifier(rawValue: "m-berta")!
    static let bertaAccount = AccountIdentifier(rawValue: "a-berta")!
    /// Carla, an employee of the service company.
    static let carla = MembershipIdentifier(rawValue: "m-carla")!
    static let carlaAccount = AccountIdentifier(rawValue: "a-carla")!
    static let parking = MandateScope(rawValue: "parking.permit")!
    static let building = MandateScope(rawValue: "building.application")!
    static let waste = MandateScope(rawValue: "waste.order")!
    static let bottrop = TenantIdentifier(rawValue: "bottrop")!
    static let herten = TenantIdentifier(rawValue: "herten")!
    static let marl = TenantIdentifier(rawValue: "marl")!
    static let north = EstablishmentIdentifier(rawValue: "north")!
    static let south = EstablishmentIdentifier(rawValue: "south")!
    static let today = day("2026-03-01")
    /// 2026-01-16T08:30:00Z.
    static let activated = Timestamp(seconds: 1_768_552_200)

    static func day(_ text: String) -> CalendarDate { CalendarDate(rawValue: text)! }
    static func euro(_ text: String) -> MoneyAmount { MoneyAmount(text, .euro)! }
    static func name(_ text: String) -> MandateIdentifier { MandateIdentifier(rawValue: text)! }

    static func validity(_ from: String, _ until: String) -> MandateValidity {
        MandateValidity(from: day(from), until: day(until))
    }

    static func powers(_ change: (inout MandatePowers) -> Void = { _ in }) -> MandatePowers {
        var powers = MandatePowers(
            scopes: [parking], tenants: .all, limit: euro("500"), establishments: .all,
            validity: validity("2026-01-01", "2026-12-31"))
        change(&powers)
        return powers
    }

    /// Max's mandate for parking permits up to 500 euros in 2026, everywhere.
    static func mandate(_ change: (inout Mandate) -> Void = { _ in }) -> Mandate {
        var mandate = Mandate(
            identifier: name("md"), company: company, grantor: company, grantee: .membership(max), parent: nil,
            depth: 1, replaces: nil, powers: powers(), mayDelegate: false, approvalsNeeded: 1, basis: .delegated,
            reason: "Handwerkerparkausweise für Montagefahrzeuge", state: .active, proposedBy: berta,
            proposedAt: activated, activatedAt: activated, grantedBy: .orgAdmin)
        change(&mandate)
        return mandate
    }

    /// The service company's mandate, and Carla's that was delegated from it.
    static func chain(_ change: (inout HeldMandate) -> Void = { _ in }) -> HeldMandate {
        let parent = mandate {
            $0.identifier = name("md-buero")
            $0.grantee = .company(serviceCompany)
            $0.mayDelegate = true
        }
        let child = mandate {
            $0.identifier = name("md-carla")
            $0.grantor = serviceCompany
            $0.grantee = .membership(carla)
            $0.parent = parent.identifier
            $0.depth = 2
        }
        var held = HeldMandate(mandate: child, parent: parent, areCompaniesActive: true)
        change(&held)
        return held
    }

    static func held(_ change: (inout Mandate) -> Void = { _ in }) -> HeldMandate {
        HeldMandate(mandate: mandate(change), parent: nil, areCompaniesActive: true)
    }

    /// Somebody asks today for a mandate like Max's, from today on.
    static func proposal(_ change: (inout MandateProposal) -> Void = { _ in }) -> MandateProposal {
        var proposal = MandateProposal(
            grantor: company, grantee: .membership(max),
            powers: powers { $0.validity = validity("2026-03-01", "2026-12-31") }, reason: "Montagefahrzeuge")
        change(&proposal)
        return proposal
    }

    static func facts(_ change: (inout ProposalFacts) -> Void = { _ in }) -> ProposalFacts {
        var facts = ProposalFacts(
            today: today, scopes: [parking, building], tenants: [bottrop, herten],
            grantor: CompanyStanding(isActive: true, signaturesNeeded: 1, establishments: [north]),
            grantee: .member(account: maxAccount, company: company, isActive: true), parent: nil, standing: [],
            isGranted: true)
        change(&facts)
        return facts
    }

    /// A service company's wish to name Carla under its mandate.
    static func delegation(_ change: (inout MandateProposal) -> Void = { _ in }) -> MandateProposal {
        proposal {
            $0.grantor = serviceCompany
            $0.grantee = .membership(carla)
            $0.parent = name("md-buero")
            change(&$0)
        }
    }

    static func delegationFacts(_ change: (inout ProposalFacts) -> Void = { _ in }) -> ProposalFacts {
        facts {
            $0.grantee = .member(account: carlaAccount, company: serviceCompany, isActive: true)
            $0.parent = ParentStanding(mandate: chain().parent!, approvers: [bertaAccount])
            change(&$0)
        }
    }
}

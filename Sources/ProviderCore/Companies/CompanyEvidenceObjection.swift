internal import AccountDirectory
internal import OpenIDMessages

/// What is wrong with the evidence that a clerk gives. The rules of companies decide; this says which of their conditions
/// is not met, so that the clerk knows what to do.
public enum CompanyEvidenceObjection: String, Sendable, Hashable, CaseIterable {
    case inFuture, tooOld, tooWeak
    /// A freeze for this reason needs what says so.
    case noEvidence
    /// A later extract is recorded.
    case outdated
    /// The trade office vouches only for what stands in no register.
    case inRegister
    case inNoRegister
    /// The number of people whom one extract can name is limited.
    case powersOutOfRange
    case noRepresentative
    case namedTwice
    /// More signatures are wanted than people are named.
    case tooFewNamed
    /// A sole trader's owner is not who founded the account.
    case otherOwner
    /// What is said to be otherwise does not fit the rest.
    case changesContradict
    /// The trade register is another town's.
    case otherOffice

    /// What is wrong, and what to do.
    public var sentence: String {
        switch self {
        case .inFuture: "The day as_of lies in the future. Give the day on which the evidence was issued."
        case .tooOld:
            "The evidence is older than \(CompanyRules.oldestEvidence) days. Get a new one, and give its day as as_of."
        case .noEvidence:
            "A freeze for this reason needs what says so: the register's entry, or a court's or an authority's order. Give what "
                + "you looked at (--method) with its day. For a dispute it is not needed."
        case .outdated: "A later extract is recorded. Get a new one, and give its day as as_of."
        case .tooWeak:
            "The level is below what the company needs. Check the evidence as the level \(CompanyRules.leastFloor.name) demands."
        case .inRegister:
            "The company stands in a register: the register's extract proves it (register_extract), not the trade office."
        case .inNoRegister:
            "The company says that it stands in no register. The trade office vouches for it (--desk FILE), or the applicant "
                + "describes the company anew with register and EUID."
        case .powersOutOfRange: "An extract names 1 to \(CompanyRules.powersAtMost) people in powers."
        case .noRepresentative:
            "The extract names no legal representative. Add who represents the company; a Prokurist alone does not."
        case .namedTwice: "The extract names one person twice. Name everybody once, with the greater power."
        case .tooFewNamed:
            "More people are to sign together (representation) than the extract names. Name everybody who represents the company."
        case .otherOwner:
            "The trade register names somebody else than the applicant. Name the owner alone in powers (kind inhaber, "
                + "representation sole); a business that is not the applicant's is not verified for them."
        case .changesContradict:
            "The facts in changed contradict each other or the rest. A new EUID comes with its register, type and number "
                + "alike; a sole trader's account is not described anew."
        case .otherOffice: "The trade number is another town's. That town's office vouches for the company."
        }
    }
}

extension CompanyEvidenceObjection {
    /// The first condition that evidence of this day and level does not meet.
    init?(to evidence: StatedEvidence, for company: CompanyRecord, now: Timestamp) {
        let days = CompanyRules.daysOfEvidence(now)
        if evidence.asOf > days.upperBound {
            self = .inFuture
        } else if evidence.asOf < days.lowerBound {
            self = .tooOld
        } else if evidence.level < company.floor {
            self = .tooWeak
        } else {
            return nil
        }
    }

    /// Facts that make no description together with those that stay.
    init?(to facts: CompanyFacts?, of details: CompanyDetails) {
        guard let facts else { return nil }
        let changed = details.isRegistered || details.kind == .organization ? facts.changed(details) : nil
        guard changed?.isRegistered != details.isRegistered else { return nil }
        self = .changesContradict
    }

    /// The first condition that the people whom a register names do not meet.
    init?(to powers: [RegisterPowerEntry], in state: CompanyState) {
        if !(1...CompanyRules.powersAtMost).contains(powers.count) {
            self = .powersOutOfRange
        } else if !powers.contains(where: \.kind.isLegalRepresentative) {
            self = .noRepresentative
        } else if Set(powers.map(\.person.canonicalText)).count != powers.count {
            self = .namedTwice
        } else if state == .verifying,
            !RepresentationRules.canSuffice(powers.map { ($0.kind, $0.representation) })
        {
            self = .tooFewNamed
        } else {
            return nil
        }
    }
}

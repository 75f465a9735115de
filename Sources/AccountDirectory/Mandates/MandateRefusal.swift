/// Why a mandate, or a step in its life, was refused.
public enum MandateRefusal: String, Error, Sendable, Hashable, CaseIterable {
    // What is asked for.
    case scopeUnknown, tenantUnknown, establishmentUnknown
    case beginsInThePast, beginsTooFarAhead, endsBeforeItBegins, lastsTooLong
    case tooManyApprovals
    // Who takes part.
    case grantorNotActive, granteeNotActive
    /// The person is in another company: that needs a mandate for the company and one of the company for the person.
    case granteeElsewhere
    // The chain.
    case parentNotActive, delegationNotAllowed, chainTooLong, circular
    case wideningScope, wideningTenant, wideningAmount, wideningEstablishment, wideningTime
    // Its neighbours.
    case coveredAlready, widerThanStanding, replacedUnknown
    // Approval.
    case notEntitled, selfApproval, approvedAlready, deviceUsedAlready, notAwaitingApproval
    /// Several sign together for the company: only its administrators approve, whom as many have made.
    case jointRepresentation
    // Its life.
    case notInThatState
    /// Its last day is past.
    case over
}

extension MandatePowers.Dimension {
    /// What a mandate that exceeds its grantor's power in this dimension is refused with.
    public var refusal: MandateRefusal {
        switch self {
        case .scope: .wideningScope
        case .tenant: .wideningTenant
        case .amount: .wideningAmount
        case .establishment: .wideningEstablishment
        case .time: .wideningTime
        }
    }
}

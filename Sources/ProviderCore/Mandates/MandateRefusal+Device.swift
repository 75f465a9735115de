internal import AccountDirectory
internal import OpenIDMessages

extension MandateRefusal {
    /// What a person's device hears and what the operator reads.
    var deviceRefusal: DeviceRefusal {
        switch self {
        case .scopeUnknown, .tenantUnknown, .establishmentUnknown, .tooManyApprovals:
            DeviceRefusal(.mandateReach, .mandateReach)
        case .beginsInThePast, .beginsTooFarAhead, .endsBeforeItBegins, .lastsTooLong, .over:
            DeviceRefusal(.mandateDates, .mandateDates)
        case .grantorNotActive: DeviceRefusal(.companyNotActive, .companyNotActive)
        case .granteeNotActive, .granteeElsewhere: DeviceRefusal(.mandateParty, .mandateParty)
        case .parentNotActive, .delegationNotAllowed, .chainTooLong:
            DeviceRefusal(.mandateDelegation, .mandateDelegation)
        case .circular: DeviceRefusal(.mandateCircular, .mandateCircular)
        case .wideningScope, .wideningTenant, .wideningAmount, .wideningEstablishment, .wideningTime:
            DeviceRefusal(.mandateWider, .mandateWider)
        case .coveredAlready, .widerThanStanding, .replacedUnknown: DeviceRefusal(.mandateOverlap, .mandateOverlap)
        case .notEntitled, .jointRepresentation: DeviceRefusal(.roleNotEnough, .companyRole)
        case .selfApproval: DeviceRefusal(.selfApproval, .selfApproval)
        case .approvedAlready, .deviceUsedAlready: DeviceRefusal(.approvedBefore, .approvedBefore)
        case .notAwaitingApproval, .notInThatState: DeviceRefusal(.notInThisState, .companyState)
        }
    }
}

extension MandateOutcome {
    /// The value, or the refusal as the person's device hears it.
    func get() throws(DeviceRefusal) -> Value {
        switch self {
        case .done(let value): return value
        case .refused(let refusal): throw refusal.deviceRefusal
        case .unknown: throw DeviceRefusal(.unknownMandate, .mandateUnknown)
        }
    }
}

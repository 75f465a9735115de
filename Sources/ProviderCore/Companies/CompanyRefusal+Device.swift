internal import AccountDirectory
internal import OpenIDMessages

extension CompanyRefusal {
    /// What a person's device hears and what the operator reads.
    var deviceRefusal: DeviceRefusal {
        switch self {
        case .unknown: DeviceRefusal(.unknownCompany, .companyUnknown)
        case .invitationUnknown: DeviceRefusal(.unknownInvitation, .invitationUnknown)
        case .notPermitted: DeviceRefusal(.roleNotEnough, .companyRole)
        case .representative: DeviceRefusal(.registeredRepresentative, .companyRepresentative)
        case .lastAdministrator: DeviceRefusal(.lastAdministrator, .lastAdministrator)
        case .selfApproval: DeviceRefusal(.selfApproval, .selfApproval)
        case .approvedBefore: DeviceRefusal(.approvedBefore, .approvedBefore)
        case .notInThisState: DeviceRefusal(.notInThisState, .companyState)
        case .companyNotActive: DeviceRefusal(.companyNotActive, .companyNotActive)
        case .identityTaken: DeviceRefusal(.companyKnown, .companyKnown)
        case .consentMissing: DeviceRefusal(.consentNeeded, .companyConsent)
        case .levelTooLow: DeviceRefusal(.levelUnreachable, .companyLevel)
        case .evidenceNotEnough: DeviceRefusal(.companyDataRefused, .companyEvidence)
        case .notAcceptable: DeviceRefusal(.companyDataRefused, .companyRequest)
        case .tooMany: DeviceRefusal(.tooManyOpen, .companyLimit)
        }
    }
}

internal import OpenIDMessages

extension Refusal {
    /// The part of the catalogue about companies.
    var companyEntry: RefusalEntry {
        switch self {
        case .companyUnknown:
            RefusalEntry(
                .person, "There is no such company, member or invitation, or not for this person.",
                [.problem(.unknownCompany)],
                "Compare the identifier; who is no member sees nothing.")
        case .invitationUnknown:
            RefusalEntry(
                .person, "The code is unknown, used, over, or was presented by somebody who is not expected.",
                [.problem(.unknownInvitation)],
                "An administrator invites again, with name and birthday as they were proved. A code in the wrong hands "
                    + "ends its invitation: many of these are an attack.")
        case .invitationOtherGuest:
            RefusalEntry(
                .person, "Whoever agrees to an invitation named somebody else than it expects.",
                [.problem(.otherGuest)],
                "The inviter says whom they mean. Many of these are somebody guessing whom a company invites.")
        case .companyRole:
            RefusalEntry(
                .person, "The member's role does not allow the act.", [.problem(.roleNotEnough)],
                "An administrator of the company does it, or gives the role.")
        case .companyRepresentative:
            RefusalEntry(
                .person, "The register names the member as who represents the company, and not whoever asks.",
                [.problem(.registeredRepresentative)],
                "Another representative whom the register names does it, or a clerk records an extract that names the "
                    + "member no more.")
        case .lastAdministrator:
            RefusalEntry(
                .person, "The company would have no administrator whose rights count.",
                [.problem(.lastAdministrator)],
                "A successor accepts an invitation, the company is closed, or the region's clerk freezes it with "
                    + "evidence. A person may always withdraw the consent and then leave, or close the own account: that "
                    + "freezes the company.")
        case .selfApproval:
            RefusalEntry(
                .person, "Somebody tried to approve what raises their own rights.", [.problem(.selfApproval)],
                "Another administrator approves.")
        case .approvedBefore:
            RefusalEntry(
                .person, "The person or the device has agreed or signed before.", [.problem(.approvedBefore)],
                "Another administrator, on another device, agrees.")
        case .companyState:
            RefusalEntry(
                .person, "The company, membership or invitation is not in a state that allows it.",
                [.problem(.notInThisState)],
                "Look at its state; what ended stays ended.")
        case .companyNotActive:
            RefusalEntry(
                .person, "The company is a draft, frozen or closed.", [.problem(.companyNotActive)],
                "Verify it, or bring new proof to the office that froze it.")
        case .companyKnown:
            RefusalEntry(
                .person, "A verified company has the EUID, the business identification number or the trade number.",
                [.problem(.companyKnown)],
                "Its administrators invite; in a dispute the region's clerk freezes.")
        case .companyConsent:
            RefusalEntry(
                .person, "The person has not agreed that the private identity is used for the company.",
                [.problem(.consentNeeded)],
                "Nobody becomes a member without it.")
        case .companyLevel:
            RefusalEntry(
                .person, "Identity or device is below the level that the company needs.",
                [.problem(.levelUnreachable)],
                "The person proves identity to the level, or uses a device that reaches it.")
        case .companyEvidence:
            RefusalEntry(
                .person, "The evidence is missing, too weak, too old, from the future or for another kind of company.",
                [.problem(.companyDataRefused)],
                "A company in a register needs its extract and signatures, or an account upstream.")
        case .companyRequest:
            RefusalEntry(
                .person, "What is asked for is not possible, e.g. an administrator with an end date.",
                [.problem(.companyDataRefused)],
                "Read the rules in `docs/domain.md`.")
        case .companyUpstream:
            RefusalEntry(
                .operator,
                "No account for organisations is connected that could vouch for a company, or it cannot be asked.",
                [.problem(.companyUpstreamUnavailable)],
                "Connect one (`CompanyUpstream`, docs/domain.md); until then an extract or a trade office is the way.")
        default:
            RefusalEntry(
                .person, "Too many drafts or invitations are open.", [.problem(.tooManyOpen)],
                "Finish or withdraw some.")
        }
    }
}

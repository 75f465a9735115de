/// What a person does only with a fresh act and the PIN: what a thief of an unlocked phone could do harm with.
public enum ConfirmedAction: String, Sendable, Hashable, CaseIterable {
    // Devices.
    case addDevice = "add_device"
    case approveDevice = "approve_device"
    case suspendDevice = "suspend_device"
    case findDevice = "find_device"
    case revokeDevice = "revoke_device"
    // The account.
    case changeContact = "change_contact"
    case exportAccount = "export_account"
    case lockAccount = "lock_account"
    case closeAccount = "close_account"
    case withdrawRelease = "withdraw_release"
    // A company's own life.
    case createCompany = "create_company"
    case changeCompany = "change_company"
    case submitCompany = "submit_company"
    case verifyCompany = "verify_company"
    case signForCompany = "sign_for_company"
    case closeCompany = "close_company"
    case addEstablishment = "add_establishment"
    case closeEstablishment = "close_establishment"
    // The people in it.
    case inviteMember = "invite_member"
    case approveInvitation = "approve_invitation"
    case withdrawInvitation = "withdraw_invitation"
    case acceptInvitation = "accept_invitation"
    case leaveCompany = "leave_company"
    case changeConsent = "change_consent"
    case removeMember = "remove_member"
    case suspendMember = "suspend_member"
    case resumeMember = "resume_member"
    case changeRoles = "change_roles"
    // Mandates.
    case proposeMandate = "propose_mandate"
    case cosignMandate = "cosign_mandate"
    case revokeMandate = "revoke_mandate"
    case suspendMandate = "suspend_mandate"
    case resumeMandate = "resume_mandate"
}

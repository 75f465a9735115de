public import OpenIDMessages

extension AdministrationRole {
    /// What the role is called.
    public var title: BilingualText {
        switch self {
        case .regionAdministrator: BilingualText("Administration der Region", "administrator of the region")
        case .regionAuditor: BilingualText("Prüfung der Region", "auditor of the region")
        case .tenantAdministrator: BilingualText("Administration der Stadt", "administrator of the town")
        case .serviceOwner: BilingualText("Verantwortung für Dienste", "owner of services")
        case .dataProtectionOfficer: BilingualText("Datenschutz", "data protection officer")
        case .clerk: BilingualText("Bürgerbüro", "clerk")
        case .companyClerk: BilingualText("Gewerbeamt", "clerk of the trade office")
        case .auditor: BilingualText("Prüfung der Stadt", "auditor of the town")
        case .operatorStaff: BilingualText("IT-Dienstleister", "staff of the IT provider")
        case .emergency: BilingualText("Notfallzugriff", "emergency access")
        }
    }
}

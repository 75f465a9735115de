import OpenIDMessages

extension ConfirmedAction {
    /// The act as a list of receipts names it in German.
    var german: String {
        switch self {
        case .addDevice: "Link für ein weiteres Gerät"
        case .approveDevice: "Gerät zugelassen"
        case .suspendDevice: "Gerät gesperrt"
        case .findDevice: "Gerät wieder zugelassen"
        case .revokeDevice: "Gerät entfernt"
        case .changeContact: "Kontaktdaten geändert"
        case .exportAccount: "Kopie der Daten"
        case .lockAccount: "Konto gesperrt"
        case .closeAccount: "Konto geschlossen"
        case .withdrawRelease: "Freigabe zurückgenommen"
        case .createCompany: "Unternehmen angelegt"
        case .changeCompany: "Angaben zum Unternehmen geändert"
        case .submitCompany: "Unternehmen zur Prüfung gegeben"
        case .verifyCompany: "Unternehmen durch ein anderes Konto nachgewiesen"
        case .signForCompany: "Für das Unternehmen unterschrieben"
        case .closeCompany: "Unternehmen geschlossen"
        case .addEstablishment: "Betriebsstätte angelegt"
        case .closeEstablishment: "Betriebsstätte geschlossen"
        case .inviteMember: "Mitglied eingeladen"
        case .approveInvitation: "Einladung zugestimmt"
        case .withdrawInvitation: "Einladung zurückgezogen"
        case .acceptInvitation: "Einladung angenommen"
        case .leaveCompany: "Unternehmen verlassen"
        case .changeConsent: "Einwilligung geändert"
        case .removeMember: "Mitglied entfernt"
        case .suspendMember: "Mitgliedschaft ruht"
        case .resumeMember: "Mitgliedschaft gilt wieder"
        case .changeRoles: "Rollen geändert"
        case .proposeMandate: "Vollmacht gegeben oder erbeten"
        case .cosignMandate: "Vollmacht zugestimmt"
        case .revokeMandate: "Vollmacht widerrufen"
        case .suspendMandate: "Vollmacht ruht"
        case .resumeMandate: "Vollmacht gilt wieder"
        }
    }
}

public import AccountDirectory
public import OpenIDMessages

/// A person's companies, seen from a phone. What is done in a company's name is always confirmed: who finds an unlocked
/// phone must not act for others.
public struct OwnCompanies: Sendable {
    public let flow: CompanyFlow

    /// A new company with the person as its first administrator.
    public func creating(_ details: JSONObject, language: Language) throws -> ProposedAct {
        let facts = try flow.facts(details)
        let text =
            language == .german
            ? "Unternehmen \(facts.name.text.inGermanQuotes) anlegen? Sie werden seine erste Administratorin oder sein erster "
                + "Administrator. Es kann erst handeln, wenn es nachgewiesen ist."
            : "Create the company \(facts.name.text.inEnglishQuotes)? You become its first administrator. It can act only when it is "
                + "verified."
        return ProposedAct(.createCompany, text: text) { [flow] confirmation in
            let created = try await flow.create(details, by: confirmation.device)
            return [
                "company": .string(created.company.identifier.rawValue),
                "membership": .string(created.membership.identifier.rawValue),
                "state": .string(created.company.state.rawValue),
            ]
        }
    }

    /// A draft is described otherwise.
    public func describing(
        _ company: CompanyIdentifier, as details: JSONObject, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        let facts = try flow.facts(details)
        let text =
            language == .german
            ? "Die Angaben zum Unternehmen \(name.inGermanQuotes) ersetzen? Es heißt dann \(facts.name.text.inGermanQuotes)."
            : "Replace the facts about the company \(name.inEnglishQuotes)? Its name is then \(facts.name.text.inEnglishQuotes)."
        return ProposedAct(.changeCompany, text: text) { [flow] confirmation in
            try await flow.describe(company, as: details, by: confirmation.device)
            return Self.done(company)
        }
    }

    /// Another account for organisations vouches for the company.
    public func verifying(
        _ company: CompanyIdentifier, upstream assertion: String, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        try flow.expectUpstream()
        let text =
            language == .german
            ? "Das Unternehmen \(name.inGermanQuotes) mit dem anderen Unternehmenskonto nachweisen? Nennt es Sie als "
                + "vertretungsberechtigt, unterschreiben Sie damit für das Unternehmen."
            : "Verify the company \(name.inEnglishQuotes) by the other account for companies? If that names you among its representatives, "
                + "you sign for the company with this."
        return ProposedAct(.verifyCompany, text: text) { [flow] confirmation in
            try await flow.verify(company, upstream: assertion, by: confirmation.device)
            let state = try await flow.company(company, for: confirmation.device).company.state
            return ["company": .string(company.rawValue), "state": .string(state.rawValue)]
        }
    }

    /// The description is complete.
    public func submitting(
        _ company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        let text =
            language == .german
            ? "Die Angaben zum Unternehmen \(name.inGermanQuotes) zum Nachweis einreichen?"
            : "Submit the facts about the company \(name.inEnglishQuotes) for verification?"
        return ProposedAct(.submitCompany, text: text) { [flow] confirmation in
            try await flow.submit(company, by: confirmation.device)
            return Self.done(company)
        }
    }

    /// The register names the person, and the person signs for the company.
    public func signing(
        for company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await flow.companyToSign(company, by: device).details.name.text
        let text =
            language == .german
            ? "Für das Unternehmen \(name.inGermanQuotes) unterschreiben? Das Register nennt Sie als vertretungsberechtigt. Sie werden "
                + "Administratorin oder Administrator, und Ihre private Identität wird dafür verwendet."
            : "Sign for the company \(name.inEnglishQuotes)? The register names you among its representatives. You become an "
                + "administrator, and your private identity is used for that."
        return ProposedAct(.signForCompany, text: text) { [flow] confirmation in
            try await flow.sign(company, usesPrivateIdentity: true, by: confirmation.device)
            return Self.done(company)
        }
    }

    public func closing(
        _ company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        let text =
            language == .german
            ? "Das Konto des Unternehmens \(name.inGermanQuotes) schließen? Alle Vollmachten enden."
            : "Close the account of the company \(name.inEnglishQuotes)? All its mandates end."
        return ProposedAct(.closeCompany, text: text) { [flow] confirmation in
            let outcome = try await flow.close(company, by: confirmation.device)
            return Self.done(company, outcome)
        }
    }

    // MARK: Establishments

    public func adding(
        _ establishment: JSONObject, to company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        let record = try EstablishmentRecord(json: establishment, identifier: .random(), company: company)
        try record.address.check()
        let text =
            language == .german
            ? "Die Betriebsstätte \(record.name.text.inGermanQuotes) zum Unternehmen \(name.inGermanQuotes) hinzufügen?"
            : "Add the establishment \(record.name.text.inEnglishQuotes) to the company \(name.inEnglishQuotes)?"
        return ProposedAct(.addEstablishment, text: text) { [flow] confirmation in
            let added = try await flow.addEstablishment(establishment, to: company, by: confirmation.device)
            return ["company": .string(company.rawValue), "establishment": .string(added.rawValue)]
        }
    }

    public func closing(
        _ establishment: EstablishmentIdentifier, of company: CompanyIdentifier, by device: VerifiedDevice,
        language: Language
    ) async throws -> ProposedAct {
        let view = try await flow.company(company, for: device)
        guard let found = view.establishments.first(where: { $0.identifier == establishment }) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        let text =
            language == .german
            ? "Die Betriebsstätte \(found.name.text.inGermanQuotes) des Unternehmens \(view.company.details.name.text.inGermanQuotes) schließen?"
            : "Close the establishment \(found.name.text.inEnglishQuotes) of the company \(view.company.details.name.text.inEnglishQuotes)?"
        return ProposedAct(.closeEstablishment, text: text) { [flow] confirmation in
            try await flow.closeEstablishment(establishment, of: company, by: confirmation.device)
            return ["company": .string(company.rawValue), "establishment": .string(establishment.rawValue)]
        }
    }

    // MARK: What is shared

    /// The company's name, for its members; for nobody else there is such a company.
    func name(of company: CompanyIdentifier, _ device: VerifiedDevice) async throws -> String {
        try await flow.company(company, for: device).company.details.name.text
    }

    static func done(_ company: CompanyIdentifier, _ outcome: CompanyActOutcome = .done) -> JSONObject {
        ["company": .string(company.rawValue), "outcome": .string(outcome.rawValue)]
    }
}

extension CompanyFlow {
    /// A company whose register names this person; nobody else learns that there is one.
    func companyToSign(_ company: CompanyIdentifier, by device: VerifiedDevice) async throws -> CompanyRecord {
        guard let identity = ExpectedIdentity(device.account.person), let file = try await store.file(of: company),
            file.powers.contains(where: { $0.person == hashing.hash(identity, in: company) })
        else { throw DeviceRefusal(.unknownCompany, .companyUnknown) }
        return file.company
    }
}

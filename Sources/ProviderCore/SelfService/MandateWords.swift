internal import AccountDirectory
internal import OpenIDMessages

/// What a person reads of a mandate before signing: all that it says, so that nobody signs blind. What people wrote
/// stands in quotation marks, and what they wrote freely at the end.
struct MandateWords {
    let proposal: MandateProposal
    /// The company for which the holder acts.
    let company: CompanyIdentifier
    /// The companies that take part, as far as there are any.
    let files: [CompanyIdentifier: CompanyFile]
    /// What scopes and towns are called.
    let registry: ClientRegistry
    let reader: AccountIdentifier
    let language: Language

    var text: String {
        let parts =
            language == .german
            ? [
                "Unternehmen: \(name(of: company)).", giver.map { "Gegeben von: \($0)." }, "Wer: \(holder).",
                "Für: \(scopes).", "Wo: \(towns ?? "überall").", "Betriebsstätten: \(establishments ?? "alle").",
                "Bis zu: \(limit ?? "ohne Grenze").", "Von \(from) bis \(until).",
                proposal.mayDelegate ? "Sie darf weitergegeben werden." : nil,
                proposal.replaces == nil ? nil : "Sie ersetzt eine andere Vollmacht.", "Zweck: \(reason)",
            ]
            : [
                "Company: \(name(of: company)).", giver.map { "Given by: \($0)." }, "Who: \(holder).",
                "For: \(scopes).", "Where: \(towns ?? "everywhere").", "Establishments: \(establishments ?? "all").",
                "Up to: \(limit ?? "no limit").", "From \(from) until \(until).",
                proposal.mayDelegate ? "It may be delegated." : nil,
                proposal.replaces == nil ? nil : "It takes the place of another mandate.", "Purpose: \(reason)",
            ]
        return parts.compactMap(\.self).joined(separator: " ")
    }

    // MARK: Who

    /// The service company that delegates; nil where the company gives the mandate itself.
    private var giver: String? { proposal.grantor == company ? nil : name(of: proposal.grantor) }

    private var holder: String {
        switch proposal.grantee {
        case .company(let company):
            language == .german ? "das Unternehmen \(name(of: company))" : "the company \(name(of: company))"
        case .membership(let membership): person(membership)
        }
    }

    /// A colleague's name; the other companies of a chain see none (I21).
    private func person(_ membership: MembershipIdentifier) -> String {
        let people = files[proposal.grantor]?.people ?? []
        guard people.contains(where: { $0.membership.account == reader }) else {
            let company = name(of: proposal.grantor)
            return language == .german ? "ein Mitglied von \(company)" : "a member of \(company)"
        }
        let person = people.first { $0.membership.identifier == membership }
        return person.map { "\($0.givenName) \($0.familyName)" } ?? membership.rawValue
    }

    /// A company that nobody has verified calls itself what it likes: it has no name here.
    private func name(of company: CompanyIdentifier) -> String {
        guard let record = files[company]?.company, [.active, .frozen, .closing].contains(record.state) else {
            return company.rawValue
        }
        return quoted(record.details.name.text)
    }

    // MARK: What

    /// The services that ask for each of the powers, and the power's own name, which is what counts: that alone where the
    /// titles would fill the screen.
    private var scopes: String {
        let (services, scopes) = (registry.servicesWithMandates, proposal.powers.scopes.map(\.rawValue).sorted())
        let titled = scopes.map { scope in
            let titles = services.filter { $0.mandateScope == scope }.map { $0.title.text(language) }
            guard !titles.isEmpty else { return scope }
            return "\(Set(titles).sorted().map(quoted).joined(separator: ", ")) (\(scope))"
        }.joined(separator: ", ")
        return titled.utf8.count <= 1024 ? titled : scopes.joined(separator: ", ")
    }

    private var towns: String? {
        guard case .only(let towns) = proposal.powers.tenants else { return nil }
        return towns.map { registry.tenant($0)?.officialName ?? $0.rawValue }.sorted().joined(separator: ", ")
    }

    /// Numbers and names, or the numbers alone where the names would fill the screen; nil for all.
    private var establishments: String? {
        guard case .only(let wanted) = proposal.powers.establishments else { return nil }
        let known = (files[company]?.establishments ?? []).filter { wanted.contains($0.identifier) }
        let unknown = wanted.subtracting(known.map(\.identifier)).sorted().map(\.rawValue)
        let named = (known.map { "\($0.activity) \(quoted($0.name.text))" } + unknown).joined(separator: ", ")
        return named.utf8.count <= 512 ? named : (known.map(\.activity) + unknown).joined(separator: ", ")
    }

    private var limit: String? { proposal.powers.limit?.words(language) }
    private var from: String { proposal.powers.validity.from.text(language) }
    private var until: String { proposal.powers.validity.until.text(language) }
    private var reason: String { quoted(proposal.reason) }

    private func quoted(_ text: String) -> String { language.say(text.inGermanQuotes, text.inEnglishQuotes) }
}

extension MandateProposal {
    /// What somebody would ask for to get this mandate.
    init(_ mandate: Mandate) {
        self.init(
            grantor: mandate.grantor, grantee: mandate.grantee, parent: mandate.parent, replaces: mandate.replaces,
            powers: mandate.powers, mayDelegate: mandate.mayDelegate, approvals: mandate.approvalsNeeded,
            reason: mandate.reason)
    }
}

public import AccountDirectory
public import OpenIDMessages

/// What happened with a person's account and data in all towns, in words: what, where, and who.
public struct OwnAudit: Sendable {
    public let flow: AuditFlow
    let registry: ClientRegistry
    let companies: any CompanyStore

    /// An event as its person reads it.
    public struct Event: Sendable {
        public let entry: AuditEntry
        /// The town's official name; nil for what is the region's, or no town's any more.
        public let tenantName: String?
        /// The portal's name; nil when the event is about none.
        public let portal: String?
        /// The company's name, where the event is about one; nil as well when its facts were erased.
        public let company: String?

        /// Under which name its reader stands in the chain.
        let reader: AuditPseudonym?

        /// The event as its chain has it. What its reader did to others bears none of the names under which the region knows
        /// those, their devices and their companies: by these one town's people would be found in another (I24). Of a colleague
        /// who did something to the reader's membership there is no name either (I21).
        public var json: JSONObject {
            var object = entry.json
            guard entry.isAct(of: reader) && entry.person != reader || isOfColleague else { return object }
            for name in ["object", "person", "company", "previous", "hash"] { object[name] = nil }
            return object
        }

        /// True for what a colleague did to the reader's membership.
        private var isOfColleague: Bool { entry.actor == "person" && entry.person != nil && entry.person != reader }

        /// What happened.
        public var what: BilingualText {
            company.flatMap { SecurityEvent.Kind(rawValue: entry.kind)?.words(company: $0) } ?? entry.what(for: reader)
        }

        /// Who did it. An administrator has no name here but the one under which the town's own trail knows them, so that the
        /// person can ask there who it was; nil for events without an author.
        public var who: BilingualText? {
            switch entry.actor {
            case "administrator" where entry.isAct(of: reader):
                BilingualText("Sie selbst, in der Verwaltung", "yourself, in administration") + place
            case "person" where isOfColleague:
                BilingualText("jemand, der das Unternehmen verwaltet", "somebody who administers the company")
            case "person": BilingualText("Sie selbst", "yourself")
            case "portal":
                BilingualText("Portal", "portal")
                    + (portal.map { BilingualText(" \($0.inGermanQuotes)", " \($0.inEnglishQuotes)") }
                        ?? BilingualText(verbatim: ""))
            case "clerk":
                BilingualText("jemand am Schalter", "somebody at a desk") + place
            case "administrator":
                BilingualText("jemand in der Verwaltung", "somebody in administration") + place
                    + BilingualText(verbatim: entry.administrator.map { ", \($0.text)" } ?? "")
            case "system": BilingualText("das Bürgerkonto selbst", "the provider itself")
            default: nil
            }
        }

        private var place: BilingualText {
            tenantName.map { BilingualText(" (\($0))", " (\($0))") } ?? BilingualText(" der Region", " of the region")
        }
    }

    public struct Page: Sendable {
        /// The latest first.
        public let events: [Event]
        /// What to give as `before` for the next page; nil when there is none.
        public let next: Int64?
    }

    /// - Parameter onlyLooks: only who else has seen data of the person, or got them.
    public func page(
        of account: AccountIdentifier, onlyLooks: Bool = false, before cursor: Int64? = nil
    ) async throws -> Page {
        let page = try await flow.page(
            of: account, onlyLooks: onlyLooks, before: cursor)
        return Page(events: try await events(page), next: page.next)
    }

    /// Everything that the chains say of a person, the latest first, and under which name the person stands in each.
    func everything(
        about account: AccountIdentifier
    ) async throws -> (events: [Event], names: [(chain: String, name: AuditPseudonym)]) {
        var events: [Event] = []
        var names: [AuditChain: AuditPseudonym] = [:]
        var cursor: Int64?
        repeat {
            let page = try await flow.page(of: account, before: cursor, limit: AuditFlow.largestPage)
            events += try await self.events(page)
            names = page.names
            cursor = page.next
        } while cursor != nil
        return (events, names.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 })
    }

    private func events(_ page: AuditPage) async throws -> [Event] {
        let companies = try await names(of: Set(page.entries.compactMap(\.company)))
        return page.entries.map { entry in
            Event(
                entry: entry, tenantName: entry.chain.tenant.flatMap { registry.tenant($0)?.officialName },
                portal: portal(entry), company: entry.company.flatMap { companies[$0] },
                reader: page.names[entry.chain])
        }
    }

    /// Companies by their identifiers, as they are called now.
    private func names(of companies: Set<String>) async throws -> [String: String] {
        var names: [String: String] = [:]
        for company in companies {
            guard let identifier = CompanyIdentifier(rawValue: company) else { continue }
            names[company] = try await self.companies.name(of: identifier)
        }
        return names
    }

    private func portal(_ entry: AuditEntry) -> String? {
        guard ["token", "client"].contains(entry.kind.prefix { $0 != "." }) || entry.kind == "auth.report_withdrawn",
            let identifier = entry.object.flatMap(ClientIdentifier.init(rawValue:))
        else { return nil }
        return registry.resolve(identifier)?.client.name ?? identifier.rawValue
    }
}

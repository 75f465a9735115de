internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// Mandates at the local administration socket: those of every company of the region.
enum MandateAdministration {
    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        let regionsClerk = CompanyClerk(caller)
        // `?after=MANDATE`: the next page begins behind it.
        router.get("/companies/{company}/mandates") { request, context in
            try await CompanyAdministration.explaining {
                let page = PageRequest(limit: PageRequest.longest, after: try request.query()["after"])
                let company = try await provider.companyOffices.open(
                    try context.parameters.require("company"), by: regionsClerk)
                let mandates = try await provider.mandateOffices.list(company, page: page)
                var answer: JSONObject = ["mandates": .array(mandates.map { .object($0.json) })]
                if mandates.count == page.limit {
                    answer["next"] = mandates.last.map { .string($0.identifier.rawValue) }
                }
                return Answer.json(answer)
            }
        }
        router.get("/mandates/{mandate}") { _, context in
            try await CompanyAdministration.explaining {
                let opened = try await provider.mandateOffices.open(
                    try context.parameters.require("mandate"), by: regionsClerk)
                return Answer.json(try await provider.mandateOffices.show(opened).json)
            }
        }
        // `tenant` is the town whose office acts; without it the region's own clerk does.
        router.post("/mandates/{mandate}/revocation") { request, context in
            try await CompanyAdministration.explaining {
                var request = request
                var reader = MemberReader(try await request.json())
                let tenant: TenantIdentifier? = try reader.optionalWire("tenant")
                try reader.finish()
                let clerk = try CompanyAdministration.clerk(of: tenant, provider, caller)
                let opened = try await provider.mandateOffices.open(
                    try context.parameters.require("mandate"), by: clerk)
                return Answer.json(try await provider.mandateOffices.revoke(opened).json)
            }
        }
    }
}

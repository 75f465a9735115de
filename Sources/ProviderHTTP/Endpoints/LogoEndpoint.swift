internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `GET /logos/{tenant}`: the picture of a tenant, from our own address, as the region file has it (checklist K5). It is a
/// PNG of pixels alone (`RasterImage`); the policy of every answer keeps it from being anything else.
struct LogoEndpoint {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.get("/logos/{tenant}") { _, context in answer(about: try context.parameters.require("tenant")) }
    }

    private func answer(about name: String) -> Response {
        guard let tenant = TenantIdentifier(rawValue: name).flatMap(provider.registry.tenant), tenant.isLive,
            let logo = tenant.branding.logo
        else { return Answer.json(["error": "not_found"], status: .notFound) }
        return Answer.bytes(
            logo.bytes, type: "image/png", status: .ok,
            headers: [.cacheControl: "public, max-age=300", .crossOriginResourcePolicy: "same-origin"])
    }
}

extension HTTPField.Name {
    fileprivate static let crossOriginResourcePolicy = Self("Cross-Origin-Resource-Policy")!
}

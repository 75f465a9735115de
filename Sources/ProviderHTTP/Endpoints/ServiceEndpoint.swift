internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `GET /services/{service}`: which tenants offer a service, and where a login for it begins at each. With `tenant`, a
/// tenant's identifier or Amtlicher Gemeindeschlüssel, also whether that one does: who does not leads people to those that
/// do (OpenID Connect Core §4). Public knowledge, the same for everybody.
struct ServiceEndpoint {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.get(RouterPath(DiscoveryDocument.Path.services + "/{service}")) { request, context in
            answer(to: request, about: try context.parameters.require("service"))
        }
    }

    private func answer(to request: Request, about name: String) -> Response {
        guard let query = try? request.query(), query.names.allSatisfy({ $0 == "tenant" }) else {
            return Answer.service(.invalidRequest)
        }
        let tenant = query["tenant"].map { provider.registry.tenant(called: $0) }
        guard tenant == nil || tenant != .some(nil), let service = ServiceIdentifier(rawValue: name),
            let title = provider.registry.title(of: service)
        else { return Answer.service(.notFound) }
        let places = provider.registry.places(of: service)
        var document: JSONObject = [
            "service": .string(service.rawValue), "title": .object(title.localizedMembers),
            "offered_by": .array(places.map { .object(json($0)) }),
        ]
        if let tenant = tenant ?? nil {
            document["tenant"] = .string(tenant.identifier.rawValue)
            document["offered"] = .bool(places.contains { $0.tenant == tenant.identifier })
        }
        return Answer.json(
            document, headers: [.cacheControl: "public, max-age=300", .accessControlAllowOrigin: "*"])
    }

    private func json(_ place: EffectiveServices.Place) -> JSONObject {
        var object: JSONObject = ["tenant": .string(place.tenant.rawValue), "name": .string(place.name)]
        object["ags"] = (provider.registry.tenant(place.tenant)?.municipalityKey).map { .string($0) }
        object["initiate_login_uri"] = place.initiateLoginURI.map { .string($0.rawValue) }
        return object
    }
}

extension LocalizedText {
    fileprivate var localizedMembers: JSONObject {
        var object: JSONObject = ["de": .string(german)]
        object["en"] = english.map { .string($0) }
        return object
    }
}

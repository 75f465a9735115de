internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let releases: [AccountRoute] = [
        AccountRoute(
            .get, "/releases", "see what one released, to which portal, service and purpose, in all towns",
            .read { call in
                let listed = try await call.service.releases.flow.list(of: call.device.account.identifier)
                return ["releases": .array(listed.map { .object($0.json(call.language)) })]
            }),
        AccountRoute(
            .post, "/releases/{release}/withdrawal", "take a release back", events: [.releaseWithdrawn],
            .confirmed(.withdrawRelease) { call in
                try call.expectNothing()
                return try await call.service.releases.withdrawing(
                    call.identifier("release"), by: call.device, language: call.language)
            }),
    ]
}

extension ListedRelease {
    /// Names of claims, never their values.
    fileprivate func json(_ language: Language) -> JSONObject {
        let (key, released) = (release.key, release.released)
        var object: JSONObject = [
            "release": .string(release.identifier.rawValue), "state": .string(release.state.rawValue),
            "client_id": .string(key.client.rawValue), "portal": .string(portal),
            "context": .string(key.context.rawValue), "released": .strings(released),
            "kept_back": .strings(release.asked.filter { !released.contains($0) }),
            "granted_at": release.grantedAt.json,
        ]
        object["tenant_name"] = tenantName.map { .string($0) }
        object["service"] = key.service.map { .string($0.rawValue) }
        object["service_title"] = service.map { .string($0.text(language)) }
        object["purpose_version"] = key.service.map { _ in .string(key.purposeVersion) }
        object["legal_basis"] = (imprint?.legalBasis).map { .string($0) }
        object["privacy_uri"] = (imprint?.privacy).map { .string($0) }
        object["contact"] = (imprint?.contact).map { .string($0) }
        object["ended_at"] = release.endedAt.map(\.json)
        return object
    }
}

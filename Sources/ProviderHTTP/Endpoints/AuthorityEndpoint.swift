internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `POST /authority/check`: whether somebody may act for a company (docs/integration.md).
struct AuthorityEndpoint {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.post(RouterPath(DiscoveryDocument.Path.authorityCheck)) { request, context in
            await ClientCall(provider: provider, context: context).answer(request) { parameters, caller in
                Answer.json(
                    try await provider.authority.check(AuthorityInquiry(parameters: parameters), by: caller.client))
            }
        }
    }
}

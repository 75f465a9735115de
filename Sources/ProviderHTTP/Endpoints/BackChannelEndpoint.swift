internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `/bc-authorize`: a portal asks for a login without a browser (OpenID Connect CIBA Core §7).
struct BackChannelEndpoint {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.post(RouterPath(DiscoveryDocument.Path.backChannelAuthentication)) { request, context in
            await ClientCall(provider: provider, context: context).answer(request) { parameters, caller in
                Answer.json(
                    try await provider.backChannel.begin(
                        parameters, by: caller.client, proofKey: caller.key?.thumbprint,
                        area: NetworkArea.text(context.remoteAddress)))
            }
        }
    }
}

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ProviderHTTP
import ProviderHarness

extension TestProvider {
    /// Every route of the public listener, as `GET /login/{page}`.
    var routes: Set<String> {
        Set(
            ProviderApplication.router(provider: provider).routes.map { route in
                "\(route.method) " + route.path.description
            })
    }
}

extension TestResponse {
    /// The whole answer without what is random in each: references, nonces, dates; `identifier` is written as `ID`.
    func comparable(without identifier: String) -> String {
        var fields = headers
        fields[.nonce] = nil
        fields[.date] = nil
        let text = fields.map { "\($0.name): \($0.value)" }.sorted().joined(separator: "\n") + "\n\n" + text
        return "\(status.code)\n"
            + text.replacing(/nonce="[^"]*"/, with: "").replacing(/'nonce-[^']*'/, with: "")
            .replacing(/\b[A-HJ-NP-Z2-9]{10}\b/, with: "").replacing(identifier, with: "ID")
    }
}

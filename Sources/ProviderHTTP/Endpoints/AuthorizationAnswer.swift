internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

extension Answer {
    /// Sends the browser to the portal with an authorization response.
    static func authorizationResponse(
        _ response: AuthorizationResponse, language: Language, headers: HTTPFields = [:]
    ) -> Response {
        switch response {
        case .redirect(let location): return seeOther(location, headers: headers)
        case .formPost(let action, let parameters):
            var security = PageSecurity.fresh()
            security.formAction = action.origin
            return html(
                FormPostPage.html(action: action, parameters: parameters, language: language, security: security),
                security: security, headers: headers)
        }
    }
}

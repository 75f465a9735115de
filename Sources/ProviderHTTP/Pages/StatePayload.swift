internal import OpenIDMessages
internal import ProviderCore

/// What the page's script reads of a login's state.
enum StatePayload {
    static func json(view: LoginView) -> JSONObject {
        ["state": .string(view.state.rawValue), "version": .integer(Int64(view.version))]
    }
}

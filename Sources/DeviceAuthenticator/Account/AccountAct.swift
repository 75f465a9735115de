internal import IdentityCrypto
public import OpenIDMessages

/// Something to do with the account that needs the person's confirmation (docs/protocol.md §10).
public struct AccountAct: Sendable, Equatable {
    public let action: ConfirmedAction
    /// Below `/account/v1`.
    public let path: String
    /// The parameters in the path, by their names.
    public let pathParameters: JSONObject
    public let body: JSONObject

    public init(_ action: ConfirmedAction, path: String, pathParameters: JSONObject = [:], body: JSONObject = [:]) {
        self.action = action
        self.path = path
        self.pathParameters = pathParameters
        self.body = body
    }

    /// What the provider must say it was asked for.
    var parameters: JSONObject {
        var parameters = pathParameters
        for member in body.members { parameters[member.name] = member.value }
        return parameters
    }
}

/// What the provider asks the person to confirm, checked; to be shown before the PIN is asked for.
public struct ConfirmationToShow: Sendable {
    public var request: ConfirmationRequestStatement { signed.statement }
    let signed: SignedStatement<ConfirmationRequestStatement>
}

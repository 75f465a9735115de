public import OpenIDMessages

/// Something that a person asked for and that happens when it is confirmed, not before.
public struct ProposedAct: Sendable {
    public let action: ConfirmedAction
    /// What the person reads before confirming: what will happen, to what.
    public let text: String
    /// Does it; the answer is what the person gets to know.
    private(set) var perform: @Sendable (Confirmation) async throws -> JSONObject

    /// - Parameter text: characters that could change how the text around them is shown are left out, for names in it
    ///   were chosen by others.
    public init(
        _ action: ConfirmedAction, text: String,
        perform: @escaping @Sendable (Confirmation) async throws -> JSONObject
    ) {
        self.action = action
        self.text = String(String.UnicodeScalarView(text.unicodeScalars.filter { !DisplayText.isHidden($0) }))
        self.perform = perform
    }

    /// The same act with another answer.
    public func answering(_ change: @escaping @Sendable (JSONObject) -> JSONObject) -> ProposedAct {
        var act = self
        act.perform = { [perform] confirmation in change(try await perform(confirmation)) }
        return act
    }
}

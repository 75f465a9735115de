internal import AccountDirectory

/// One step of a life as a conditional write takes it: the word that it writes, and those that may stand there before.
struct StoredStep: Sendable, Equatable {
    let state: String
    /// A JSON list, for `json_each`.
    let from: String
}

extension StateMachine {
    /// What the table says of an event that leads to one state, from wherever it is allowed.
    static func step(_ event: Event) -> StoredStep {
        let steps = table.filter { $0.event == event }
        guard let to = steps.first?.to, steps.allSatisfy({ $0.to == to }) else {
            preconditionFailure("\(event) does not lead to one state")
        }
        return StoredStep(state: to.rawValue, from: steps.map(\.from.rawValue).jsonText)
    }
}

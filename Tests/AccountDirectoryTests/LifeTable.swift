import AccountDirectory
import Testing

/// Walks a whole table: every state with every event.
enum LifeTable {
    /// Expects that exactly the steps of `expected` are allowed, each written `state event state`, and that nothing in
    /// the table contradicts itself.
    static func expect<State: StateMachine>(_: State.Type, _ expected: [String], final: Set<State>) {
        var found: Set<String> = []
        for state in State.allCases {
            for event in State.Event.allCases {
                let next = state.after(event)
                #expect(state.allows(event) == (next != nil))
                #expect(State.states(allowing: event).contains(state) == (next != nil))
                if let next { found.insert("\(state.rawValue) \(event) \(next.rawValue)") }
            }
        }
        #expect(found.subtracting(expected).sorted() == [], "allowed, though it should be refused")
        #expect(Set(expected).subtracting(found).sorted() == [], "refused, though it should be allowed")
        #expect(State.table.count == expected.count, "a step stands in the table twice")
        #expect(Set(State.allCases.filter(\.isFinal)) == final)
        #expect(reachable(from: State.initial) == Set(State.allCases), "states that nothing leads to")
    }

    private static func reachable<State: StateMachine>(from state: State) -> Set<State> {
        var seen: Set<State> = [state]
        var waiting = [state]
        while let next = waiting.popLast() {
            for step in State.table where step.from == next && seen.insert(step.to).inserted { waiting.append(step.to) }
        }
        return seen
    }
}

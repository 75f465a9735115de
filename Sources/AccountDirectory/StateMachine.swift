/// A life written as a table: which event leads from which state to which. What is not in the table is refused.
///
/// The states are the words that the storage keeps.
public protocol StateMachine: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    associatedtype Event: CaseIterable, Hashable, Sendable

    /// The state of something new.
    static var initial: Self { get }
    /// Every allowed step, each state and event at most once.
    static var table: [Transition<Self>] { get }
}

/// One line of such a table.
public struct Transition<State: StateMachine>: Sendable, Hashable {
    public let from: State
    public let event: State.Event
    public let to: State

    public init(_ from: State, _ event: State.Event, _ to: State) {
        self.from = from
        self.event = event
        self.to = to
    }
}

extension StateMachine {
    /// The state after `event`; nil when the event is refused in this state.
    public func after(_ event: Event) -> Self? { Self.table.first { $0.from == self && $0.event == event }?.to }

    /// True when the event is allowed in this state.
    public func allows(_ event: Event) -> Bool { after(event) != nil }

    /// The states in which `event` is allowed.
    public static func states(allowing event: Event) -> [Self] { Self.table.filter { $0.event == event }.map(\.from) }

    /// True when nothing can happen any more.
    public var isFinal: Bool { !Self.table.contains { $0.from == self } }
}

import AccountDirectory
import Testing

@Suite("A life written as a table")
struct StateMachineTests {
    private enum Door: String, StateMachine {
        case open, shut, bricked
        enum Event: CaseIterable { case push, pull, brick }

        static let initial = Door.open
        static let table: [Transition<Door>] = [
            Transition(.open, .push, .shut), Transition(.shut, .pull, .open), Transition(.shut, .brick, .bricked),
        ]
    }

    @Test("what is in the table is allowed, everything else is refused")
    func walk() {
        LifeTable.expect(
            Door.self, ["open push shut", "shut pull open", "shut brick bricked"], final: [.bricked])
        #expect(Door.open.after(.brick) == nil)
        #expect(Door.bricked.isFinal && !Door.shut.isFinal)
    }
}

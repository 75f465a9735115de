/// What a person does only with a fresh act and the PIN: what a thief of an unlocked phone could do harm with.
public enum ConfirmedAction: String, Sendable, Hashable, CaseIterable {
    case suspendDevice = "suspend_device"
}

/// What the device that a ticket enrols does to the account.
public enum TicketPurpose: String, Sendable, Hashable, CaseIterable {
    /// The first device of a new account.
    case first
    /// A person whose account is locked or closing was identified again: the device makes it active.
    case reactivation
    /// A further device, after an identification at a desk: while another device is active it waits, and may be refused
    /// by that one.
    case desk
    /// A further device that another one asked for: it waits until that one approves it with PIN.
    case device

    /// Whether the new device counts at once, or waits.
    ///
    /// - Parameter hasActiveDevice: another device of the account is active.
    public func counts(hasActiveDevice: Bool) -> Bool { self != .device && !hasActiveDevice }
}

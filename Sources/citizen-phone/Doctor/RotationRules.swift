import OpenIDMessages

/// What two looks at the provider's key set say about the key that signs now.
///
/// The provider publishes the next key long before it signs. After one rotation the signing key is one that a portal
/// may have fetched before; only after two is it certainly new.
enum Rotation: Int, Comparable {
    case none, once, twice

    init(from before: [String: Set<String>], to now: [String: Set<String>]) {
        let fresh = now.map { algorithm, keys in keys.subtracting(before[algorithm] ?? []).count }.max() ?? 0
        self = Rotation(rawValue: min(fresh, 2)) ?? .none
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The finding about a login after this rotation; nil for `isSignedIn` when there was none.
    ///
    /// - Parameter afterPause: a first login had failed, and this one came a minute later.
    func finding(isSignedIn: Bool?, afterPause: Bool = false) -> IntegrationFinding {
        let check = PortalCheck.keyRotation
        guard self != .none, let isSignedIn else {
            return check.notTested(
                "The provider's keys did not change.",
                remedy: "Run the doctor with --wait-for-rotation 600 and, while it waits, citizen-id keys rotate --now "
                    + "twice, at a test provider.")
        }
        guard isSignedIn else { return check.failure("After the provider's keys were rotated a login failed.") }
        let first = afterPause ? " A login at once had failed; the portal looks for keys at most once a minute." : ""
        return self == .twice
            ? check.ok("The portal took an ID token under a key that was not published when it last looked." + first)
            : check.notTested(
                "The portal took an ID token under the next key, which was published before: only a second rotation "
                    + "shows that the portal fetches keys again." + first,
                remedy: "Run citizen-id keys rotate --now once more while the doctor waits, at a test provider.")
    }
}

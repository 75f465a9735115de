internal import OpenIDMessages

extension Refusal {
    /// The part of the catalogue about mandates.
    var mandateEntry: RefusalEntry {
        switch self {
        case .mandateUnknown:
            RefusalEntry(
                .person, "There is no such mandate or company, or not for this person.", [.problem(.unknownMandate)],
                "Compare the identifier; who belongs to neither side sees nothing.")
        case .mandateReach:
            RefusalEntry(
                .person,
                "A mandate names a scope, town or establishment that does not exist, or wants too many approvals.",
                [.problem(.mandateReach)],
                "Compare with the services of the region and the establishments of the company.")
        case .mandateDates:
            RefusalEntry(
                .person, "A mandate's days are past, in the wrong order, too far ahead or too far apart.",
                [.problem(.mandateDates)],
                "Begin today or within a year, and end at most three years later.")
        case .mandateParty:
            RefusalEntry(
                .person, "The holder of a mandate is not active, or belongs to another company.",
                [.problem(.mandateParty)],
                "For people of another company: a mandate for that company, and one of that company for its employee.")
        case .mandateDelegation:
            RefusalEntry(
                .person, "A mandate that is not active, may not be delegated or is delegated already.",
                [.problem(.mandateDelegation)],
                "The company gives a mandate that may be delegated, or names the person itself.")
        case .mandateCircular:
            RefusalEntry(
                .person, "A mandate would lead back to the company or to whoever holds it.",
                [.problem(.mandateCircular)],
                "Name somebody else.")
        case .mandateWider:
            RefusalEntry(
                .person, "A delegated mandate goes beyond its parent in scope, town, amount, establishment or time.",
                [.problem(.mandateWider)],
                "Ask for less, or let the company widen its own mandate first.")
        default:
            RefusalEntry(
                .person, "Another mandate covers this one, or would be covered by it, or is not there to be replaced.",
                [.problem(.mandateOverlap)],
                "Use the other mandate, or name it as the one that is replaced.")
        }
    }
}

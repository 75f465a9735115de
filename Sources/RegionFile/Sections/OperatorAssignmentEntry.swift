import AccountDirectory
import OpenIDMessages

/// The key `operator` of a tenant: the operator's name alone, which is an assignment without end, or a mapping with purpose,
/// contract and days.
enum OperatorAssignmentEntry {
    private static let keys = ["id", "purpose", "contract", "from", "until"]

    static func read(_ value: YAMLValue, _ operators: OperatorSection) -> OperatorAssignment? {
        guard value.isMapping else { return operators.reference(value).map { OperatorAssignment($0) } }
        guard let entry = value.mapping(keys: keys) else { return nil }
        let identifier = entry.required("id") { operators.reference($0) }
        let from = entry["from"]?.day()
        let until = entry["until"]?.day()
        if let from, let until, until < from {
            entry["until"]?.refuse("an assignment that begins on \(from) cannot end before that day")
        }
        return identifier.map {
            OperatorAssignment(
                $0, purpose: entry["purpose"]?.text(), contract: entry["contract"]?.text(), from: from, until: until)
        }
    }
}

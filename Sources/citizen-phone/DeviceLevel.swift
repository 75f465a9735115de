import ArgumentParser
import OpenIDMessages

/// A level that can be asked of a device.
struct DeviceLevel: ExpressibleByArgument {
    let level: AssuranceLevel

    init?(argument: String) {
        guard let level = AssuranceLevel(name: argument), level != .undefined else { return nil }
        self.level = level
    }

    static var allValueStrings: [String] {
        AssuranceLevel.allCases.filter { $0 != .undefined }.map(\.name)
    }
}

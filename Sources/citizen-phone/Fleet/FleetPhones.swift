import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import Synchronization

/// A phone of a fleet.
struct FleetPhone: Sendable {
    let device: DeviceAuthenticator
    let enrolled: DeviceAuthenticator.Enrolled
}

/// The phones of a fleet: the numbered folders beside the profiles. They are for load and nothing else, so that what a PIN
/// costs on them is the least that is possible.
struct FleetFolder {
    /// `HOME/PROFILE.fleet`; no profile has such a name.
    let path: String
    let transport: TLSTransport
    let clock: DeviceClock
    let language: String

    /// How many are enrolled at a time.
    private static let atOnce = 16

    /// The enrolled phones, at most so many, in the order of their numbers.
    ///
    /// - Parameter faults: what is wrong with each phone and its way to the provider. Each has a chance of its own.
    func phones(atMost limit: Int, faults: Faults? = nil) throws -> [FleetPhone] {
        var phones: [FleetPhone] = []
        for (number, name) in names.prefix(limit).enumerated() {
            var faults = faults
            faults?.seed &+= UInt64(number)
            let device = device(name, faults)
            if let enrolled = try device.enrolment() { phones.append(FleetPhone(device: device, enrolled: enrolled)) }
        }
        return phones
    }

    /// Enrols a further phone with each of the links.
    ///
    /// - Parameter progress: hears how many are done.
    func enrol(
        _ links: [String], pin: PIN, evidence: EvidenceSource, progress: @escaping @Sendable (Int) -> Void
    ) async throws {
        let first = (names.last.flatMap { Int($0) } ?? 0) + 1
        let (begun, done) = (Counter(), Counter())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(Self.atOnce, links.count) {
                group.addTask {
                    while !Task.isCancelled {
                        let index = begun.increment() - 1
                        guard index < links.count else { return }
                        let device = device(Self.name(first + index))
                        let invitation = try await device.beginEnrolment(links[index])
                        _ = try await device.complete(
                            invitation, pin: pin,
                            device: DeviceDescription(name: "fleet", model: "citizen-phone", system: "Linux"),
                            evidence: evidence)
                        progress(done.increment())
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private var names: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.count == 6 && Int($0) != nil }.sorted()
    }

    private static func name(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    private func device(_ name: String, _ faults: Faults? = nil) -> DeviceAuthenticator {
        DeviceAuthenticator(
            folder: SealedFolder(path: path + "/" + name, cost: .floor),
            transport: faults.map { FaultyWire(transport, faults: $0) } ?? transport,
            clock: faults?.skewed(clock) ?? clock, language: language)
    }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func increment() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

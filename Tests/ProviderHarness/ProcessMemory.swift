import Foundation

/// What the system says about the memory of this process, in KiB.
public enum ProcessMemory {
    /// In use now.
    public static func resident() throws -> Int { try line("VmRSS:") }

    /// The most that was in use at once.
    public static func peak() throws -> Int { try line("VmHWM:") }

    private struct Unreadable: Error {}

    private static func line(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Int($0) }) else {
            throw Unreadable()
        }
        return kilobytes
    }
}

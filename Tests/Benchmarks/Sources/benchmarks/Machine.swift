import CoreFoundation
import Foundation

/// What the figures were measured on.
struct Machine: Sendable {
    let processors = ProcessInfo.processInfo.activeProcessorCount

    var model: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }

    var memoryMiB: Int { Int(ProcessInfo.processInfo.physicalMemory / 1_048_576) }

    /// The load of the last minute: what else the machine was doing.
    var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").first.map(String.init) ?? "unknown"
    }
}

/// Processor time in seconds.
enum ProcessorTime {
    /// Of the running thread.
    static var thread: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }
    /// Of this process, user and system.
    static var process: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    /// Of this process, in the kernel; by its ticks, and so good for a second and more.
    static var kernel: Double {
        var spent = tms()
        _ = unsafe times(&spent)
        return Double(spent.tms_stime) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Of another process, user and system.
    static func process(_ identifier: Int32) -> Double {
        var clock: clockid_t = 0
        return unsafe clock_getcpuclockid(identifier, &clock) == 0 ? seconds(clock) : 0
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Memory of a process in MiB, from its status file.
enum ProcessMemory {
    static func peak(_ process: String = "self") -> Double { read("VmHWM:", process) }
    static func resident(_ process: String = "self") -> Double { read("VmRSS:", process) }

    private static func read(_ name: String, _ process: String) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
        else { return 0 }
        return kibibytes / 1024
    }
}

/// The wall clock in seconds, from some beginning.
var wallClock: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

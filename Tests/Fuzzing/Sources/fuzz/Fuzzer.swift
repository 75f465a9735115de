import Foundation

// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html). Its command line is its own, so that the target and the folder
// of seeds come from the environment: Scripts/fuzz sets both.

private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        print("FUZZ_TARGET is one of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
        exit(64)
    }
    return target
}()

/// Writes what the target is known to take, for libFuzzer to begin with.
@_cdecl("LLVMFuzzerInitialize") public func initialize(_: UnsafeRawPointer, _: UnsafeRawPointer) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    do {
        for (number, seed) in try target.seeds().enumerated() {
            guard target.takes(seed) else { fatalError("seed \(number) of \(target.rawValue) is not taken") }
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
        }
    } catch { fatalError("the seeds of \(target.rawValue): \(error)") }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput") public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    _ = target.takes(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

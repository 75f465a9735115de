internal import Foundation
internal import Glibc
internal import OpenIDMessages
internal import Synchronization

/// Finds the addresses of a name.
protocol AddressResolving: Sendable {
    /// All addresses of `name`, none when there are none or the task is cancelled.
    func addresses(of name: String) async -> [InternetAddress]
}

/// The system's own way, `getaddrinfo`, which cannot be interrupted: each lookup has a thread, and the one who asked may
/// go away before it.
final class SystemResolver: AddressResolving {
    /// Beyond so many lookups at once there are no answers. Only lookups that outlive their request can reach it.
    private static let maximumLookups = 64
    private let lookups = Mutex(0)

    func addresses(of name: String) async -> [InternetAddress] {
        let mayStart = lookups.withLock { count in
            guard count < Self.maximumLookups else { return false }
            count += 1
            return true
        }
        guard mayStart else { return [] }
        let (answers, continuation) = AsyncStream.makeStream(of: [InternetAddress].self)
        Thread.detachNewThread {
            continuation.yield(Self.lookUp(name))
            continuation.finish()
            self.lookups.withLock { $0 -= 1 }
        }
        return await answers.first { _ in true } ?? []
    }

    private static func lookUp(_ name: String) -> [InternetAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [InternetAddress] = []
        var next = unsafe list
        while let entry = unsafe next?.pointee {
            if let address = unsafe address(in: entry) { addresses.append(address) }
            unsafe next = entry.ai_next
        }
        return addresses
    }

    private static func address(in entry: addrinfo) -> InternetAddress? {
        guard let raw = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch unsafe entry.ai_family {
        // An address stands behind family and port, in IPv6 behind flow information, too (RFC 3493 §3.3). In an
        // optimised build the members for it are found in a C module of NIO's, which nobody may import.
        case AF_INET:
            let address = unsafe raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            return unsafe withUnsafeBytes(of: address) { unsafe InternetAddress(bytes: Array($0)) }
        case AF_INET6:
            let address = unsafe raw.loadUnaligned(fromByteOffset: 8, as: (UInt64, UInt64).self)
            return unsafe withUnsafeBytes(of: address) { unsafe InternetAddress(bytes: Array($0)) }
        default: return nil
        }
    }
}

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
        // By their places, which the system's ABI fixes: NIO's C module names the members of these structures, too, and
        // whose they are depends on what is compiled beside this file.
        let place: Range<Int>
        switch unsafe entry.ai_family {
        case AF_INET where unsafe Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in>.size: place = 4..<8
        case AF_INET6 where unsafe Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size: place = 8..<24
        default: return nil
        }
        return unsafe InternetAddress(
            bytes: Array(UnsafeRawBufferPointer(start: raw + place.lowerBound, count: place.count)))
    }
}

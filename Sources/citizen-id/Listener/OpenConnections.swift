internal import NIOCore
internal import OpenIDMessages
internal import Synchronization

/// Counts the open connections of each caller (checklist N4).
final class OpenConnections: Sendable {
    /// An IPv4 address, or an IPv6 network of 64 bits, for that is what one subscriber gets.
    struct Caller: Hashable, Sendable {
        fileprivate let name: String

        init(_ address: SocketAddress?) {
            guard var host = address?.ipAddress else {
                name = "local"
                return
            }
            // A listener for both families sees IPv4 as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2).
            if host.hasPrefix("::ffff:"), host.contains(".") { host = String(host.dropFirst("::ffff:".count)) }
            if let address = InternetAddress(rawValue: host), address.isIPv6 {
                name = address.bytes.prefix(8).map { String($0) }.joined(separator: ".") + "/64"
            } else {
                name = host
            }
        }
    }

    private let perCaller: Int
    private let open = Mutex<[Caller: Int]>([:])

    init(perCaller: Int) { self.perCaller = perCaller }

    /// False when the caller has as many as one may have; otherwise the connection counts until `leave`.
    func enter(_ caller: Caller) -> Bool {
        open.withLock { open in
            guard open[caller, default: 0] < perCaller else { return false }
            open[caller, default: 0] += 1
            return true
        }
    }

    func leave(_ caller: Caller) {
        open.withLock { open in
            let rest = open[caller, default: 0] - 1
            open[caller] = rest > 0 ? rest : nil
        }
    }
}

internal import Configuration
internal import Foundation
internal import HummingbirdCore
internal import NIOCore
internal import ProviderHTTP

/// What callers of the public listener may take up (`limits` in the settings; checklist N1, N4, N5).
struct ListenerLimits: Sendable {
    /// Connections that are open at once, from everybody.
    var connections: Int
    /// Connections that are open at once from one IPv4 address or one IPv6 network of 64 bits.
    var connectionsPerAddress: Int
    /// Requests that are worked on at once; more are answered 503.
    var requestsAtOnce: Int
    /// Logins that one address may begin in a minute; a third of them at once.
    var loginsPerMinute: Int
    /// Calls of one address in a minute, and at once, at which a secret code could be guessed: enrolment, block codes, codes of
    /// devices, registration.
    var codesPerMinute: Int
    /// A connection on which no request is complete for so long is closed: TLS handshake, header and body count, too.
    var idleTime: TimeAmount
    /// For how long the body of a request may be under way. Meanwhile it takes no place among the requests that are worked on.
    var bodyTime: TimeAmount

    /// What the provider's own routes take up.
    var application: ProviderApplication.Limits {
        ProviderApplication.Limits(
            loginBurst: max(1, loginsPerMinute / 3), loginsPerMinute: Double(loginsPerMinute),
            codeBurst: codesPerMinute, codesPerMinute: Double(codesPerMinute), requestsAtOnce: requestsAtOnce)
    }

    /// Headers at most 16 KiB in 100 fields.
    var http: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: idleTime,
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: 16_384, maxHeaderListSize: 16_384, maxHeaderFieldCount: 100))
    }

    /// The memory for requests whose body has not come to its end: 64 MiB for all, and for each caller 8 KiB for each of their
    /// connections, 4 MiB at least. So where many people come from one address, one setting gives them room.
    func unfinished() -> Shares {
        let total = 64 << 20
        return Shares(perCaller: min(max(connectionsPerAddress, 512) * 8_192, total), total: total)
    }

    init(_ reader: ConfigReader) throws {
        connections = try Self.number("limits.connections", reader) ?? 10_000
        connectionsPerAddress = try Self.number("limits.connections_per_address", reader) ?? 512
        requestsAtOnce = try Self.number("limits.requests_at_once", reader) ?? 1024
        loginsPerMinute = try Self.number("limits.logins_per_minute", reader) ?? 600
        codesPerMinute = try Self.number("limits.codes_per_minute", reader) ?? 30
        idleTime = .seconds(Int64(try Self.number("limits.idle_seconds", reader) ?? 60))
        bodyTime = .seconds(Int64(try Self.number("limits.body_seconds", reader) ?? 30))
    }

    private static func number(_ name: String, _ reader: ConfigReader) throws -> Int? {
        let key = ConfigKey(name)
        if let number = reader.int(forKey: key), (1...1_000_000).contains(number) { return number }
        let isAbsent =
            reader.int(forKey: key) == nil && reader.string(forKey: key) == nil && reader.double(forKey: key) == nil
            && reader.bool(forKey: key) == nil
        guard isAbsent else {
            throw ServeSettings.Mistake(description: "\(name) is a whole number from 1 to 1000000.")
        }
        return nil
    }

    /// `connections`, or fewer where the system gives the process fewer file descriptors: the database and the
    /// provider's own requests need some, too. Takes as many as the process may have.
    func connectionsThatFit() throws -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return min(connections, 512) }
        limit.rlim_cur = limit.rlim_max
        // Where the system refuses, what it gave before counts.
        guard unsafe setrlimit(resource, &limit) == 0 || getrlimit(resource, &limit) == 0 else {
            return min(connections, 512)
        }
        let (reserve, descriptors) = (256, Int(clamping: limit.rlim_cur))
        guard descriptors >= 2 * reserve else {
            throw ServeSettings.Mistake(
                description: "The process may open \(descriptors) files; it needs \(2 * reserve) at least (ulimit -n).")
        }
        return min(connections, descriptors - reserve)
    }
}

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OpenIDMessages
internal import ProviderCore
internal import Synchronization

/// A token bucket for each caller and kind of call (docs/protocol.md §9, `rate_limited`).
///
/// Memory is bounded: buckets that are full again are forgotten, and when too many callers are active at once the
/// newest share one bucket.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var updatedAt: ContinuousClock.Instant
    }

    private let capacity: Double
    private let refillPerSecond: Double
    private let maximumBuckets: Int
    private let buckets = Mutex<[Caller: Bucket]>([:])

    /// - Parameters:
    ///   - burst: calls at once.
    ///   - perMinute: calls in the long run.
    init(burst: Int, perMinute: Double, maximumBuckets: Int = 50_000) {
        capacity = Double(burst)
        refillPerSecond = perMinute / 60
        self.maximumBuckets = maximumBuckets
    }

    /// Nil when the call may go on; otherwise the seconds to wait.
    func take(_ caller: Caller, now: ContinuousClock.Instant = .now) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= maximumBuckets { forgetFull(&buckets, now: now) }
            let key = buckets[caller] != nil || buckets.count < maximumBuckets ? caller : .others
            var bucket = buckets[key] ?? Bucket(tokens: capacity, updatedAt: now)
            bucket.tokens = filled(bucket, now: now)
            bucket.updatedAt = now
            guard bucket.tokens >= 1 else {
                buckets[key] = bucket
                return Int(((1 - bucket.tokens) / refillPerSecond).rounded(.up))
            }
            bucket.tokens -= 1
            buckets[key] = bucket
            return nil
        }
    }

    /// The same for the caller of a call.
    func take(for context: ProviderRequestContext) -> Int? { take(Caller(context.remoteAddress)) }

    /// Undoes a `take`: the call is not to count.
    func giveBack(_ caller: Caller, now: ContinuousClock.Instant = .now) {
        buckets.withLock { buckets in
            let key = buckets[caller] != nil ? caller : .others
            guard var bucket = buckets[key] else { return }
            bucket.tokens = min(capacity, filled(bucket, now: now) + 1)
            bucket.updatedAt = now
            buckets[key] = bucket
        }
    }

    private func filled(_ bucket: Bucket, now: ContinuousClock.Instant) -> Double {
        let elapsed = (now - bucket.updatedAt) / .seconds(1)
        return min(capacity, bucket.tokens + elapsed * refillPerSecond)
    }

    private func forgetFull(_ buckets: inout [Caller: Bucket], now: ContinuousClock.Instant) {
        buckets = buckets.filter { filled($0.value, now: now) < capacity }
    }
}

/// Limits the calls that anybody can make without proving anything.
struct RateLimit {
    /// The limiter of each route, as the router writes it, e.g. `/register/{client}`. The path as it was sent has many
    /// spellings that lead to one route.
    private let limiters: [String: RateLimiter]

    /// Routes of one group share its limiter.
    init(_ groups: [(routes: [String], limiter: RateLimiter)]) {
        limiters = Dictionary(
            uniqueKeysWithValues: groups.flatMap { group in group.routes.map { ($0, group.limiter) } })
    }

    /// A call that counts against a limit.
    struct Counted {
        fileprivate let limiter: RateLimiter
        fileprivate let route: String
        fileprivate let caller: Caller
    }

    /// What `context`'s call counts against; nil for a route without a limit.
    func counted(_ context: ProviderRequestContext) -> Counted? {
        guard let route = context.endpointPath, let limiter = limiters[route] else { return nil }
        return Counted(limiter: limiter, route: route, caller: Caller(context.remoteAddress))
    }

    /// The answer to a call that is one too many; nil when it may go on.
    func refusal(_ call: Counted, _ request: Request, _ context: ProviderRequestContext) -> Response? {
        guard let seconds = call.limiter.take(call.caller) else { return nil }
        context.log(DeviceRefusal(.rateLimited, .rateLimited))
        var response = tooManyRequests(request, route: call.route, context)
        response.ask(toWait: seconds)
        return response
    }

    /// What is sent here once more counts when it comes.
    func settle(_ call: Counted, _ response: Response) {
        if response.headers[.location]?.hasPrefix(call.route + "?") == true { call.limiter.giveBack(call.caller) }
    }

    /// In the form that callers of the route understand.
    private func tooManyRequests(_ request: Request, route: String, _ context: ProviderRequestContext) -> Response {
        if request.isOfDevice(context) {
            return Answer.problem(ProblemCode.rateLimited.problem(traceIdentifier: context.trace.text))
        }
        if route.hasPrefix(DiscoveryDocument.Path.registration) {
            let error = OAuthError(.temporarilyUnavailable, "too many requests; try again later")
            return Answer.oauthError(error, at: .registration, reason: .rateLimited)
        }
        if route.hasPrefix(DiscoveryDocument.Path.services) {
            return Answer.service(.tooManyQuestions)
        }
        return ErrorPages.tooManyRequests(
            language: Language(acceptLanguage: request.headers[.acceptLanguage]), trace: context.trace)
    }
}

extension Response {
    /// Says when the next call may come.
    mutating func ask(toWait seconds: Int) {
        headers[.retryAfter] = String(seconds)
        headers[.rateLimit] = "\"default\";r=0;t=\(seconds)"
    }
}

extension HTTPField.Name {
    fileprivate static let rateLimit = Self("RateLimit")!
}

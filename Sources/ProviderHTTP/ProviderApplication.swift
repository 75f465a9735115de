public import Hummingbird
internal import OpenIDMessages
public import ProviderCore

/// The route table of the provider's public listener.
public enum ProviderApplication {
    /// Limits for calls that prove nothing, per address, and for all calls together.
    public struct Limits: Sendable {
        /// Calls at once, and per minute in the long run, for logins that begin; once more for requests that clients push or
        /// devices make without a proof of who they are, and once more for questions who offers a service.
        public var loginBurst: Int
        public var loginsPerMinute: Double
        /// The same for tickets, block codes and codes of devices, and once more for registrations of clients.
        public var codeBurst: Int
        public var codesPerMinute: Double
        /// Requests that are worked on at once, from everybody; more are answered 503.
        public var requestsAtOnce: Int

        public init(
            loginBurst: Int = 200, loginsPerMinute: Double = 600, codeBurst: Int = 30, codesPerMinute: Double = 30,
            requestsAtOnce: Int = 1024
        ) {
            self.loginBurst = loginBurst
            self.loginsPerMinute = loginsPerMinute
            self.codeBurst = codeBurst
            self.codesPerMinute = codesPerMinute
            self.requestsAtOnce = requestsAtOnce
        }
    }

    public static func router(provider: Provider, limits: Limits = Limits()) -> Router<ProviderRequestContext> {
        // What there is must be known before the first step, which answers for what there is not.
        let known = Router(context: ProviderRequestContext.self)
        add(to: known, provider, limits)
        let router = Router(context: ProviderRequestContext.self)
        router.add(
            middleware: FrontDoor(
                load: LoadShedding(places: LoadShedding.Places(limits.requestsAtOnce)), limits: rateLimit(limits),
                methods: AllowedMethods(known.routes.map { ($0.path.description, $0.method) })))
        add(to: router, provider, limits)
        return router
    }

    private static func add(to router: Router<ProviderRequestContext>, _ provider: Provider, _ limits: Limits) {
        DiscoveryEndpoints(provider: provider).add(to: router)
        // One for both: what waits there is for a login that begins.
        let unproved = RateLimiter(burst: limits.loginBurst, perMinute: limits.loginsPerMinute)
        AuthorizationEndpoints(provider: provider, unproved: unproved).add(to: router)
        TokenEndpoints(provider: provider).add(to: router)
        AuthorityEndpoint(provider: provider).add(to: router)
        ServiceEndpoint(provider: provider).add(to: router)
        LogoEndpoint(provider: provider).add(to: router)
        UserinfoEndpoint(provider: provider).add(to: router)
        DeviceGrantEndpoints(provider: provider, unproved: unproved).add(to: router)
        BackChannelEndpoint(provider: provider).add(to: router)
        RegistrationEndpoints(provider: provider).add(to: router)
        LoginEndpoints(provider: provider).add(to: router)
        KnownBrowserEndpoints(provider: provider).add(to: router)
        LogoutEndpoints(provider: provider).add(to: router)
        SessionEndpoints(provider: provider).add(to: router)
        DeviceEndpoints(provider: provider).add(to: router)
        AccountEndpoints(provider: provider).add(to: router)
        AppLinkEndpoints().add(to: router)
        router.publicDocument("/health") { Answer.json(["status": "ok"]) }
    }

    private static func rateLimit(_ limits: Limits) -> RateLimit {
        RateLimit([
            (
                routes: ["/authorize"],
                limiter: RateLimiter(burst: limits.loginBurst, perMinute: limits.loginsPerMinute)
            ),
            (
                routes: [
                    "/device/v1/enrolments", "/device/v1/enrolments/{offer}", "/device/v1/blocks", "/device",
                ], limiter: RateLimiter(burst: limits.codeBurst, perMinute: limits.codesPerMinute)
            ),
            // By itself: who looks for a service begins no login.
            (
                routes: [DiscoveryDocument.Path.services + "/{service}"],
                limiter: RateLimiter(burst: limits.loginBurst, perMinute: limits.loginsPerMinute)
            ),
            // By itself: a portal that tries again and again must not close the desk behind the same address.
            (
                routes: ["/register", "/register/{client}"],
                limiter: RateLimiter(burst: limits.codeBurst, perMinute: limits.codesPerMinute)
            ),
        ])
    }
}

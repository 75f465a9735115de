public import AccountDirectory
public import OpenIDMessages

/// What a portal asks at `POST /authority/check`: may this person do this for that company?
///
/// A form, as at the other endpoints that clients call: an amount is a text there, and no JSON library can turn it into
/// a floating-point number on the way. A parameter that is not known is refused: with a misspelt `amount` the question
/// would be another one.
public struct AuthorityInquiry: Sendable, Equatable {
    /// Whom the portal asks about.
    public enum Person: Sendable, Equatable {
        /// The `sub` of a login in a company's context.
        case subject(SubjectIdentifier)
        /// An access token of such a login.
        case accessToken(String)
    }

    /// What the person wants to do.
    public enum Purpose: Sendable, Equatable {
        case service(ServiceIdentifier)
        case scope(MandateScope)
    }

    public var person: Person
    /// The company's name at this portal (`acting_for.sub`).
    public var company: CompanySubject
    public var purpose: Purpose
    public var amount: MoneyAmount?
    /// The five digits of an establishment in the company's business identification number.
    public var establishment: String?
    /// The town for which a client of one-for-all services asks; nil when the question names none.
    public var servedTenant: TenantIdentifier?

    private static let parameters: Set<String> = [
        "sub", "access_token", "company", "service", "scope", "amount", "currency", "establishment",
        AuthorizationParameter.servedTenant.rawValue, "client_id", "client_secret", "client_assertion",
        "client_assertion_type",
    ]

    public init(parameters: FormParameters) throws(OAuthError) {
        guard parameters.names.allSatisfy(Self.parameters.contains) else {
            throw OAuthError(.invalidRequest, "a parameter is not known here")
        }
        person = try Self.person(parameters)
        guard let company: CompanySubject = try Self.wire(parameters, "company") else {
            throw OAuthError(.invalidRequest, "company is missing")
        }
        self.company = company
        purpose = try Self.purpose(parameters)
        amount = try Self.amount(parameters)
        establishment = try Self.establishment(parameters)
        servedTenant = try Self.wire(parameters, AuthorizationParameter.servedTenant.rawValue)
    }

    private static func person(_ parameters: FormParameters) throws(OAuthError) -> Person {
        let subject: SubjectIdentifier? = try wire(parameters, "sub")
        switch (subject, parameters["access_token"]) {
        case (let subject?, nil): return .subject(subject)
        case (nil, let token?):
            guard token.utf8.count <= AccessTokenText.maximumLength else {
                throw OAuthError(.invalidRequest, "access_token is too long")
            }
            return .accessToken(token)
        default: throw OAuthError(.invalidRequest, "send sub or access_token, one of them")
        }
    }

    private static func purpose(_ parameters: FormParameters) throws(OAuthError) -> Purpose {
        let service: ServiceIdentifier? = try wire(parameters, "service")
        let scope: MandateScope? = try wire(parameters, "scope")
        switch (service, scope) {
        case (let service?, nil): return .service(service)
        case (nil, let scope?): return .scope(scope)
        default: throw OAuthError(.invalidRequest, "send service or scope, one of them")
        }
    }

    private static func amount(_ parameters: FormParameters) throws(OAuthError) -> MoneyAmount? {
        switch (parameters["amount"], parameters["currency"]) {
        case (nil, nil): return nil
        case (let text?, let code?):
            guard let currency = Currency(rawValue: code), let amount = MoneyAmount(text, currency) else {
                throw OAuthError(.invalidRequest, "amount is a number like 120.00, currency a code like EUR")
            }
            return amount
        default: throw OAuthError(.invalidRequest, "amount and currency belong together")
        }
    }

    private static func establishment(_ parameters: FormParameters) throws(OAuthError) -> String? {
        guard let digits = parameters["establishment"] else { return nil }
        guard digits.utf8.count == 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw OAuthError(.invalidRequest, "establishment has five digits")
        }
        return digits
    }

    private static func wire<Value: WireValue>(
        _ parameters: FormParameters, _ name: String
    ) throws(OAuthError) -> Value? {
        guard let text = parameters[name] else { return nil }
        guard let value = Value(rawValue: text) else { throw OAuthError(.invalidRequest, "\(name) is malformed") }
        return value
    }
}

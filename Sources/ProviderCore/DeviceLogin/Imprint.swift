public import AccountDirectory
public import OpenIDMessages

/// What a town says of itself beside a question: how it looks, how it is reached, and on what the service rests.
public struct Imprint: Sendable, Equatable {
    public let colour: BrandColour?
    /// One to three capital letters.
    public let initials: String?
    /// In the place of the letters.
    public let logo: Logo?
    /// The office that answers for the service, in its own words.
    public let office: String?
    public let email: String?
    public let phone: String?
    /// The privacy notice for the service, on one of the town's hosts.
    public let privacy: String?
    /// The law on which the service rests, as people cite it.
    public let legalBasis: String?

    /// A picture that our own address serves.
    public struct Logo: Sendable, Equatable {
        /// Whose it is: `/logos/{tenant}`.
        public let tenant: TenantIdentifier
        /// In pixels.
        public let width, height: UInt32
    }
}

extension Imprint {
    /// The office, and how the town is reached, in one line; nil where nothing is said.
    public var contact: String? {
        let ways = [office, email, phone].compactMap(\.self)
        return ways.isEmpty ? nil : ways.joined(separator: ", ")
    }

    public init(_ tenant: Tenant, _ service: Service?) {
        colour = tenant.branding.colour
        initials = tenant.branding.initials
        logo = tenant.branding.logo.map { logo in
            Logo(tenant: tenant.identifier, width: logo.width, height: logo.height)
        }
        office = service?.contact
        email = tenant.branding.contact.email
        phone = tenant.branding.contact.phone
        privacy = service?.privacyURI?.rawValue
        legalBasis = service?.legalBasis
    }
}

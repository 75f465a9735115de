public import AccountDirectory
internal import OpenIDMessages

/// What a town says of itself beside a question: how it looks, how it is reached, and on what the service rests.
public struct Imprint: Sendable, Equatable {
    public let colour: BrandColour?
    /// One to three capital letters.
    public let initials: String?
    /// The office that answers for the service, in its own words.
    public let office: String?
    public let email: String?
    public let phone: String?
    /// The privacy notice for the service, on one of the town's hosts.
    public let privacy: String?
    /// The law on which the service rests, as people cite it.
    public let legalBasis: String?
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
        office = service?.contact
        email = tenant.branding.contact.email
        phone = tenant.branding.contact.phone
        privacy = service?.privacyURI?.rawValue
        legalBasis = service?.legalBasis
    }
}

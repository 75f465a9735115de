public import OpenIDMessages

/// Names one thing of the directory. Identifiers of different things are different types, so that none can stand where
/// another belongs; they are random and say nothing about what they name.
///
/// 1 to 64 unreserved characters (RFC 3986 §2.3); fresh ones have 128 random bits.
public struct Identifier<Entity>: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.isUnreserved(1...64) else { return nil }
        self.rawValue = rawValue
    }
}

/// What identifiers name where no other type does.
public enum Entity {
    public enum CitizenAccount {}
    public enum Company {}
    public enum Establishment {}
    public enum Membership {}
    public enum Invitation {}
    public enum RegisterPower {}
    public enum Mandate {}
    public enum Evidence {}
    public enum CompanyEvidence {}
    public enum Adoption {}
    public enum Person {}
    public enum Notice {}
    public enum DuplicateCase {}
    public enum DataSubjectRequest {}
    public enum AdminAssignment {}
    public enum Emergency {}
    public enum Release {}
    public enum RegistrationToken {}
}

/// The region's identifier of a citizen's account; never leaves the provider.
public typealias AccountIdentifier = Identifier<Entity.CitizenAccount>
public typealias CompanyIdentifier = Identifier<Entity.Company>
/// A branch of a company.
public typealias EstablishmentIdentifier = Identifier<Entity.Establishment>
/// A person in a company.
public typealias MembershipIdentifier = Identifier<Entity.Membership>
public typealias InvitationIdentifier = Identifier<Entity.Invitation>
public typealias MandateIdentifier = Identifier<Entity.Mandate>
public typealias EvidenceIdentifier = Identifier<Entity.Evidence>
/// What proved a company.
public typealias CompanyEvidenceIdentifier = Identifier<Entity.CompanyEvidence>
public typealias RegisterPowerIdentifier = Identifier<Entity.RegisterPower>
/// A tenant's adoption of a template.
public typealias AdoptionIdentifier = Identifier<Entity.Adoption>
/// A natural person; leaves the store nowhere.
public typealias PersonIdentifier = Identifier<Entity.Person>
public typealias NoticeIdentifier = Identifier<Entity.Notice>
/// A clerk's question whether two people are one.
public typealias DuplicateCaseIdentifier = Identifier<Entity.DuplicateCase>
public typealias DataSubjectRequestIdentifier = Identifier<Entity.DataSubjectRequest>
/// The right of a person to administer.
public typealias AssignmentIdentifier = Identifier<Entity.AdminAssignment>
/// A request for access to a tenant's personal data in an emergency.
public typealias EmergencyIdentifier = Identifier<Entity.Emergency>
/// What a person released to a portal.
public typealias ReleaseIdentifier = Identifier<Entity.Release>
/// A right to register clients, as everybody may know it: nothing can be done with the name alone.
public typealias RegistrationTokenIdentifier = Identifier<Entity.RegistrationToken>

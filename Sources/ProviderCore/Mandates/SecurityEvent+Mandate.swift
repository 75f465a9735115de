public import AccountDirectory
public import OpenIDMessages

extension SecurityEvent {
    /// What happened to a mandate; never its powers or its reason.
    public init(
        of event: MandateState.Event, _ mandate: Mandate, by actor: CompanyActor, at time: Timestamp
    ) {
        self.init(Self.kind(of: event), mandate, by: actor, at: time)
    }

    public init(_ kind: Kind, _ mandate: Mandate, by actor: CompanyActor, at time: Timestamp) {
        self.init(
            kind, time: time, tenant: actor.tenant, object: mandate.identifier.rawValue,
            transaction: actor.transaction, actor: actor.actor, person: actor.person, company: mandate.company)
    }

    private static func kind(of event: MandateState.Event) -> Kind {
        switch event {
        case .cosign: .mandateCosigned
        case .activate, .resume: .mandateActivated
        case .suspend: .mandateSuspended
        case .revoke: .mandateRevoked
        case .expire: .mandateExpired
        case .supersede: .mandateSuperseded
        }
    }
}

import AccountDirectory
import OpenIDMessages

/// The section `tenants`.
struct TenantSection {
    private static let keys = [
        "id", "name", "kind", "ags", "operator", "sector", "hosts", "floor", "allowed_scopes", "state",
        "template_keys", "branding",
    ]

    private(set) var names = NameTable("tenant")
    private(set) var tenants: [Tenant] = []
    private var byIdentifier: [String: Tenant] = [:]
    private let operators: OperatorSection
    private let isDevelopment: Bool
    private var municipalityKeys = NameTable("AGS")
    /// A sector belongs to one tenant for ever: with a shared one, two towns could recognise each other's citizens.
    private var sectors = NameTable("sector")
    private var hosts = NameTable("host")

    init(_ entries: [YAMLValue], _ operators: OperatorSection, isDevelopment: Bool) {
        self.operators = operators
        self.isDevelopment = isDevelopment
        for entry in entries { read(entry) }
    }

    /// The tenant that `value` refers to, by name. Nil, with a mistake, when there is none.
    func reference(_ value: YAMLValue) -> TenantIdentifier? {
        names.find(value).flatMap(TenantIdentifier.init(rawValue:))
    }

    /// The tenant itself; nil also when its entry has a mistake.
    func tenant(_ identifier: TenantIdentifier) -> Tenant? { byIdentifier[identifier.rawValue] }

    private mutating func read(_ value: YAMLValue) {
        let entry = value.mapping(keys: Self.keys)
        let identifier = entry?.required("id") { $0.slug(TenantIdentifier.self) }
        let isNew = names.add(identifier?.rawValue, at: entry?["id"])
        guard let entry else { return }
        let name = entry.required("name") { $0.text() }
        let kind = entry.required("kind") { $0.choice(Tenant.Kind.self) }
        let municipalityKey = kind.flatMap { self.municipalityKey(entry, $0) }
        let assignment = entry.required("operator") { OperatorAssignmentEntry.read($0, operators) }
        let sector = entry.required("sector") { self.sector($0) }
        let hosts = entry.required("hosts") { self.hosts($0) }
        let floor = entry.required("floor") { $0.level() }
        let allowedScopes = entry["allowed_scopes"]?.scopes()
        let state = entry.value("state", default: TenantState.live) { $0.tenantState() }
        let templateKeys = entry["template_keys"]?.keySet() ?? []
        let branding = entry["branding"].map { BrandingEntry.read($0) } ?? Branding()
        guard isNew, let identifier, let name, let kind, let assignment, let sector, let hosts, let floor
        else { return }
        let tenant = Tenant(
            identifier: identifier, officialName: name, kind: kind, municipalityKey: municipalityKey,
            operatorAssignment: assignment, sector: sector, hosts: hosts, floor: floor,
            allowedScopes: allowedScopes, state: state, templateKeys: templateKeys, branding: branding)
        tenants.append(tenant)
        byIdentifier[identifier.rawValue] = tenant
    }

    /// The Amtlicher Gemeindeschlüssel: Land 2, Regierungsbezirk 1, Kreis 2, Gemeinde 3 digits. A kreisfreie Stadt has
    /// the Gemeinde `000`.
    private mutating func municipalityKey(_ entry: YAMLMapping, _ kind: Tenant.Kind) -> String? {
        guard kind != .regionalPortal else {
            return entry["ags"]?.refused("a regional_portal has no AGS: leave the key out")
        }
        guard let value = entry["ags"] else { return entry.required("ags") { $0.text() } }
        guard let text = value.text() else { return nil }
        let digits = kind == .kreis ? 5 : 8
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return value.refused("\(quoted(text)) is no AGS: that of a \(kind.rawValue) has \(digits) digits")
        }
        guard MunicipalityKey(rawValue: text) != nil else {
            return value.refused("\(quoted(text)) is no AGS: no Land and Kreis begin so")
        }
        guard kind == .kreis || text.hasSuffix("000") == (kind == .kreisfreieStadt) else {
            return value.refused(
                "the AGS of a \(kind.rawValue) \(kind == .kreisfreieStadt ? "ends" : "does not end") with 000")
        }
        return municipalityKeys.add(text, at: value) ? text : nil
    }

    private mutating func sector(_ value: YAMLValue) -> SectorIdentifier? {
        let form = "1 to 255 letters, digits and any of `-._~:`"
        guard let sector = value.wire(SectorIdentifier.self, form) else { return nil }
        return sectors.add(sector.rawValue, at: value) ? sector : nil
    }

    private mutating func hosts(_ value: YAMLValue) -> [TenantHost]? {
        value.elements()?.compactMap { element in
            guard element.isMapping else { return name(element).map { TenantHost($0) } }
            guard let entry = element.mapping(keys: ["host", "verified_on"]),
                let host = entry.required("host", { name($0) })
            else { return nil }
            return TenantHost(host, verifiedOn: entry["verified_on"]?.day())
        }
    }

    /// The name of a host that no other tenant has.
    private mutating func name(_ value: YAMLValue) -> String? {
        guard let host = value.host() else { return nil }
        let isLoopback = RedirectURI(rawValue: "https://\(host)/")?.isLoopback ?? false
        guard !isLoopback || isDevelopment else {
            return value.refused("a loopback host is only for a development region")
        }
        // A redirect to a shared host would hand one tenant's codes to the other.
        return isLoopback || hosts.add(host, at: value) ? host : nil
    }
}

extension YAMLValue {
    /// A tenant's state. Files of earlier versions say `active` for one that is live.
    fileprivate func tenantState() -> TenantState? { scalarText == "active" ? .live : choice(TenantState.self) }
}

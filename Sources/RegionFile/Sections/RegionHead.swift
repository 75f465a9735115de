import AccountDirectory
import OpenIDMessages

/// The section `region`: the trust domain itself.
struct RegionHead {
    static let keys = ["id", "name", "issuer", "development", "notified", "evidence"]

    let identifier: RegionIdentifier?
    let name: String?
    let issuer: IssuerURL?
    let isDevelopment: Bool
    let isNotified: Bool
    let evidence: EvidencePolicy

    init(_ head: YAMLMapping) {
        identifier = head.required("id") { $0.slug(RegionIdentifier.self) }
        name = head.required("name") { $0.text() }
        issuer = head.required("issuer") {
            $0.wire(IssuerURL.self, "`https://`, a host in lower case, perhaps a port other than 443, and nothing else")
        }
        isDevelopment = head.value("development", default: false) { $0.bool() }
        isNotified = head.value("notified", default: false) { $0.bool() }
        evidence = Self.evidence(head["evidence"], isDevelopment: isDevelopment)
    }

    private enum Format: String, CaseIterable {
        case none, simulator, tpm
        case androidKey = "android-key"
        case appAttest = "apple-appattest"
    }

    private static func evidence(_ value: YAMLValue?, isDevelopment: Bool) -> EvidencePolicy {
        var policy = EvidencePolicy(formats: [Format.none.rawValue], simulatorRoots: [])
        let keys = ["formats", "simulator_roots"] + AttestationSections.sections.values.sorted()
        guard let evidence = value?.mapping(keys: keys) else { return policy }
        policy.formats = evidence.value("formats", default: policy.formats) { formats in
            formats.someDistinct { format(of: $0, isDevelopment: isDevelopment) }
        }
        policy.simulatorRoots = evidence.list("simulator_roots").flatMap { root -> [[UInt8]] in
            guard isDevelopment else { return root.refused("a production region cannot list a simulator root") ?? [] }
            return AttestationSections.certificates(root) ?? []
        }
        policy.androidKey = evidence["android_key"].flatMap(AttestationSections.androidKey)
        policy.appAttest = evidence["apple_app_attest"].flatMap(AttestationSections.appAttest)
        policy.tpm = evidence["tpm"].flatMap(AttestationSections.tpm)
        for format in policy.formats {
            guard let section = AttestationSections.sections[format], evidence[section] == nil else { continue }
            evidence["formats"]?.refuse("the format `\(format)` needs the section `\(section)`")
        }
        return policy
    }

    private static func format(of value: YAMLValue, isDevelopment: Bool) -> String? {
        guard let format = value.choice(Format.self) else { return nil }
        guard format != .simulator || isDevelopment else {
            return value.refused("a production region cannot accept `simulator` evidence")
        }
        return format.rawValue
    }
}

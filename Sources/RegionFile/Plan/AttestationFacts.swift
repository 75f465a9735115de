import AccountDirectory
import OpenIDMessages

/// What a region asks of evidence of hardware, as a plan compares it.
enum AttestationFacts {
    static func facts(of policy: EvidencePolicy) -> [RegionFacts.Fact] {
        androidKey(policy.androidKey) + appAttest(policy.appAttest) + tpm(policy.tpm)
    }

    private static func androidKey(_ policy: AndroidKeyPolicy?) -> [RegionFacts.Fact] {
        let applications = (policy?.applications ?? []).map { application in
            ([application.package] + application.signatures.map { Base64URL.encode($0) }).joined(separator: " ")
        }
        return [
            certificates("android_key roots", policy?.roots),
            RegionFacts.Fact("android_key applications", list: applications),
            RegionFacts.Fact("android_key oldest_patch", policy.map { String($0.oldestPatch) } ?? ""),
            RegionFacts.Fact("android_key boot_keys", list: (policy?.bootKeys ?? []).map { Base64URL.encode($0) }),
            levels("android_key", policy?.levels),
        ]
    }

    private static func appAttest(_ policy: AppAttestPolicy?) -> [RegionFacts.Fact] {
        [
            certificates("apple_app_attest roots", policy?.roots),
            RegionFacts.Fact("apple_app_attest applications", list: policy?.applications ?? []),
            RegionFacts.Fact("apple_app_attest environment", policy?.environment.rawValue ?? ""),
            levels("apple_app_attest", policy?.levels),
        ]
    }

    private static func tpm(_ policy: TPMPolicy?) -> [RegionFacts.Fact] {
        [certificates("tpm roots", policy?.roots), levels("tpm", policy?.levels)]
    }

    private static func certificates(_ name: String, _ roots: [[UInt8]]?) -> RegionFacts.Fact {
        let texts = (roots ?? []).map { Base64URL.encode($0) }
        return RegionFacts.Fact(name, texts.joined(separator: ","), shown: String(texts.count))
    }

    private static func levels(
        _ name: String, _ levels: [HardwareKeyStore: AssuranceLevel]?
    ) -> RegionFacts.Fact {
        let texts = (levels ?? [:]).map { "\($0.key.rawValue) \($0.value.name)" }.sorted()
        return RegionFacts.Fact(name + " levels", list: texts)
    }
}

internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let keys: [StorePromise] = [
        StorePromise("A fresh store has no signing keys") { store in
            try requireEqual(try await store.signingKeys(), [])
        },
        StorePromise("Signing keys come back as they were stored, in their order") { store in
            let keys = SigningKeyRing.Stage.allCases.map { storedKey($0) }
            try await store.replaceSigningKeys(keys, events: [])
            try requireEqual(try await store.signingKeys(), keys)
        },
        StorePromise("New signing keys replace all old ones") { store in
            let kept = storedKey(.next)
            try await store.replaceSigningKeys([storedKey(.current), kept], events: [])
            let keys = [storedKey(.current), kept]
            try await store.replaceSigningKeys(keys, events: [SecurityEvent(.keyRotated, time: Fixtures.now)])
            try requireEqual(try await store.signingKeys(), keys)
        },
        StorePromise("Signing keys that contradict each other leave the old ones") { store in
            let key = storedKey(.current)
            try await store.replaceSigningKeys([key], events: [])
            try await requireFault("the same key twice") {
                try await store.replaceSigningKeys([key, key], events: [])
            }
            try requireEqual(try await store.signingKeys(), [key])
        },
        StorePromise("The first secret of a name stays, whoever asks at the same time") { store in
            let answers = try await atOnce(16) { index in try await store.secret("cookie", fresh: [UInt8(index)]) }
            try requireEqual(Set(answers).count, 1, "different secrets")
            try requireEqual(try await store.secret("cookie", fresh: [99]), answers[0])
            try requireEqual(try await store.secret("other", fresh: [99]), [99])
        },
    ]

    static let region: [StorePromise] = [
        StorePromise("The region document is the one that was saved last") { store in
            try requireEqual(try await store.regionDocument(), nil)
            for document in ["name: Emscher-Lippe", "name: Emscher-Lippe-Region\n# ÄÖÜ"] {
                let event = SecurityEvent(.regionApplied, time: Fixtures.now)
                try require(
                    try await store.apply(RegionChange(document: document, sectors: [:], events: [event])), "refused")
                try requireEqual(try await store.regionDocument(), document)
            }
        }
    ]

    private static func storedKey(_ stage: SigningKeyRing.Stage) -> StoredSigningKey {
        StoredSigningKey(
            thumbprint: SigningKey.makeES256().thumbprint, algorithm: .es256, stage: stage, since: Fixtures.now,
            sealed: RandomBytes.make(64))
    }
}

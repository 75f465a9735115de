extension EvidenceVerdict {
    /// What a check looks at, for a person, with its name (docs/protocol.md §7) behind it; of a check that has no words here
    /// its name alone.
    public static func words(for check: String) -> BilingualText {
        guard let words = titles[check] else { return BilingualText(verbatim: check) }
        return words + BilingualText(verbatim: " (\(check))")
    }

    private static let titles: [String: BilingualText] = [
        "format": BilingualText("Art des Nachweises", "kind of evidence"),
        "form": BilingualText("lesbare Form", "readable form"),
        "chain": BilingualText("Kette der Zertifikate", "chain of certificates"),
        "root": BilingualText("bekannter Hersteller", "known maker"),
        "revocation": BilingualText("Sperrliste der Zertifikate", "list of revoked certificates"),
        "extension": BilingualText("Bescheinigung im Zertifikat", "attestation in the certificate"),
        "challenge": BilingualText("für diese Einrichtung gemacht", "made for this enrolment"),
        "nonce": BilingualText("für diese Einrichtung gemacht", "made for this enrolment"),
        "security_level": BilingualText("Schutz durch Hardware", "protection by hardware"),
        "key_properties": BilingualText("Art des Schlüssels", "kind of key"),
        "boot": BilingualText("geschützter Start des Geräts", "protected start of the device"),
        "user_authentication": BilingualText("Entsperren durch die Person", "unlocking by the person"),
        "application": BilingualText("echte App", "genuine app"),
        "rp_id": BilingualText("echte App", "genuine app"),
        "environment": BilingualText("Umgebung der App", "environment of the app"),
        "patch_level": BilingualText("Stand des Systems", "age of the system"),
        "key": BilingualText("derselbe Schlüssel", "the same key"),
        "keys": BilingualText("dieselben Schlüssel", "the same keys"),
        "key_id": BilingualText("Kennung des Schlüssels", "identifier of the key"),
        "counter": BilingualText("unbenutzter Schlüssel", "unused key"),
        "magic": BilingualText("vom TPM selbst", "from the TPM itself"),
        "type": BilingualText("Art der Erklärung", "kind of statement"),
        "name": BilingualText("Name des Schlüssels", "name of the key"),
        "fixed_tpm": BilingualText("an dieses TPM gebunden", "bound to this TPM"),
        "authorization": BilingualText("Zählen falscher PINs", "counting of wrong PINs"),
        "origin": BilingualText("im TPM erzeugt", "made in the TPM"),
        "signature": BilingualText("Unterschrift", "signature"),
        "attestation_key": BilingualText("bescheinigender Schlüssel", "attesting key"),
    ]
}

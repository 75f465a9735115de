internal import IdentityCrypto
public import OpenIDMessages

extension DeviceAuthenticator {
    /// Says what a link, a statement, evidence of hardware or a kept receipt is and how each check of it ended. Nothing is
    /// sent.
    ///
    /// Works without an enrolment; what must be compared with one is then `notChecked`.
    ///
    /// - Throws: `file` when the profile's own files cannot be read.
    public func explain(_ text: String) throws(DeviceError) -> Explanation {
        let profile = try explainingProfile()
        if let link = DeviceLink(parsing: text) { return Self.explain(link, profile: profile) }
        if let json = try? StrictJSON.parseObject(Array(text.utf8), maximumLength: 65_536) {
            if let kept = try? KeptReceipt(json: json) {
                return ReceiptExplanation.explain(kept, profile: profile)
            }
            if let evidence = EvidenceExplanation.evidence(json),
                let explanation = EvidenceExplanation.explain(evidence, about: nil, profile: profile, now: clock.now)
            {
                return explanation
            }
            return Self.foreign(
                text,
                "a JSON object, but neither a receipt (request, response and receipt) nor evidence of hardware")
        }
        guard (try? CompactJWS(parsing: text)) != nil else {
            return Self.foreign(
                text,
                text.lowercased().hasPrefix("http")
                    ? "a link, but none of CitizenID: such a link has the path /app/e/, /app/q/ or /app/s/"
                    : "neither a link of CitizenID nor a receipt nor a statement (a compact JWS as RFC 7515 §7.1 and "
                        + "docs/protocol.md §2 want it)")
        }
        return StatementExplanation.explain(text, profile: profile, now: clock.now)
    }

    /// The receipts of this profile: those of logins and of confirmations, the latest first, each with all its checks.
    ///
    /// - Throws: `file` when one of them is not readable.
    public func receipts() throws(DeviceError) -> [Explanation] {
        let names: [String]
        do throws(FileRefusal) { names = try folder.receipts.names() } catch { throw .file(error) }
        let profile = try explainingProfile()
        var found: [Explanation] = []
        for name in names where name.hasSuffix(".json") && !name.hasPrefix(".") {
            if let receipt = try receipt(file: name, profile: profile) { found.append(receipt) }
        }
        return found.sorted { ($0.content["iat"]?.integer ?? 0) > ($1.content["iat"]?.integer ?? 0) }
    }

    /// The receipt of one login or confirmation; nil when this profile has none.
    public func receipt(_ transaction: TransactionIdentifier) throws(DeviceError) -> Explanation? {
        try receipt(file: SealedFolder.receiptName(transaction), profile: explainingProfile())
    }

    /// What was kept of a login or confirmation; nil when there is nothing, or nothing that can be read.
    func keptReceipt(_ transaction: TransactionIdentifier) throws(DeviceError) -> KeptReceipt? {
        try receiptBytes(SealedFolder.receiptName(transaction)).flatMap(Self.kept)
    }

    private func receiptBytes(_ file: String) throws(DeviceError) -> [UInt8]? {
        do throws(FileRefusal) { return try folder.receipts.read(file) } catch { throw .file(error) }
    }

    private static func kept(_ bytes: [UInt8]) -> KeptReceipt? {
        (try? StrictJSON.parseObject(bytes, maximumLength: 65_536)).flatMap { try? KeptReceipt(json: $0) }
    }

    private func receipt(file: String, profile: ExplainingProfile?) throws(DeviceError) -> Explanation? {
        guard let bytes = try receiptBytes(file) else { return nil }
        guard let kept = Self.kept(bytes) else {
            let name = String(file.dropLast(".json".count))
            return Explanation(
                "unknown", title: "a damaged receipt", content: ["txn": .string(name)],
                checks: [StatementCheck("form", .failed, "\(file) in the folder of receipts is damaged")])
        }
        return ReceiptExplanation.explain(kept, profile: profile, file: file)
    }

    private func explainingProfile() throws(DeviceError) -> ExplainingProfile? {
        guard try enrolment() != nil else { return nil }
        let (state, keys) = (try state(), try keys())
        return ExplainingProfile(
            issuer: state.issuer, device: state.device,
            providerKeys: ProviderKeys(state.providerKeys.keys + state.formerProviderKeys.keys),
            authentication: keys.publicKey(.authentication), installation: keys.publicKey(.installation))
    }

    /// How much is shown of what is not CitizenID's: enough to see where it leads.
    private static let shownOfForeign = 400

    /// A person who wonders about a code reads what it says.
    private static func foreign(_ text: String, _ why: String) -> Explanation {
        let shown = text.unicodeScalars.prefix(shownOfForeign)
        let isWhole = shown.endIndex == text.unicodeScalars.endIndex
        return Explanation(
            "unknown", title: "nothing of CitizenID", content: ["text": .string(String(shown) + (isWhole ? "" : "…"))],
            checks: [StatementCheck("form", .failed, why)])
    }

    private static func explain(_ link: DeviceLink, profile: ExplainingProfile?) -> Explanation {
        var list = CheckList()
        list.check("form", true, "whole, canonical, nothing added (docs/protocol.md §3)", else: "")
        var content: JSONObject = ["issuer": .string(link.issuer.rawValue)]
        switch link.target {
        case .enrolment(_, let key):
            content["key"] = .string(key.rawValue)
            if let profile {
                list.check(
                    "provider", false, "", else: "this profile is enrolled already, at \(profile.issuer)")
            } else {
                list.skip(
                    "provider", "the link decides whom the device talks to: compare the name with what you expect")
            }
            list.skip("ticket", "only the provider knows whether it is unused and not older than ten minutes")
            return Explanation(
                "enrolment_link", title: "a link to enrol a device", content: content, checks: list.checks)
        case .qr(let handle, let frame, _):
            content["flow"] = .string(LoginFlow.qr.rawValue)
            content["handle"] = .string(handle)
            content["frame"] = .integer(frame)
        case .sameDevice(let handle, _):
            content["flow"] = .string(LoginFlow.link.rawValue)
            content["handle"] = .string(handle)
        }
        if let profile {
            list.check(
                "provider", link.issuer == profile.issuer, "\(link.issuer), where this device is enrolled",
                else: "\(link.issuer), but this device is enrolled at \(profile.issuer)")
        } else {
            list.skip("provider", StatementExplanation.noProfile)
        }
        list.skip("authentication_code", "only the provider knows whether it made this link, and whether it is fresh")
        return Explanation("login_link", title: "a link to a login", content: content, checks: list.checks)
    }
}

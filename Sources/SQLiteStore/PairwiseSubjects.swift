internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// The person's name in that sector and context: random, made at the first login there, the same ever after.
    func subject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) throws -> SubjectIdentifier {
        if let known = try knownSubject(of: account, in: sector, as: context) { return known }
        let subject = SubjectIdentifier.random(bytes: 16)
        try run(
            "INSERT INTO pairwise (subject, account, sector, context) VALUES (?, ?, ?, ?)",
            [subject.rawValue, account.rawValue, sector.name, context.rawValue])
        return subject
    }

    func knownSubject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) throws -> SubjectIdentifier? {
        try row(
            "SELECT subject FROM pairwise WHERE account = ? AND sector = ? AND context = ?",
            [account.rawValue, sector.name, context.rawValue])?
            .value("subject")
    }
}

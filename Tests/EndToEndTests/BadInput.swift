import Foundation
import OpenIDMessages
import Testing

/// What can be wrong with what a phone is given, as the first column of the table in docs/citizen-phone.md says it.
enum BadInput: String, CaseIterable, CustomTestStringConvertible {
    case noPicture = "a file that is no whole PNG picture"
    case noQRCode = "a picture without a QR code"
    case severalQRCodes = "a picture with two CitizenID codes"
    case foreignQRCode = "a picture with a QR code of somebody else"
    case noLink = "a text that is no link, or not the whole of one"
    case alteredLink = "a login link in which a character differs"
    case alteredKey = "an enrolment link in whose key a character differs, or that leads to an impostor"
    case otherProvider = "a login link of another provider"
    case usedTicket = "an enrolment link that was used, has expired, or in whose ticket a character differs"
    case loginOver = "the link of a login that is over"
    case slowClock = "a clock that is ten minutes behind"
    case fastClock = "a clock that is ten minutes ahead"
    case expiredCertificate = "a certificate that has expired"
    case earlyCertificate = "a certificate that is not valid yet"
    case otherName = "a certificate for another name"
    case selfSigned = "a certificate that signed itself"
    case unknownAuthority = "a certificate of an unknown authority"
    case withheldIntermediate = "a certificate whose authority's own certificate is not sent"
    case wrongUsage = "a certificate that is not for servers"
    case oldTLS = "a server that speaks TLS 1.1 and nothing later"
    case noTLS = "a server that speaks no TLS"
    case nobodyThere = "nobody listens there"
    case cutOff = "the connection is cut before the answer"
    case readOnly = "a folder that cannot be written"
    case diskFull = "a full disk"
    case newerVersion = "a profile of a newer version of the program"
    case damaged = "a damaged file, or another passphrase"
    case openToOthers = "a file that others can reach"

    var testDescription: String { rawValue }
}

/// The table of docs/citizen-phone.md.
struct BadInputTable {
    struct Row {
        let status: Int32
        let name: String
        /// What the message has in it.
        let sentence: BilingualText
    }

    let rows: [String: Row]

    static func read() throws -> BadInputTable {
        let text = try Program.text(of: Place.source("docs/citizen-phone.md"))
        let section = try #require(text.components(separatedBy: "\n## Bad input\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        var rows: [String: Row] = [:]
        for line in section.split(separator: "\n") {
            guard let match = line.wholeMatch(of: /\| ([^|]+) \| (\d+) `(\w+)` \| ([^|]+) \| ([^|]+) \|/) else {
                continue
            }
            let status = try #require(Int32(match.output.2))
            rows[String(match.output.1)] = Row(
                status: status, name: String(match.output.3),
                sentence: BilingualText(String(match.output.5), String(match.output.4)))
        }
        return BadInputTable(rows: rows)
    }
}

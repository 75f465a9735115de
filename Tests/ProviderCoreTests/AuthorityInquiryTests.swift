import AccountDirectory
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@Suite("The question of POST /authority/check")
struct AuthorityInquiryTests {
    private static let good = [
        "sub": "m1Yd8Kc6sR0uVw3nE2xTqg", "company": "o5Tg2Lw9aZ7hB4pNf0KcRQ", "service": "handwerkerparkausweis",
        "amount": "120.00", "currency": "EUR", "establishment": "00002",
    ]

    private static func inquiry(_ changes: [String: String?]) throws(OAuthError) -> AuthorityInquiry {
        var form = good
        for (name, value) in changes { form[name] = value }
        return try AuthorityInquiry(parameters: FormParameters(form))
    }

    @Test("every part is read")
    func parts() throws {
        let inquiry = try Self.inquiry(["client_id": "portal", "client_secret": "s"])
        #expect(inquiry.person == .subject(SubjectIdentifier(rawValue: "m1Yd8Kc6sR0uVw3nE2xTqg")!))
        #expect(inquiry.company.rawValue == "o5Tg2Lw9aZ7hB4pNf0KcRQ")
        #expect(inquiry.purpose == .service(ServiceIdentifier(rawValue: "handwerkerparkausweis")!))
        #expect(inquiry.amount == MoneyAmount("120", .euro) && inquiry.establishment == "00002")
        let other = try Self.inquiry([
            "sub": nil, "access_token": "e30.e30.e30", "service": nil, "scope": "parking.permit", "amount": nil,
            "currency": nil, "establishment": nil,
        ])
        #expect(other.person == .accessToken("e30.e30.e30") && other.amount == nil && other.establishment == nil)
        #expect(other.purpose == .scope(MandateScope(rawValue: "parking.permit")!))
    }

    @Test(
        "what is missing, twice, malformed or misspelt is refused: nothing is left out in silence",
        arguments: [
            ["sub": nil], ["access_token": "x"], ["company": nil], ["company": "ä"], ["sub": "a b"],
            ["service": nil], ["scope": "parking.permit"], ["service": "Parken!"],
            ["service": nil, "scope": "Parking"], ["amount": nil], ["currency": nil], ["amount": "120,00"],
            ["amount": "1e2"], ["amount": "-1"], ["amount": "120.0"], ["amount": "9999999999999"],
            ["currency": "JPY"], ["currency": "eur"], ["establishment": "2"], ["establishment": "0000x"],
            ["establishment": "000002"], ["amout": "120.00"], ["tenant": "marl"], ["decision": "ALLOWED"],
            ["sub": nil, "access_token": String(repeating: "x", count: 8193)],
        ] as [[String: String?]])
    func malformed(changes: [String: String?]) {
        #expect(throws: OAuthError.self, "\(changes)") { try Self.inquiry(changes) }
    }
}

internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let level: [AccountRoute] = [
        AccountRoute(
            .get, "/level", "see which level one's logins with this device reach, and why, signed",
            .read { call in
                let assurance = call.service.assurance
                var answer = try await assurance.explain(call.device).json
                answer["companies"] = .array(
                    try await assurance.explainCompanies(call.device).map { explained in
                        var company = explained.signed.json
                        company["company"] = .string(explained.company.identifier.rawValue)
                        company["name"] = .string(explained.company.details.name.text)
                        return .object(company)
                    })
                return answer
            })
    ]
}

extension SignedExplanation {
    fileprivate var json: JSONObject {
        ["explanation": .object(explanation.json), "statement": .string(statement)]
    }
}

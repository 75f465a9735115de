import OpenIDMessages
import ProviderCore

/// `docs/errors.md`, made from the catalogue.
enum ErrorsDocument {
    static let path = "docs/errors.md"

    static var text: String {
        """
        # Errors

        Every error that portals, devices, people and administrators hear from CitizenID over the network, what it means and
        what to do; what commands at the local socket refuse they say themselves. This file is written by a test from the
        catalogues (`Sources/ProviderCore/Policy`, `Sources/OpenIDMessages/Errors`): `CITIZENID_WRITE_DOCUMENTS=1 swift test --filter ErrorCatalogueTests`.

        - Before client and redirect URI are proven a person sees a page with a reference and the portal hears nothing.
          Afterwards the portal hears `error`, `error_description`, `state` and `iss`.
        - Programs hear JSON with `error` and `error_description`, devices a problem document (RFC 9457).
        - Another method than an endpoint for programs has is `invalid_request` with 405 and `Allow`.
        - A body of another type, with a content coding or of more than 64 KiB (20 KiB at `/authorize`) is `invalid_request` with
          400 for portals, as everything of RFC 6749 §5.2 that is no `invalid_client`; for devices and administrators it is 415
          or 413.
        - The caller hears little. The operator's log has a line `refused` with `trace_id`, `error`, the typed `reason` of the
          last table and the `description` that a portal hears.

        ## What a portal hears

        Places: *redirect* (303, or a form for `response_mode=form_post`), *page* (for the person), *endpoint* (`/par`,
        `/token`, `/introspect`, `/revoke`, `/device_authorization`, `/bc-authorize`, `/authority/check`), *registration*
        (`/register`), *userinfo*. Of two numbers the second is for who calls too often. On a page the person reads the text of that
        name [below](#what-a-person-reads), then the error and its description for whoever helps.

        | error | where: status | the person reads | meaning | remedy for the portal's developer |
        |---|---|---|---|---|
        \(OAuthError.Code.allCases.map(row).joined(separator: "\n"))

        ### What the descriptions say

        Those that stand in the code as they are, with … for what is put in: names of parameters, levels, references.

        | error | description |
        |---|---|
        \(OAuthError.Code.allCases.compactMap(descriptions).joined(separator: "\n"))

        ## What whoever asks for a service hears

        At `/services/{service}` (docs/integration.md):

        | error | status | meaning |
        |---|---|---|
        \(ServiceProblem.allCases.map(row).joined(separator: "\n"))

        ## What a device hears

        | code | status | whose side | again later | meaning | to a German reader |
        |---|---|---|---|---|---|
        \(ProblemCode.allCases.map(row).joined(separator: "\n"))

        ## What an administrator hears

        Problem documents at `/admin/v1` (docs/administration.md):

        | code | status | meaning |
        |---|---|---|
        \(AdministrationProblem.allCases.map(row).joined(separator: "\n"))

        ## What a person reads

        On pages outside a running login:

        | problem | status | German | English |
        |---|---|---|---|
        \(PersonProblem.allCases.map(row).joined(separator: "\n"))

        When a login ends without success:

        | end | German | English |
        |---|---|---|
        \(LoginState.allCases.filter { $0.isTerminal && $0 != .complete }.map(row).joined(separator: "\n"))

        ## What the operator reads

        | reason | whose side | meaning | the caller hears | remedy |
        |---|---|---|---|---|
        \(Refusal.allCases.map(row).joined(separator: "\n"))

        """
    }

    private static func row(_ code: OAuthError.Code) -> String {
        let places = ErrorPlace.allCases.filter(code.entry.places.contains)
            .map { "\($0.rawValue): " + statuses(of: code, at: $0) }
        let pages = code.pages.map { "`\($0.rawValue)`" }
        return line([
            "`\(code.rawValue)`", places.joined(separator: ", "), pages.isEmpty ? "–" : pages.joined(separator: ", "),
            code.entry.meaning, code.entry.remedy,
        ])
    }

    private static func statuses(of code: OAuthError.Code, at place: ErrorPlace) -> String {
        let (usual, limited) = (code.status(at: place), code.status(at: place, reason: .rateLimited))
        return usual == limited ? "\(usual)" : "\(usual) or \(limited)"
    }

    private static func row(_ problem: ServiceProblem) -> String {
        line(["`\(problem.rawValue)`", "\(problem.status)", problem.meaning])
    }

    /// Nil for an error whose descriptions are all composed.
    private static func descriptions(_ code: OAuthError.Code) -> String? {
        guard let found = described["\(code)"] else { return nil }
        return line(["`\(code.rawValue)`", found.sorted().joined(separator: "; ")])
    }

    /// The descriptions that the sources write out beside their error, by the error's name there.
    private static let described: [String: Set<String>] = {
        var found: [String: Set<String>] = [:]
        for file in SourceTree.sources where ["OpenIDMessages", "ProviderCore", "ProviderHTTP"].contains(file.room) {
            let written = file.text.matches(of: /(?:ClientRefusal|OAuthError|refusal)\(\s*\.(\w+),\s*"([^"]*)"/)
            for match in written {
                let text = match.output.2.replacing(/\\\([^)]*\)+/, with: "…")
                found[String(match.output.1), default: []].insert(String(text))
            }
        }
        return found
    }()

    private static func row(_ code: ProblemCode) -> String {
        let problem = code.problem(traceIdentifier: "")
        return line([
            "`\(code.rawValue)`", "\(code.status)", problem.side.rawValue, problem.retry ? "yes" : "no", problem.title,
            code.title.german,
        ])
    }

    private static func row(_ problem: AdministrationProblem) -> String {
        line(["`\(problem.rawValue)`", "\(problem.status)", problem.title])
    }

    private static func row(_ problem: PersonProblem) -> String {
        line(
            ["\(problem.rawValue)", "\(problem.status)"]
                + [Language.german, .english].map { language in
                    let text = problem.text(language)
                    return said(text.title, text.explanation, text.remedy)
                })
    }

    private static func row(_ state: LoginState) -> String {
        line(
            ["`\(state.rawValue)`"]
                + [Language.german, .english].map { language in
                    let text = state.text(for: .browser, language: language)
                    return said(text.title, text.explanation, text.remedy)
                })
    }

    private static func row(_ reason: Refusal) -> String {
        let answers = reason.entry.answers.map { answer in
            switch answer {
            case .oauth(let code): "`\(code.rawValue)`"
            case .problem(let code): "`\(code.rawValue)` (device)"
            case .page(let problem): "page `\(problem.rawValue)`"
            case .loginPage: "page of the login"
            }
        }
        return line([
            "`\(reason.rawValue)`", reason.entry.side.rawValue, reason.entry.meaning,
            answers.joined(separator: ", "), reason.entry.remedy,
        ])
    }

    private static func said(_ title: String, _ explanation: String, _ remedy: String?) -> String {
        (["**\(title)**", explanation] + [remedy].compactMap(\.self)).joined(separator: " ")
    }

    private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
}

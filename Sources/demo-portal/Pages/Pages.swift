internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import Mustache
internal import NIOCore
internal import OpenIDMessages
internal import RelyingParty

/// Renders the portal's pages. Every value is escaped by the templates; only whole rendered pieces go in as they are.
struct Pages: Sendable {
    private let tenantName: String
    private let layout: MustacheTemplate
    private let homeTemplate: MustacheTemplate
    private let accountTemplate: MustacheTemplate
    private let messageTemplate: MustacheTemplate
    private let formAction: String

    /// `formTargets` are the origins to which a form of the portal may lead: the provider, because browsers apply
    /// `form-action` to the redirect after a form as well.
    init(tenantName: String, formTargets: [String]) throws {
        self.tenantName = tenantName
        formAction = (["'self'"] + formTargets).joined(separator: " ")
        layout = try MustacheTemplate(string: Templates.layout)
        homeTemplate = try MustacheTemplate(string: Templates.home)
        accountTemplate = try MustacheTemplate(string: Templates.account)
        messageTemplate = try MustacheTemplate(string: Templates.message)
    }

    func home(language: Language, isLoggedIn: Bool) -> Response {
        let words = Words.of(language)
        let content = homeTemplate.render([
            "t": words, "town": tenantName, "isLoggedIn": isLoggedIn, "login": language.link("/login"),
            "account": language.link("/account"),
        ])
        return page(title: words["homeTitle"] ?? "", content: content, path: "/", language: language)
    }

    func account(_ session: Sessions.Session, language: Language) -> Response {
        let words = Words.of(language)
        let claims = session.userinfo.members.filter { $0.name != "sub" }.map { ClaimText($0, language: language) }
        let context = session.login.authenticationContext
        let name = Self.name(in: session.userinfo)
        let content = accountTemplate.render([
            "t": words, "name": name, "hasName": !name.isEmpty, "level": context.words(language),
            "acr": session.login.acr, "isSimulated": context.isSimulated, "subject": session.login.subject.rawValue,
            "provider": session.login.idToken["iss"]?.string ?? "", "hasClaims": !claims.isEmpty,
            "claims": claims.map { ["label": $0.label, "value": $0.value] },
            "idToken": JSONValue.object(session.login.idToken).prettyText, "logout": language.link("/logout"),
        ])
        return page(title: words["accountTitle"] ?? "", content: content, path: "/account", language: language)
    }

    func message(_ message: Message, language: Language) -> Response {
        let title = language.choose(message.title)
        let words = Words.of(language)
        let content = messageTemplate.render([
            "t": words, "button": words[message.isAboutLogin ? "again" : "login"] ?? "", "title": title,
            "text": language.choose(message.text),
            "hasRemedy": message.remedy != nil, "remedy": message.remedy ?? "", "login": language.link("/login"),
            "home": language.link("/"),
        ])
        return page(title: title, content: content, path: "/", language: language, status: message.status)
    }

    private func page(
        title: String, content: String, path: String, language: Language, status: HTTPResponse.Status = .ok
    ) -> Response {
        let nonce = RandomBytes.text(16)
        let html = layout.render([
            "t": Words.of(language), "lang": language.code, "otherLang": language.other.code, "title": title,
            "town": tenantName, "nonce": nonce, "css": Stylesheet.css, "content": content,
            "home": language.link("/"), "here": language.other.link(path),
        ])
        let policy =
            "default-src 'none'; style-src 'nonce-\(nonce)'; img-src data:; form-action \(formAction); "
            + "base-uri 'none'; frame-ancestors 'none'"
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy,
                .contentLanguage: language.code, .vary: "accept, accept-language, cookie",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// The person's name as far as it was released.
    private static func name(in claims: JSONObject) -> String {
        if let name = claims["name"]?.string { return name }
        return ["given_name", "family_name"].compactMap { claims[$0]?.string }.joined(separator: " ")
    }
}

import OpenIDMessages
import Testing

@Suite("RFC 9110 §12.5.4: the language that a browser asks for")
struct LanguageTests {
    @Test(
        "quality decides, then order; nothing useful means German",
        arguments: [
            (nil, Language.german), ("", .german), ("fr", .german), ("fr, nonsense;;", .german), ("*", .german),
            ("en", .english), ("EN-gb", .english), ("de-DE,de;q=0.9,en;q=0.8", .german), ("en, de", .english),
            ("de;q=0.3, en;q=0.301", .english), ("de;q=0, *", .english), ("en;q=0, *;q=0.1", .german),
            ("fr-FR, fr;q=0.9, en;q=0.5", .english), ("en;q=0.000", .german), ("en;q=1.001, de;q=0.1", .german),
            ("en;q=7, de;q=0.1", .german), ("en ; q=0.9 , de ; q=0.2", .english), ("english", .german),
            ("en;q=0.1234,de;q=0.01", .german), ("en;q=-1", .german), (",,;q=1,-,", .german),
        ] as [(String?, Language)])
    func prefers(header: String?, language: Language) {
        #expect(Language(acceptLanguage: header) == language, "\(header ?? "none")")
    }
}

@Suite("Every state has texts for people")
struct LoginStateTextsTests {
    @Test("in both languages, for browser and phone, in whole sentences", arguments: LoginState.allCases)
    func textsAreThere(state: LoginState) {
        for side in LoginSide.allCases {
            let texts = Language.allCases.map { state.text(for: side, language: $0) }
            for text in texts {
                #expect(!text.title.isEmpty)
                #expect(text.explanation.hasSuffix("."))
                #expect(text.remedy.map { $0.hasSuffix(".") } ?? true)
                let all = text.title + text.explanation + (text.remedy ?? "")
                #expect(!all.contains(state.rawValue) || state.rawValue.allSatisfy { $0 != "_" }, "no jargon")
            }
            #expect(Set(texts).count == texts.count, "\(state): German and English differ")
            #expect(Set(texts.map { $0.remedy == nil }).count == 1, "\(state): both languages say what to do")
        }
    }

    @Test("where a portal asked by itself nobody is sent to a browser", arguments: Language.allCases)
    func withoutBrowser(language: Language) {
        let ofBrowsers: Set<LoginState> = [.created, .claimed, .awaitingReturn, .returnMismatch]
        #expect(LoginFlow.allCases.map(\.phone) == [.phone, .phone, .phoneWithoutBrowser])
        for state in Set(LoginState.allCases).subtracting(ofBrowsers) {
            let text = state.text(for: .phoneWithoutBrowser, language: language)
            let all = [text.title, text.explanation, text.remedy ?? ""].joined(separator: " ")
            #expect(!all.lowercased().contains("browser"), "\(all)")
        }
    }

    @Test("where another device logs in nobody is sent to a portal", arguments: Language.allCases)
    func forDevice(language: Language) {
        for state in LoginState.allCases {
            let text = state.text(for: .browserForDevice, language: language)
            let all = [text.title, text.explanation, text.remedy ?? ""].joined(separator: " ")
            #expect(!all.lowercased().contains("portal"), "\(all)")
        }
    }

    @Test("who cannot go on in the browser is told what to do", arguments: [LoginSide.browser, .browserForDevice])
    func failuresHaveRemedies(side: LoginSide) {
        for state in LoginState.allCases where state.isTerminal {
            #expect(state.text(for: side, language: .german).remedy != nil, "\(state)")
        }
    }
}

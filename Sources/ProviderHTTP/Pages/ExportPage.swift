internal import Foundation
public import OpenIDMessages

/// An export of everything about one person as a page that can be kept: one file, no script, nothing loaded.
public enum ExportPage {
    /// - Parameter document: the payload of `account-export+jwt`.
    public static func html(_ document: JSONObject, language: Language) -> String {
        let words = ExportWords(language)
        let sections = document.members.compactMap { member in
            member.value.array.map { section(member.name, rows: $0, words).text }
        }
        let made = document["iat"]?.integer.map { time($0, words).text } ?? ""
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(words.title) – CitizenID</title>
            <style>\(PageStyle.css)\(style)</style>
            </head>
            <body>
            <main>
            <h1>\(words.title)</h1>
            <p>\(words.introduction)</p>
            <p class="soft">\(document["region"]?.string ?? "") · \(document["iss"]?.string ?? "") · \
            \(HTML(trusted: made))</p>
            \(HTML(trusted: sections.joined()))
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private static let style: HTML = """
        .export-row { padding: 0.75rem 0; border-top: 1px solid var(--line); }
        .export-row dl, dl.inner { display: grid; grid-template-columns: minmax(9rem, 1fr) 3fr; gap: 0.2rem 1rem; }
        section { margin-top: 2rem; } dt { color: var(--soft); } dd { overflow-wrap: anywhere; }
        """

    private static func section(_ name: String, rows: [JSONValue], _ words: ExportWords) -> HTML {
        let items = rows.map { row -> String in
            let item: HTML = "<div class=\"export-row\">\(value(row, named: name, words))</div>\n"
            return item.text
        }
        let content = items.isEmpty ? HTML("<p class=\"soft\">\(words.nothing)</p>") : HTML(trusted: items.joined())
        return """
            <section aria-labelledby="\(name)"><h2 id="\(name)">\(words.name(of: name))</h2>
            \(content)</section>

            """
    }

    private static func value(_ value: JSONValue, named name: String, _ words: ExportWords) -> HTML {
        switch value {
        case .object(let object):
            let members = object.members.map { member -> String in
                let line: HTML = """
                    <dt>\(words.name(of: member.name))</dt><dd>\(self.value(member.value, named: member.name, words))</dd>

                    """
                return line.text
            }
            return "<dl class=\"inner\">\(HTML(trusted: members.joined()))</dl>"
        case .array(let array):
            let items = array.map { self.value($0, named: name, words).text }
            return HTML(trusted: items.joined(separator: ", "))
        case .integer(let integer) where name.hasSuffix("_at") || name == "time" || name == "usable_from":
            return time(integer, words)
        case .integer(let integer): return "\(integer)"
        case .number(let number): return "\(String(number))"
        case .bool(let bool): return "\(bool ? words.yes : words.no)"
        case .string(let text): return "<bdi>\(text)</bdi>"
        case .null: return ""
        }
    }

    private static func time(_ seconds: Int64, _ words: ExportWords) -> HTML {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        return "<time datetime=\"\(date.formatted(.iso8601))\">\(words.time(date))</time>"
    }
}

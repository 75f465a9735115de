internal import Foundation
public import OpenIDMessages

/// An export of everything about one person as a page that can be kept: one file, no script, nothing loaded. Everything is in
/// it but identifiers and hashes of the trail, which say nothing on paper: the signed form has them.
public enum ExportPage {
    /// - Parameter document: the payload of `account-export+jwt`.
    public static func html(_ document: JSONObject, language: Language) -> String {
        let words = ExportWords(language, document)
        let sections = document.members.compactMap { member in member.value.array.map { (member.name, $0) } }
            .sorted { ExportWords.place(of: $0.0) < ExportWords.place(of: $1.0) }
        let filled = sections.filter { !$0.1.isEmpty }.map { section($0.0, rows: $0.1, words).text }
        let empty = sections.filter { $0.1.isEmpty }.map { words.name(of: $0.0) }
        let rest = empty.isEmpty ? "" : words.nothing + " " + empty.joined(separator: ", ") + "."
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
            \(HTML(trusted: filled.joined()))
            <p id="empty" class="soft">\(rest)</p>
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private static let style: HTML = """
        .export-row { padding: 0.75rem 0; border-top: 1px solid var(--line); }
        .export-row dl, dl.inner { display: grid; grid-template-columns: minmax(11rem, 1fr) 3fr; gap: 0.2rem 1rem; }
        section, #empty { margin-top: 2rem; } dt { color: var(--soft); } dd { overflow-wrap: anywhere; }
        .trail { width: 100%; border-collapse: collapse; }
        .trail th, .trail td { padding: 0.4rem 1rem 0.4rem 0; border-top: 1px solid var(--line); text-align: left;
          vertical-align: top; }
        .trail th { color: var(--soft); font-weight: normal; }
        @media print { main { max-width: none; padding: 0; } }
        """

    private static func section(_ name: String, rows: [JSONValue], _ words: ExportWords) -> HTML {
        let content =
            name == "audit"
            ? trail(rows.compactMap(\.object), words)
            : HTML(trusted: rows.map { row($0, named: name, words).text }.joined())
        return """
            <section aria-labelledby="\(name)"><h2 id="\(name)">\(words.name(of: name))</h2>
            \(content)</section>

            """
    }

    private static func row(_ row: JSONValue, named name: String, _ words: ExportWords) -> HTML {
        // A person's record has nothing around it.
        let row = row.object?.names == ["attributes"] ? row.object?["attributes"] ?? row : row
        return "<div class=\"export-row\">\(value(row, named: name, words))</div>\n"
    }

    /// When something happened, what, who did it, and where.
    private static func trail(_ events: [JSONObject], _ words: ExportWords) -> HTML {
        func text(_ value: JSONValue?) -> String { value?.object?[words.language.rawValue]?.string ?? "" }
        let lines = events.map { event -> String in
            let what = event["text"] == nil ? event["kind"]?.string ?? "" : text(event["text"])
            let place = [event["portal"]?.string, event["tenant_name"]?.string].compactMap(\.self)
            let line: HTML = """
                <tr><td>\(event["time"]?.integer.map { time($0, words) })</td><td>\(what)</td>\
                <td>\(text(event["who"]))</td><td>\(place.joined(separator: ", "))</td></tr>

                """
            return line.text
        }
        let heads = ["time", "what", "who", "where"].map { name -> String in
            let head: HTML = "<th scope=\"col\">\(words.name(of: name))</th>"
            return head.text
        }
        return """
            <table class="trail"><thead><tr>\(HTML(trusted: heads.joined()))</tr></thead><tbody>
            \(HTML(trusted: lines.joined()))</tbody></table>
            """
    }

    private static func value(_ value: JSONValue, named name: String, _ words: ExportWords) -> HTML {
        switch value {
        case .object(let object):
            // The company is called by its name already.
            let shown = object.members.filter {
                $0.value != .null && ($0.name != "company_name" || object["company"] == nil)
            }
            let members = shown.map { member -> String in
                let line: HTML = """
                    <dt>\(words.name(of: member.name))</dt><dd>\(self.value(member.value, named: member.name, words))</dd>

                    """
                return line.text
            }
            return "<dl class=\"inner\">\(HTML(trusted: members.joined()))</dl>"
        case .array(let array):
            let items = array.map { self.value($0, named: name, words).text }
            return HTML(trusted: items.joined(separator: ", "))
        case .integer(let integer):
            if ExportWords.isTime(name) { return time(integer, words) }
            return "\(words.value(integer, of: name))"
        case .number(let number): return "\(String(number))"
        case .bool(let bool): return "\(bool ? words.yes : words.no)"
        case .string(let text): return "<bdi>\(words.value(text, of: name))</bdi>"
        case .null: return ""
        }
    }

    private static func time(_ seconds: Int64, _ words: ExportWords) -> HTML {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        return "<time datetime=\"\(date.formatted(.iso8601))\">\(words.time(date))</time>"
    }
}

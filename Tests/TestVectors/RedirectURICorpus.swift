/// Redirect URIs that an attacker sends in the hope that one reader takes them for a registered one.
///
/// The rule under attack: a redirect URI is compared byte for byte with one that is registered for the client, and no
/// URL parser takes part (RFC 9700 §2.1, §4.1.3). Every variant here differs from the registered URI in its bytes.
public enum RedirectURICorpus {
    /// Distinct variants of `registered`, which is an `https` or `http` URI with a path; none is equal to it in bytes.
    public static func hostileVariants(of registered: String) -> [String] {
        let parts = Parts(registered)
        var seen: Set<[UInt8]> = [Array(registered.utf8)]
        let all =
            letterCase(parts) + insertions(registered) + characterChanges(registered) + affixes(registered)
            + authorities(parts) + lookAlikes(parts) + paths(parts) + schemes(parts)
        return all.filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// The places of a URI at which attacks aim.
    private struct Parts {
        let scheme: String
        let host: String
        /// Empty or with its colon.
        let port: String
        /// Path and query, from the first `/`.
        let path: String

        var authority: String { host + port }
        var whole: String { scheme + "://" + host + port + path }

        init(_ uri: String) {
            let halves = uri.split(separator: "://", maxSplits: 1).map(String.init)
            scheme = halves[0]
            let rest = halves[1]
            let authority = rest.prefix { $0 != "/" }
            path = String(rest.dropFirst(authority.count))
            host = String(authority.prefix { $0 != ":" })
            port = String(authority.dropFirst(host.count))
        }

        func with(authority: String) -> String { scheme + "://" + authority + path }
        func with(path: String) -> String { scheme + "://" + authority + path }
    }

    /// Scheme and host do not depend on letter case for a URL parser; bytes do.
    private static func letterCase(_ parts: Parts) -> [String] {
        let whole = parts.whole
        let swapped = whole.indices.map { index in
            let letter = whole[index]
            let other = letter.isUppercase ? letter.lowercased() : letter.uppercased()
            return String(whole[..<index]) + other + String(whole[whole.index(after: index)...])
        }
        return swapped + [
            whole.uppercased(), parts.scheme.uppercased() + "://" + parts.authority + parts.path,
            parts.with(authority: parts.authority.uppercased()), parts.with(path: parts.path.uppercased()),
        ]
    }

    /// Browsers delete tab, carriage return and line feed wherever they stand; C readers stop at NUL.
    private static func insertions(_ uri: String) -> [String] {
        let intruders = [
            "\t", "\n", "\r", "\u{0}", " ", "\u{7F}", "\u{AD}", "\u{200B}", "\u{FEFF}", "\\", "%00", "%09", "%0d%0a",
        ]
        return (0...uri.count).flatMap { offset in
            intruders.map { String(uri.prefix(offset)) + $0 + String(uri.dropFirst(offset)) }
        }
    }

    /// One character left out, doubled, or in another spelling.
    private static func characterChanges(_ uri: String) -> [String] {
        uri.indices.flatMap { index in
            let before = String(uri[..<index])
            let character = String(uri[index])
            let after = String(uri[uri.index(after: index)...])
            let code = String(uri.utf8[index], radix: 16)
            let spellings = [
                "", character + character, "%" + code, "%" + code.uppercased(), "%25" + code, "%u00" + code,
                "&#x" + code + ";", "*", "?", ".",
            ]
            return spellings.map { before + $0 + after }
        }
    }

    private static func affixes(_ uri: String) -> [String] {
        let suffixes = [
            "/", "//", "/.", "/..", "/../", "/./", "/..;/", ";/", "/;/", "/%2e%2e/", "/%2e%2e%2f", "%2f", "%2F", "%5c",
            "%3f",
            "%23", "?", "??", "?evil=1", "?next=https://evil.example", "&evil=1", "&code=stolen", ";jsessionid=1", "#",
            "#evil", "#@evil.example", "/#/", "?#", "*", "/*", "/**", ".*", "$", "^", ".html", "~", "+", ",", "'", "\"",
            "<",
            ">", "`", "{", "|", "}", "\\", "\\..\\", "/..\\", "@evil.example", ":443", ":80", "/evil", "/../evil",
            "/..%2fevil", "/..%252fevil", "/..;/evil", "/%c0%ae%c0%ae/evil", "\u{2028}", "\u{202E}", "\u{301}",
            "%E2%80%AE", ",https://evil.example/", " https://evil.example/", "\nhttps://evil.example/",
            "\r\nLocation: https://evil.example/",
        ]
        let prefixes = [
            "url:", "view-source:", "feed:", "blob:", "about:", "jar:", "x-", "//", "/", "\\\\",
            "https://evil.example/",
            "https://evil.example?", "https://evil.example#", "https://evil.example@", "https://evil.example/?u=",
            "https://evil.example ", "https://evil.example,", "javascript://", "data:text/html,", "'", "\"", "<", "(",
        ]
        return suffixes.map { uri + $0 } + prefixes.map { $0 + uri }
    }

    /// What is host and what is user information (RFC 3986 §3.2) is where URL parsers disagree most.
    private static func authorities(_ parts: Parts) -> [String] {
        let host = parts.host
        let parent = host.split(separator: ".").dropFirst().joined(separator: ".")
        let authorities = [
            "evil.example", "\(host).evil.example", "evil.example.\(host)", "evil.\(host)", "evil\(host)",
            "\(host)evil",
            "evil-\(host)", "www.\(host)", "*.\(parent)", "*", "*.\(host)", "\(host)*", "\(parent)", ".\(host)",
            "\(host).", "\(host)..", "..\(host)", "-\(host)", "\(host)-", "_\(host)", "user@\(host)",
            "user:pass@\(host)",
            "@\(host)", ":@\(host)", "\(host)@evil.example", "\(host):443@evil.example", "\(host):@evil.example",
            "\(host)@\(host)", "\(host)@\(host)@evil.example", "evil.example@\(host)",
            "evil.example@evil.example@\(host)",
            "a@b@\(host)", "\(host)@evil.example@\(host)", "\(host)\\@evil.example", "evil.example\\@\(host)",
            "\(host)\\.evil.example", "evil.example\\.\(host)", "\(host)%40evil.example", "evil.example%40\(host)",
            "\(host)%2f@evil.example", "\(host)%5c@evil.example", "\(host)%2eevil.example", "\(host)%00.evil.example",
            "\(host)%23@evil.example", "\(host)%3f@evil.example", "\(host)#@evil.example", "\(host)?@evil.example",
            "\(host)/@evil.example", "evil.example#@\(host)", "evil.example?@\(host)", "evil.example/@\(host)",
            "evil.example;\(host)", "evil.example,\(host)", "evil.example&\(host)", "evil.example+\(host)",
            "evil.example \(host)", "evil.example\t\(host)", "evil.example\n\(host)", "evil.example\u{0}\(host)",
            "evil.example%20\(host)", "evil.example:\(host)", "[\(host)]", "[evil.example]", "[::1]", "[::]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::1%25eth0]", "[fe80::1]", "[::1", "::1",
            "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "127.0.0.0x1", "1.0x7f000001",
            "0177.0.0.1", "017700000001", "127.0.0.01", "127.0.0.1.", "127.0.0.256", "127.0.0.1.1", "0", "0.0.0.0",
            "localhost", "localhost.", "LOCALHOST", "localhost.localdomain", "169.254.169.254", "xn--\(host)",
            "\(host):", "\(host):0", "\(host):00", "\(host):1", "\(host):80", "\(host):443", "\(host):0443",
            "\(host):+443", "\(host):-443", "\(host):443:443", "\(host):65536", "\(host):99999999999", "\(host):https",
            "\(host): 443", "\(host):443 ", "\(host):４４３", "\(host)\(parts.port)0", "",
        ]
        return authorities.map(parts.with(authority:)) + authorities.map { parts.with(authority: $0 + parts.port) }
    }

    /// Letters that look the same or that become the same by IDNA mapping (UTS #46).
    private static func lookAlikes(_ parts: Parts) -> [String] {
        let similar: [Character: [String]] = [
            "a": ["а", "ɑ", "ａ", "ª"], "b": ["Ь", "ｂ"], "c": ["с", "ϲ", "ｃ"], "d": ["ԁ", "ｄ"], "e": ["е", "ℯ", "ｅ"],
            "g": ["ɡ", "ｇ"], "h": ["һ", "ℎ", "ｈ"], "i": ["і", "ı", "ⅰ", "ｉ"], "k": ["\u{212A}", "к", "ｋ"],
            "l": ["ⅼ", "1", "I", "ｌ"], "m": ["ⅿ", "rn", "ｍ"], "n": ["п", "ｎ"], "o": ["о", "ο", "0", "º", "ｏ"],
            "p": ["р", "ρ", "ｐ"], "r": ["г", "ｒ"], "s": ["ѕ", "ſ", "ｓ"], "t": ["т", "ｔ"], "u": ["υ", "ｕ"],
            "v": ["ѵ", "ⅴ", "ｖ"], "x": ["х", "×", "ｘ"], "y": ["у", "ｙ"], ".": ["。", "．", "｡", "․", ","],
            "1": ["１", "①", "l"], "0": ["０", "O"], "7": ["７"], "2": ["２"], ":": ["：", "ː"], "/": ["／", "⁄", "∕"],
        ]
        let whole = parts.whole
        let replaced = whole.indices.flatMap { index in
            (similar[whole[index]] ?? []).map {
                String(whole[..<index]) + $0 + String(whole[whole.index(after: index)...])
            }
        }
        return replaced
            + ["xn--\(parts.host)", "\(parts.host)／.evil.example", "evil.example／\(parts.host)"]
            .map(parts.with(authority:))
    }

    private static func paths(_ parts: Parts) -> [String] {
        let path = parts.path
        let paths = [
            "", "/", "//", "/.", "/..", "/evil", "/*", "/evil/..\(path)", "/evil/../\(path)", "/.\(path)", "/..\(path)",
            "/../..\(path)", "/;\(path)", "/..;\(path)", "/evil/..;\(path)", "/%2e\(path)", "/%2e%2e\(path)",
            "/evil/%2e%2e\(path)", "/evil/.%2e\(path)", "/evil/%252e%252e\(path)", "/\(path)", "//evil.example\(path)",
            "/\\evil.example\(path)", "\\\(path)", "\\evil.example\(path)", "\(path)\(path)", "\(path)/..\(path)",
            "\(path)/../evil", "\(path)/..;/evil", "\(path)\\..\\evil", "/%2f\(path)", "/%5c\(path)", "?\(path)",
            "#\(path)",
            "?\(path.dropFirst())", "#\(path.dropFirst())", ":\(path)", ";\(path)",
            path.replacing("/", with: "\\"), path.replacing("/", with: "%2f"), path.replacing("/", with: "%5c"),
            path.replacing("/", with: "//"), path.replacing("/", with: "/./"),
        ]
        return paths.map(parts.with(path:))
    }

    private static func schemes(_ parts: Parts) -> [String] {
        let rest = parts.authority + parts.path
        let schemes = [
            "http", "https", "HTTPS", "Https", "hTTPs", "ftp", "file", "ws", "wss", "javascript", "JaVaScRiPt", "data",
            "blob",
            "about", "intent", "mailto", "app", "com.example.app", "httpſ", "https ", " https", "https\t", "\thttps",
            "h\nttps", "https%3a", "https:https",
        ]
        let joints = ["://", ":", ":/", ":///", ":////", ":\\\\", ":/\\", ":\\/", "//", ":%2f%2f", "", ": //"]
        let scripts = [
            "javascript:alert(1)", "javascript://\(rest)%0aalert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)",
            "java\tscript:alert(1)", "javascript%3aalert(1)", "data:text/html,<script>alert(1)</script>",
            "data:text/html;base64,PHNjcmlwdD4=", "DATA:,", "vbscript:msgbox(1)", "file:///etc/passwd",
            "blob:\(parts.whole)", "filesystem:\(parts.whole)", "about:blank", "urn:ietf:wg:oauth:2.0:oob", "",
        ]
        return schemes.flatMap { scheme in joints.map { scheme + $0 + rest } } + scripts
    }
}

// swift-tools-version: 6.2
import PackageDescription

/// Settings that every target shares: Swift 6 language mode, strict memory safety, warnings as errors.
let everyTarget: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

/// A library or a program must say which of its imports are part of its interface; a test need not.
let sourceTarget = everyTarget + [.enableUpcomingFeature("InternalImportsByDefault")]

extension Target.Dependency {
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let logging = product(name: "Logging", package: "swift-log")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let yams = product(name: "Yams", package: "Yams")
    static let histogram = product(name: "Histogram", package: "hdrhistogram-swift")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
}

let package = Package(
    name: "CitizenID",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "citizen-id", targets: ["citizen-id"]),
        .executable(name: "citizen-phone", targets: ["citizen-phone"]),
        .executable(name: "demo-portal", targets: ["demo-portal"]),
        .library(name: "DeviceAuthenticator", targets: ["DeviceAuthenticator"]),
        .library(name: "RelyingParty", targets: ["RelyingParty"]),
        .library(
            name: "Provider",
            targets: [
                "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "ProviderCore", "SQLiteStore", "OutboundHTTP",
                "ProviderHTTP",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // C libraries that Debian ships.
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CQREncode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZBar", providers: [.apt(["libzbar-dev"])]),
        .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CPKCS11", providers: [.apt(["libp11-kit-dev"])]),
        .systemLibrary(name: "CTSS2", providers: [.apt(["libtss2-dev"])]),
        .systemLibrary(name: "CFileStatus"),
        .systemLibrary(name: "CProcess"),
        .systemLibrary(name: "CSQLiteSettings", providers: [.apt(["libsqlite3-dev"])]),

        // Rooms of the house; docs/architecture.md says what each is for.
        .target(name: "OpenIDMessages", swiftSettings: sourceTarget),
        .target(
            name: "IdentityCrypto",
            dependencies: ["OpenIDMessages", "CSodium", .crypto, .cryptoExtras, .x509, .asn1],
            swiftSettings: sourceTarget),
        .target(name: "AccountDirectory", dependencies: ["OpenIDMessages"], swiftSettings: sourceTarget),
        .target(
            name: "RegionFile", dependencies: ["OpenIDMessages", "IdentityCrypto", "AccountDirectory", .yams],
            swiftSettings: sourceTarget
        ),
        .target(
            name: "ProviderCore", dependencies: ["OpenIDMessages", "IdentityCrypto", "AccountDirectory"],
            swiftSettings: sourceTarget),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "ProviderCore", "CSQLiteSettings", .grdb,
                .grdbSQLite,
            ], swiftSettings: sourceTarget),
        .target(
            name: "OutboundHTTP",
            dependencies: ["OpenIDMessages", "ProviderCore", .nioCore, .nioPosix, .nioHTTP1, .nioSSL],
            swiftSettings: sourceTarget),
        .target(name: "QRCode", dependencies: ["CQREncode"], swiftSettings: sourceTarget),
        .target(
            name: "ProviderHTTP",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "ProviderCore", "QRCode", .hummingbird,
                .httpTypes, .nioCore, .logging,
            ],
            swiftSettings: sourceTarget),
        .target(
            name: "DeviceAuthenticator",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "CFileStatus", "CPKCS11", "CTSS2", .asyncHTTPClient, .nioCore,
                .nioPosix, .nioHTTP1, .nioSSL,
            ],
            swiftSettings: sourceTarget),
        .target(
            name: "RelyingParty",
            dependencies: ["OpenIDMessages", "IdentityCrypto", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioSSL],
            swiftSettings: sourceTarget),
        .executableTarget(
            name: "citizen-id",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "RegionFile", "ProviderCore", "SQLiteStore",
                "OutboundHTTP", "QRCode", "ProviderHTTP", .hummingbird, .hummingbirdTLS, .nioCore, .nioSSL, .logging,
                .nioHTTP1, .asyncHTTPClient, .argumentParser, .configuration, .serviceLifecycle, .unixSignals,
            ],
            swiftSettings: sourceTarget,
            // A login makes thousands of small objects: docs/decisions/0011-allocator.md.
            linkerSettings: [.linkedLibrary("jemalloc")]),
        .executableTarget(
            name: "citizen-phone",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "DeviceAuthenticator", "RelyingParty", "QRCode", "CZBar", "CPNG",
                "CProcess", .argumentParser, .yams, .histogram,
            ],
            swiftSettings: sourceTarget),
        .executableTarget(
            name: "demo-portal",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "RelyingParty", .hummingbird, .hummingbirdTLS, .httpTypes,
                .argumentParser, .mustache, .nioCore, .nioSSL, .logging, .serviceLifecycle,
            ],
            swiftSettings: sourceTarget),

        // Compiled and run by a test, and quoted by the articles of the library.
        .executableTarget(
            name: "device-client", dependencies: ["DeviceAuthenticator", "OpenIDMessages"],
            path: "Examples/device-client", swiftSettings: everyTarget),

        // Tests.
        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        .target(
            name: "ChildProcesses", dependencies: ["CSpawn"], path: "Tests/ChildProcesses", swiftSettings: everyTarget),
        .target(
            name: "TestCertificates", dependencies: [.crypto, .x509, .asn1, .nioSSL], path: "Tests/TestCertificates",
            swiftSettings: everyTarget),
        .target(
            name: "KeyStoreHarness", dependencies: ["ChildProcesses"], path: "Tests/KeyStoreHarness",
            swiftSettings: everyTarget),
        .executableTarget(
            name: "key-store-driver", dependencies: ["DeviceAuthenticator", "IdentityCrypto", "KeyStoreHarness"],
            path: "Tests/KeyStoreDriver", swiftSettings: everyTarget),
        .target(
            name: "TestVectors", dependencies: ["OpenIDMessages", "IdentityCrypto"], path: "Tests/TestVectors",
            swiftSettings: everyTarget),
        .target(
            name: "StoreConformance",
            dependencies: ["OpenIDMessages", "IdentityCrypto", "AccountDirectory", "ProviderCore"],
            path: "Tests/StoreConformance", swiftSettings: everyTarget),
        .testTarget(
            name: "OpenIDMessagesTests", dependencies: ["OpenIDMessages", "TestVectors"], swiftSettings: everyTarget),
        .testTarget(
            name: "IdentityCryptoTests",
            dependencies: [
                "IdentityCrypto", "OpenIDMessages", "TestVectors", "ChildProcesses", .crypto, .cryptoExtras, .x509,
                .asn1,
                .jwtKit,
            ],
            swiftSettings: everyTarget),
        .testTarget(
            name: "AccountDirectoryTests", dependencies: ["AccountDirectory", "OpenIDMessages"],
            swiftSettings: everyTarget),
        .testTarget(
            name: "RegionFileTests",
            dependencies: ["RegionFile", "AccountDirectory", "IdentityCrypto", "OpenIDMessages"],
            swiftSettings: everyTarget),
        .target(
            name: "ProviderHarness",
            dependencies: [
                "ProviderCore", "SQLiteStore", "AccountDirectory", "IdentityCrypto", "OpenIDMessages", .crypto, .x509,
                .asn1, .grdb,
            ], path: "Tests/ProviderHarness", swiftSettings: everyTarget),
        .testTarget(
            name: "ProviderCoreTests",
            dependencies: [
                "ProviderCore", "SQLiteStore", "AccountDirectory", "IdentityCrypto", "OpenIDMessages", "TestVectors",
                "ProviderHarness",
            ], swiftSettings: everyTarget),
        .testTarget(
            name: "SQLiteStoreTests", dependencies: ["SQLiteStore", "StoreConformance", .grdb],
            swiftSettings: everyTarget),
        .testTarget(
            name: "ProviderHTTPTests",
            dependencies: [
                "ProviderHTTP", "ProviderCore", "SQLiteStore", "AccountDirectory", "IdentityCrypto", "OpenIDMessages",
                "QRCode", "TestVectors", "ProviderHarness", .hummingbird, .hummingbirdTesting, .httpTypes, .nioCore,
                .nioEmbedded, .logging,
            ], swiftSettings: everyTarget),
        .testTarget(
            name: "OutboundHTTPTests",
            dependencies: [
                "OutboundHTTP", "ProviderCore", "OpenIDMessages", "TestCertificates", .crypto, .x509, .asn1, .nioCore,
                .nioPosix, .nioHTTP1, .nioSSL,
            ], swiftSettings: everyTarget),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode", "ChildProcesses"], swiftSettings: everyTarget),
        .testTarget(
            name: "DeviceAuthenticatorTests",
            dependencies: [
                "DeviceAuthenticator", "IdentityCrypto", "OpenIDMessages", "TestVectors", "KeyStoreHarness",
                "ProviderHarness",
                "CPKCS11", "CTSS2",
            ],
            swiftSettings: everyTarget),
        .testTarget(
            name: "RelyingPartyTests",
            dependencies: ["RelyingParty", "IdentityCrypto", "OpenIDMessages"], swiftSettings: everyTarget),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "RelyingParty", "DeviceAuthenticator", "QRCode",
                "citizen-id", "citizen-phone", "demo-portal", "ChildProcesses", "KeyStoreHarness",
                "key-store-driver", "TestCertificates", "CPNG", .grdb, .hummingbird, .x509,
                .httpTypes, .nioCore, .nioPosix, .nioSSL,
            ], swiftSettings: everyTarget),
        .testTarget(
            name: "AttackTests",
            dependencies: [
                "citizen-phone", "DeviceAuthenticator", "ProviderHTTP", "ProviderCore", "ProviderHarness",
                "AccountDirectory", "SQLiteStore", "IdentityCrypto", "OpenIDMessages", .hummingbird,
                .hummingbirdTesting, .httpTypes, .nioCore, .logging,
            ], swiftSettings: everyTarget),
        .testTarget(
            name: "HouseRulesTests",
            dependencies: ["AccountDirectory", "ProviderCore", "OpenIDMessages", "TestVectors"],
            swiftSettings: everyTarget),
    ],
    swiftLanguageModes: [.v6]
)

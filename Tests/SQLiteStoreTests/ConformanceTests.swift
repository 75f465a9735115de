import SQLiteStore
import StoreConformance
import Testing

@Suite("SQLite keeps what every store promises")
struct ConformanceTests {
    @Test(arguments: StorePromise.all)
    func promise(_ promise: StorePromise) async throws {
        try await promise.check(try SQLiteStore.inMemory())
    }
}

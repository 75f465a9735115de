import Testing

@testable import ProviderCore

@Suite("What expires is found from the oldest on")
struct ExpiryOrderTests {
    @Test("keys come in the order in which they were appended, whatever was removed before")
    func order() {
        var order = ExpiryOrder<Int>()
        #expect(order.oldest == nil)
        var next = 0
        for round in 0..<10 {
            for key in 0..<1000 { order.append(round * 1000 + key) }
            for _ in 0..<(round % 2 == 0 ? 400 : 1500) {
                #expect(order.oldest == next)
                order.removeOldest()
                next += 1
            }
        }
        while let key = order.oldest {
            #expect(key == next)
            order.removeOldest()
            next += 1
        }
        #expect(next == 10_000)
    }
}

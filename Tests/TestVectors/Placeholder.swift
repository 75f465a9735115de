// TestVectors

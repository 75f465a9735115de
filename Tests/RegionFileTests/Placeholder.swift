// RegionFileTests

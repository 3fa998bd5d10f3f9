package dev.lethe.merge.method;

import java.nio.charset.StandardCharsets;

/**
 * Counter-based random numbers: each is a function of seed, tensor, input and element, so the order in which elements
 * are visited does not matter. The mixing is SplitMix64's (Steele, Lea and Flood 2014).
 *
 * @param key of one input of one tensor
 */
record CounterBasedRandom(long key) {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int UNUSED_BITS = 11;

    static CounterBasedRandom of(long seed, String tensor, int input) {
        long key = mix(seed + GOLDEN);
        for (byte b : tensor.getBytes(StandardCharsets.UTF_8)) {
            key = mix(key + b + GOLDEN);
        }
        return new CounterBasedRandom(mix(key + input + GOLDEN));
    }

    /** Uniform in [0, 1), 53 bits. */
    double uniform(long element) {
        return (mix(key + (element + 1) * GOLDEN) >>> UNUSED_BITS) * 0x1.0p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

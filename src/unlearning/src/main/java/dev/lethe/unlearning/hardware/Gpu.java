package dev.lethe.unlearning.hardware;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One GPU, or one part of a GPU that is partitioned (MIG).
 *
 * @param name as its maker calls it
 * @param capability its compute capability, the major version times ten and the minor one: 90 is 9.0
 * @param memory bytes that it has
 * @param free bytes of them that are free; absent where nobody asked, and where the driver does not say, as of a device that
 *     another process has for itself
 */
public record Gpu(String name, int capability, long memory, OptionalLong free) {
    /** The lowest compute capability that CUDA 13, and so our libtorch, has code for. */
    static final int LEAST_CAPABILITY = 75;

    private static final int BFLOAT16 = 80;
    private static final int FLOAT8 = 89;
    private static final int FLOAT4 = 100;

    /** The types of number that its tensor cores multiply (CUDA C++ Programming Guide, "Compute Capabilities"). */
    public List<String> dtypes() {
        return Stream.of(
                        "float16",
                        "int8",
                        bornWith(BFLOAT16, "bfloat16"),
                        bornWith(FLOAT8, "float8"),
                        bornWith(FLOAT4, "float4"))
                .filter(dtype -> !dtype.isEmpty())
                .toList();
    }

    private String bornWith(int least, String dtype) {
        return capability >= least ? dtype : "";
    }

    /** The compute capability as it is written, such as {@code 9.0}. */
    public String capabilityText() {
        return capability / 10 + "." + capability % 10;
    }
}

package dev.lethe.unlearning.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutOfMemoryTest {
    /** As libtorch 2.10 says it. */
    private static final String SAID =
            "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.23 GiB is free."
                    + " Including non-PyTorch memory, this process has 77.87 GiB memory in use.\nException raised from malloc";

    @Test
    void whatADeviceLacksIsSaidInALine() {
        RuntimeException device = new RuntimeException(SAID);
        assertThat(OutOfMemory.onDevice(device)).isTrue();
        assertThat(OutOfMemory.told(device))
                .isEqualTo("asked for 20.00 GiB; GPU 0 has 79.11 GiB, of which 1.23 GiB is free");
    }

    @Test
    void theMachineLacksMemoryToo() {
        RuntimeException host =
                new RuntimeException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes");
        assertThat(OutOfMemory.onDevice(host)).isFalse();
        assertThat(OutOfMemory.anywhere(host)).isTrue();
        assertThat(OutOfMemory.told(new OutOfMemoryError())).isEqualTo("OutOfMemoryError");
        assertThat(OutOfMemory.anywhere(new IllegalStateException())).isFalse();
    }
}

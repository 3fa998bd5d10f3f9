package dev.lethe.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.stage.ExitCode;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void aDeviceWithoutMemoryIsOutOfMemoryAndSaysWhatHelps() {
        Failure failure = Failure.of(
                new RuntimeException(
                        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 9.00 GiB of which 1.00 GiB is free. More.\n#0 c10::cuda"));
        assertThat(failure)
                .isEqualTo(new Failure(
                        ExitCode.OUT_OF_MEMORY.code(),
                        "out of memory: asked for 2.00 GiB; GPU 0 has 9.00 GiB, of which 1.00 GiB is free; a larger device, a"
                                + " smaller batchSize or maxLength, or base nf4 in a training, helps"));
        assertThat(Failure.of(new OutOfMemoryError("Java heap space")).message())
                .isEqualTo(
                        "out of memory: Java heap space; a higher memory limit, or a smaller batchSize or maxLength, helps");
    }
}

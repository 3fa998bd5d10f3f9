package dev.lethe.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Compute.ComputeResources;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComputeTest {
    private static final Compute JOB = with(Map.of("nvidia.com/gpu", "1"), Map.of("pool", "gpu"));

    @Test
    void aStageSaysWhatDiffersAndTheJobTheRest() {
        var stage = with(Map.of("cpu", "4"), null);
        assertThat(Compute.merged(stage, JOB))
                .as("a map is taken whole: a merge without the job's GPU")
                .isEqualTo(with(Map.of("cpu", "4"), Map.of("pool", "gpu")));
        assertThat(Compute.merged(null, JOB)).isEqualTo(JOB);
        assertThat(Compute.merged(stage, null)).isEqualTo(stage);
        assertThat(Compute.merged(null, null)).isNull();
    }

    private static Compute with(Map<String, String> limits, Map<String, String> nodeSelector) {
        return new Compute(
                new ComputeResources(limits, null),
                nodeSelector,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}

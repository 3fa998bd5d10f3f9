package dev.lethe.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import org.junit.jupiter.api.Test;

class ComputeTest {
    private static final Compute JOB =
            parse("{\"resources\": {\"limits\": {\"nvidia.com/gpu\": 1}}, \"nodeSelector\": {\"pool\": \"gpu\"}}");

    @Test
    void aStageSaysWhatDiffersAndTheJobTheRest() {
        var stage = parse("{\"resources\": {\"limits\": {\"cpu\": 4}}}");
        assertThat(Compute.merged(stage, JOB))
                .as("a map is taken whole: a merge without the job's GPU")
                .isEqualTo(parse("{\"resources\": {\"limits\": {\"cpu\": 4}}, \"nodeSelector\": {\"pool\": \"gpu\"}}"));
        assertThat(Compute.merged(null, JOB)).isEqualTo(JOB);
        assertThat(Compute.merged(stage, null)).isEqualTo(stage);
        assertThat(Compute.merged(null, null)).isNull();
    }

    @Test
    void labelsAndAnnotationsAreTakenKeyByKey() {
        var stage = parse("{\"labels\": {\"cost-center\": \"a2\"}}");
        var job = parse("{\"labels\": {\"cost-center\": \"a1\", \"team\": \"x\"}, \"annotations\": {\"a\": \"b\"}}");
        assertThat(Compute.merged(stage, job))
                .isEqualTo(parse(
                        "{\"labels\": {\"cost-center\": \"a2\", \"team\": \"x\"}, \"annotations\": {\"a\": \"b\"}}"));
    }

    @Test
    void whatSaysNothingOfUserAndGroupsLeavesThemToThePlatform() {
        var left = parse("{\"securityContext\": {}}");
        assertThat(Compute.merged(left, parse("{\"securityContext\": {\"runAsUser\": 1000}}")))
                .isEqualTo(left);
    }

    @Test
    void aStageWithoutDevicesHoldsNoClaimOfOne() {
        var claim = "\"resourceClaims\": [{\"name\": \"gpu\", \"resourceClaimTemplateName\": \"one\"}]";
        assertThat(parse("{\"sameNode\": true, " + claim + "}").withoutDevices())
                .isEqualTo(parse("{\"sameNode\": true}"));
    }

    private static Compute parse(String json) {
        return Documents.parse("compute", json, Compute.class);
    }
}

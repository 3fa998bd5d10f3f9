package dev.lethe.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InstalledCrdsTest {
    @ParameterizedTest
    @EnumSource
    void theRecordsHaveTheFieldsOfTheCrds(Kind kind) {
        var file = "/dev/lethe/api/crds/" + LetheObject.of(kind).getPlural() + ".yaml";
        var crd = ClusterClient.serialization()
                .unmarshal(LetheObject.class.getResourceAsStream(file), GenericKubernetesResource.class);
        var installed = InstalledCrds.fields(crd);
        assertThat(installed).contains("spec", "status.phase").containsAll(InstalledCrds.fields(kind));

        // Written as a record's other fields are, though it follows from them.
        installed.removeIf(field -> field.endsWith("progress.percent"));
        assertThat(installed).isEqualTo(InstalledCrds.fields(kind));

        crd.setAdditionalProperties(Map.of("spec", Map.of("versions", List.of())));
        assertThat(InstalledCrds.fields(crd)).isEmpty();
    }
}

package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.e2e.cluster.Installation;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Scene;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What guards the operator and the pods of the other tests. */
@ExtendWith(InCluster.class)
class InstallationTest {
    @Test
    void aPolicyLetsNothingButProgressProbesAndMetricsReachTheOperator(Scene scene) {
        var policies = scene.client()
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(Installation.NAMESPACE)
                .list()
                .getItems();

        assertThat(policies).singleElement().satisfies(policy -> {
            var selected = policy.getSpec().getPodSelector().getMatchLabels();
            assertThat(scene.cluster().operator().pods())
                    .hasSize(2)
                    .allSatisfy(pod -> assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(selected));
            assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress");
            assertThat(policy.getSpec().getIngress())
                    .flatExtracting(rule -> rule.getPorts())
                    .extracting(NetworkPolicyPort::getPort)
                    .extracting(port -> port.getIntVal())
                    .containsExactly(8443, 9000);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"the scene's", Installation.NAMESPACE})
    void podSecurityRefusesWhatIsNotRestricted(String namespace, Scene scene) {
        var where = namespace.equals(Installation.NAMESPACE) ? namespace : scene.namespace();
        assertThatThrownBy(() -> scene.client()
                        .pods()
                        .inNamespace(where)
                        .resource(carefree())
                        .create())
                .hasMessageContaining("violates PodSecurity \"restricted");
    }

    private static Pod carefree() {
        return new PodBuilder()
                .withNewMetadata()
                .withName("carefree")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build();
    }
}

package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.APIGroupBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class KueueWorkloadTest {
    private KubernetesMockServer server;
    private KubernetesClient client;

    @Test
    void areWatchedOnceKueueIsThereWhole() {
        assertThat(KueueWorkload.kind(client, OperatorSettings.Kueue.AUTO)).isEmpty();
        assertThatThrownBy(() -> KueueWorkload.kind(client, OperatorSettings.Kueue.TRUE))
                .hasMessageContaining("lethe.kueue");

        answer("/apis/kueue.x-k8s.io", group());
        assertThat(KueueWorkload.kind(client, OperatorSettings.Kueue.AUTO)).isEmpty();

        answer("/apis/kueue.x-k8s.io/v1beta1", kinds());
        assertThat(KueueWorkload.kind(client, OperatorSettings.Kueue.AUTO))
                .hasValueSatisfying(kind -> assertThat(kind.apiVersion()).isEqualTo("kueue.x-k8s.io/v1beta1"));
        assertThat(KueueWorkload.kind(client, OperatorSettings.Kueue.FALSE)).isEmpty();
    }

    private void answer(String path, Object body) {
        server.expect().get().withPath(path).andReturn(200, body).always();
    }

    private static Object group() {
        return new APIGroupBuilder()
                .withName("kueue.x-k8s.io")
                .withNewPreferredVersion("kueue.x-k8s.io/v1beta1", "v1beta1")
                .build();
    }

    private static Object kinds() {
        return new APIResourceListBuilder()
                .withGroupVersion("kueue.x-k8s.io/v1beta1")
                .addNewResource()
                .withName("workloads")
                .withKind("Workload")
                .endResource()
                .build();
    }
}

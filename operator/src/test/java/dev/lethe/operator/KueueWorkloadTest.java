package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.APIGroupBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class KueueWorkloadTest {
    private KubernetesMockServer server;
    private KubernetesClient client;

    @Test
    void areWatchedOnceKueueIsThereWhole() {
        assertThat(KueueWorkload.first(client, OperatorSettings.Kueue.AUTO)).isEmpty();
        assertThat(KueueWorkload.first(client, OperatorSettings.Kueue.TRUE)).isEmpty();

        answer("/apis/kueue.x-k8s.io", group());
        assertThat(KueueWorkload.first(client, OperatorSettings.Kueue.AUTO)).isEmpty();

        answer("/apis/kueue.x-k8s.io/v1beta1", kinds());
        assertThat(KueueWorkload.first(client, OperatorSettings.Kueue.AUTO))
                .hasValueSatisfying(kind -> assertThat(kind.apiVersion()).isEqualTo("kueue.x-k8s.io/v1beta1"));
        assertThat(KueueWorkload.first(client, OperatorSettings.Kueue.FALSE)).isEmpty();
    }

    @Test
    void areAsTheyWereWhileTheClusterDoesNotAnswer() {
        var known = Optional.of(new GroupVersionKind("kueue.x-k8s.io", "v1beta1", "Workload"));
        server.expect()
                .get()
                .withPath("/apis/kueue.x-k8s.io")
                .andReturn(503, "")
                .always();

        assertThat(KueueWorkload.kind(client, OperatorSettings.Kueue.AUTO, known))
                .isEqualTo(known);
        assertThat(KueueWorkload.first(client, OperatorSettings.Kueue.TRUE)).isEmpty();
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
